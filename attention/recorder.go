package attention

import (
	"context"
	"fmt"
)

// recorder is a LayerBackend that keeps what goes through it. Each result gets
// memory of its own in place of that named by the pass, whose scratch is written
// again and again; an operand is the tensor last written to the memory named. So
// the pass needs no second description, nothing is copied, and one Sync fills
// every tensor, be it on a device. A result is named after the parameter that
// went in, or after its operand.
type recorder struct {
	base   LayerBackend
	trace  *ModelTrace
	latest map[*float32]*Tensor // by the first value of the memory that the pass names
	open   []func()             // fill the steps of fused operations, once their operands are there
	idle   bool                 // no operation since the last Sync
	err    error                // the first operand that no one wrote
}

var (
	_ LayerBackend = (*recorder)(nil)
	_ Placer       = (*recorder)(nil)
)

func newRecorder(base LayerBackend, m *Model, tokens []int, o TraceOptions) *recorder {
	t := &ModelTrace{Config: m.Config, Tokens: append([]int(nil), tokens...), Ablated: append([]Ablation(nil), o.Ablate...),
		byName: map[Name]*Tensor{}, model: m, symbol: o.Symbol}
	if t.symbol == nil {
		t.symbol = func(id int) string { return fmt.Sprintf("#%d", id) }
	}
	return &recorder{base: base, trace: t, latest: map[*float32]*Tensor{}, idle: true}
}

// begin takes in what the pass reads and did not compute.
func (r *recorder) begin(d *Decoder) {
	t, n := r.trace, len(r.trace.Tokens)
	ids := NewMatrix(n, 1)
	for i, id := range t.Tokens {
		ids.Data[i] = float32(id) // below 2²⁰, hence exact
	}
	rows := Axis{Kind: AxisPosition}
	t.add(Tensor{Name: "tokens", Symbol: "id", Op: OpGiven, Layer: -1, Head: -1, Rows: rows, Cols: Axis{Kind: AxisSingle}, Matrix: ids})
	r.latest[&d.cos.Data[0]] = t.add(Tensor{Name: "rope.cos", Symbol: "cos", Op: OpCosine, Layer: -1, Head: -1, Rows: rows, Cols: Axis{Kind: AxisPair}, Matrix: top(d.cos, n)})
	r.latest[&d.sin.Data[0]] = t.add(Tensor{Name: "rope.sin", Symbol: "sin", Op: OpSine, Layer: -1, Head: -1, Rows: rows, Cols: Axis{Kind: AxisPair}, Matrix: top(d.sin, n)})
	if len(d.zeros.Data) > 0 {
		r.latest[&d.zeros.Data[0]] = t.add(Tensor{Name: "zeros", Symbol: "0", Op: OpGiven, Layer: -1, Head: -1, Rows: rows, Cols: Axis{Kind: AxisDimension}, Matrix: top(d.zeros, n)})
	}
	for _, p := range d.model.traced() {
		r.latest[&p.Matrix.Data[0]] = p
	}
}

// operand returns the tensor that m's memory holds. A parameter enters the trace
// with its first use.
func (r *recorder) operand(m Matrix) *Tensor {
	r.idle = false
	t, ok := r.latest[&m.Data[0]]
	if !ok || t.Matrix.Rows != m.Rows || t.Matrix.Cols != m.Cols {
		if r.err == nil {
			r.err = fmt.Errorf("record an operand (%d, %d): nothing of this shape was written there", m.Rows, m.Cols)
		}
		return &Tensor{Matrix: m, Layer: -1, Head: -1}
	}
	if _, entered := r.trace.byName[t.Name]; !entered {
		r.trace.Tensors = append(r.trace.Tensors, t)
		r.trace.byName[t.Name] = t
	}
	return t
}

