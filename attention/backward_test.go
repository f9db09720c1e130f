package attention

import (
	"math"
	"testing"
)

// trainingShapes reach the tails of every blocking, grouped heads and a cache.
var trainingShapes = []LayerShape{
	{Rows: 1, Heads: 1, KVHeads: 1, HeadDim: 2, Width: 1},
	{Rows: 2, Heads: 2, KVHeads: 1, HeadDim: 4, Width: 3},
	{Rows: 3, Past: 2, Heads: 4, KVHeads: 2, HeadDim: 6, Width: 9},
	{Rows: 9, Heads: 4, KVHeads: 2, HeadDim: 32, Width: 128},
	{Rows: 17, Past: 5, Heads: 3, KVHeads: 3, HeadDim: 10, Width: 37},
}

func TestTrainingConforms(t *testing.T) {
	for _, b := range []TrainingBackend{Go{}, ForTraining(productsOnly{Go{}}), ForTraining(Go{})} {
		for i, s := range trainingShapes {
			if err := CompareTrainingToReference(t.Context(), b, s, uint64(20*i)); err != nil {
				t.Error(err)
			}
		}
	}
}

// productsOnly is a backend that knows nothing of layers.
type productsOnly struct{ Backend }

func (productsOnly) Name() string { return "products" }

