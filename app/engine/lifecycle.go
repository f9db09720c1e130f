package engine

import (
	"fmt"
	"slices"
	"time"
)

// The methods below run on the client's own goroutine only.

// accept takes up a new request: sends it, lets it wait, or fails it.
func (c *Client) accept(r Request, on func(Reply)) {
	c.calls[r.ID] = &call{request: r, on: on}
	c.order = append(c.order, r.ID)
	if c.stopping {
		c.finish(r.ID, Reply{Kind: Cancelled})
		return
	}
	if c.state.Phase == NotAvailable {
		c.finish(r.ID, Reply{Kind: Failed, Error: &Error{Code: Unavailable, Message: c.state.Reason}})
		return
	}
	if r.Queue != "" {
		q := c.queues[r.Queue]
		if q == nil {
			q = &queue{}
			c.queues[r.Queue] = q
		}
		if q.inFlight != 0 {
			superseded := q.waiting
			q.waiting = r.ID
			if superseded != 0 {
				c.finish(superseded, Reply{Kind: Cancelled})
			}
			return
		}
		q.inFlight = r.ID
	}
	c.send(r.ID)
}

// send hands a request to the engine, or leaves it for when the engine is up.
func (c *Client) send(id uint64) {
	switch c.state.Phase {
	case Idle:
		c.begin(Starting, "")
	case Up:
		call := c.calls[id]
		call.sent = true
		c.beat()
		c.transport.Send(Message{Request: &call.request})
	}
}

// sendDue sends what waits for an engine: each call in its order that is not
// held back behind another of its queue.
func (c *Client) sendDue() {
	for _, id := range slices.Clone(c.order) {
		call := c.calls[id]
		if call == nil || call.sent {
			continue
		}
		if q := c.queues[call.request.Queue]; q != nil && q.inFlight != id {
			continue
		}
		c.send(id)
	}
}

// finish ends a call with its last reply, and lets the next of its queue go.
func (c *Client) finish(id uint64, r Reply) {
	call, ok := c.calls[id]
	if !ok {
		return
	}
	delete(c.calls, id)
	c.order = slices.DeleteFunc(c.order, func(i uint64) bool { return i == id })
	var next uint64
	if q := c.queues[call.request.Queue]; q != nil {
		switch id {
		case q.waiting:
			q.waiting = 0
		case q.inFlight:
			next, q.inFlight, q.waiting = q.waiting, q.waiting, 0
		}
		if q.inFlight == 0 {
			delete(c.queues, call.request.Queue)
		}
	}
	r.Version, r.ID = Version, id
	if r.Error != nil && r.Error.Op == "" {
		r.Error.Op = call.request.Op
	}
	call.on(r)
	if next != 0 && !c.stopping {
		c.send(next)
	}
}

// giveUp cancels a call. One that the engine has is told so; the learner does
// not wait for its answer.
func (c *Client) giveUp(id uint64) {
	call, ok := c.calls[id]
	if !ok {
		return
	}
	if call.sent && c.state.Phase == Up {
		c.transport.Send(Message{Cancel: id})
	}
	c.finish(id, Reply{Kind: Cancelled})
}

// begin starts a fresh engine.
func (c *Client) begin(p Phase, reason string) {
	c.life++
	life := c.life
	c.become(State{Phase: p, Reason: reason})
	c.transport.Start(func(e Event) {
		c.post(func() {
			if life == c.life {
				c.receive(e)
			}
		})
	})
}

func (c *Client) receive(e Event) {
	c.missed = 0
	switch e.Kind {
	case Loading:
		if c.state.Phase == Starting || c.state.Phase == Restarting {
			s := c.state
			s.Progress = e.Progress
			c.become(s)
		}
	case Ready:
		if e.Version != Version {
			c.abandon(BadVersion, fmt.Sprintf("页面与计算程序的版本不同（%d 与 %d），请刷新页面", Version, e.Version))
			return
		}
		c.become(State{Phase: Up})
		c.sendDue()
	case Replied:
		c.reply(e.Reply)
	case Down:
		c.died(e.Reason)
	case Absent:
		c.abandon(Unavailable, e.Reason)
	}
}

func (c *Client) reply(r Reply) {
	call, ok := c.calls[r.ID]
	if !ok || !call.sent {
		return // given up meanwhile
	}
	if r.Version != Version {
		c.finish(r.ID, Reply{Kind: Failed, Error: &Error{Code: BadVersion,
			Message: fmt.Sprintf("页面与计算程序的版本不同（%d 与 %d），请刷新页面", Version, r.Version)}})
		return
	}
	if r.Kind.Final() {
		c.deaths = 0
		c.finish(r.ID, r)
		return
	}
	call.started = call.started || r.Kind == Started
	call.on(r)
}

// died answers the engine's death: what it had not begun is sent to the next one,
// and so is what it was computing, once: a browser short of memory ends a worker
// whatever it computes. What was being computed at two deaths has caused them.
func (c *Client) died(reason string) {
	c.transport.Stop()
	c.life++
	c.deaths++
	giveUp := c.deaths > c.options.Restarts
	// No request is sent while failed calls let the next of their queue go.
	c.state = State{Phase: Restarting, Reason: reason}
	for _, id := range slices.Clone(c.order) {
		call := c.calls[id]
		if call == nil {
			continue
		}
		call.sent = false
		again := call.started && !call.again && call.request.Op != OpRun
		call.again = call.again || again
		if again {
			call.started = false
		}
		if call.started {
			c.finish(id, Reply{Kind: Failed, Error: &Error{Code: Crashed, Message: "计算程序意外停止：" + reason}})
		}
	}
	if giveUp {
		c.abandon(Unavailable, fmt.Sprintf("计算程序连续停止 %d 次：%s", c.deaths, reason))
		return
	}
	c.begin(Restarting, reason)
}

// abandon gives the engine up until Retry.
func (c *Client) abandon(code Code, reason string) {
	c.transport.Stop()
	c.life++
	c.become(State{Phase: NotAvailable, Reason: reason})
	for _, id := range slices.Clone(c.order) {
		c.finish(id, Reply{Kind: Failed, Error: &Error{Code: code, Message: reason}})
	}
}

// beat keeps asking for a sign of life while the engine has work. It counts
// unanswered pings rather than time, since a sleeping laptop or a tab in the
// background stops the page's clock and the engine's alike.
func (c *Client) beat() {
	if c.beating {
		return
	}
	c.beating, c.missed = true, 0
	c.scheduleBeat()
}

func (c *Client) scheduleBeat() {
	time.AfterFunc(c.options.Heartbeat, func() {
		c.post(func() {
			busy := slices.ContainsFunc(c.order, func(id uint64) bool { return c.calls[id].sent })
			if !busy || c.state.Phase != Up {
				c.beating = false
				return
			}
			if c.missed >= c.options.Misses {
				c.beating = false
				c.died("没有响应")
				return
			}
			c.missed++
			c.transport.Send(Message{Ping: true})
			c.scheduleBeat()
		})
	})
}
