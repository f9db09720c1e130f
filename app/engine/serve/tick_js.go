//go:build js && wasm

package serve

import (
	"context"
	"sync"

	"github.com/hack-pad/safejs"
)

// ticker returns to the event loop through a MessageChannel: timers are clamped
// to 4 ms when nested, a message to oneself comes back in some 40 µs.
type ticker struct {
	mu      sync.Mutex
	waiting []chan struct{}
	port    safejs.Value
	err     error
}

var newTicker = sync.OnceValue(func() *ticker {
	t := &ticker{}
	t.err = t.open()
	return t
})

func (t *ticker) open() error {
	class, err := safejs.Global().Get("MessageChannel")
	if err != nil {
		return err
	}
	channel, err := class.New()
	if err != nil {
		return err
	}
	in, err := channel.Get("port1")
	if err != nil {
		return err
	}
	if t.port, err = channel.Get("port2"); err != nil {
		return err
	}
	// The function lives as long as the engine.
	onMessage, err := safejs.FuncOf(func(safejs.Value, []safejs.Value) any {
		t.mu.Lock()
		first := t.waiting[0]
		t.waiting = t.waiting[1:]
		t.mu.Unlock()
		close(first)
		return nil
	})
	if err != nil {
		return err
	}
	return in.Set("onmessage", onMessage)
}

// Tick lets the event loop turn once, so that messages are seen, and returns the
// context's error.
func Tick(ctx context.Context) error {
	t := newTicker()
	if t.err != nil {
		return t.err
	}
	turned := make(chan struct{})
	t.mu.Lock()
	t.waiting = append(t.waiting, turned)
	_, err := t.port.Call("postMessage", 0)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	<-turned
	return ctx.Err()
}
