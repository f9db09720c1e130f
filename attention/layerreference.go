package attention

import (
	"context"
	"fmt"
	"math"
)

// Gather copies rows of a table.
func (Reference) Gather(dst, table Matrix, tokens []int) { Go{}.Gather(dst, table, tokens) }

// RMSNorm: dst[i,j] = x[i,j] / √(Σ_l x[i,l]²/d + eps) · gain[j].
func (Reference) RMSNorm(dst, x Matrix, gain []float32, eps float64) {
	for i := range x.Rows {
		var mean float64
		for l := range x.Cols {
			mean += float64(x.At(i, l)) * float64(x.At(i, l)) / float64(x.Cols)
		}
		for j := range x.Cols {
			dst.Set(i, j, float32(float64(x.At(i, j))/math.Sqrt(mean+eps)*float64(gain[j])))
		}
	}
}

// RoPE turns each pair as a vector of the plane.
func (Reference) RoPE(x, cos, sin Matrix) {
	half := cos.Cols
	for i := range x.Rows {
		for j := range x.Cols {
			if j%(2*half) >= half {
				continue // the second of a pair
			}
			a, b := float64(x.At(i, j)), float64(x.At(i, j+half))
			c, s := float64(cos.At(i, j%half)), float64(sin.At(i, j%half))
			x.Set(i, j, float32(a*c-b*s))
			x.Set(i, j+half, float32(b*c+a*s))
		}
	}
}

// Attend takes heads apart into matrices and computes softmax(QKᵀ/√h)V of each.
func (r Reference) Attend(dst, weights, q, keys, values Matrix, heads int) {
	r.attend(dst, weights, q, keys, values, heads, true)
}

func (r Reference) attend(dst, weights, q, keys, values Matrix, heads int, causal bool) {
	CheckAttend(dst, weights, q, keys, values, heads)
	h := q.Cols / heads
	kvHeads := keys.Cols / h
	for a := range heads {
		k, v := part(keys, a*kvHeads/heads, h), part(values, a*kvHeads/heads, h)
		scores := NewMatrix(q.Rows, keys.Rows)
		r.MatMulT(scores, part(q, a, h), k)
		for i := range q.Rows {
			for j := range keys.Rows {
				if causal && j > keys.Rows-q.Rows+i {
					scores.Set(i, j, float32(math.Inf(-1)))
				} else {
					scores.Set(i, j, float32(float64(scores.At(i, j))/math.Sqrt(float64(h))))
				}
			}
		}
		soft, out := NewMatrix(q.Rows, keys.Rows), NewMatrix(q.Rows, h)
		r.SoftmaxRows(soft, scores)
		r.MatMul(out, soft, v)
		for i := range q.Rows {
			copy(weights.Row(i*heads+a), soft.Row(i))
			copy(dst.Row(i)[a*h:], out.Row(i))
		}
	}
}

// part returns columns a·h to (a+1)·h as a matrix of their own.
func part(m Matrix, a, h int) Matrix {
	out := NewMatrix(m.Rows, h)
	for i := range m.Rows {
		copy(out.Row(i), m.Row(i)[a*h:])
	}
	return out
}

// Add adds cell by cell.
func (Reference) Add(dst, a, b Matrix) { Go{}.Add(dst, a, b) }

// SiLUGate: dst = gate·σ(gate)·up.
func (Reference) SiLUGate(dst, gate, up Matrix) {
	for i, g := range gate.Data {
		sigmoid := 1 / (1 + math.Exp(-float64(g)))
		dst.Data[i] = float32(float64(g) * sigmoid * float64(up.Data[i]))
	}
}

// LayerShape is a size for CompareLayersToReference.
type LayerShape struct {
	Rows, Past     int // positions now, and before them in the cache
	Heads, KVHeads int
	HeadDim        int
	Width          int // of what is normed, added and gated
}

// layerTolerance is the greatest difference allowed, for operands up to 4,
// relative to the size of what goes in. Attention gets more: an error of a score
// is one of its exponent.
const layerTolerance = 2e-5

