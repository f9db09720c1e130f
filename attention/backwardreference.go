package attention

import (
	"context"
	"fmt"
	"math"
)

// AddMatMul adds one dot product per cell.
func (r Reference) AddMatMul(dst, a, b Matrix) {
	product := NewMatrix(dst.Rows, dst.Cols)
	r.MatMul(product, a, b)
	r.Add(dst, dst, product)
}

// AddTMatMul adds one dot product per cell.
func (r Reference) AddTMatMul(dst, a, b Matrix) {
	CheckAddTMatMul(dst, a, b)
	r.AddMatMul(dst, transposed(a), b)
}

func transposed(m Matrix) Matrix {
	out := NewMatrix(m.Cols, m.Rows)
	for i := range m.Rows {
		for j := range m.Cols {
			out.Set(j, i, m.At(i, j))
		}
	}
	return out
}

// Scatter adds row by row.
func (Reference) Scatter(table, src Matrix, tokens []int) { Go{}.Scatter(table, src, tokens) }

// RMSNormBackward: ∂y_l/∂x_j = gain_l·(δ_lj·r − x_l·x_j·r³/d), summed over l.
func (Reference) RMSNormBackward(dx Matrix, dgain []float32, dy, x Matrix, gain []float32, eps float64) {
	width := float64(x.Cols)
	for i := range x.Rows {
		var mean float64
		for l := range x.Cols {
			mean += float64(x.At(i, l)) * float64(x.At(i, l)) / width
		}
		r := 1 / math.Sqrt(mean+eps)
		for j := range x.Cols {
			xj := float64(x.At(i, j))
			var sum float64
			for l := range x.Cols {
				derivative := -float64(x.At(i, l)) * xj * r * r * r / width
				if l == j {
					derivative += r
				}
				sum += float64(dy.At(i, l)) * float64(gain[l]) * derivative
			}
			dx.Set(i, j, dx.At(i, j)+float32(sum))
			dgain[j] += float32(float64(dy.At(i, j)) * xj * r)
		}
	}
}

// AttendAll is softmax(QKᵀ/√h)V of each head, with nothing hidden.
func (r Reference) AttendAll(dst, weights, q, keys, values Matrix, heads int) {
	r.attend(dst, weights, q, keys, values, heads, false)
}

// AttendAllBackward is AttendBackward: that reads the mask off the weights, which
// are 0 where it hides.
func (r Reference) AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int) {
	r.AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
}

// AttendBackward takes heads apart into matrices: dA = d·Vᵀ, dV = Aᵀ·d,
// dS = A·(dA − Σ A·dA)/√h, dQ = dS·K, dK = dSᵀ·Q.
func (r Reference) AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int) {
	CheckAttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
	h := q.Cols / heads
	kvHeads := keys.Cols / h
	clear(dkeys.Data)
	clear(dvalues.Data)
	addPart := func(dst Matrix, part Matrix, at int) {
		for i := range part.Rows {
			for j := range part.Cols {
				dst.Set(i, at*h+j, dst.At(i, at*h+j)+part.At(i, j))
			}
		}
	}
	for a := range heads {
		of := a * kvHeads / heads
		up, k, v, query := part(d, a, h), part(keys, of, h), part(values, of, h), part(q, a, h)
		w, dw := NewMatrix(q.Rows, keys.Rows), NewMatrix(q.Rows, keys.Rows)
		for i := range q.Rows {
			copy(w.Row(i), weights.Row(i*heads+a))
		}
		r.MatMulT(dw, up, v)
		for i := range q.Rows {
			var mean float64
			for j := range keys.Rows {
				mean += float64(w.At(i, j)) * float64(dw.At(i, j))
			}
			for j := range keys.Rows {
				dw.Set(i, j, float32(float64(w.At(i, j))*(float64(dw.At(i, j))-mean)/math.Sqrt(float64(h))))
			}
		}
		dv, dk, dquery := NewMatrix(keys.Rows, h), NewMatrix(keys.Rows, h), NewMatrix(q.Rows, h)
		r.AddTMatMul(dv, w, up)
		r.AddTMatMul(dk, dw, query)
		r.MatMul(dquery, dw, k)
		addPart(dvalues, dv, of)
		addPart(dkeys, dk, of)
		for i := range q.Rows {
			copy(dq.Row(i)[a*h:(a+1)*h], dquery.Row(i))
		}
	}
}

