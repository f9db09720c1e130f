package webgpu

import "errors"

// Why there is no backend. Open wraps one of them; ErrLost, ErrMemory and
// ErrInvalid come from Sync too.
var (
	ErrNoBrowser = errors.New("not in a browser")
	ErrAbsent    = errors.New("the browser has no WebGPU")
	ErrNoAdapter = errors.New("no suitable graphics adapter")
	ErrSoftware  = errors.New("the adapter is software")
	ErrNoDevice  = errors.New("the adapter gives no device")
	ErrShader    = errors.New("a shader was refused")
	ErrInvalid   = errors.New("a command was refused")
	ErrMemory    = errors.New("out of device memory")
	ErrLost      = errors.New("the device was lost")
	ErrSelfTest  = errors.New("the known-answer test failed")
)

// Options say what is accepted.
type Options struct {
	// Software accepts an adapter without a graphics card behind it, which is
	// slower than the CPU by itself: for tests, and where it was asked for.
	Software bool
}
