package attention

import "math"

// AddMatMul adds four rows of b, each times one value of a, at a time.
func (Go) AddMatMul(dst, a, b Matrix) {
	CheckMatMul(dst, a, b)
	for i := range a.Rows {
		addRows(dst.Row(i), a.Row(i), 1, b)
	}
}

// AddTMatMul takes a column of a for what AddMatMul takes a row.
func (Go) AddTMatMul(dst, a, b Matrix) {
	CheckAddTMatMul(dst, a, b)
	for i := range a.Cols {
		if a.Rows > 0 {
			addRows(dst.Row(i), a.Data[i:], a.Cols, b)
		}
	}
}

// addRows: out (n) += Σ_l a[l·stride]·b[l,·].
func addRows(out, a []float32, stride int, b Matrix) {
	l := 0
	for ; l+4 <= b.Rows; l += 4 {
		a0, a1, a2, a3 := a[l*stride], a[(l+1)*stride], a[(l+2)*stride], a[(l+3)*stride]
		b0, b1, b2, b3 := b.Row(l)[:len(out)], b.Row(l + 1)[:len(out)], b.Row(l + 2)[:len(out)], b.Row(l + 3)[:len(out)]
		for j := range out {
			out[j] += a0*b0[j] + a1*b1[j] + a2*b2[j] + a3*b3[j]
		}
	}
	for ; l < b.Rows; l++ {
		addScaled(out, a[l*stride], b.Row(l))
	}
}

// addScaled: out += a·x.
func addScaled(out []float32, a float32, x []float32) {
	x = x[:len(out)]
	for j := range out {
		out[j] += a * x[j]
	}
}

// Scatter adds row by row.
func (Go) Scatter(table, src Matrix, tokens []int) {
	CheckScatter(table, src, tokens)
	for i, token := range tokens {
		addScaled(table.Row(token), 1, src.Row(i))
	}
}

// RMSNormBackward: with r = 1/√(mean x² + eps) and ĝ = dy·gain,
// dx += r·(ĝ − x·r²·mean(ĝ·x)) and dgain += dy·x·r.
func (Go) RMSNormBackward(dx Matrix, dgain []float32, dy, x Matrix, gain []float32, eps float64) {
	CheckRMSNormBackward(dx, dgain, dy, x, gain)
	for i := range x.Rows {
		in, up, out := x.Row(i), dy.Row(i), dx.Row(i)
		var squares, along float64
		for j, v := range in {
			squares += float64(v) * float64(v)
			along += float64(up[j]) * float64(gain[j]) * float64(v)
		}
		width := float64(len(in))
		inverse := 1 / math.Sqrt(squares/width+eps)
		r, back := float32(inverse), float32(inverse*inverse*inverse*along/width)
		for j, v := range in {
			dgain[j] += up[j] * v * r
			out[j] += up[j]*gain[j]*r - v*back
		}
	}
}

// AttendBackward takes one query of one head at a time. With A the weights and
// dA = d·Vᵀ, the gradient of the scores is A·(dA − Σ A·dA)/√h.
func (Go) AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int) {
	attendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads, true)
}

// AttendAll is Attend without the mask.
func (Go) AttendAll(dst, weights, q, keys, values Matrix, heads int) {
	attend(dst, weights, q, keys, values, heads, false)
}

// AttendAllBackward is the gradient of AttendAll.
func (Go) AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int) {
	attendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads, false)
}

func attendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values Matrix, heads int, causal bool) {
	CheckAttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
	h := q.Cols / heads
	group := heads / (keys.Cols / h)
	scale := float32(1 / math.Sqrt(float64(h)))
	past := keys.Rows - q.Rows
	clear(dq.Data)
	clear(dkeys.Data)
	clear(dvalues.Data)
	for i := range q.Rows {
		seen := seenBy(i, past, keys.Rows, causal)
		for a := range heads {
			query, dquery, up := q.Row(i)[a*h:(a+1)*h], dq.Row(i)[a*h:(a+1)*h], d.Row(i)[a*h:(a+1)*h]
			at := a / group * h
			w, ds := weights.Row(i*heads + a)[:seen], scratch.Row(i*heads + a)[:seen]
			var mean float32
			for j := range w {
				ds[j] = dot(up, values.Row(j)[at:at+h])
				mean += w[j] * ds[j]
				addScaled(dvalues.Row(j)[at:at+h], w[j], up)
			}
			for j := range w {
				s := w[j] * (ds[j] - mean) * scale
				addScaled(dquery, s, keys.Row(j)[at:at+h])
				addScaled(dkeys.Row(j)[at:at+h], s, query)
			}
		}
	}
}

// SiLUGateBackward: with σ = 1/(1 + exp(−gate)), dup = d·gate·σ and
// dgate = d·up·σ·(1 + gate·(1 − σ)).
func (Go) SiLUGateBackward(dgate, dup, d, gate, up Matrix) {
	CheckCells("gate gradient", dgate, gate, up)
	CheckCells("gate gradient", dup, d, gate)
	for i, g := range gate.Data {
		sigmoid := 1 / (1 + Exp32(-g))
		down, u := d.Data[i], up.Data[i]
		dgate.Data[i], dup.Data[i] = down*u*sigmoid*(1+g*(1-sigmoid)), down*g*sigmoid
	}
}

// CrossEntropy sums in float64.
func (Go) CrossEntropy(logits Matrix, targets []int, losses []float32, scale float64) {
	CheckCrossEntropy(logits, targets, losses)
	for i, target := range targets {
		row := logits.Row(i)
		high := row[0]
		for _, v := range row {
			high = max(high, v)
		}
		aim := float64(row[target] - high)
		var sum float64
		for j, v := range row {
			e := Exp32(v - high)
			row[j] = e
			sum += float64(e)
		}
		losses[i] = float32(math.Log(sum) - aim)
		factor := float32(scale / sum)
		for j := range row {
			row[j] *= factor
		}
		row[target] -= float32(scale)
	}
}

// AdamW goes value by value.
func (Go) AdamW(w, m, v, g []float32, s AdamWStep) {
	CheckAdamW(w, m, v, g)
	first, second := s.Corrections()
	b1, b2, scale := float32(s.Beta1), float32(s.Beta2), float32(s.Scale)
	rate, root, eps := float32(s.Rate*first), float32(math.Sqrt(second)), float32(s.Epsilon)
	keep := float32(1 - s.Rate*s.Decay)
	for i, gradient := range g {
		gradient *= scale
		m[i] = b1*m[i] + (1-b1)*gradient
		v[i] = b2*v[i] + (1-b2)*gradient*gradient
		w[i] = keep*w[i] - rate*m[i]/(root*float32(math.Sqrt(float64(v[i])))+eps)
	}
}
