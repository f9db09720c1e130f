package attention

import "context"

// Backend computes on matrices. Its operations neither allocate results nor
// fail one by one: they may be carried out at once or gathered into a batch, so
// that a device can do a whole forward pass in one submission. Only Sync makes
// results readable: between an operation and Sync the host neither reads its dst
// nor writes its dst or operands. dst must not overlap an operand. A Backend is
// used by one goroutine at a time. Shapes that do not fit panic.
type Backend interface {
	// Name is the backend's name in addresses and measurements: "cpu", "simd".
	Name() string
	// MatMul: dst (m, n) = a (m, k) · b (k, n).
	MatMul(dst, a, b Matrix)
	// MatMulT: dst (m, n) = a (m, k) · bᵀ, with b (n, k).
	MatMulT(dst, a, b Matrix)
	// SoftmaxRows: each row of dst = softmax of the same row of src. A cell of
	// −∞ gets 0; a row of nothing else gets zeros.
	SoftmaxRows(dst, src Matrix)
	// Sync waits until every dst so far is filled in. It returns the first
	// failure since the last Sync; the contents of every dst are then undefined.
	Sync(ctx context.Context) error
}

// Go is the portable Backend: plain Go, blocked for registers and cache.
type Go struct{}

// Name returns "cpu".
func (Go) Name() string { return "cpu" }

// Sync returns nil: every operation is done when it returns.
func (Go) Sync(context.Context) error { return nil }

// Reference is the Backend that others are checked against: the formulas
// written out, summed in float64, slow.
type Reference struct{}

// Name returns "reference".
func (Reference) Name() string { return "reference" }

// Sync returns nil: every operation is done when it returns.
func (Reference) Sync(context.Context) error { return nil }
