//go:build js && wasm

package kernel

import (
	"context"
	"fmt"
	"runtime"
	"syscall/js"
	"unsafe"

	"github.com/hack-pad/safejs"

	"courselab/attention"
)

// This file alone uses syscall/js: a prebound js.Value.Invoke costs 0.2 µs, a
// call through safejs 1.2.

// simd is the attention.Backend on the kernel's exports.
type simd struct {
	matmulNN, matmulNT, softmaxRows js.Value
	// held keeps the operands of the call in progress: a slice that a field of
	// the heap points to lies on the heap itself, where Go moves nothing, and
	// is not freed.
	held [3][]float32
}

// bind looks the functions up once.
func bind(exports safejs.Value) (*simd, error) {
	k := new(simd)
	for name, to := range map[string]*js.Value{"matmul_nn": &k.matmulNN, "matmul_nt": &k.matmulNT, "softmax_rows": &k.softmaxRows} {
		f, err := exports.Get(name)
		if err != nil {
			return nil, fmt.Errorf("bind %s: %w", name, err)
		}
		if f.Type() != safejs.TypeFunction {
			return nil, fmt.Errorf("bind %s: not a function", name)
		}
		*to = safejs.Unsafe(f)
	}
	return k, nil
}

// Name returns "simd".
func (*simd) Name() string { return "simd" }

// Sync returns nil: every operation is done when it returns.
func (*simd) Sync(context.Context) error { return nil }

// MatMul: dst (m, n) = a (m, k) · b (k, n).
func (k *simd) MatMul(dst, a, b attention.Matrix) {
	attention.CheckMatMul(dst, a, b)
	k.held = [3][]float32{dst.Data, a.Data, b.Data}
	k.matmulNN.Invoke(address(dst.Data), address(a.Data), address(b.Data), a.Rows, b.Cols, a.Cols)
	runtime.KeepAlive(k.held)
	k.held = [3][]float32{}
}

// MatMulT: dst (m, n) = a (m, k) · bᵀ, with b (n, k).
func (k *simd) MatMulT(dst, a, b attention.Matrix) {
	attention.CheckMatMulT(dst, a, b)
	k.held = [3][]float32{dst.Data, a.Data, b.Data}
	k.matmulNT.Invoke(address(dst.Data), address(a.Data), address(b.Data), a.Rows, b.Rows, a.Cols)
	runtime.KeepAlive(k.held)
	k.held = [3][]float32{}
}

// SoftmaxRows: each row of dst = softmax of the same row of src.
func (k *simd) SoftmaxRows(dst, src attention.Matrix) {
	attention.CheckSoftmaxRows(dst, src)
	k.held = [3][]float32{dst.Data, src.Data}
	k.softmaxRows.Invoke(address(dst.Data), address(src.Data), src.Rows, src.Cols)
	runtime.KeepAlive(k.held)
	k.held = [3][]float32{}
}

// address returns where a slice lies in the memory; 0 for an empty one, which
// is never read.
func address(data []float32) int { return int(uintptr(unsafe.Pointer(unsafe.SliceData(data)))) }
