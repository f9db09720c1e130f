package serving

import (
	"errors"
	"math"
	"os"
	"testing"

	"courselab/sim"
)

func deployment(t testing.TB, model, gpu string, gpus float64) sim.Deployment {
	t.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile("../../lessons/content/data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	models, err := sim.ParseCatalogue(read("models.json"))
	if err != nil {
		t.Fatal(err)
	}
	cards, err := sim.ParseGPUs(read("gpus.json"))
	if err != nil {
		t.Fatal(err)
	}
	precision, err := sim.PrecisionNamed("fp16")
	if err != nil {
		t.Fatal(err)
	}
	d := sim.Deployment{GPUs: gpus, Precision: precision, KVBits: 16, Context: 8192, Batch: 1, Assumptions: sim.UsualAssumptions()}
	d.Model, _ = models.Find(model)
	for i := range cards {
		if cards[i].ID == gpu {
			d.GPU = &cards[i]
		}
	}
	return d
}

// A step of a replica takes as long as sim says of the deployment: of decoding
// alone and of a prompt alone.
func TestDeployment(t *testing.T) {
	for _, c := range []struct {
		model, gpu string
		gpus       float64
	}{{"llama-3-8b", "a100-sxm4-80gb", 1}, {"qwen3-32b", "a100-sxm4-80gb", 2}, {"deepseek-v3", "h200-sxm", 16}, {"qwen3-30b-a3b", "h100-sxm5-80gb", 2}} {
		d := deployment(t, c.model, c.gpu, c.gpus)
		r, err := FromDeployment(d, 64)
		if err != nil {
			t.Errorf("%s: %v", c.model, err)
			continue
		}
		for _, b := range []float64{1, 2, 5, 16, 100} {
			for _, context := range []float64{0, 100, 5000} {
				want, err := d.Decode(context, b)
				if err != nil {
					t.Fatal(err)
				}
				got := r.Step(Step{Decodes: b, Context: b * context})
				// Between the places where weights of experts are known lies a line.
				if math.Abs(got-want.Value) > 2e-3*want.Value {
					t.Errorf("%s: %v × %v decoded in %v s, want %v", c.model, b, context, got, want.Value)
				}
			}
		}
		for _, prompt := range []float64{1, 64, 1000, 2048} {
			want, err := d.Prefill(prompt, 1)
			if err != nil {
				t.Fatal(err)
			}
			got := r.Step(Step{Prefill: prompt, Pairs: prompt * (prompt + 1) / 2, Ends: 1})
			if math.Abs(got-want.Value) > 2e-3*want.Value {
				t.Errorf("%s: prompt of %v in %v s, want %v", c.model, prompt, got, want.Value)
			}
		}
		d.Context, d.Batch = float64(r.KVTokens)/64, 64
		if fits, _, _, err := d.Fits(); err != nil || !fits {
			t.Errorf("%s: %d tokens do not fit: %v", c.model, r.KVTokens, err)
		}
		d.Context++
		if fits, _, _, _ := d.Fits(); fits {
			t.Errorf("%s: more than %d tokens fit", c.model, r.KVTokens)
		}
		t.Logf("%s on %v × %s: room for %d tokens", c.model, c.gpus, c.gpu, r.KVTokens)
	}
	var field *sim.FieldError
	sliding := deployment(t, "llama-3-8b", "a100-sxm4-80gb", 1)
	model, arch, layers, window := *sliding.Model, *sliding.Model.Arch, 16.0, 1024.0
	arch.Window, arch.WindowLayers, model.Arch = &window, &layers, &arch
	sliding.Model = &model
	if _, err := FromDeployment(sliding, 64); !errors.As(err, &field) || field.Field != "model" {
		t.Errorf("sliding windows: %v", err)
	}
	if _, err := FromDeployment(deployment(t, "llama-3-70b", "rtx-4090", 1), 64); !errors.As(err, &field) || field.Reason != sim.NeverFits {
		t.Errorf("70B on one 4090: %v", err)
	}
}
