//go:build !(js && wasm)

package kernel

import (
	"context"
	"fmt"

	"courselab/attention"
)

// Load returns ErrNoBrowser: natively the kernel only runs in tests.
func Load(context.Context) (attention.Backend, error) {
	return nil, fmt.Errorf("load kernel: %w", ErrNoBrowser)
}
