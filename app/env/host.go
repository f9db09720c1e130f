package env

import "sync"

// State is what the surroundings of the pages are in: storage, offline copy,
// engine, text of the course. The zero value is that of a prerendered page.
type State struct {
	// UpdateReady: a newer version has been fetched whole and waits.
	UpdateReady bool
	// StorageReason is why progress lasts only as long as the page; empty where
	// the browser keeps it.
	StorageReason string
	// PlatformReason is why the learning platform does not get what the learner
	// does; empty where it does, and where there is none to get it.
	PlatformReason string
	// Offline is "unsupported", "installing", "ready" or "failed".
	Offline       string
	OfflineReason string
	// Engine is "", "loading", "ready", "restarting" or "unavailable"; Done of
	// Total bytes have come while it loads (Total 0: unknown).
	Engine       string
	EngineReason string
	Done, Total  float64
	// Content is what is wrong with the course's text, one fault a line; empty
	// where all is well.
	Content []string
}

// Host is the browser around the pages, as far as they may ask it. The function
// fields are set before the first page is drawn.
type Host struct {
	ApplyUpdate   func()
	RetryEngine   func()
	ApplySettings func(e *Env)
	// Arrived is called after each navigation has been drawn. fresh: another
	// page than before.
	Arrived func(path, fragment string, fresh bool)

	mu       sync.Mutex
	state    State
	path     string
	visited  bool
	next     int
	watchers map[int]func()
}

// State returns the present state. A nil Host has the zero state.
func (h *Host) State() State {
	if h == nil {
		return State{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// Change lets f edit the state, then tells the watchers. It may be called on
// any goroutine.
func (h *Host) Change(f func(*State)) {
	h.mu.Lock()
	f(&h.state)
	told := make([]func(), 0, len(h.watchers))
	for _, w := range h.watchers {
		told = append(told, w)
	}
	h.mu.Unlock()
	for _, w := range told {
		w()
	}
}

// Watch calls f after every change, on the goroutine of the change, until stop.
func (h *Host) Watch(f func()) (stop func()) {
	if h == nil {
		return func() {}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers == nil {
		h.watchers = map[int]func(){}
	}
	id := h.next
	h.next++
	h.watchers[id] = f
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.watchers, id)
	}
}

// Visit notes that path is shown now and reports whether it is the first page
// of this run, and whether it differs from the page before.
func (h *Host) Visit(path string) (first, fresh bool) {
	if h == nil {
		return true, true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	first, fresh = !h.visited, !h.visited || h.path != path
	h.visited, h.path = true, path
	return first, fresh
}