// TestGradientsAreSlopes compares the gradient of every operation with the slope
// of its forward: for a random weighting L = Σ c·y, moving one operand by ±δ.
func TestGradientsAreSlopes(t *testing.T) {
	const n, heads, h, width, delta = 4, 4, 6, 10, 1.0 / 256
	var ref Reference
	x, y := testValues(n, width, 1), testValues(n, width, 2)
	gain := testValues(1, width, 3)
	q, keys, values := testValues(n, heads*h, 4), testValues(n+2, 2*h, 5), testValues(n+2, 2*h, 6)
	for i := range q.Data {
		q.Data[i] /= 8
	}
	cos, sin, back := NewMatrix(n, h/2), NewMatrix(n, h/2), NewMatrix(n, h/2)
	for i, v := range testValues(n, h/2, 7).Data {
		s, c := math.Sincos(float64(v))
		sin.Data[i], cos.Data[i], back.Data[i] = float32(s), float32(c), float32(-s)
	}
	c, cq := testValues(n, width, 8), testValues(n, heads*h, 9)
	table, tokens, targets := testValues(5, width, 10), []int{4, 0, 4, 1}, []int{9, 0, 3, 3}
	weighted := func(y, c Matrix) float64 {
		var sum float64
		for i, v := range y.Data {
			sum += float64(v) * float64(c.Data[i])
		}
		return sum
	}
	attend := func() float64 {
		out, weights := NewMatrix(n, heads*h), NewMatrix(n*heads, n+2)
		ref.Attend(out, weights, q, keys, values, heads)
		return weighted(out, cq)
	}
	attendBack := func() (dq, dk, dv Matrix) {
		out, weights, scratch := NewMatrix(n, heads*h), NewMatrix(n*heads, n+2), NewMatrix(n*heads, n+2)
		ref.Attend(out, weights, q, keys, values, heads)
		dq, dk, dv = NewMatrix(n, heads*h), NewMatrix(n+2, 2*h), NewMatrix(n+2, 2*h)
		ref.AttendBackward(dq, dk, dv, scratch, cq, weights, q, keys, values, heads)
		return
	}
	attendAll := func() float64 {
		out, weights := NewMatrix(n, heads*h), NewMatrix(n*heads, n+2)
		ref.AttendAll(out, weights, q, keys, values, heads)
		return weighted(out, cq)
	}
	attendAllBack := func() (dq, dk, dv Matrix) {
		out, weights, scratch := NewMatrix(n, heads*h), NewMatrix(n*heads, n+2), NewMatrix(n*heads, n+2)
		ref.AttendAll(out, weights, q, keys, values, heads)
		dq, dk, dv = NewMatrix(n, heads*h), NewMatrix(n+2, 2*h), NewMatrix(n+2, 2*h)
		ref.AttendAllBackward(dq, dk, dv, scratch, cq, weights, q, keys, values, heads)
		return
	}
	norm := func() float64 {
		out := NewMatrix(n, width)
		ref.RMSNorm(out, x, gain.Data, 1e-5)
		return weighted(out, c)
	}
	normBack := func() (dx, dgain Matrix) {
		dx, dgain = NewMatrix(n, width), NewMatrix(1, width)
		ref.RMSNormBackward(dx, dgain.Data, c, x, gain.Data, 1e-5)
		return
	}
	gate := func() float64 {
		out := NewMatrix(n, width)
		ref.SiLUGate(out, x, y)
		return weighted(out, c)
	}
	gateBack := func() (dgate, dup Matrix) {
		dgate, dup = NewMatrix(n, width), NewMatrix(n, width)
		ref.SiLUGateBackward(dgate, dup, c, x, y)
		return
	}
	for _, op := range []struct {
		name     string
		operand  Matrix
		loss     func() float64
		gradient func() Matrix
	}{
		{"norm, x", x, norm, func() Matrix { dx, _ := normBack(); return dx }},
		{"norm, gain", gain, norm, func() Matrix { _, dg := normBack(); return dg }},
		{"attention, q", q, attend, func() Matrix { dq, _, _ := attendBack(); return dq }},
		{"attention, keys", keys, attend, func() Matrix { _, dk, _ := attendBack(); return dk }},
		{"attention, values", values, attend, func() Matrix { _, _, dv := attendBack(); return dv }},
		{"unmasked attention, q", q, attendAll, func() Matrix { dq, _, _ := attendAllBack(); return dq }},
		{"unmasked attention, keys", keys, attendAll, func() Matrix { _, dk, _ := attendAllBack(); return dk }},
		{"unmasked attention, values", values, attendAll, func() Matrix { _, _, dv := attendAllBack(); return dv }},
		{"gate", x, gate, func() Matrix { dg, _ := gateBack(); return dg }},
		{"up", y, gate, func() Matrix { _, du := gateBack(); return du }},
		{"rotation", q, func() float64 {
			out := cloned(q)
			ref.RoPE(out, cos, sin)
			return weighted(out, cq)
		}, func() Matrix {
			d := cloned(cq)
			ref.RoPE(d, cos, back)
			return d
		}},
		{"embedding", table, func() float64 {
			out := NewMatrix(n, width)
			ref.Gather(out, table, tokens)
			return weighted(out, c)
		}, func() Matrix {
			d := NewMatrix(table.Rows, width)
			ref.Scatter(d, c, tokens)
			return d
		}},
		{"a of a·bᵀ", x, func() float64 {
			out := NewMatrix(n, 5)
			ref.MatMulT(out, x, table)
			return weighted(out, testValues(n, 5, 11))
		}, func() Matrix {
			d := NewMatrix(n, width)
			ref.AddMatMul(d, testValues(n, 5, 11), table)
			return d
		}},
		{"b of a·bᵀ", table, func() float64 {
			out := NewMatrix(n, 5)
			ref.MatMulT(out, x, table)
			return weighted(out, testValues(n, 5, 11))
		}, func() Matrix {
			d := NewMatrix(5, width)
			ref.AddTMatMul(d, testValues(n, 5, 11), x)
			return d
		}},
		{"cross entropy", x, func() float64 {
			losses := make([]float32, n)
			ref.CrossEntropy(cloned(x), targets, losses, 1)
			var sum float64
			for _, l := range losses {
				sum += float64(l)
			}
			return sum
		}, func() Matrix {
			d := cloned(x)
			ref.CrossEntropy(d, targets, make([]float32, n), 1)
			return d
		}},
	} {
		got := op.gradient()
		var size float64
		for _, v := range got.Data {
			size = math.Max(size, math.Abs(float64(v)))
		}
		for i, v := range op.operand.Data {
			op.operand.Data[i] = v + delta
			up := op.loss()
			op.operand.Data[i] = v - delta
			down := op.loss()
			op.operand.Data[i] = v
			if want := (up - down) / (2 * delta); math.Abs(want-float64(got.Data[i])) > 2e-3*(size+1) {
				t.Errorf("%s: gradient %d is %v, the slope %v", op.name, i, got.Data[i], want)
			}
		}
	}
}

// FuzzTraining compares Go with Reference at any small shape.
func FuzzTraining(f *testing.F) {
	f.Add(uint8(3), uint8(1), uint8(2), uint8(1), uint8(2), uint8(5), uint64(1))
	f.Fuzz(func(t *testing.T, rows, past, kv, group, half, width uint8, salt uint64) {
		s := LayerShape{Rows: 1 + int(rows%12), Past: int(past % 6), KVHeads: 1 + int(kv%3), HeadDim: 2 + 2*int(half%8), Width: 1 + int(width%40)}
		s.Heads = s.KVHeads * (1 + int(group%3))
		if err := CompareTrainingToReference(t.Context(), Go{}, s, salt); err != nil {
			t.Error(err)
		}
	})
}
