package serve

import (
	"context"
	"time"
)

// Slice is how long a handler may compute before it lets the event loop turn.
const Slice = 8 * time.Millisecond

type sliceKey struct{}

// slice remembers when its handler last let the event loop turn.
type slice struct{ since time.Time }

func withSlice(ctx context.Context) context.Context {
	return context.WithValue(ctx, sliceKey{}, &slice{since: time.Now()})
}

// Pause lets the event loop turn when the handler's slice is used up, and
// returns the context's error once the request is given up. It is cheap enough
// for every step of a loop that takes microseconds. A handler calls it from one
// goroutine.
func Pause(ctx context.Context) error {
	s, ok := ctx.Value(sliceKey{}).(*slice)
	if ok && time.Since(s.since) < Slice {
		return ctx.Err()
	}
	err := Tick(ctx)
	if ok {
		s.since = time.Now()
	}
	return err
}
