package attention

import (
	"context"
	"fmt"
	"math"
)

// TrainingBackend is a LayerBackend with the operations of a training step. A
// gradient ∂L/∂x is written dx. The rules of Backend hold. RoPE undoes itself
// with −sin for sin, and so needs no operation of its own here.
type TrainingBackend interface {
	LayerBackend
	// AddMatMul: dst (m, n) += a (m, k) · b (k, n).
	AddMatMul(dst, a, b Matrix)
	// AddTMatMul: dst (k, n) += aᵀ · b, with a (m, k) and b (m, n): the gradient
	// of a weight matrix.
	AddTMatMul(dst, a, b Matrix)
	// Scatter: row tokens[i] of table (v, d) += row i of src (n, d), for each i
	// in order: the gradient of Gather.
	Scatter(table, src Matrix, tokens []int)
	// RMSNormBackward is the gradient of y = RMSNorm(x, gain): with dy (n, d), it
	// adds to dx (n, d) and dgain (d).
	RMSNormBackward(dx Matrix, dgain []float32, dy, x Matrix, gain []float32, eps float64)
	// AttendBackward is the gradient of Attend: with d = ∂L/∂dst (n, H·h) and the
	// weights that Attend left, it sets dq (n, H·h), dkeys and dvalues (t, G·h).
	// scratch has the shape of weights, (n·H, t), and undefined contents.
	AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int)
	// AttendAll is Attend without the mask: every query sees every key.
	AttendAll(dst, weights, q, keys, values Matrix, heads int)
	// AttendAllBackward is the gradient of AttendAll, as AttendBackward is that
	// of Attend.
	AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int)
	// SiLUGateBackward is the gradient of SiLUGate: with d = ∂L/∂dst, it sets
	// dgate and dup. All have one shape; dgate or dup may be d itself.
	SiLUGateBackward(dgate, dup, d, gate, up Matrix)
	// CrossEntropy sets losses[i] = −log softmax(logits[i,·])[targets[i]], in
	// nats, and turns logits into scale·(softmax(logits) − one at the target):
	// the gradient of scale·Σ losses.
	CrossEntropy(logits Matrix, targets []int, losses []float32, scale float64)
	// AdamW takes one step on weights w, of moments m and v and gradient g, all
	// of one length.
	AdamW(w, m, v, g []float32, s AdamWStep)
}

// AdamWStep is what one step of AdamW depends on beside the gradient (Loshchilov
// and Hutter 2019, algorithm 2). With g′ = Scale·g,
//
//	m ← β₁m + (1 − β₁)g′      v ← β₂v + (1 − β₂)g′²
//	w ← w − Rate·(m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + Epsilon) + Decay·w)
type AdamWStep struct {
	Rate, Decay  float64
	Beta1, Beta2 float64
	Epsilon      float64
	Scale        float64 // what clipping leaves of the gradient
	Time         int     // t, the number of this step, from 1
}

// ForTraining returns b with all that training needs: its own operations where
// it has them, else those of Go.
func ForTraining(b Backend) TrainingBackend {
	if whole, ok := b.(TrainingBackend); ok {
		return whole
	}
	return &trainable{LayerBackend: ForLayers(b)}
}

// trainable adds Go's operations of training to a backend, as completed does
// those of the layers.
type trainable struct {
	LayerBackend
	err error
}

func (c *trainable) settle() Go {
	if err := c.LayerBackend.Sync(context.Background()); err != nil && c.err == nil {
		c.err = err
	}
	return Go{}
}

// Sync implements Backend.
func (c *trainable) Sync(ctx context.Context) error {
	err := c.LayerBackend.Sync(ctx)
	if c.err != nil {
		err, c.err = c.err, nil
	}
	return err
}