// SiLUGateBackward: the derivative of g·σ(g) is σ(g) + g·σ(g)·(1 − σ(g)).
func (Reference) SiLUGateBackward(dgate, dup, d, gate, up Matrix) {
	for i := range gate.Data {
		g, u, down := float64(gate.Data[i]), float64(up.Data[i]), float64(d.Data[i])
		sigmoid := 1 / (1 + math.Exp(-g))
		dgate.Data[i] = float32(down * u * (sigmoid + g*sigmoid*(1-sigmoid)))
		dup.Data[i] = float32(down * g * sigmoid)
	}
}

// CrossEntropy: −log of the target's probability, and softmax less one there.
func (Reference) CrossEntropy(logits Matrix, targets []int, losses []float32, scale float64) {
	CheckCrossEntropy(logits, targets, losses)
	for i, target := range targets {
		high := math.Inf(-1)
		for j := range logits.Cols {
			high = math.Max(high, float64(logits.At(i, j)))
		}
		var sum float64
		for j := range logits.Cols {
			sum += math.Exp(float64(logits.At(i, j)) - high)
		}
		losses[i] = float32(high + math.Log(sum) - float64(logits.At(i, target)))
		for j := range logits.Cols {
			p := math.Exp(float64(logits.At(i, j))-high) / sum
			if j == target {
				p--
			}
			logits.Set(i, j, float32(scale*p))
		}
	}
}

// AdamW is the algorithm as printed.
func (Reference) AdamW(w, m, v, g []float32, s AdamWStep) {
	CheckAdamW(w, m, v, g)
	for i := range w {
		gradient := s.Scale * float64(g[i])
		first := s.Beta1*float64(m[i]) + (1-s.Beta1)*gradient
		second := s.Beta2*float64(v[i]) + (1-s.Beta2)*gradient*gradient
		mHat := first / (1 - math.Pow(s.Beta1, float64(s.Time)))
		vHat := second / (1 - math.Pow(s.Beta2, float64(s.Time)))
		m[i], v[i] = float32(first), float32(second)
		w[i] -= float32(s.Rate * (mHat/(math.Sqrt(vHat)+s.Epsilon) + s.Decay*float64(w[i])))
	}
}

