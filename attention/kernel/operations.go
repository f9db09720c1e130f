package kernel

import (
	"context"
	"math"
	"unsafe"

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
	opAddMatMul
	opAddTMatMul
	opRMSNormBackward
	opAttendBackward
	opSiLUGateBackward
	opCrossEntropy
	opAdamW
	opInt8NT
)

// outs is how many of an operation's first matrices it writes to.
var outs = [...]int{
	opMatMulNN: 1, opMatMulNT: 1, opSoftmaxRows: 1, opRMSNorm: 1, opRoPE: 1, opAttend: 2, opAdd: 1, opSiLUGate: 1,
	opAddMatMul: 1, opAddTMatMul: 1, opRMSNormBackward: 2, opAttendBackward: 4, opSiLUGateBackward: 2, opCrossEntropy: 3, opAdamW: 3, opInt8NT: 1,
}

// Limits of a call.
const (
	maxMatrices = 9
	maxWords    = 16
)

// simd is the attention.TrainingBackend and IntegerBackend on the kernel. A call is written into
// words: the operation's code, the addresses of its matrices, its sizes.
type simd struct {
	words *[maxWords]uint32
	// held keeps the matrices of the call in progress: a slice that a field of
	// the heap points to lies on the heap itself, where Go moves nothing, and
	// is not freed.
	held  [maxMatrices][]byte
	count int // of held
	// work is the scratch of the products.
	work []float32
	// sums is what CrossEntropy leaves of each row.
	sums []float32
	// relaxed is why this is not the relaxed build; nil where it is.
	relaxed error
	// invoke puts the addresses of held into words[1:] and calls the kernel.
	invoke func(k *simd)
}

// Name returns "simd".
func (*simd) Name() string { return "simd" }

// Sync returns nil: every operation is done when it returns.
func (*simd) Sync(context.Context) error { return nil }

// call runs an operation on the matrices held.
func (k *simd) call(op uint32, sizes ...int) {
	k.words[0] = op
	for i, s := range sizes {
		k.words[1+k.count+i] = uint32(s)
	}
	k.invoke(k)
	clear(k.held[:k.count])
}

// hold sets the matrices of the next call.
func (k *simd) hold(matrices ...[]float32) *simd {
	k.count = len(matrices)
	for i, m := range matrices {
		k.held[i] = memory(m, 4)
	}
	return k
}

// memory is that of numbers of so many bytes each.
func memory[T float32 | int8](data []T, size int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), size*len(data))
}

// MatMul: dst (m, n) = a (m, k) · b (k, n).
func (k *simd) MatMul(dst, a, b attention.Matrix) {
	attention.CheckMatMul(dst, a, b)
	k.hold(dst.Data, a.Data, b.Data, k.scratch(a.Rows, b.Cols, a.Cols)).call(opMatMulNN, a.Rows, b.Cols, a.Cols)
}

// MatMulT: dst (m, n) = a (m, k) · bᵀ, with b (n, k).
func (k *simd) MatMulT(dst, a, b attention.Matrix) {
	attention.CheckMatMulT(dst, a, b)
	k.hold(dst.Data, a.Data, b.Data, k.scratch(a.Rows, b.Rows, a.Cols)).call(opMatMulNT, a.Rows, b.Rows, a.Cols)
}

// MatMulT8: dst (m, n) = a (m, k) · wᵀ, with w (n, k) of integers.
func (k *simd) MatMulT8(dst, a attention.Matrix, w attention.Int8Matrix) {
	attention.CheckMatMulT8(dst, a, w)
	// Two integers of a take the room of a float, and each row has a scale.
	k.hold(dst.Data, a.Data, nil, w.Scales, k.room((a.Rows*a.Cols+1)/2+a.Rows))
	k.held[2] = memory(w.Data, 1)
	k.call(opInt8NT, a.Rows, w.Rows, a.Cols, w.Group)
}

// scratch returns room for the blocks of a product: see packed in c/kernel.h.
func (k *simd) scratch(m, n, depth int) []float32 {
	return k.room(((min(m, 128)+3)&^3+(min(n, 512)+7)&^7)*min(depth, 256) + 48)
}

// room returns scratch of at least so many floats.
func (k *simd) room(need int) []float32 {
	if need > len(k.work) {
		k.work = make([]float32, need)
	}
	return k.work
}

// SoftmaxRows: each row of dst = softmax of the same row of src.
func (k *simd) SoftmaxRows(dst, src attention.Matrix) {
	attention.CheckSoftmaxRows(dst, src)
	k.hold(dst.Data, src.Data).call(opSoftmaxRows, src.Rows, src.Cols)
}

// Gather copies rows of a table.
func (*simd) Gather(dst, table attention.Matrix, tokens []int) {
	attention.Go{}.Gather(dst, table, tokens)
}

// RMSNorm: dst[i,j] = x[i,j] / √(mean of x[i,·]² + eps) · gain[j].
func (k *simd) RMSNorm(dst, x attention.Matrix, gain []float32, eps float64) {
	attention.CheckRMSNorm(dst, x, gain)
	k.hold(dst.Data, x.Data, gain).call(opRMSNorm, x.Rows, x.Cols, bits(eps))
}

// RoPE rotates each head of x in place.
func (k *simd) RoPE(x, cos, sin attention.Matrix) {
	attention.CheckRoPE(x, cos, sin)
	k.hold(x.Data, cos.Data, sin.Data).call(opRoPE, x.Rows, x.Cols, cos.Cols)
}

// Attend is causal attention with grouped heads.
func (k *simd) Attend(dst, weights, q, keys, values attention.Matrix, heads int) {
	k.attend(dst, weights, q, keys, values, heads, 0)
}

func (k *simd) attend(dst, weights, q, keys, values attention.Matrix, heads, unmasked int) {
	attention.CheckAttend(dst, weights, q, keys, values, heads)
	h := q.Cols / heads
	k.hold(dst.Data, weights.Data, q.Data, keys.Data, values.Data).call(opAttend, q.Rows, keys.Rows-q.Rows, heads, keys.Cols/h, h, unmasked)
}

// Add: dst = a + b.
func (k *simd) Add(dst, a, b attention.Matrix) {
	attention.CheckCells("add", dst, a, b)
	k.hold(dst.Data, a.Data, b.Data).call(opAdd, len(dst.Data))
}

// SiLUGate: dst = gate / (1 + exp(−gate)) · up.
func (k *simd) SiLUGate(dst, gate, up attention.Matrix) {
	attention.CheckCells("gate", dst, gate, up)
	k.hold(dst.Data, gate.Data, up.Data).call(opSiLUGate, len(dst.Data))
}

// bits is a number as a word of a call.
func bits(x float64) int { return int(math.Float32bits(float32(x))) }
