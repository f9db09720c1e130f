//go:build !(js && wasm)

package webgpu

import (
	"context"
	"fmt"
)

// Open returns ErrNoBrowser: natively there is no WebGPU.
func Open(context.Context, Options) (*Backend, error) {
	return nil, fmt.Errorf("open webgpu: %w", ErrNoBrowser)
}
