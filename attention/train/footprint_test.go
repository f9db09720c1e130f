package train

import (
	"testing"

	"courselab/attention"
)

// held adds up the memory of a trainer, slice by slice.
func held(t *Trainer) int64 {
	var n int64
	for _, m := range []*attention.Model{t.pass.model, t.pass.gradient, t.moments[0], t.moments[1]} {
		for _, p := range m.Parameters() {
			n += int64(cap(p.Values))
		}
	}
	p := &t.pass
	matrices := []attention.Matrix{p.cos, p.sin, p.back, p.table[0], p.table[1], p.x, p.norm, p.logits, p.add, p.dx, p.dnorm, p.dmixed, p.dq, p.dk, p.dv, p.dgate, p.dup, p.picked, p.dpicked}
	for _, a := range p.layers {
		matrices = append(matrices, a.in, a.norm, a.q, a.k, a.v, a.mixed, a.mid, a.ffnNorm, a.gate, a.up, a.product)
		n += int64(cap(a.weights))
	}
	for _, m := range matrices {
		n += int64(cap(m.Data))
	}
	return 4 * (n + int64(cap(p.losses)) + int64(cap(p.scratch)))
}

func TestFootprint(t *testing.T) {
	untied := tiny
	untied.Tied, untied.Vocab = false, 23
	for _, c := range []attention.ModelConfig{tiny, untied} {
		for _, task := range tasks() {
			m, err := attention.NewModel(c, 1)
			if err != nil {
				t.Fatal(err)
			}
			var params int
			for _, p := range m.Parameters() {
				params += len(p.Values)
			}
			if got := Count(c).Total(); got != params {
				t.Errorf("%d parameters, want %d", got, params)
			}
			var all []Document
			for range 4 {
				all = append(all, Document{0, 3, 4, 5, 6, 7, 8, 9, 10, 1})
			}
			o := short()
			o.Rows, o.Task = 36, task
			trainer, err := New(m, attention.Go{}, all, o)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := trainer.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, want := Footprint(c, 4, 9, 4*task.Predicted(9)), held(trainer); got != want {
				t.Errorf("objective %d, tied %t: %d bytes, holds %d", task.Objective, c.Tied, got, want)
			}
		}
	}
}