// result takes in what an operation writes to dst; its Matrix is new memory.
func (r *recorder) result(dst Matrix, t Tensor, from ...*Tensor) *Tensor {
	t.Matrix = NewMatrix(dst.Rows, dst.Cols)
	added := r.trace.add(t, from...)
	r.latest[&dst.Data[0]] = added
	return added
}

// step takes in a step of a fused operation; fill computes it from its operands.
func (r *recorder) step(t Tensor, rows, cols int, fill func(Matrix), from ...*Tensor) *Tensor {
	t.Matrix = NewMatrix(rows, cols)
	added := r.trace.add(t, from...)
	r.open = append(r.open, func() { fill(added.Matrix) })
	return added
}

// Name implements Backend.
func (r *recorder) Name() string { return r.base.Name() }

// Place implements Placer. Only weights and angles are used as they lie; the
// host sees all results.
func (r *recorder) Place(residence Residence, memory ...[]float32) {
	if residence == Constant {
		Place(r.base, residence, memory...)
	}
}

// Sync implements Backend.
func (r *recorder) Sync(ctx context.Context) error {
	if r.err != nil {
		return r.err
	}
	if r.idle {
		return nil
	}
	if err := r.base.Sync(ctx); err != nil {
		return err
	}
	r.idle = true
	for _, fill := range r.open {
		fill()
	}
	r.open = nil
	return nil
}

// MatMul and SoftmaxRows are no part of a model's pass.
func (r *recorder) MatMul(dst, a, b Matrix)     { r.refuse("matmul") }
func (r *recorder) SoftmaxRows(dst, src Matrix) { r.refuse("softmax") }

func (r *recorder) refuse(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("record %s: not an operation of a model's layers", what)
	}
}

// Gather implements LayerBackend.
func (r *recorder) Gather(dst, table Matrix, tokens []int) {
	in := r.operand(table)
	out := r.result(dst, Tensor{Name: "embedding", Symbol: "X", Op: OpGather, Layer: -1, Head: -1, Rows: Axis{Kind: AxisPosition}, Cols: in.Cols}, in, r.trace.byName["tokens"])
	r.base.Gather(out.Matrix, table, tokens)
}

// RMSNorm implements LayerBackend. The denominators are a step of their own.
func (r *recorder) RMSNorm(dst, x Matrix, gain []float32, eps float64) {
	in, by := r.operand(x), r.operand(Matrix{Rows: 1, Cols: len(gain), Data: gain})
	t := by.makes(in)
	t.Op, t.Cols = OpNorm, in.Cols
	rms := t
	rms.Name, rms.Symbol, rms.Op, rms.Cols = t.Name+".rms", "r", OpRMS, Axis{Kind: AxisSingle}
	denominators := r.step(rms, x.Rows, 1, func(m Matrix) { rootMeanSquares(m, in.Matrix, eps) }, in)
	out := r.result(dst, t, in, denominators, by)
	r.base.RMSNorm(out.Matrix, in.Matrix, gain, eps)
}

// MatMulT implements Backend.
func (r *recorder) MatMulT(dst, a, b Matrix) {
	in, by := r.operand(a), r.operand(b)
	t := by.makes(in)
	t.Op, t.Cols = OpMatMul, by.Rows
	out := r.result(dst, t, in, by)
	r.base.MatMulT(out.Matrix, in.Matrix, b)
}

// RoPE implements LayerBackend. It works in place: the copy that it works on is
// made by adding zeros, which a device can do.
func (r *recorder) RoPE(x, cos, sin Matrix) {
	in, c, s := r.operand(x), r.operand(cos), r.operand(sin)
	t := *in
	t.Name, t.Symbol, t.Op, t.Inputs = in.Name+"_rotated", in.Symbol+"°", OpRotate, nil
	out := r.result(x, t, in, c, s)
	r.base.Add(out.Matrix, in.Matrix, NewMatrix(x.Rows, x.Cols))
	r.base.RoPE(out.Matrix, cos, sin)
}

