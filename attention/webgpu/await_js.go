//go:build js && wasm

package webgpu

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hack-pad/safejs"
)

// outcome is what a promise came to.
type outcome struct {
	value safejs.Value
	err   error
}

// then calls done, within the browser's event loop, with what a promise comes to.
// A promise that is never settled keeps two small functions alive.
func then(promise safejs.Value, done func(outcome)) error {
	var good, bad safejs.Func
	release := func() { good.Release(); bad.Release() }
	good, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		release()
		done(outcome{value: first(args)})
		return nil
	})
	if err != nil {
		return err
	}
	bad, err = safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		release()
		done(outcome{err: errors.New(message(first(args)))})
		return nil
	})
	if err != nil {
		good.Release()
		return err
	}
	if _, err := promise.Call("then", good, bad); err != nil {
		release()
		return err
	}
	return nil
}

// settle returns a channel that receives what a promise comes to.
func settle(promise safejs.Value) (<-chan outcome, error) {
	// Room for one: the handler must not wait for a reader who has gone.
	settled := make(chan outcome, 1)
	return settled, then(promise, func(o outcome) { settled <- o })
}

// await returns what a method's promise comes to. It must not be called on the
// browser's event loop, which would then never turn again.
func await(ctx context.Context, v safejs.Value, method string, args ...any) (safejs.Value, error) {
	promise, err := v.Call(method, args...)
	if err != nil {
		return safejs.Value{}, fmt.Errorf("%s: %w", method, err)
	}
	settled, err := settle(promise)
	if err != nil {
		return safejs.Value{}, fmt.Errorf("%s: %w", method, err)
	}
	select {
	case o := <-settled:
		if o.err != nil {
			return safejs.Value{}, fmt.Errorf("%s: %w", method, o.err)
		}
		return o.value, nil
	case <-ctx.Done():
		return safejs.Value{}, fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// nudgeEvery is how often a browser that looks for finished work only now and
// then is made to look.
const nudgeEvery = 4 * time.Millisecond

func first(args []safejs.Value) safejs.Value {
	if len(args) == 0 {
		return safejs.Undefined()
	}
	return args[0]
}

// message returns what an error object says.
func message(v safejs.Value) string {
	if text := property(v, "message"); text != "" {
		return text
	}
	return "no reason given"
}

// property returns a property as text, or "" where it is none.
func property(v safejs.Value, name string) string {
	if !is(v) {
		return ""
	}
	p, err := v.Get(name)
	if err != nil || p.Type() != safejs.TypeString {
		return ""
	}
	text, err := p.String()
	if err != nil {
		return ""
	}
	return text
}

// is reports whether there is a value at all.
func is(v safejs.Value) bool { return !v.IsUndefined() && !v.IsNull() }
