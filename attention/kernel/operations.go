package kernel

import (
	"context"
	"math"

	"courselab/attention"
)

// Codes of the operations, as in c/call.c.
const (
	opMatMulNN = iota
	opMatMulNT
	opSoftmaxRows
	opRMSNorm
	opRoPE
	opAttend
	opAdd
	opSiLUGate
)

// outs is how many of an operation's first matrices it writes to.
var outs = [...]int{opMatMulNN: 1, opMatMulNT: 1, opSoftmaxRows: 1, opRMSNorm: 1, opRoPE: 1, opAttend: 2, opAdd: 1, opSiLUGate: 1}

// Limits of a call.
const (
	maxMatrices = 5
	maxWords    = 16
)

// simd is the attention.LayerBackend on the kernel. A call is written into
// words: the operation's code, the addresses of its matrices, its sizes.
type simd struct {
	words *[maxWords]uint32
	// held keeps the matrices of the call in progress: a slice that a field of
	// the heap points to lies on the heap itself, where Go moves nothing, and
	// is not freed.
	held  [maxMatrices][]float32
	count int // of held
	// work is the scratch of the products.
	work []float32
	// invoke puts the addresses of held into words[1:] and calls the kernel.
	invoke func(k *simd)
}

// Name returns "simd".
func (*simd) Name() string { return "simd" }

// Sync returns nil: every operation is done when it returns.
func (*simd) Sync(context.Context) error { return nil }

// call runs an operation on the first count of held.
func (k *simd) call(op uint32, count int, sizes ...int) {
	k.count = count
	k.words[0] = op
	for i, s := range sizes {
		k.words[1+count+i] = uint32(s)
	}
	k.invoke(k)
	k.held = [maxMatrices][]float32{}
}

// MatMul: dst (m, n) = a (m, k) · b (k, n).
func (k *simd) MatMul(dst, a, b attention.Matrix) {
	attention.CheckMatMul(dst, a, b)
	k.held = [maxMatrices][]float32{dst.Data, a.Data, b.Data, k.scratch(a.Rows, b.Cols, a.Cols)}
	k.call(opMatMulNN, 4, a.Rows, b.Cols, a.Cols)
}

// MatMulT: dst (m, n) = a (m, k) · bᵀ, with b (n, k).
func (k *simd) MatMulT(dst, a, b attention.Matrix) {
	attention.CheckMatMulT(dst, a, b)
	k.held = [maxMatrices][]float32{dst.Data, a.Data, b.Data, k.scratch(a.Rows, b.Rows, a.Cols)}
	k.call(opMatMulNT, 4, a.Rows, b.Rows, a.Cols)
}

// scratch returns room for the blocks of a product: see packed in c/kernel.h.
func (k *simd) scratch(m, n, depth int) []float32 {
	need := ((min(m, 128)+3)&^3+(min(n, 512)+7)&^7)*min(depth, 256) + 48
	if need > len(k.work) {
		k.work = make([]float32, need)
	}
	return k.work
}

// SoftmaxRows: each row of dst = softmax of the same row of src.
func (k *simd) SoftmaxRows(dst, src attention.Matrix) {
	attention.CheckSoftmaxRows(dst, src)
	k.held = [maxMatrices][]float32{dst.Data, src.Data}
	k.call(opSoftmaxRows, 2, src.Rows, src.Cols)
}

// Gather copies rows of a table.
func (*simd) Gather(dst, table attention.Matrix, tokens []int) {
	attention.Go{}.Gather(dst, table, tokens)
}

// RMSNorm: dst[i,j] = x[i,j] / √(mean of x[i,·]² + eps) · gain[j].
func (k *simd) RMSNorm(dst, x attention.Matrix, gain []float32, eps float64) {
	attention.CheckRMSNorm(dst, x, gain)
	k.held = [maxMatrices][]float32{dst.Data, x.Data, gain}
	k.call(opRMSNorm, 3, x.Rows, x.Cols, bits(eps))
}

// RoPE rotates each head of x in place.
func (k *simd) RoPE(x, cos, sin attention.Matrix) {
	attention.CheckRoPE(x, cos, sin)
	k.held = [maxMatrices][]float32{x.Data, cos.Data, sin.Data}
	k.call(opRoPE, 3, x.Rows, x.Cols, cos.Cols)
}

// Attend is causal attention with grouped heads.
func (k *simd) Attend(dst, weights, q, keys, values attention.Matrix, heads int) {
	attention.CheckAttend(dst, weights, q, keys, values, heads)
	h := q.Cols / heads
	k.held = [maxMatrices][]float32{dst.Data, weights.Data, q.Data, keys.Data, values.Data}
	k.call(opAttend, 5, q.Rows, keys.Rows-q.Rows, heads, keys.Cols/h, h)
}

// Add: dst = a + b.
func (k *simd) Add(dst, a, b attention.Matrix) {
	attention.CheckCells("add", dst, a, b)
	k.held = [maxMatrices][]float32{dst.Data, a.Data, b.Data}
	k.call(opAdd, 3, len(dst.Data))
}

// SiLUGate: dst = gate / (1 + exp(−gate)) · up.
func (k *simd) SiLUGate(dst, gate, up attention.Matrix) {
	attention.CheckCells("gate", dst, gate, up)
	k.held = [maxMatrices][]float32{dst.Data, gate.Data, up.Data}
	k.call(opSiLUGate, 3, len(dst.Data))
}

// bits is a number as a word of a call.
func bits(x float64) int { return int(math.Float32bits(float32(x))) }
