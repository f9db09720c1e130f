package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Phase is what the engine is doing as a whole.
type Phase string

const (
	Idle         Phase = ""            // not asked for yet
	Starting     Phase = "loading"     // being fetched or started
	Up           Phase = "ready"       // takes requests
	Restarting   Phase = "restarting"  // died, and is being started anew
	NotAvailable Phase = "unavailable" // given up; Retry starts over
)

// State is the engine's phase with what a learner may want to know of it.
type State struct {
	Phase    Phase
	Reason   string     // why it restarts or is unavailable
	Progress Progressed // of Starting; Total 0 where unknown
}

// Options adjust a Client. The zero value is right for the browser.
type Options struct {
	// Heartbeat is how often the engine is asked for a sign of life while it has
	// work; Misses is how many times in a row it may fail to give one. Defaults:
	// 2 s, 4.
	Heartbeat time.Duration
	Misses    int
	// Restarts is how many deaths in a row, without a finished request between
	// them, are answered by starting anew. Default 3.
	Restarts int
}

func (o Options) withDefaults() Options {
	if o.Heartbeat <= 0 {
		o.Heartbeat = 2 * time.Second
	}
	if o.Misses <= 0 {
		o.Misses = 4
	}
	if o.Restarts <= 0 {
		o.Restarts = 3
	}
	return o
}

// Client asks an engine. All its methods may be called from any goroutine; the
// callbacks given to it run one after another on a goroutine of its own and must
// not block.
type Client struct {
	transport Transport
	options   Options

	// inbox feeds the one goroutine that owns everything below; it is unbounded,
	// so that nobody who posts to it can be held up.
	mu      sync.Mutex
	inbox   []func()
	wake    chan struct{}
	stopped chan struct{}
	ended   bool // guarded by mu: nothing more is taken into the inbox
	once    sync.Once

	published State // guarded by mu
	lastID    uint64

	state    State
	calls    map[uint64]*call
	order    []uint64 // of calls, as they came
	queues   map[string]*queue
	watchers map[int]func(State)
	watched  int
	life     int // counts engines, so that a dead one's events are known
	deaths   int // in a row
	missed   int // pings without a sign of life since
	beating  bool
	stopping bool // Stop was called: requests are cancelled as they come
}

type call struct {
	request Request
	on      func(Reply)
	sent    bool // to the living engine
	started bool
	again   bool // an engine died of it, or beside it
}

// queue holds the ids of the request in flight and of the newest that waits
// behind it; 0 is none.
type queue struct{ inFlight, waiting uint64 }

// NewClient returns a client; the transport is started by the first request or
// by Start. Stop releases it.
func NewClient(t Transport, o Options) *Client {
	c := &Client{
		transport: t, options: o.withDefaults(),
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
		calls: map[uint64]*call{}, queues: map[string]*queue{}, watchers: map[int]func(State){},
	}
	go c.loop()
	return c
}

func (c *Client) loop() {
	for {
		c.mu.Lock()
		batch := c.inbox
		c.inbox = nil
		c.mu.Unlock()
		for _, f := range batch {
			f()
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-c.wake:
		case <-c.stopped:
			if c.end() {
				c.transport.Stop()
				return
			}
		}
	}
}

// post hands f to the client's goroutine; false says that it has ended and f
// will not run.
func (c *Client) post(f func()) bool {
	c.mu.Lock()
	if c.ended {
		c.mu.Unlock()
		return false
	}
	c.inbox = append(c.inbox, f)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return true
}

// end closes the inbox, unless something came in meanwhile that must be seen to.
func (c *Client) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = len(c.inbox) == 0
	return c.ended
}

// Stop ends the engine and every request with Cancelled, those still to come
// included.
func (c *Client) Stop() {
	c.post(func() {
		c.stopping = true
		for _, id := range append([]uint64(nil), c.order...) {
			c.finish(id, Reply{Kind: Cancelled})
		}
		c.once.Do(func() { close(c.stopped) })
	})
}

// Start loads the engine ahead of the first request.
func (c *Client) Start() {
	c.post(func() {
		if c.state.Phase == Idle {
			c.begin(Starting, "")
		}
	})
}

// Retry starts over after the engine was given up.
func (c *Client) Retry() {
	c.post(func() {
		if c.state.Phase == NotAvailable {
			c.deaths = 0
			c.begin(Starting, "")
		}
	})
}

// State returns the present state.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.published
}

// OnState calls f with the present state and after every change, until remove.
func (c *Client) OnState(f func(State)) (remove func()) {
	c.mu.Lock()
	c.watched++
	id := c.watched
	c.mu.Unlock()
	c.post(func() {
		c.watchers[id] = f
		f(c.state)
	})
	return func() { c.post(func() { delete(c.watchers, id) }) }
}

func (c *Client) become(s State) {
	c.state = s
	c.mu.Lock()
	c.published = s
	c.mu.Unlock()
	for _, f := range c.watchers {
		f(s)
	}
}

// Do sends a request and calls on with each reply to it; the last one's Kind is
// Final. Requests of one queue supersede one another; the empty queue never
// does. Cancelling, or the end of ctx, ends the request with Cancelled.
func (c *Client) Do(ctx context.Context, queue, op string, input any, on func(Reply)) (cancel func()) {
	data, err := json.Marshal(input)
	if err != nil {
		// NaN and infinities have no JSON form.
		fail := &Error{Code: BadInput, Op: op, Message: fmt.Sprintf("输入无法编码：%v", err)}
		failed := func() { on(Reply{Version: Version, Kind: Failed, Error: fail}) }
		if !c.post(failed) {
			go failed()
		}
		return func() {}
	}
	c.mu.Lock()
	c.lastID++
	id := c.lastID
	c.mu.Unlock()
	request := Request{Version: Version, ID: id, Queue: queue, Op: op, Input: data}
	detach := context.AfterFunc(ctx, func() { c.post(func() { c.giveUp(id) }) })
	reply := func(r Reply) {
		if r.Kind.Final() {
			detach()
		}
		on(r)
	}
	if !c.post(func() { c.accept(request, reply) }) {
		go reply(Reply{Version: Version, ID: id, Kind: Cancelled})
	}
	return func() { c.post(func() { c.giveUp(id) }) }
}

// Call asks and waits: for code that is not on the UI thread, and for tests.
// The output is decoded into out unless it is nil. A failure is an *Error; the
// end of ctx is its error.
func (c *Client) Call(ctx context.Context, op string, input, out any) error {
	_, err := c.CallTensors(ctx, op, input, out)
	return err
}

// CallTensors is Call for operations that return tensors.
func (c *Client) CallTensors(ctx context.Context, op string, input, out any) ([]Tensor, error) {
	last := make(chan Reply, 1)
	c.Do(ctx, "", op, input, func(r Reply) {
		if r.Kind.Final() {
			last <- r
		}
	})
	r := <-last
	switch r.Kind {
	case Failed:
		return nil, r.Error
	case Cancelled:
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, &Error{Code: Unavailable, Op: op, Message: "请求已取消"}
	}
	if out == nil {
		return r.Tensors, nil
	}
	if err := json.Unmarshal(r.Output, out); err != nil {
		return nil, fmt.Errorf("decode output of %s: %w", op, err)
	}
	return r.Tensors, nil
}
