package engine

// Transport carries messages to one engine and its events back. Client calls it
// from one goroutine at a time.
type Transport interface {
	// Start begins a fresh engine and returns at once. Its events go to on, from
	// any goroutine, until Stop; the first is Ready, Down or Absent.
	Start(on func(Event))
	// Send hands a message to the engine that Start began. It does not wait.
	Send(Message)
	// Stop ends the engine, whatever it is doing. No event follows.
	Stop()
}

// Message is what the UI tells the engine: one of its fields is set.
type Message struct {
	Request *Request
	Cancel  uint64 // the id of a request to give up
	Ping    bool   // ask for a Pong
}

// EventKind tells what an Event says.
type EventKind int

const (
	Ready   EventKind = iota + 1 // the engine takes requests; Event.Version is set
	Replied                      // Event.Reply is set
	Pong                         // the engine's event loop turns
	Down                         // the engine died; starting it anew may help
	Absent                       // there is no engine here, and trying again now will not help
	Loading                      // Event.Progress: how much of the engine has come
)

// Event is what a Transport reports.
type Event struct {
	Kind     EventKind
	Version  int
	Reply    Reply
	Progress Progressed
	Reason   string // Down, Absent: what happened, fit for the learner
}
