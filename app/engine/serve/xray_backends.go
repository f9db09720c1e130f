package serve

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"courselab/app/engine"
	"courselab/attention"
)

// contest answers engine.OpXrayBackends: the pass on every backend that can be
// used here, each compared with plain Go.
func (lab *xrayLab) contest(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpXrayBackends
	in, m, err := beginXray(ctx, lab, op, raw, emit, func(in *engine.XrayInput) *engine.XrayInput { return in })
	if err != nil {
		return nil, nil, err
	}
	lab.backends.busy.Lock()
	defer lab.backends.busy.Unlock()
	cut, err := ablationsOf(op, in.Ablate, m.Config)
	if err != nil {
		return nil, nil, err
	}
	tokens, _ := m.nextReading(in.Text)
	if len(tokens) == 0 {
		return nil, nil, unreadable(op)
	}
	// Forced, so that an adapter that nobody would choose is compared too: that it
	// loses is what there is to see.
	by, err := lab.backends.forModel(ctx, m, "webgpu")
	if err != nil {
		return nil, nil, err
	}
	plain, err := m.trace(ctx, attention.Go{}, tokens, cut, in)
	if err != nil {
		return nil, nil, modelError(op, err)
	}
	var out engine.XrayBackends
	for _, s := range by.Ranking {
		x := engine.XrayBackend{Name: s.Name, Title: backendTitles[s.Name]}
		if s.Err == nil {
			s.Err = lab.compare(ctx, m, s.Backend, tokens, cut, in, plain, &x)
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if s.Err != nil {
			x.Reason = backendReason(s.Err)
		}
		out.Backends = append(out.Backends, x)
	}
	return out, nil, nil
}

// compare runs the pass on b and fills in x.
func (lab *xrayLab) compare(ctx context.Context, m *heldModel, b attention.LayerBackend, tokens []int, cut []attention.Ablation, in engine.XrayInput, plain *attention.ModelTrace, x *engine.XrayBackend) error {
	trace, err := m.trace(ctx, b, tokens, cut, in)
	if err != nil {
		return err
	}
	for i, t := range trace.Tensors {
		if t.Op == attention.OpDraw {
			continue // an id: its difference is no error of arithmetic
		}
		for k, v := range t.Matrix.Data {
			w := plain.Tensors[i].Matrix.Data[k]
			if d := math.Abs(float64(v) - float64(w)); v != w && d > x.Difference {
				x.Difference, x.Tensor = d, string(t.Name)
			}
		}
	}
	pass := func(b attention.Backend) (time.Duration, error) {
		d, err := attention.NewDecoder(m.Model, b, len(tokens))
		if err != nil {
			return 0, err
		}
		if err := d.Ablate(cut...); err != nil {
			return 0, err
		}
		// Once for what is set up, once for the clock.
		if _, err := d.Forward(ctx, tokens); err != nil {
			return 0, err
		}
		d.Truncate(0)
		began := time.Now()
		_, err = d.Forward(ctx, tokens)
		return time.Since(began), err
	}
	took, err := pass(b)
	if err != nil {
		return err
	}
	x.MS = float64(took) / float64(time.Millisecond)
	watch := &timing{LayerBackend: b, ctx: ctx, spent: map[string]*engine.XrayKernels{}}
	if _, err := pass(watch); err != nil {
		return err
	}
	for _, title := range watch.order {
		// The watch ran twice, as pass does.
		k := *watch.spent[title]
		k.Calls /= 2
		k.MS /= 2
		x.Kernels = append(x.Kernels, k)
	}
	return nil
}

// timing is a LayerBackend that waits for every operation and times it.
type timing struct {
	attention.LayerBackend
	ctx   context.Context
	spent map[string]*engine.XrayKernels
	order []string
	err   error // the first failure since the last Sync
}

func (w *timing) time(title string, do func()) {
	began := time.Now()
	do()
	if err := w.LayerBackend.Sync(w.ctx); err != nil && w.err == nil {
		w.err = err
	}
	k := w.spent[title]
	if k == nil {
		k = &engine.XrayKernels{Title: title}
		w.spent[title] = k
		w.order = append(w.order, title)
	}
	k.Calls++
	k.MS += float64(time.Since(began)) / float64(time.Millisecond)
}

// Sync implements attention.Backend.
func (w *timing) Sync(ctx context.Context) error {
	if err := w.err; err != nil {
		w.err = nil
		return err
	}
	return w.LayerBackend.Sync(ctx)
}

// Place implements attention.Placer.
func (w *timing) Place(r attention.Residence, memory ...[]float32) {
	attention.Place(w.LayerBackend, r, memory...)
}

// The operations, timed.
func (w *timing) Gather(dst, table attention.Matrix, tokens []int) {
	w.time("查表 Gather", func() { w.LayerBackend.Gather(dst, table, tokens) })
}
func (w *timing) RMSNorm(dst, x attention.Matrix, gain []float32, eps float64) {
	w.time("归一化 RMSNorm", func() { w.LayerBackend.RMSNorm(dst, x, gain, eps) })
}
func (w *timing) MatMulT(dst, a, b attention.Matrix) {
	w.time("矩阵乘 MatMulT", func() { w.LayerBackend.MatMulT(dst, a, b) })
}
func (w *timing) RoPE(x, cos, sin attention.Matrix) {
	w.time("旋转 RoPE", func() { w.LayerBackend.RoPE(x, cos, sin) })
}
func (w *timing) Attend(dst, weights, q, keys, values attention.Matrix, heads int) {
	w.time("注意力 Attend", func() { w.LayerBackend.Attend(dst, weights, q, keys, values, heads) })
}
func (w *timing) SiLUGate(dst, gate, up attention.Matrix) {
	w.time("门控 SiLUGate", func() { w.LayerBackend.SiLUGate(dst, gate, up) })
}
func (w *timing) Add(dst, a, b attention.Matrix) {
	w.time("相加 Add", func() { w.LayerBackend.Add(dst, a, b) })
}