// The operations of training, by Go.
func (c *trainable) AddMatMul(dst, a, b Matrix)              { c.settle().AddMatMul(dst, a, b) }
func (c *trainable) AddTMatMul(dst, a, b Matrix)             { c.settle().AddTMatMul(dst, a, b) }
func (c *trainable) Scatter(dst, src Matrix, t []int)        { c.settle().Scatter(dst, src, t) }
func (c *trainable) AdamW(w, m, v, g []float32, s AdamWStep) { c.settle().AdamW(w, m, v, g, s) }
func (c *trainable) RMSNormBackward(dx Matrix, dgain []float32, dy, x Matrix, gain []float32, eps float64) {
	c.settle().RMSNormBackward(dx, dgain, dy, x, gain, eps)
}
func (c *trainable) AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int) {
	c.settle().AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
}
func (c *trainable) AttendAll(dst, weights, q, keys, values Matrix, heads int) {
	c.settle().AttendAll(dst, weights, q, keys, values, heads)
}
func (c *trainable) AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int) {
	c.settle().AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
}
func (c *trainable) SiLUGateBackward(dgate, dup, d, gate, up Matrix) {
	c.settle().SiLUGateBackward(dgate, dup, d, gate, up)
}
func (c *trainable) CrossEntropy(logits Matrix, targets []int, losses []float32, scale float64) {
	c.settle().CrossEntropy(logits, targets, losses, scale)
}

// CheckAddTMatMul panics unless dst (k, n) += aᵀ · b makes sense.
func CheckAddTMatMul(dst, a, b Matrix) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols || !dst.whole() || !a.whole() || !b.whole() {
		panic(fmt.Sprintf("attention: (%d, %d) += (%d, %d)ᵀ·(%d, %d): shapes do not fit", dst.Rows, dst.Cols, a.Rows, a.Cols, b.Rows, b.Cols))
	}
}

// CheckRMSNormBackward panics unless RMSNormBackward's shapes make sense.
func CheckRMSNormBackward(dx Matrix, dgain []float32, dy, x Matrix, gain []float32) {
	CheckCells("norm gradient", dx, dy, x)
	if len(gain) != x.Cols || len(dgain) != x.Cols {
		panic(fmt.Sprintf("attention: norm gradient of (%d, %d) by %d gains, %d gradients: shapes do not fit", x.Rows, x.Cols, len(gain), len(dgain)))
	}
}

// CheckAttendBackward panics unless AttendBackward's shapes make sense.
func CheckAttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int) {
	CheckAttend(d, weights, q, keys, values, heads)
	CheckAttend(dq, scratch, q, dkeys, dvalues, heads)
	if dkeys.Rows != keys.Rows || dkeys.Cols != keys.Cols {
		panic(fmt.Sprintf("attention: gradient (%d, %d) of keys (%d, %d): shapes do not fit", dkeys.Rows, dkeys.Cols, keys.Rows, keys.Cols))
	}
}

// CheckCrossEntropy panics unless there is one target and one loss to a row of
// logits, and each target a column.
func CheckCrossEntropy(logits Matrix, targets []int, losses []float32) {
	if len(targets) != logits.Rows || len(losses) != logits.Rows || !logits.whole() {
		panic(fmt.Sprintf("attention: cross entropy of (%d, %d), %d targets, %d losses: shapes do not fit", logits.Rows, logits.Cols, len(targets), len(losses)))
	}
	for i, t := range targets {
		if t < 0 || t >= logits.Cols {
			panic(fmt.Sprintf("attention: cross entropy target %d (number %d): not in 0 … %d", t, i, logits.Cols-1))
		}
	}
}

// CheckScatter panics unless src has one row to a token, as wide as table, and
// each token is a row of table.
func CheckScatter(table, src Matrix, tokens []int) {
	if src.Rows != len(tokens) || src.Cols != table.Cols || !src.whole() || !table.whole() {
		panic(fmt.Sprintf("attention: scatter (%d, %d) to %d rows of (%d, %d): shapes do not fit", src.Rows, src.Cols, len(tokens), table.Rows, table.Cols))
	}
	for i, t := range tokens {
		if t < 0 || t >= table.Rows {
			panic(fmt.Sprintf("attention: scatter token %d (number %d): not in 0 … %d", t, i, table.Rows-1))
		}
	}
}

// Corrections returns 1/(1 − β₁ᵗ) and 1/(1 − β₂ᵗ).
func (s AdamWStep) Corrections() (first, second float64) {
	return 1 / (1 - math.Pow(s.Beta1, float64(s.Time))), 1 / (1 - math.Pow(s.Beta2, float64(s.Time)))
}

// CheckAdamW panics unless all have one length.
func CheckAdamW(w, m, v, g []float32) {
	if len(m) != len(w) || len(v) != len(w) || len(g) != len(w) {
		panic(fmt.Sprintf("attention: AdamW of %d weights with %d, %d moments, %d gradients: lengths differ", len(w), len(m), len(v), len(g)))
	}
}
