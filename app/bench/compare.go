package bench

import (
	"fmt"

	"courselab/app/engine"
)

// products are many rows, a batch, and the one row of writing token by token;
// then one whose weights no near cache holds.
var products = []engine.BenchSize{
	{Rows: 256, Cols: 1024, Depth: 1024}, {Rows: 64, Cols: 256, Depth: 256}, {Rows: 1, Cols: 256, Depth: 256}, {Rows: 1, Cols: 2048, Depth: 2048},
}

// best keeps the better figure of each in into.
func best(into *engine.BenchOutput, round engine.BenchOutput) {
	if len(into.Backends) == 0 {
		*into = round
		return
	}
	into.CopyGBps = max(into.CopyGBps, round.CopyGBps)
	for i := range into.Backends {
		a := &into.Backends[i]
		for _, b := range round.Backends {
			if b.Backend.Name != a.Backend.Name {
				continue
			}
			for j := range a.Products {
				a.Products[j].GFLOPs = max(a.Products[j].GFLOPs, b.Products[j].GFLOPs)
				a.Products[j].GBps = max(a.Products[j].GBps, b.Products[j].GBps)
			}
			a.Prefill, a.Decode = max(a.Prefill, b.Prefill), max(a.Decode, b.Decode)
		}
	}
}

// compare fills in Ratios.
func (r *Report) compare() {
	figures := map[string]map[string]float64{} // backend → figure → rate
	var order []string
	for _, b := range r.Rates.Backends {
		f := map[string]float64{"prefill": b.Prefill, "decode": b.Decode}
		for _, p := range b.Products {
			f[title(p.BenchSize)] = p.GFLOPs
		}
		figures[b.Backend.Name] = f
	}
	for _, p := range products {
		order = append(order, title(p))
	}
	order = append(order, "prefill", "decode", "training")
	for _, t := range r.Training {
		if f := figures[t.Backend]; f != nil {
			f["training"] = t.Rate
		}
	}
	over := []string{"cpu"}
	if r.Peer != nil {
		f := map[string]float64{}
		for _, p := range r.Peer.Products {
			f[title(p.BenchSize)] = p.GFLOPs
		}
		figures[r.Peer.Name] = f
		over = append(over, r.Peer.Name)
	}
	for _, what := range order {
		for _, other := range over {
			if a, b := figures["simd"][what], figures[other][what]; a > 0 && b > 0 {
				r.Ratios = append(r.Ratios, Ratio{What: what, Over: other, Ratio: a / b})
			}
		}
	}
}

func title(s engine.BenchSize) string { return fmt.Sprintf("%d×%d×%d", s.Rows, s.Cols, s.Depth) }
