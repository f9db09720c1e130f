package serve

import (
	"context"
	"math"

	"courselab/app/engine"
	"courselab/attention"
)

// block measures one layer: positions per second, and the mean magnitude of its
// output.
func block(ctx context.Context, b attention.LayerBackend, s engine.BenchBlock, timed stopwatch) (rate, mean float64, err error) {
	filled := func(rows, cols, salt int) attention.Matrix {
		m := attention.NewMatrix(rows, cols)
		depth := cols
		if salt == 0 {
			depth = 1
		}
		for i := range m.Data {
			m.Data[i] = engine.BenchBlockValue(i, salt, depth)
		}
		return m
	}
	x := filled(s.Rows, s.Width, 0)
	wq, wk, wv, wo := filled(s.Width, s.Width, 1), filled(s.Width, s.Width, 2), filled(s.Width, s.Width, 3), filled(s.Width, s.Width, 4)
	wGate, wUp, wDown := filled(s.FFN, s.Width, 5), filled(s.FFN, s.Width, 6), filled(s.Width, s.FFN, 7)
	cos, sin := attention.Rotations(attention.ModelConfig{HeadDim: s.Width / s.Heads, RopeTheta: 10000}, s.Rows)
	gain := make([]float32, s.Width)
	for i := range gain {
		gain[i] = 1
	}
	constants := [][]float32{x.Data, wq.Data, wk.Data, wv.Data, wo.Data, wGate.Data, wUp.Data, wDown.Data, cos.Data, sin.Data, gain}

	wide := func() attention.Matrix { return attention.NewMatrix(s.Rows, s.Width) }
	norm, q, k, v, mixed, added, between, out := wide(), wide(), wide(), wide(), wide(), wide(), wide(), wide()
	weights := attention.NewMatrix(s.Rows*s.Heads, s.Rows)
	gate, up := attention.NewMatrix(s.Rows, s.FFN), attention.NewMatrix(s.Rows, s.FFN)
	inner := [][]float32{norm.Data, q.Data, k.Data, v.Data, mixed.Data, added.Data, between.Data, weights.Data, gate.Data, up.Data}

	attention.Place(b, attention.Constant, constants...)
	attention.Place(b, attention.Device, inner...)
	defer attention.Place(b, attention.Host, append(constants, inner...)...)
	seconds, err := timed(b, func() error {
		const eps = 1e-5
		b.RMSNorm(norm, x, gain, eps)
		b.MatMulT(q, norm, wq)
		b.MatMulT(k, norm, wk)
		b.MatMulT(v, norm, wv)
		b.RoPE(q, cos, sin)
		b.RoPE(k, cos, sin)
		b.Attend(mixed, weights, q, k, v, s.Heads)
		b.MatMulT(added, mixed, wo)
		b.Add(between, x, added)
		b.RMSNorm(norm, between, gain, eps)
		b.MatMulT(gate, norm, wGate)
		b.MatMulT(up, norm, wUp)
		b.SiLUGate(gate, gate, up)
		b.MatMulT(added, gate, wDown)
		b.Add(out, between, added)
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	for _, value := range out.Data {
		mean += math.Abs(float64(value)) / float64(len(out.Data))
	}
	return float64(s.Rows) / seconds, mean, nil
}

// integers measures a product whose second operand is of 8-bit integers.
func integers(b attention.IntegerBackend, s engine.BenchSize, timed stopwatch) (engine.BenchProduct, error) {
	const group = 32
	x, y := attention.NewMatrix(s.Rows, s.Depth), attention.NewMatrix(s.Rows, s.Cols)
	w := attention.Int8Matrix{Rows: s.Cols, Cols: s.Depth, Group: group, Data: make([]int8, s.Cols*s.Depth)}
	w.Scales = make([]float32, s.Cols*w.Groups())
	for i := range x.Data {
		x.Data[i] = float32(i%17)/8 - 1
	}
	for i := range w.Data {
		w.Data[i] = int8(i%17*15 - 120)
	}
	for i := range w.Scales {
		w.Scales[i] = 1.0 / 120
	}
	seconds, err := timed(b, func() error { b.MatMulT8(y, x, w); return nil })
	flops := 2 * float64(s.Rows) * float64(s.Cols) * float64(s.Depth)
	bytes := float64(len(w.Data)) + 4*float64(len(x.Data)+len(w.Scales)+len(y.Data))
	return engine.BenchProduct{BenchSize: s, GFLOPs: flops / seconds / 1e9, GBps: bytes / seconds / 1e9}, err
}
