package sim

import (
	"errors"
	"math"
	"testing"
)

// small is a deployment to count by hand: tiny has 228 weights, of them 40 of the
// vocabulary, and keeps 8 numbers of each token.
func small() *Deployment {
	arch, gpu := tiny, GPU{ID: "card", MemoryGB: number(1e-6), BandwidthGBps: number(1), FP16TFLOPS: number(1e-3)}
	return &Deployment{
		Model: &Model{ID: "tiny", Arch: &arch, Context: number(100)}, GPU: &gpu, GPUs: 1,
		Precision: Precision{ID: "half", Bits: 16, Arithmetic: FP16Arithmetic}, KVBits: 16, Context: 10, Batch: 3,
		Assumptions: Assumptions{Reserve: 0, Framework: 0, Chunk: 4, BandwidthShare: 1, RateShare: 1, Link: 1, LinkDelay: 0},
	}
}

func TestFitByHand(t *testing.T) {
	change := func(f func(*Deployment)) *Deployment { d := small(); f(d); return d }
	grouped := Precision{ID: "grouped", Bits: 4, Group: 8, Scales: 32, Arithmetic: FP16Arithmetic}
	kept := grouped
	kept.Vocabulary = 16
	latent := change(func(d *Deployment) { a := latentModel; d.Model.Arch = &a; d.GPUs = 2 })
	for _, c := range []struct {
		name string
		got  func() (Quantity, error)
		want float64
	}{
		{"weights", small().Weights, 456},
		// 4 + 32/8 = 8 bits each.
		{"weights with scales", change(func(d *Deployment) { d.Precision = grouped }).Weights, 228},
		{"weights beside the vocabulary", change(func(d *Deployment) { d.Precision = kept }).Weights, 188 + 80},
		{"cache", small().Cache, 3 * 10 * 16},
		{"cache of half the bits", change(func(d *Deployment) { d.KVBits = 8 }).Cache, 3 * 10 * 8},
		// Four tokens once, six three times.
		{"cache with a prefix", change(func(d *Deployment) { d.Prefix = 4 }).Cache, (4 + 3*6) * 16},
		{"cache, all of it common", change(func(d *Deployment) { d.Prefix = 10 }).Cache, 10 * 16},
		// The sliding layer keeps 4 of 10 and nothing of the first 4 that it shares.
		{"cache with window", change(func(d *Deployment) { d.Model.Arch.Window, d.Model.Arch.WindowLayers = number(4), number(1) }).Cache, 3 * (10 + 4) * 8},
		// 4 tokens · (2·4 + 2·3) · 2 bytes and 3·5 scores of 4.
		{"activations", small().Activations, 4*14*2 + 60},
		{"activations of two cards", change(func(d *Deployment) { d.GPUs = 2 }).Activations, 4*11*2 + 60},
		// Two routed and one shared expert of 2 are wider than 3.
		{"activations of experts", change(func(d *Deployment) { a := mixed; d.Model.Arch = &a }).Activations, 4*(8+12)*2 + 60},
		{"a card", small().PerGPU, 456 + 480 + 172},
		// One key head: the cache is on both.
		{"one of two cards", change(func(d *Deployment) { d.GPUs = 2 }).PerGPU, 228 + 480 + 4*11*2 + 60},
		{"one of two cards, latent", latent.PerGPU, (40+2*(76+13+36)+4)*2/2 + 3*10*12 + 4*11*2 + 60},
		{"a reserve", change(func(d *Deployment) { d.Reserve = 0.5 }).PerGPU, 456 + 480 + 500},
		{"a framework", change(func(d *Deployment) { d.Reserve, d.Framework = 0.1, 1000 }).PerGPU, 456 + 480 + 1172},
		// 1000 − 456 − 172 = 372 hold seven tokens of three sequences, 48 bytes each.
		{"longest context", small().MaxContext, 7},
		// Each sequence: 160 of cache and 20 of scores; 456 + 112 + 180 · 2 = 928.
		{"largest batch", small().MaxBatch, 2},
	} {
		got, err := c.got()
		if err != nil || math.Abs(got.Value-c.want) > 1e-9*c.want {
			t.Errorf("%s: %v, %v; want %v (%s)", c.name, got.Value, err, c.want, got.Working)
		}
		if got.Formula == "" || got.Working == "" || len(got.Terms) == 0 {
			t.Errorf("%s: does not explain itself: %+v", c.name, got)
		}
	}
}

