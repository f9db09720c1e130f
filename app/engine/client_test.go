package engine

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fake is an engine whose every event the test causes.
type fake struct {
	on       func(Event)
	sent     []Message
	starts   int
	stops    int
	mute     atomic.Bool // answers no ping
	autoWork bool        // answers every request at once
}

func (f *fake) Start(on func(Event)) { f.starts++; f.on = on; f.sent = nil }
func (f *fake) Stop()                { f.stops++ }
func (f *fake) Send(m Message) {
	f.sent = append(f.sent, m)
	if m.Ping && !f.mute.Load() {
		f.on(Event{Kind: Pong})
	}
	if m.Request != nil && f.autoWork {
		f.reply(m.Request.ID, Started)
		f.reply(m.Request.ID, Done)
	}
}
func (f *fake) ready() { f.on(Event{Kind: Ready, Version: Version}) }
func (f *fake) reply(id uint64, k Kind) {
	f.on(Event{Kind: Replied, Reply: Reply{Version: Version, ID: id, Kind: k, Output: json.RawMessage(`"out"`)}})
}

// requests returns the ids sent since the last start.
func (f *fake) requests() []uint64 {
	var ids []uint64
	for _, m := range f.sent {
		if m.Request != nil {
			ids = append(ids, m.Request.ID)
		}
	}
	return ids
}

// log collects the replies to one request.
type log struct {
	mu    sync.Mutex
	kinds []Kind
	err   *Error
}

func (l *log) add(r Reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kinds = append(l.kinds, r.Kind)
	if r.Error != nil {
		l.err = r.Error
	}
}

func (l *log) want(t *testing.T, kinds ...Kind) {
	t.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !reflect.DeepEqual(l.kinds, kinds) {
		t.Errorf("replies %v, want %v", l.kinds, kinds)
	}
}

func inBubble(t *testing.T, f func(t *testing.T, e *fake, c *Client)) {
	synctest.Test(t, func(t *testing.T) {
		e := &fake{}
		c := NewClient(e, Options{})
		f(t, e, c)
		c.Stop()
		synctest.Wait()
	})
}

func TestRequestIsSentOnceTheEngineIsUp(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		var l log
		c.Do(t.Context(), "", "op", 1, l.add)
		synctest.Wait()
		if got := c.State().Phase; got != Starting {
			t.Errorf("phase %q, want %q", got, Starting)
		}
		if len(e.sent) != 0 {
			t.Fatalf("sent %v before the engine was ready", e.sent)
		}
		e.ready()
		synctest.Wait()
		if got := c.State().Phase; got != Up {
			t.Errorf("phase %q, want %q", got, Up)
		}
		id := e.requests()[0]
		e.reply(id, Started)
		e.reply(id, Progress)
		e.reply(id, Partial)
		e.reply(id, Done)
		e.reply(id, Done) // a late duplicate
		l.want(t, Started, Progress, Partial, Done)
	})
}

func TestQueueKeepsOneInFlightAndTheNewest(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		logs := make([]log, 5)
		for i := range logs[:4] {
			c.Do(t.Context(), "slider", "op", i, logs[i].add)
		}
		c.Do(t.Context(), "other", "op", 4, logs[4].add)
		e2 := func() { synctest.Wait() }
		e2()
		e.ready()
		e2()
		if got, want := e.requests(), []uint64{1, 5}; !reflect.DeepEqual(got, want) {
			t.Fatalf("in flight %v, want %v", got, want)
		}
		logs[1].want(t, Cancelled)
		logs[2].want(t, Cancelled)
		e.reply(1, Done)
		e2()
		if got, want := e.requests(), []uint64{1, 5, 4}; !reflect.DeepEqual(got, want) {
			t.Fatalf("sent %v, want %v", got, want)
		}
		e.reply(4, Done)
		logs[0].want(t, Done)
		logs[3].want(t, Done)
	})
}

