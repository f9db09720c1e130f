package kernel

import "errors"

// Why there is no kernel. Load wraps one of them.
var (
	ErrNoBrowser = errors.New("not in a browser")
	ErrNoMemory  = errors.New("the worker has not handed over the memory")
	ErrFetch     = errors.New("kernel.wasm cannot be fetched")
	ErrNoSIMD    = errors.New("kernel.wasm cannot be compiled: no SIMD")
	ErrSelfTest  = errors.New("the known-answer test failed")
)