func TestFitsAndCards(t *testing.T) {
	d := small()
	fits, part, left, err := d.Fits()
	if err != nil || fits || part.Value != 1108 || left != -108 {
		t.Errorf("%v, %v bytes, %v left, %v", fits, part.Value, left, err)
	}
	// Two heads: one or two cards. 228 + 480 + 148 = 856 on each of two.
	if n, err := d.GPUsNeeded(8); err != nil || n.Value != 2 {
		t.Errorf("%v cards, %v", n.Value, err)
	}
	d.Batch = 6
	var field *FieldError
	if _, err := d.GPUsNeeded(8); !errors.As(err, &field) || field.Reason != NeverFits {
		t.Errorf("%v", err)
	}
	d.GPUs = 3
	if _, err := d.Weights(); !errors.As(err, &field) || field.Field != "gpus" {
		t.Errorf("three cards for two heads: %v", err)
	}
	d = small()
	d.Precision.Bits = 64
	if _, err := d.MaxContext(); !errors.As(err, &field) || field.Reason != NeverFits || field.Field != "context" {
		t.Errorf("%v", err)
	}
}

// The largest that fits, fits; one more does not.
func TestLimitsAreTight(t *testing.T) {
	data := shippedCalcData(t)
	gpu := data.GPUs[5]
	for _, m := range data.Models.Models {
		for _, id := range []string{"fp16", "int4-g128"} {
			p, err := PrecisionNamed(id)
			if err != nil {
				t.Fatal(err)
			}
			d := &Deployment{Model: &m, GPU: &gpu, GPUs: 4, Precision: p, KVBits: 16, Context: 4096, Batch: 8, Assumptions: UsualAssumptions()}
			q, err := d.MaxBatch()
			if err != nil {
				continue
			}
			d.Batch = q.Value
			if fits, _, _, err := d.Fits(); !fits || err != nil {
				t.Errorf("%s: %v do not fit", m.ID, q.Value)
			}
			d.Batch++
			if fits, _, _, err := d.Fits(); fits || err != nil {
				t.Errorf("%s: %v fit", m.ID, d.Batch)
			}
		}
	}
}

// The numbers that the lesson works out.
func TestFitOfTheLesson(t *testing.T) {
	for _, c := range []struct {
		bits, batch, total, cards float64 // total in GB, weights and cache
	}{
		{16, 1, 67.7, 1}, {16, 8, 82.7, 2}, {16, 32, 134.2, 2}, {8, 8, 49.9, 1}, {8, 18, 71.4, 1}, {4.5, 8, 35.6, 1},
	} {
		d := shippedDeployment(t, "qwen3-32b", "a100-sxm4-80gb", "fp16")
		d.Precision.Bits, d.Context, d.Batch = c.bits, 8192, c.batch
		w, err := d.Weights()
		kv, err2 := d.Cache()
		n, err3 := d.GPUsNeeded(8)
		if err != nil || err2 != nil || err3 != nil {
			t.Fatal(err, err2, err3)
		}
		if total := (w.Value + kv.Value) / 1e9; math.Abs(total-c.total) > 0.051 || n.Value != c.cards {
			t.Errorf("%v bits × %v: %.2f GB on %v cards, want %v on %v", c.bits, c.batch, total, n.Value, c.total, c.cards)
		}
	}
	d := shippedDeployment(t, "qwen3-32b", "a100-sxm4-80gb", "fp16")
	d.Context = 8192
	for cards, want := range map[float64]float64{1: 3, 2: 36} {
		d.GPUs = cards
		if q, err := d.MaxBatch(); err != nil || q.Value != want {
			t.Errorf("%v cards: %v sequences, %v; want %v", cards, q.Value, err, want)
		}
	}
}