func TestCancel(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		var before, inFlight, next, byContext log
		stop := c.Do(t.Context(), "", "op", 0, before.add)
		stop()
		before.want(t, Cancelled)
		stop = c.Do(t.Context(), "q", "op", 0, inFlight.add)
		c.Do(t.Context(), "q", "op", 0, next.add)
		synctest.Wait()
		e.ready()
		synctest.Wait()
		stop()
		inFlight.want(t, Cancelled)
		if want := (Message{Cancel: 2}); !reflect.DeepEqual(e.sent[1], want) {
			t.Errorf("sent %+v, want %+v", e.sent[1], want)
		}
		e.reply(2, Cancelled) // the engine's own word comes too late to matter
		e.reply(3, Done)
		next.want(t, Done)
		inFlight.want(t, Cancelled)

		ctx, cancel := context.WithCancel(t.Context())
		c.Do(ctx, "", "op", 0, byContext.add)
		cancel()
		byContext.want(t, Cancelled)
	})
}

func TestCrashResends(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		var started, beside, sent, waiting, run log
		c.Do(t.Context(), "q", "op", 0, started.add)
		c.Do(t.Context(), "", "op", 0, sent.add)
		c.Do(t.Context(), "q", "op", 0, waiting.add)
		c.Do(t.Context(), "", "op", 0, beside.add)
		c.Do(t.Context(), "", OpRun, 0, run.add)
		synctest.Wait()
		e.ready()
		synctest.Wait()
		e.reply(1, Started)
		e.reply(4, Started)
		e.reply(5, Started)
		synctest.Wait()
		dead := e.on
		e.on(Event{Kind: Down, Reason: "内存不足"})
		started.want(t, Started)
		run.want(t, Started, Failed)
		if run.err.Code != Crashed || run.err.Op != OpRun {
			t.Errorf("error %+v", run.err)
		}
		if got := c.State(); got.Phase != Restarting || got.Reason != "内存不足" {
			t.Errorf("state %+v", got)
		}
		dead(Event{Kind: Replied, Reply: Reply{Version: Version, ID: 2, Kind: Done}})
		sent.want(t)
		e.ready()
		synctest.Wait()
		if got, want := e.requests(), []uint64{1, 2, 4}; !reflect.DeepEqual(got, want) {
			t.Fatalf("sent again %v, want %v", got, want)
		}
		e.reply(2, Done)
		e.reply(4, Started)
		e.reply(4, Done)
		sent.want(t, Done)
		beside.want(t, Started, Started, Done)
		e.reply(1, Started)
		synctest.Wait()
		e.on(Event{Kind: Down, Reason: "内存不足"})
		started.want(t, Started, Started, Failed)
		if started.err.Code != Crashed || started.err.Op != "op" {
			t.Errorf("error %+v", started.err)
		}
		synctest.Wait()
		e.ready()
		synctest.Wait()
		if got, want := e.requests(), []uint64{3}; !reflect.DeepEqual(got, want) {
			t.Fatalf("sent after the second death %v, want %v", got, want)
		}
		e.reply(3, Done)
		waiting.want(t, Done)
	})
}

// TestADeadEngineIsNotHeard has the old engine speak when the new one has the
// same request.
func TestADeadEngineIsNotHeard(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		var l log
		c.Do(t.Context(), "", "op", 0, l.add)
		synctest.Wait()
		e.ready()
		synctest.Wait()
		dead := e.on
		dead(Event{Kind: Down, Reason: "x"})
		synctest.Wait()
		e.ready()
		synctest.Wait()
		dead(Event{Kind: Replied, Reply: Reply{Version: Version, ID: 1, Kind: Done}})
		dead(Event{Kind: Down, Reason: "x"})
		l.want(t)
		if e.starts != 2 || c.State().Phase != Up {
			t.Errorf("%d starts, state %+v", e.starts, c.State())
		}
		e.reply(1, Done)
		l.want(t, Done)
	})
}

func TestSilenceIsDeath(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		var l log
		c.Do(t.Context(), "", "op", 0, l.add)
		synctest.Wait()
		e.ready()
		synctest.Wait()
		e.reply(1, Started)
		time.Sleep(time.Minute) // answers every ping: a long job is no death
		l.want(t, Started)
		e.mute.Store(true)
		time.Sleep(time.Minute)
		l.want(t, Started)
		e.ready()
		synctest.Wait()
		e.reply(1, Started)
		time.Sleep(time.Minute)
		l.want(t, Started, Started, Failed)
		if e.starts != 3 {
			t.Errorf("started %d times, want 3", e.starts)
		}
	})
}

