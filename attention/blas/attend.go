package blas

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"courselab/attention"
)

// head returns columns a·h to (a+1)·h of m (n, heads·h): a product reads a head
// where it lies.
func head(m attention.Matrix, a, h int) blas32.General {
	return blas32.General{Rows: m.Rows, Cols: h, Stride: m.Cols, Data: m.Data[a*h:]}
}

// rowsOf returns rows a, a+heads, … of weights (n·heads, t): those of head a.
func rowsOf(weights attention.Matrix, a, heads int) blas32.General {
	return blas32.General{Rows: weights.Rows / heads, Cols: weights.Cols, Stride: heads * weights.Cols, Data: weights.Data[a*weights.Cols:]}
}

// few is the number of queries below which the plain loops are faster than
// products, half of whose work the mask throws away.
const few = 4

// Attend takes a head's scores and its output as one product each.
func (b Backend) Attend(dst, weights, q, keys, values attention.Matrix, heads int) {
	if q.Rows < few {
		b.Go.Attend(dst, weights, q, keys, values, heads)
		return
	}
	attend(dst, weights, q, keys, values, heads, true)
}

// AttendAll is Attend without the mask.
func (Backend) AttendAll(dst, weights, q, keys, values attention.Matrix, heads int) {
	attend(dst, weights, q, keys, values, heads, false)
}

func attend(dst, weights, q, keys, values attention.Matrix, heads int, causal bool) {
	attention.CheckAttend(dst, weights, q, keys, values, heads)
	h := q.Cols / heads
	group := heads / (keys.Cols / h)
	past := keys.Rows - q.Rows
	scale := float32(1 / math.Sqrt(float64(h)))
	for a := range heads {
		w := rowsOf(weights, a, heads)
		blas32.Gemm(blas.NoTrans, blas.Trans, scale, head(q, a, h), head(keys, a/group, h), 0, w)
		for i := range w.Rows {
			row := w.Data[i*w.Stride : i*w.Stride+w.Cols]
			if causal {
				clear(row[past+i+1:])
				row = row[:past+i+1]
			}
			softmax(row)
		}
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, w, head(values, a/group, h), 0, head(dst, a, h))
	}
}

// softmax replaces finite scores by their weights.
func softmax(row []float32) {
	high := row[0]
	for _, v := range row {
		high = max(high, v)
	}
	var sum float64
	for j, v := range row {
		row[j] = attention.Exp32(v - high)
		sum += float64(row[j])
	}
	blas32.Scal(float32(1/sum), blas32.Vector{N: len(row), Inc: 1, Data: row})
}

// AttendBackward takes each of a head's four products as one.
func (b Backend) AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values attention.Matrix, heads int) {
	if q.Rows < few {
		b.Go.AttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
		return
	}
	b.AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
}

// AttendAllBackward goes over all keys; the mask is in the weights, which are 0
// where it hides.
func (Backend) AttendAllBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values attention.Matrix, heads int) {
	attention.CheckAttendBackward(dq, dkeys, dvalues, scratch, d, weights, q, keys, values, heads)
	h := q.Cols / heads
	group := heads / (keys.Cols / h)
	scale := float32(1 / math.Sqrt(float64(h)))
	clear(dkeys.Data)
	clear(dvalues.Data)
	for a := range heads {
		w, dw, up := rowsOf(weights, a, heads), rowsOf(scratch, a, heads), head(d, a, h)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, up, head(values, a/group, h), 0, dw)
		for i := range w.Rows {
			a, da := w.Data[i*w.Stride:i*w.Stride+w.Cols], dw.Data[i*dw.Stride:i*dw.Stride+w.Cols]
			var mean float32
			for j, v := range a {
				mean += v * da[j]
			}
			for j, v := range a {
				da[j] = v * (da[j] - mean)
			}
		}
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, w, up, 1, head(dvalues, a/group, h))
		blas32.Gemm(blas.Trans, blas.NoTrans, scale, dw, head(q, a, h), 1, head(dkeys, a/group, h))
		blas32.Gemm(blas.NoTrans, blas.NoTrans, scale, dw, head(keys, a/group, h), 0, head(dq, a, h))
	}
}