// Attend implements LayerBackend. Scores, scaling and mask are steps of their
// own; the weights and the weighted sums are the backend's.
func (r *recorder) Attend(dst, weights, q, keys, values Matrix, heads int) {
	queries, k, v := r.operand(q), r.operand(keys), r.operand(values)
	n, h, layer := q.Rows, q.Cols/heads, queries.Layer
	group := heads / (keys.Cols / h)
	all, mixed := NewMatrix(weights.Rows, weights.Cols), NewMatrix(dst.Rows, dst.Cols)
	rows, key := Axis{Kind: AxisPosition}, Axis{Kind: AxisPosition}
	var outputs []*Tensor
	for a := range heads {
		step := func(what, symbol string, op Op, cols Axis, width int, fill func(Matrix), from ...*Tensor) *Tensor {
			return r.step(Tensor{Name: HeadName(layer, a, what), Symbol: symbol, Op: op, Layer: layer, Head: a, Rows: rows, Cols: cols}, n, width, fill, from...)
		}
		scores := step("scores", "S", OpScores, key, keys.Rows, func(m Matrix) { headScores(m, queries.Matrix, k.Matrix, a*h, a/group*h, h) }, queries, k)
		divided := step("scaled", "S′", OpScale, key, keys.Rows, func(m Matrix) { copy(m.Data, scaled(scores.Matrix, true, h).Data) }, scores)
		hidden := step("masked", "M", OpMask, key, keys.Rows, func(m Matrix) { copy(m.Data, masked(divided.Matrix, true).Data) }, divided)
		soft := step("weights", "A", OpSoftmax, key, keys.Rows, func(m Matrix) {
			for i := range n {
				copy(m.Row(i), all.Row(i*heads+a))
			}
		}, hidden)
		outputs = append(outputs, step("mixed", "O", OpMix, Axis{Kind: AxisHead, Heads: 1}, h, func(m Matrix) {
			for i := range n {
				copy(m.Row(i), mixed.Row(i)[a*h:])
			}
		}, soft, v))
	}
	out := r.trace.add(Tensor{Name: LayerName(layer, "mixed"), Symbol: "C", Op: OpConcat, Layer: layer, Head: -1, Rows: rows, Cols: Axis{Kind: AxisHead, Heads: heads}, Matrix: mixed}, outputs...)
	r.latest[&dst.Data[0]] = out
	r.base.Attend(mixed, all, queries.Matrix, k.Matrix, v.Matrix, heads)
}

// Add implements LayerBackend.
func (r *recorder) Add(dst, a, b Matrix) {
	x, y := r.operand(a), r.operand(b)
	t := Tensor{Op: OpAdd, Layer: y.Layer, Head: -1, Rows: y.Rows, Cols: y.Cols}
	switch y.Name {
	case LayerName(y.Layer, "attention_output"):
		t.Name, t.Symbol = LayerName(y.Layer, "attention_residual"), "Y"
	default:
		t.Name, t.Symbol = LayerName(y.Layer, "ffn_residual"), "X"
	}
	out := r.result(dst, t, x, y)
	r.base.Add(out.Matrix, x.Matrix, y.Matrix)
}

// SiLUGate implements LayerBackend. SiLU is a step of its own; the product is
// the backend's.
func (r *recorder) SiLUGate(dst, gate, up Matrix) {
	g, u := r.operand(gate), r.operand(up)
	t := Tensor{Layer: g.Layer, Head: -1, Rows: g.Rows, Cols: g.Cols}
	t.Name, t.Symbol, t.Op = LayerName(g.Layer, "silu"), "σ", OpSiLU
	active := r.step(t, gate.Rows, gate.Cols, func(m Matrix) { silu(m, g.Matrix) }, g)
	t.Name, t.Symbol, t.Op = LayerName(g.Layer, "gated"), "H", OpMultiply
	out := r.result(dst, t, active, u)
	r.base.SiLUGate(out.Matrix, g.Matrix, u.Matrix)
}