func shippedDeployment(t testing.TB, model, gpu, precision string) *Deployment {
	t.Helper()
	data := shippedCalcData(t)
	m, ok := data.Models.Find(model)
	if !ok {
		t.Fatalf("no %s", model)
	}
	p, err := PrecisionNamed(precision)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range data.GPUs {
		if g.ID == gpu {
			return &Deployment{Model: m, GPU: &data.GPUs[i], GPUs: 1, Precision: p, KVBits: 16, Context: 4096, Batch: 1, Assumptions: UsualAssumptions()}
		}
	}
	t.Fatalf("no %s", gpu)
	return nil
}

// What a result needs and nobody has published keeps it from being a number.
func TestUnpublishedIsNoNumber(t *testing.T) {
	for _, c := range []struct{ model, gpu, precision, field string }{
		{"gpt-4", "a100-sxm4-80gb", "fp16", "model.arch"},
		{"glm-5", "a100-sxm4-80gb", "fp16", "model.arch.mlp"},
		{"deepseek-v4-pro", "b300-sxm", "fp16", "model.arch.attention"},
	} {
		d := shippedDeployment(t, c.model, c.gpu, c.precision)
		var field *FieldError
		if q, err := d.PerGPU(); !errors.As(err, &field) || field.Field != c.field || q.Value != 0 {
			t.Errorf("%s: %v, %v; want the field %s", c.model, q.Value, err, c.field)
		}
	}
	// A card without published bandwidth holds what it holds, at no known speed.
	d := shippedDeployment(t, "qwen3-8b", "ascend-910b", "fp16")
	if fits, _, _, err := d.Fits(); !fits || err != nil {
		t.Errorf("%v, %v", fits, err)
	}
	var field *FieldError
	if p, err := d.Decode(1024, 1); !errors.As(err, &field) || field.Field != "gpu.memory_bandwidth_gbps" || p.Value != 0 {
		t.Errorf("%v, %v", p.Value, err)
	}
	d = shippedDeployment(t, "qwen3-8b", "a100-sxm4-80gb", "fp8")
	if _, err := d.Decode(1024, 1); !errors.As(err, &field) || field.Field != "gpu.dense_fp8_tflops" {
		t.Errorf("FP8 on a card without: %v", err)
	}
	if d := shippedDeployment(t, "qwen3.5-27b", "h200-sxm", "fp16"); len(d.Caveats()) != 1 {
		t.Errorf("%q", d.Caveats())
	}
}

func TestDeploymentFaultsAreNamed(t *testing.T) {
	for field, spoil := range map[string]func(*Deployment){
		"model":           func(d *Deployment) { d.Model = nil },
		"gpu":             func(d *Deployment) { d.GPU = nil },
		"gpus":            func(d *Deployment) { d.GPUs = 0 },
		"bits":            func(d *Deployment) { d.Precision.Bits = 0 },
		"group":           func(d *Deployment) { d.Precision.Scales = 16 },
		"vocabulary_bits": func(d *Deployment) { d.Precision.Vocabulary = 0.5 },
		"kv_bits":         func(d *Deployment) { d.KVBits = 0 },
		"context":         func(d *Deployment) { d.Context = 1.5 },
		"batch":           func(d *Deployment) { d.Batch = math.NaN() },
		"prefix":          func(d *Deployment) { d.Prefix = 11 },
		"reserve":         func(d *Deployment) { d.Reserve = 1 },
		"chunk":           func(d *Deployment) { d.Chunk = 0 },
		"bandwidth_share": func(d *Deployment) { d.BandwidthShare = 0 },
		"rate_share":      func(d *Deployment) { d.RateShare = 1.1 },
		"link_gbps":       func(d *Deployment) { d.Link = 0 },
	} {
		d := small()
		spoil(d)
		var fault *FieldError
		if _, err := d.PerGPU(); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
		if _, err := d.Decode(1, 1); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: decode: %v", field, err)
		}
	}
	if _, err := PrecisionNamed("int3"); err == nil {
		t.Error("int3 is known")
	}
}

func BenchmarkFit(b *testing.B) {
	d := shippedDeployment(b, "qwen3-32b", "a100-sxm4-80gb", "int4-g128")
	for b.Loop() {
		for _, f := range []func() (Quantity, error){d.PerGPU, d.MaxContext, d.MaxBatch} {
			if _, err := f(); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := d.GPUsNeeded(64); err != nil {
			b.Fatal(err)
		}
	}
}
