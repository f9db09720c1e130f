package kernel

import (
	"errors"

	"courselab/attention"
)

// Why there is no kernel. Load wraps one of them.
var (
	ErrNoBrowser = errors.New("not in a browser")
	ErrNoMemory  = errors.New("the worker has not handed over the memory")
	ErrFetch     = errors.New("kernel.wasm cannot be fetched")
	ErrNoSIMD    = errors.New("kernel.wasm cannot be compiled: no SIMD")
	ErrSelfTest  = errors.New("the known-answer test failed")
)

// Relaxed returns why b, a kernel that Load returned, is not the relaxed build;
// nil where it is.
func Relaxed(b attention.Backend) error {
	if k, ok := b.(*simd); ok {
		return k.relaxed
	}
	return ErrNoBrowser
}
