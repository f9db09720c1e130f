package sim

import (
	"math"
	"testing"
)

func TestSpeedByHand(t *testing.T) {
	d := small() // 1 GB/s, 1 GFLOP/s
	// A step reads 208 weights of 2 bytes and 2 caches of 6·16; a token is multiplied
	// with 208 weights; its scores are 2·2 heads·(2 + 2) in 2 layers over 7 tokens.
	p, err := d.Decode(6, 2)
	if err != nil {
		t.Fatal(err)
	}
	moving, computing := (416+2*96)/1e9, 2*(2*208+2*2*4*14)/1e9
	if p.Moving != moving || math.Abs(p.Computing-computing) > 1e-18 || p.Value != computing || p.MemoryBound() || p.Linking != 0 {
		t.Errorf("%+v, want %v and %v", p, moving, computing)
	}
	// Two cards: weights halved, the cache on both; each layer exchanges twice
	// 2 tokens · 4 numbers · 2 bytes, of which a ring of two moves all.
	d.GPUs, d.LinkDelay = 2, 1e-9
	p, err = d.Decode(6, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := (416 + 2*2*96) / 2e9; math.Abs(p.Moving-want) > 1e-18 {
		t.Errorf("moving %v, want %v", p.Moving, want)
	}
	if want := 4*16/1e9 + 4e-9; math.Abs(p.Linking-want) > 1e-18 {
		t.Errorf("linking %v, want %v", p.Linking, want)
	}

	// 2 prompts of 6, chunks of 4: 3 steps. Matrices 168, head 20.
	d = small()
	p, err = d.Prefill(6, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := 3*416.0 + 2*96; p.Bytes != want {
		t.Errorf("bytes %v, want %v", p.Bytes, want)
	}
	if want := 2 * (2*168*6 + 2*20 + 2.0*2*4*2*21); p.FLOPs != want {
		t.Errorf("flops %v, want %v", p.FLOPs, want)
	}
	d.Prefix = 4 // two fresh tokens each see 5 and 6
	if p, err = d.Prefill(6, 2); err != nil || p.FLOPs != 2*(2*168*2+2*20+2*2*4*2*11) {
		t.Errorf("flops %v, %v", p.FLOPs, err)
	}
	d.Prefix = 6 // the last token is computed in any case
	if p, err = d.Prefill(6, 1); err != nil || p.FLOPs != 2*168+2*20+2*2*4*2*6 {
		t.Errorf("flops %v, %v", p.FLOPs, err)
	}
	q, err := small().Throughput(6, 4, 2)
	read, _ := small().Prefill(6, 2)
	write, _ := small().Decode(8, 2)
	if err != nil || q.Value != 8/(read.Value+4*write.Value) {
		t.Errorf("%v, %v", q.Value, err)
	}
}

// Sums over positions against adding them up one by one.
func TestSeenFrom(t *testing.T) {
	for _, window := range []float64{0, 1, 4, 100} {
		for from := 0.0; from < 12; from++ {
			for to := from; to < 12; to++ {
				want := 0.0
				for i := from + 1; i <= to; i++ {
					want += 3*i + 2*min(i, window)
				}
				if got := seenFrom(3, 2, window, from, to); got != want {
					t.Errorf("window %v, %v to %v: %v, want %v", window, from, to, got, want)
				}
			}
		}
	}
}

// In ideal circumstances, without scores, Decode is DecodeTime.
func TestDecodeIsTheRoofline(t *testing.T) {
	for _, model := range []string{"llama-2-7b", "llama-2-70b", "qwen3-30b-a3b", "deepseek-v3"} {
		for _, batch := range []float64{1, 8} {
			d := shippedDeployment(t, model, "a100-sxm4-80gb", "fp16")
			d.Assumptions = d.Ideal()
			p, err := d.Decode(1024, batch)
			if err != nil {
				t.Fatal(err)
			}
			q, err := d.Model.Arch.decodeTime(1024, batch, 16, d.GPU)
			if err != nil || math.Abs(p.Value/q.Value-1) > 1e-12 {
				t.Errorf("%s × %v: %v, want %v, %v", model, batch, p.Value, q.Value, err)
			}
		}
	}
}

func TestCrossingAgainstEveryBatch(t *testing.T) {
	for _, c := range []struct {
		model, precision string
		context, bw      float64
	}{{"llama-3-8b", "fp16", 0, 1}, {"llama-3-8b", "q4-0", 64, 1}, {"qwen3-30b-a3b", "fp16", 16, 3}, {"llama-3-8b", "fp16", 8192, 1}} {
		d := shippedDeployment(t, c.model, "a100-sxm4-80gb", c.precision)
		d.BandwidthShare = 1 / c.bw
		const most = 1500
		want, found := 0.0, false
		for b := 1.0; b <= most && !found; b++ {
			p, err := d.Decode(c.context, b)
			if err != nil {
				t.Fatal(err)
			}
			if !p.MemoryBound() {
				want, found = b, true
			}
		}
		got, ok, err := d.Crossing(c.context, most)
		if err != nil || ok != found || got != want {
			t.Errorf("%+v: %v %v %v, want %v %v", c, got, ok, err, want, found)
		}
	}
	if _, _, err := shippedDeployment(t, "gpt-4", "a100-sxm4-80gb", "fp16").Crossing(1, 10); err == nil {
		t.Error("an unpublished model crosses")
	}
}

// More tokens or sequences never take less time.
func TestSpeedGrowsWithWork(t *testing.T) {
	for _, model := range []string{"llama-3-70b", "qwen3-235b-a22b", "deepseek-v3", "gpt-oss-20b"} {
		d := shippedDeployment(t, model, "h200-sxm", "fp16")
		var decode, prefill float64
		for _, n := range []float64{1, 2, 7, 64, 500, 4096} {
			step, err := d.Decode(n, n)
			read, err2 := d.Prefill(n, n)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			if step.Value < decode || read.Value < prefill {
				t.Errorf("%s, %v: a step %v after %v, reading %v after %v", model, n, step.Value, decode, read.Value, prefill)
			}
			decode, prefill = step.Value, read.Value
		}
	}
}

func BenchmarkSpeed(b *testing.B) {
	d := shippedDeployment(b, "qwen3-32b", "a100-sxm4-80gb", "int4-g128")
	for b.Loop() {
		if _, err := d.Throughput(1500, 300, 16); err != nil {
			b.Fatal(err)
		}
		if _, _, err := d.Crossing(1024, 1e5); err != nil {
			b.Fatal(err)
		}
	}
}