// CompareLayersToReference computes every operation of a LayerBackend on b and
// returns an error that names the first cell that departs from Reference.
func CompareLayersToReference(ctx context.Context, b LayerBackend, s LayerShape, salt uint64) error {
	n, t := s.Rows, s.Past+s.Rows
	x, y := testValues(n, s.Width, salt), testValues(n, s.Width, salt+1)
	gain := testValues(1, s.Width, salt+2).Data
	q := testValues(n, s.Heads*s.HeadDim, salt+3)
	keys, values := testValues(t, s.KVHeads*s.HeadDim, salt+4), testValues(t, s.KVHeads*s.HeadDim, salt+5)
	// Small queries keep the softmax from being all or nothing.
	for i := range q.Data {
		q.Data[i] /= 8
	}
	cos, sin := NewMatrix(n, s.HeadDim/2), NewMatrix(n, s.HeadDim/2)
	for i, v := range testValues(n, s.HeadDim/2, salt+6).Data {
		a, c := math.Sincos(float64(v))
		sin.Data[i], cos.Data[i] = float32(a), float32(c)
	}
	tokens := make([]int, n)
	for i := range tokens {
		tokens[i] = (i*7 + int(salt%5)) % t
	}
	mixed, weights := NewMatrix(n, s.Heads*s.HeadDim), NewMatrix(n*s.Heads, t)
	ops := []struct {
		name       string
		rows, cols int
		tolerance  float64
		run        func(b LayerBackend, dst Matrix)
	}{
		{"gather", n, keys.Cols, 0, func(b LayerBackend, dst Matrix) { b.Gather(dst, keys, tokens) }},
		{"norm", n, s.Width, layerTolerance, func(b LayerBackend, dst Matrix) { b.RMSNorm(dst, x, gain, 1e-5) }},
		{"rotation", n, q.Cols, layerTolerance, func(b LayerBackend, dst Matrix) {
			copy(dst.Data, q.Data)
			b.RoPE(dst, cos, sin)
		}},
		{"attention", n, q.Cols, 10 * layerTolerance, func(b LayerBackend, dst Matrix) { b.Attend(dst, weights, q, keys, values, s.Heads) }},
		{"attention weights", n * s.Heads, t, 10 * layerTolerance, func(b LayerBackend, dst Matrix) { b.Attend(mixed, dst, q, keys, values, s.Heads) }},
		{"sum", n, s.Width, layerTolerance, func(b LayerBackend, dst Matrix) { b.Add(dst, x, y) }},
		{"gate", n, s.Width, layerTolerance, func(b LayerBackend, dst Matrix) { b.SiLUGate(dst, x, y) }},
		{"sum in place", n, s.Width, layerTolerance, func(b LayerBackend, dst Matrix) {
			copy(dst.Data, x.Data)
			b.Add(dst, dst, y)
		}},
		{"gate in place", n, s.Width, layerTolerance, func(b LayerBackend, dst Matrix) {
			copy(dst.Data, x.Data)
			b.SiLUGate(dst, dst, y)
		}},
		{"norm in place", n, s.Width, layerTolerance, func(b LayerBackend, dst Matrix) {
			copy(dst.Data, x.Data)
			b.RMSNorm(dst, dst, gain, 1e-5)
		}},
	}
	// All operations are one pass: a backend may take long to finish one.
	got := make([]Matrix, len(ops))
	for i, op := range ops {
		got[i] = NewMatrix(op.rows, op.cols)
		for j := range got[i].Data {
			got[i].Data[j] = float32(math.NaN())
		}
		op.run(b, got[i])
	}
	if err := b.Sync(ctx); err != nil {
		return err
	}
	for i, op := range ops {
		want, size := NewMatrix(op.rows, op.cols), NewMatrix(op.rows, op.cols)
		op.run(Reference{}, want)
		for j, v := range want.Data {
			size.Data[j] = float32(1 + math.Abs(float64(v)))
		}
		if err := near(op.name, got[i], want, size, op.tolerance); err != nil {
			return fmt.Errorf("compare %s %+v: %w", b.Name(), s, err)
		}
	}
	return nil
}
