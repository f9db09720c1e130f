package kernel

import (
	"math"

	"courselab/attention"
)

// AddMatMul: dst (m, n) += a (m, k) · b (k, n).
func (k *simd) AddMatMul(dst, a, b attention.Matrix) {
	attention.CheckMatMul(dst, a, b)
	k.hold(dst.Data, a.Data, b.Data, k.scratch(a.Rows, b.Cols, a.Cols)).call(opAddMatMul, a.Rows, b.Cols, a.Cols)
}

// AddTMatMul: dst (k, n) += aᵀ · b, with a (m, k) and b (m, n).
func (k *simd) AddTMatMul(dst, a, b attention.Matrix) {
	attention.CheckAddTMatMul(dst, a, b)
	k.hold(dst.Data, a.Data, b.Data, k.scratch(a.Cols, b.Cols, a.Rows)).call(opAddTMatMul, a.Cols, b.Cols, a.Rows)
}

// Scatter adds row by row, which Go does well enough: it is one addition to some
// thousand products.
func (*simd) Scatter(table, src attention.Matrix, tokens []int) {
	attention.Go{}.Scatter(table, src, tokens)
}

// RMSNormBackward is the gradient of RMSNorm.
func (k *simd) RMSNormBackward(dx attention.Matrix, dgain []float32, dy, x attention.Matrix, gain []float32, eps float64) {
	attention.CheckRMSNormBackward(dx, dgain, dy, x, gain)
	k.hold(dx.Data, dgain, dy.Data, x.Data, gain).call(opRMSNormBackward, x.Rows, x.Cols, bits(eps))
}

// AttendBackward is the gradient of Attend.
func (k *simd) AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values attention.Matrix, heads int) {
	k.attendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads, 0)
}

// AttendAll is Attend without the mask.
func (k *simd) AttendAll(dst, weights, q, keys, values attention.Matrix, heads int) {
	k.attend(dst, weights, q, keys, values, heads, 1)
}

// AttendAllBackward is the gradient of AttendAll.
func (k *simd) AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values attention.Matrix, heads int) {
	k.attendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads, 1)
}

func (k *simd) attendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values attention.Matrix, heads, unmasked int) {
	attention.CheckAttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
	h := q.Cols / heads
	k.hold(dq.Data, dkeys.Data, dvalues.Data, scratch.Data, d.Data, weights.Data, q.Data, keys.Data, values.Data).
		call(opAttendBackward, q.Rows, keys.Rows-q.Rows, heads, keys.Cols/h, h, unmasked)
}

// SiLUGateBackward is the gradient of SiLUGate.
func (k *simd) SiLUGateBackward(dgate, dup, d, gate, up attention.Matrix) {
	attention.CheckCells("gate gradient", dgate, gate, up)
	attention.CheckCells("gate gradient", dup, d, gate)
	k.hold(dgate.Data, dup.Data, d.Data, gate.Data, up.Data).call(opSiLUGateBackward, len(gate.Data))
}

// CrossEntropy sets losses and turns logits into their gradient. The logarithms
// are Go's: there is one to a row.
func (k *simd) CrossEntropy(logits attention.Matrix, targets []int, losses []float32, scale float64) {
	attention.CheckCrossEntropy(logits, targets, losses)
	if len(k.sums) < len(targets) {
		k.sums = make([]float32, len(targets))
	}
	sums := k.sums[:len(targets)]
	for i, target := range targets {
		losses[i] = logits.At(i, target)
	}
	k.hold(logits.Data, losses, sums).call(opCrossEntropy, logits.Rows, logits.Cols, bits(scale))
	for i, target := range targets {
		losses[i] = float32(math.Log(float64(sums[i]))) - losses[i]
		logits.Row(i)[target] -= float32(scale)
	}
}

// AdamW takes one step on weights.
func (k *simd) AdamW(w, m, v, g []float32, s attention.AdamWStep) {
	attention.CheckAdamW(w, m, v, g)
	first, second := s.Corrections()
	k.hold(w, m, v, g).call(opAdamW, len(w),
		bits(s.Beta1), bits(s.Beta2), bits(s.Scale), bits(s.Rate*first), bits(math.Sqrt(second)), bits(s.Epsilon), bits(1-s.Rate*s.Decay))
}
