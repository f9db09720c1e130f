package bench

import (
	"strings"
	"testing"

	"courselab/app/engine"
)

func TestFigures(t *testing.T) {
	round := func(cpu, simd, eight float64) engine.BenchOutput {
		b := func(name string, gflops float64) engine.BenchBackend {
			return engine.BenchBackend{Backend: engine.Backend{Name: name}, Prefill: 10 * gflops, Decode: gflops, Block: 100 * gflops,
				Products: []engine.BenchProduct{{BenchSize: products[0], GFLOPs: gflops}}}
		}
		fast := b("simd", simd)
		fast.Integers = []engine.BenchProduct{{BenchSize: products[0], GFLOPs: eight}}
		return engine.BenchOutput{CopyGBps: cpu, Backends: []engine.BenchBackend{b("cpu", cpu), fast}}
	}
	r := Report{Date: "2026-01-02", Machine: "a machine", Cores: 2, Browser: "Mozilla/5.0 Chrome/156.0.0.0", Peers: []Peer{{Name: "peer", Version: "1.2"}, {Name: "absent", Version: "3", Missing: "no card"}}}
	for _, out := range []engine.BenchOutput{round(2, 20, 30), round(1, 10, 50), round(4, 25, 40)} {
		r.noteRound(out)
		r.note(title(products[0]), "GFLOP/s", "peer", 16)
	}
	r.finish()
	find := func(by string) Figure {
		for _, f := range r.Figures {
			if f.What == title(products[0]) && f.By == by {
				return f
			}
		}
		t.Fatalf("no figure by %s", by)
		return Figure{}
	}
	if f := find("simd"); f.Median != 20 || f.Min != 10 || f.Max != 25 || f.Unit != "GFLOP/s" || len(f.Rounds) != 3 || f.Rounds[1] != 10 {
		t.Errorf("figure %+v", f)
	}
	ratio := func(of, over string) float64 {
		for _, q := range r.Ratios {
			if q.What == title(products[0]) && q.Of == of && q.Over == over {
				return q.Ratio
			}
		}
		return 0
	}
	if a, b, c := ratio("simd", "cpu"), ratio("simd", "peer"), ratio("simd int8", "simd"); a != 10 || b != 1.25 || c != 2 {
		t.Errorf("ratios %v %v %v in %+v", a, b, c, r.Ratios)
	}
	text := r.Markdown()
	for _, want := range []string{"2026-01-02, a machine, 2 cores, headless Chrome 156; peer 1.2; absent 3 (not measured: no card).",
		"| | simd | simd int8 | cpu | peer |", "| 256×1024×1024, GFLOP/s | 20.0 (10.0–25.0) | 40.0 (30.0–50.0) | 2.00 (1.00–4.00) | 16.0 (16.0–16.0) |",
		"| decode, tokens/s | 20.0 (10.0–25.0) |  | 2.00 (1.00–4.00) |  |", "Copying 16 MiB: 2.00 (1.00–4.00) GB/s."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if middle([]float64{1, 3, 5, 9}) != 4 {
		t.Error("the median of four is not between the middle two")
	}
}
