//go:build js && wasm

package kernel

import (
	"context"
	"fmt"

	"github.com/hack-pad/safejs"
)

// wait calls a method of v that returns a promise, and waits for it.
func wait(ctx context.Context, v safejs.Value, method string, args ...any) (safejs.Value, error) {
	promise, err := v.Call(method, args...)
	if err != nil {
		return safejs.Value{}, fmt.Errorf("call %s: %w", method, err)
	}
	type outcome struct {
		value safejs.Value
		err   error
	}
	// Room for one: the handler must not wait for a reader who has gone.
	settled := make(chan outcome, 1)
	first := func(args []safejs.Value) safejs.Value {
		if len(args) > 0 {
			return args[0]
		}
		return safejs.Undefined()
	}
	good, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		settled <- outcome{value: first(args)}
		return nil
	})
	if err != nil {
		return safejs.Value{}, fmt.Errorf("await %s: %w", method, err)
	}
	bad, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		settled <- outcome{err: reason(first(args))}
		return nil
	})
	if err != nil {
		good.Release()
		return safejs.Value{}, fmt.Errorf("await %s: %w", method, err)
	}
	if _, err := promise.Call("then", good, bad); err != nil {
		good.Release()
		bad.Release()
		return safejs.Value{}, fmt.Errorf("await %s: %w", method, err)
	}
	select {
	case o := <-settled:
		good.Release()
		bad.Release()
		if o.err != nil {
			return safejs.Value{}, fmt.Errorf("await %s: %w", method, o.err)
		}
		return o.value, nil
	case <-ctx.Done():
		// The promise may still settle and call one of the two: they stay.
		return safejs.Value{}, fmt.Errorf("await %s: %w", method, ctx.Err())
	}
}

// reason turns what a promise was rejected with into an error.
func reason(v safejs.Value) error {
	if message, err := v.Get("message"); err == nil {
		if text, err := message.String(); err == nil {
			return fmt.Errorf("rejected: %s", text)
		}
	}
	return fmt.Errorf("rejected")
}
