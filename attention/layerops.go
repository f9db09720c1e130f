package attention

import (
	"context"
	"fmt"
	"math"
)

// LayerBackend is a Backend with the operations that a model's layers need
// beside products. The rules of Backend hold; besides, dst may be the operand of
// the same shape in RMSNorm, Add and SiLUGate.
type LayerBackend interface {
	Backend
	// Gather: row i of dst (n, d) = row tokens[i] of table (v, d).
	Gather(dst, table Matrix, tokens []int)
	// RMSNorm: dst[i,j] = x[i,j] / √(mean of x[i,·]² + eps) · gain[j].
	RMSNorm(dst, x Matrix, gain []float32, eps float64)
	// RoPE rotates each head of x (n, heads·h) in place. Of a head's h values,
	// value j and value j+h/2 form a pair; in row i it turns by the angle whose
	// cosine and sine stand in row i of cos and sin (n, h/2).
	RoPE(x, cos, sin Matrix)
	// Attend: dst (n, H·h) = causal attention of the queries q (n, H·h) over
	// keys and values (t, G·h), t ≥ n. Query i stands at position t−n+i and sees
	// the keys up to there; head a reads the keys of head a·G/H. Row i·H+a of
	// weights (n·H, t) becomes the softmax weights of query i in head a.
	Attend(dst, weights, q, keys, values Matrix, heads int)
	// Add: dst = a + b, cell by cell.
	Add(dst, a, b Matrix)
	// SiLUGate: dst = gate / (1 + exp(−gate)) · up, cell by cell.
	SiLUGate(dst, gate, up Matrix)
}

// ForLayers returns b with a layer's operations: its own where it has them,
// else those of Go around its products.
func ForLayers(b Backend) LayerBackend {
	if whole, ok := b.(LayerBackend); ok {
		return whole
	}
	return &completed{Backend: b}
}

// completed adds Go's operations to a backend. They read and write memory at
// once, so each first waits for what the backend still has to do.
type completed struct {
	Backend
	err error // the first failure since the last Sync
}

func (c *completed) settle() Go {
	if err := c.Backend.Sync(context.Background()); err != nil && c.err == nil {
		c.err = err
	}
	return Go{}
}

// Sync implements Backend.
func (c *completed) Sync(ctx context.Context) error {
	err := c.Backend.Sync(ctx)
	if c.err != nil {
		err, c.err = c.err, nil
	}
	return err
}

// The layer's operations, by Go.
func (c *completed) Gather(dst, table Matrix, tokens []int)        { c.settle().Gather(dst, table, tokens) }
func (c *completed) RMSNorm(dst, x Matrix, g []float32, e float64) { c.settle().RMSNorm(dst, x, g, e) }
func (c *completed) RoPE(x, cos, sin Matrix)                       { c.settle().RoPE(x, cos, sin) }
func (c *completed) Add(dst, a, b Matrix)                          { c.settle().Add(dst, a, b) }
func (c *completed) SiLUGate(dst, gate, up Matrix)                 { c.settle().SiLUGate(dst, gate, up) }
func (c *completed) Attend(dst, weights, q, keys, values Matrix, heads int) {
	c.settle().Attend(dst, weights, q, keys, values, heads)
}

// Gather copies rows of a table.
func (Go) Gather(dst, table Matrix, tokens []int) {
	CheckGather(dst, table, tokens)
	for i, token := range tokens {
		copy(dst.Row(i), table.Row(token))
	}
}

// RMSNorm sums the squares in float64.
func (Go) RMSNorm(dst, x Matrix, gain []float32, eps float64) {
	CheckRMSNorm(dst, x, gain)
	for i := range x.Rows {
		in, out := x.Row(i), dst.Row(i)
		var sum float64
		for _, v := range in {
			sum += float64(v) * float64(v)
		}
		scale := float32(1 / math.Sqrt(sum/float64(len(in))+eps))
		for j, v := range in {
			out[j] = v * scale * gain[j]
		}
	}
}

// RoPE turns (a, b) into (a·cos − b·sin, b·cos + a·sin).
func (Go) RoPE(x, cos, sin Matrix) {
	CheckRoPE(x, cos, sin)
	half := cos.Cols
	for i := range x.Rows {
		row, c, s := x.Row(i), cos.Row(i), sin.Row(i)
		for at := 0; at < len(row); at += 2 * half {
			first, second := row[at:at+half], row[at+half:at+2*half]
			for j := range first {
				a, b := first[j], second[j]
				first[j], second[j] = a*c[j]-b*s[j], b*c[j]+a*s[j]
			}
		}
	}
}

// Attend takes one query of one head at a time.
func (Go) Attend(dst, weights, q, keys, values Matrix, heads int) {
	attend(dst, weights, q, keys, values, heads, true)
}

// seenBy returns how many keys query i sees, of keys of which past stand before
// the first query: with the mask those up to its own.
func seenBy(i, past, keys int, causal bool) int {
	if causal {
		return past + i + 1
	}
	return keys
}