// CompareTrainingToReference computes every operation of training on b and
// returns an error that names the first cell that departs from Reference.
func CompareTrainingToReference(ctx context.Context, b TrainingBackend, s LayerShape, salt uint64) error {
	n, t, heads := s.Rows, s.Past+s.Rows, s.Heads
	queries, kv := heads*s.HeadDim, s.KVHeads*s.HeadDim
	small := func(rows, cols int, salt uint64) Matrix {
		m := testValues(rows, cols, salt)
		for i := range m.Data {
			m.Data[i] /= 8
		}
		return m
	}
	x, y, d := testValues(n, s.Width, salt), testValues(n, s.Width, salt+1), small(n, s.Width, salt+2)
	wide := testValues(n, t, salt+3) // stands for any matrix of n rows
	gain := testValues(1, s.Width, salt+4).Data
	q, up := small(n, queries, salt+5), testValues(n, queries, salt+6)
	keys, values := testValues(t, kv, salt+7), testValues(t, kv, salt+8)
	weights, mixed := NewMatrix(n*heads, t), NewMatrix(n, queries)
	Reference{}.Attend(mixed, weights, q, keys, values, heads)
	unmasked := NewMatrix(n*heads, t)
	Reference{}.AttendAll(mixed, unmasked, q, keys, values, heads)
	tokens := make([]int, n)
	for i := range tokens {
		tokens[i] = (i*7 + int(salt%5)) % (s.Width + 1) // some stand twice
	}
	targets := make([]int, n)
	for i := range targets {
		targets[i] = (i*5 + int(salt%3)) % s.Width
	}
	step := AdamWStep{Rate: 1e-2, Decay: 0.1, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, Scale: 0.5, Time: 3}

	// Each operation gets copies of what it may change, and returns those.
	for _, op := range []struct {
		name      string
		tolerance float64
		run       func(b TrainingBackend) []Matrix
	}{
		{"a·b added", 8 * layerTolerance, func(b TrainingBackend) []Matrix {
			dst := cloned(testValues(n, s.Width, salt+9))
			b.AddMatMul(dst, wide, testValues(t, s.Width, salt+10))
			return []Matrix{dst}
		}},
		{"aᵀ·b added", 8 * layerTolerance, func(b TrainingBackend) []Matrix {
			dst := cloned(testValues(t, s.Width, salt+11))
			b.AddTMatMul(dst, wide, x)
			return []Matrix{dst}
		}},
		{"scatter", layerTolerance, func(b TrainingBackend) []Matrix {
			table := cloned(testValues(s.Width+1, s.Width, salt+12))
			b.Scatter(table, x, tokens)
			return []Matrix{table}
		}},
		{"norm gradient", 8 * layerTolerance, func(b TrainingBackend) []Matrix {
			dx, dgain := cloned(y), cloned(testValues(1, s.Width, salt+13))
			b.RMSNormBackward(dx, dgain.Data, d, x, gain, 1e-5)
			return []Matrix{dx, dgain}
		}},
		{"attention gradient", 20 * layerTolerance, func(b TrainingBackend) []Matrix {
			dq, dk, dv, scratch := unset(n, queries), unset(t, kv), unset(t, kv), unset(n*heads, t)
			b.AttendBackward(dq, dk, dv, scratch, up, weights, q, keys, values, heads)
			return []Matrix{dq, dk, dv}
		}},
		{"unmasked attention", 10 * layerTolerance, func(b TrainingBackend) []Matrix {
			dst, weights := unset(n, queries), unset(n*heads, t)
			b.AttendAll(dst, weights, q, keys, values, heads)
			return []Matrix{dst, weights}
		}},
		{"unmasked attention gradient", 20 * layerTolerance, func(b TrainingBackend) []Matrix {
			dq, dk, dv, scratch := unset(n, queries), unset(t, kv), unset(t, kv), unset(n*heads, t)
			b.AttendAllBackward(dq, dk, dv, scratch, up, unmasked, q, keys, values, heads)
			return []Matrix{dq, dk, dv}
		}},
		{"gate gradient", layerTolerance, func(b TrainingBackend) []Matrix {
			dgate, dup := unset(n, s.Width), unset(n, s.Width)
			b.SiLUGateBackward(dgate, dup, d, x, y)
			return []Matrix{dgate, dup}
		}},
		{"gate gradient in place", layerTolerance, func(b TrainingBackend) []Matrix {
			dgate, dup := unset(n, s.Width), cloned(d)
			b.SiLUGateBackward(dgate, dup, dup, x, y)
			return []Matrix{dgate, dup}
		}},
		{"cross entropy", layerTolerance, func(b TrainingBackend) []Matrix {
			logits, losses := cloned(x), unset(1, n)
			b.CrossEntropy(logits, targets, losses.Data, 0.25)
			return []Matrix{logits, losses}
		}},
		{"AdamW", layerTolerance, func(b TrainingBackend) []Matrix {
			w, m, v := cloned(x), cloned(d), cloned(magnitude(y))
			b.AdamW(w.Data, m.Data, v.Data, d.Data, step)
			return []Matrix{w, m, v}
		}},
	} {
		got := op.run(b)
		if err := b.Sync(ctx); err != nil {
			return fmt.Errorf("compare %s %s %+v: %w", b.Name(), op.name, s, err)
		}
		for i, want := range op.run(Reference{}) {
			// Relative to the greatest value: a gradient's small cells are what
			// large terms leave when they cancel.
			size, most := NewMatrix(want.Rows, want.Cols), 1.0
			for _, v := range want.Data {
				most = math.Max(most, math.Abs(float64(v)))
			}
			for j := range size.Data {
				size.Data[j] = float32(most)
			}
			if err := near(fmt.Sprintf("%s, result %d", op.name, i), got[i], want, size, op.tolerance); err != nil {
				return fmt.Errorf("compare %s %+v: %w", b.Name(), s, err)
			}
		}
	}
	return nil
}

func cloned(m Matrix) Matrix {
	return Matrix{Rows: m.Rows, Cols: m.Cols, Data: append([]float32(nil), m.Data...)}
}

// unset returns a matrix that betrays each cell that is not set.
func unset(rows, cols int) Matrix {
	m := NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(math.NaN())
	}
	return m
}