func TestGivesUpAfterDeathsInARowAndRetries(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		var l, late log
		c.Do(t.Context(), "", "op", 0, l.add)
		for range 4 {
			synctest.Wait()
			e.on(Event{Kind: Down, Reason: "坏了"})
		}
		l.want(t, Failed)
		if l.err.Code != Unavailable {
			t.Errorf("error %+v", l.err)
		}
		c.Do(t.Context(), "", "op", 0, late.add)
		late.want(t, Failed)
		c.Retry()
		var again log
		e.autoWork = true
		c.Do(t.Context(), "", "op", 0, again.add)
		synctest.Wait()
		e.ready()
		again.want(t, Started, Done)
	})
}

func TestVersionsMustAgree(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		var l log
		c.Do(t.Context(), "", "op", 0, l.add)
		synctest.Wait()
		e.on(Event{Kind: Ready, Version: Version + 1})
		l.want(t, Failed)
		if l.err.Code != BadVersion || c.State().Phase != NotAvailable {
			t.Errorf("error %+v, state %+v", l.err, c.State())
		}
	})
}

func TestCall(t *testing.T) {
	inBubble(t, func(t *testing.T, e *fake, c *Client) {
		e.autoWork = true
		go func() { synctest.Wait(); e.ready() }()
		var out string
		if err := c.Call(t.Context(), "op", nil, &out); err != nil || out != "out" {
			t.Errorf("got %q, %v", out, err)
		}
		var failure *Error
		if err := c.Call(t.Context(), "op", math.NaN(), nil); !errors.As(err, &failure) || failure.Code != BadInput {
			t.Errorf("NaN input: %v", err)
		}
	})
}

func TestRequestsAfterStopAreCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &fake{}
		c := NewClient(e, Options{})
		var during, after, bad log
		c.Stop()
		c.Do(t.Context(), "", "op", 0, during.add) // before or after the goroutine has ended
		during.want(t, Cancelled)
		c.Do(t.Context(), "q", "op", 0, after.add)
		after.want(t, Cancelled)
		c.Do(t.Context(), "", "op", math.NaN(), bad.add)
		bad.want(t, Failed)
		c.Stop()
		if err := c.Call(t.Context(), "op", 0, nil); err == nil {
			t.Error("a call of a stopped engine succeeds")
		}
		if e.starts != 0 {
			t.Errorf("started %d engines", e.starts)
		}
	})
}

// TestEveryRequestEndsOnce drives random interleavings of everything that can
// happen, and asks that each request end exactly once, with nothing after it.
func TestEveryRequestEndsOnce(t *testing.T) {
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			e := &fake{}
			c := NewClient(e, Options{Restarts: 1000})
			var logs []*log
			var cancels []func()
			for range 60 {
				switch rnd.IntN(8) {
				case 0, 1, 2:
					l := &log{}
					logs = append(logs, l)
					queue := []string{"", "a", "b"}[rnd.IntN(3)]
					cancels = append(cancels, c.Do(t.Context(), queue, "op", 0, l.add))
				case 3:
					if len(cancels) > 0 {
						cancels[rnd.IntN(len(cancels))]()
					}
				case 4, 5:
					if ids := e.requests(); len(ids) > 0 {
						e.reply(ids[rnd.IntN(len(ids))], []Kind{Started, Progress, Done, Failed}[rnd.IntN(4)])
					}
				case 6:
					if e.on != nil {
						e.ready()
					}
				case 7:
					if e.on != nil {
						e.on(Event{Kind: Down, Reason: "x"})
					}
				}
				synctest.Wait()
			}
			c.Stop()
			synctest.Wait()
			for i, l := range logs {
				finals := 0
				for _, k := range l.kinds {
					if k.Final() {
						finals++
					}
				}
				if finals != 1 || !l.kinds[len(l.kinds)-1].Final() {
					t.Errorf("seed %d: request %d got %v", seed, i+1, l.kinds)
				}
			}
		})
	}
}