func attend(dst, weights, q, keys, values Matrix, heads int, causal bool) {
	CheckAttend(dst, weights, q, keys, values, heads)
	h := q.Cols / heads
	group := heads / (keys.Cols / h) // heads of queries to one of keys
	scale := float32(1 / math.Sqrt(float64(h)))
	past := keys.Rows - q.Rows
	for i := range q.Rows {
		seen := seenBy(i, past, keys.Rows, causal)
		for a := range heads {
			query, out := q.Row(i)[a*h:(a+1)*h], dst.Row(i)[a*h:(a+1)*h]
			at := a / group * h
			w := weights.Row(i*heads + a)
			clear(w[seen:])
			w = w[:seen]
			high := float32(math.Inf(-1))
			for j := range w {
				w[j] = dot(query, keys.Row(j)[at:at+h])
				high = max(high, w[j])
			}
			var sum float64
			for j, s := range w {
				w[j] = Exp32(scale * (s - high))
				sum += float64(w[j])
			}
			inverse := float32(1 / sum)
			clear(out)
			for j := range w {
				w[j] *= inverse
				weight, value := w[j], values.Row(j)[at:at+h]
				for d := range out {
					out[d] += weight * value[d]
				}
			}
		}
	}
}

// CheckAttend panics unless Attend's shapes make sense.
func CheckAttend(dst, weights, q, keys, values Matrix, heads int) {
	fits := heads > 0 && q.Cols > 0 && q.Cols%heads == 0 && keys.Cols > 0 && keys.Cols%(q.Cols/heads) == 0 &&
		heads%(keys.Cols/(q.Cols/heads)) == 0 && keys.Rows >= q.Rows &&
		values.Rows == keys.Rows && values.Cols == keys.Cols && dst.Rows == q.Rows && dst.Cols == q.Cols &&
		weights.Rows == q.Rows*heads && weights.Cols == keys.Rows &&
		dst.whole() && weights.whole() && q.whole() && keys.whole() && values.whole()
	if !fits {
		panic(fmt.Sprintf("attention: attend (%d, %d) by %d heads = (%d, %d) over (%d, %d), (%d, %d), weights (%d, %d): shapes do not fit",
			dst.Rows, dst.Cols, heads, q.Rows, q.Cols, keys.Rows, keys.Cols, values.Rows, values.Cols, weights.Rows, weights.Cols))
	}
}

// Add adds cell by cell.
func (Go) Add(dst, a, b Matrix) {
	CheckCells("add", dst, a, b)
	for i, v := range a.Data {
		dst.Data[i] = v + b.Data[i]
	}
}

// SiLUGate goes cell by cell.
func (Go) SiLUGate(dst, gate, up Matrix) {
	CheckCells("gate", dst, gate, up)
	for i, g := range gate.Data {
		dst.Data[i] = g / (1 + Exp32(-g)) * up.Data[i]
	}
}

// CheckGather panics unless Gather's shapes make sense and every token is a row.
func CheckGather(dst, table Matrix, tokens []int) {
	if dst.Rows != len(tokens) || dst.Cols != table.Cols || !dst.whole() || !table.whole() {
		panic(fmt.Sprintf("attention: gather (%d, %d) = %d rows of (%d, %d): shapes do not fit", dst.Rows, dst.Cols, len(tokens), table.Rows, table.Cols))
	}
	for i, token := range tokens {
		if token < 0 || token >= table.Rows {
			panic(fmt.Sprintf("attention: gather row %d (number %d) of %d", token, i, table.Rows))
		}
	}
}

// CheckRMSNorm panics unless RMSNorm's shapes make sense.
func CheckRMSNorm(dst, x Matrix, gain []float32) {
	if dst.Rows != x.Rows || dst.Cols != x.Cols || len(gain) != x.Cols || !dst.whole() || !x.whole() {
		panic(fmt.Sprintf("attention: norm (%d, %d) = (%d, %d) by %d gains: shapes do not fit", dst.Rows, dst.Cols, x.Rows, x.Cols, len(gain)))
	}
}

// CheckRoPE panics unless RoPE's shapes make sense.
func CheckRoPE(x, cos, sin Matrix) {
	half := cos.Cols
	if cos.Rows != x.Rows || sin.Rows != x.Rows || sin.Cols != half || half == 0 || x.Cols%(2*half) != 0 || !x.whole() || !cos.whole() || !sin.whole() {
		panic(fmt.Sprintf("attention: rotate (%d, %d) by (%d, %d), (%d, %d): shapes do not fit", x.Rows, x.Cols, cos.Rows, cos.Cols, sin.Rows, sin.Cols))
	}
}

// CheckCells panics unless what, cell by cell, makes sense of a and b.
func CheckCells(what string, dst, a, b Matrix) {
	if dst.Rows != a.Rows || dst.Cols != a.Cols || dst.Rows != b.Rows || dst.Cols != b.Cols || !dst.whole() || !a.whole() || !b.whole() {
		panic(fmt.Sprintf("attention: %s (%d, %d) = (%d, %d), (%d, %d): shapes do not fit", what, dst.Rows, dst.Cols, a.Rows, a.Cols, b.Rows, b.Cols))
	}
}
