//go:build !(js && wasm)

package serve

import (
	"context"
	"runtime"
)

// Tick lets others run and returns the context's error.
func Tick(ctx context.Context) error {
	runtime.Gosched()
	return ctx.Err()
}
