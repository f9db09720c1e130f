package bench

import (
	"fmt"
	"slices"

	"courselab/app/engine"
)

// products are many rows, a batch, and the one row of writing token by token;
// then one whose weights no near cache holds.
var products = []engine.BenchSize{
	{Rows: 256, Cols: 1024, Depth: 1024}, {Rows: 64, Cols: 256, Depth: 256}, {Rows: 1, Cols: 256, Depth: 256}, {Rows: 1, Cols: 4096, Depth: 4096},
}

// integers are products whose weights are of eight bits as well.
var integers = []engine.BenchSize{{Rows: 64, Cols: 256, Depth: 256}, {Rows: 1, Cols: 2048, Depth: 2048}, {Rows: 1, Cols: 4096, Depth: 4096}}

// floats32 are what the integers are set beside.
var floats32 = append(slices.Clone(products), engine.BenchSize{Rows: 1, Cols: 2048, Depth: 2048})

const (
	layerTitle = "layer, 128 positions"
	copyTitle  = "copying 16 MiB"
)

func title(s engine.BenchSize) string { return fmt.Sprintf("%d×%d×%d", s.Rows, s.Cols, s.Depth) }

// note adds a measured rate to the figure that it belongs to.
func (r *Report) note(what, unit, by string, rate float64) {
	for i := range r.Figures {
		if f := &r.Figures[i]; f.What == what && f.By == by {
			f.Rounds = append(f.Rounds, rate)
			return
		}
	}
	r.Figures = append(r.Figures, Figure{What: what, Unit: unit, By: by, Rounds: []float64{rate}})
}

// noteRound adds what the engine measured in one round.
func (r *Report) noteRound(out engine.BenchOutput) {
	r.note(copyTitle, "GB/s", "memory", out.CopyGBps)
	for _, b := range out.Backends {
		name := b.Backend.Name
		for _, p := range b.Products {
			r.note(title(p.BenchSize), "GFLOP/s", name, p.GFLOPs)
		}
		for _, p := range b.Integers {
			r.note(title(p.BenchSize), "GFLOP/s", name+" int8", p.GFLOPs)
		}
		if b.Block > 0 {
			r.note(layerTitle, "positions/s", name, b.Block)
		}
		if b.Prefill > 0 {
			r.note("prefill", "tokens/s", name, b.Prefill)
			r.note("decode", "tokens/s", name, b.Decode)
		}
	}
}

// finish fills in what follows from the rounds.
func (r *Report) finish() {
	median := map[[2]string]float64{}
	for i := range r.Figures {
		f := &r.Figures[i]
		sorted := slices.Sorted(slices.Values(f.Rounds))
		f.Median, f.Min, f.Max = middle(sorted), sorted[0], sorted[len(sorted)-1]
		median[[2]string{f.What, f.By}] = f.Median
	}
	for _, f := range r.Figures {
		if f.By == "simd" || f.By == "memory" {
			continue
		}
		ours := median[[2]string{f.What, "simd"}]
		if f.By == "simd int8" { // it is the fast one
			r.Ratios = append(r.Ratios, Ratio{What: f.What, Of: f.By, Over: "simd", Ratio: f.Median / ours})
		} else if ours > 0 {
			r.Ratios = append(r.Ratios, Ratio{What: f.What, Of: "simd", Over: f.By, Ratio: ours / f.Median})
		}
	}
	r.Ratios = slices.DeleteFunc(r.Ratios, func(q Ratio) bool { return !(q.Ratio < 1e9) })
}

// middle is the median of sorted values.
func middle(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
