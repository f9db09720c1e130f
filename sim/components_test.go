package sim

import (
	"math"
	"testing"
)

// Kind by kind the weights are those of the whole, for every architecture of the
// shipped catalogue that can be counted and for those made up for tests.
func TestComponentsAddUp(t *testing.T) {
	all := map[string]*Architecture{
		"tiny": &tiny, "mixed": &mixed, "latent": &latentModel,
		"plain": with(tiny, func(a *Architecture) { a.MLP, a.LinearBias, a.NormBias = mlpPlain, true, true }),
		"biased": with(mixed, func(a *Architecture) {
			a.Sinks, a.RouterBias, a.CorrectionBias, a.ExpertBias, a.QKVBias, a.OBias, a.QKNorm = number(2), true, true, true, true, true, true
		}),
		"latent, biased": with(latentModel, func(a *Architecture) { a.QKVBias, a.OBias = true, true }),
	}
	for _, m := range shippedCalcData(t).Models.Models {
		if m.Arch != nil {
			all[m.ID] = m.Arch
		}
	}
	counted := 0
	for name, a := range all {
		whole, err := a.Parameters()
		parts, partsErr := a.Components()
		if (err == nil) != (partsErr == nil) {
			t.Errorf("%s: whole %v, parts %v", name, err, partsErr)
		}
		if err != nil || partsErr != nil {
			continue
		}
		counted++
		var sum float64
		for _, p := range parts {
			sum += p.Copies * p.Each.Value
			if p.Each.Name == "" || p.Each.Formula == "" || p.Each.Working == "" || p.Copies < 1 {
				t.Errorf("%s: %+v does not explain itself", name, p)
			}
		}
		if sum != whole.Value {
			t.Errorf("%s: the parts are %v, the whole %v", name, sum, whole.Value)
		}
	}
	if counted < 40 {
		t.Errorf("%d architectures counted, want at least 40", counted)
	}
}

func TestPartFunctionsByHand(t *testing.T) {
	type in = map[string]float64
	for _, c := range []struct {
		function string
		in       in
		want     float64
	}{
		// Llama 2 7B: four matrices of 4096².
		{"attention-params", in{"d_model": 4096, "heads": 32, "kv_heads": 32, "head_dim": 128}, 4 * 4096 * 4096},
		// Llama 3 8B: keys and values a quarter as wide.
		{"attention-params", in{"d_model": 4096, "heads": 32, "kv_heads": 8, "head_dim": 128}, 2.5 * 4096 * 4096},
		{"ffn-params", in{"d_model": 4096, "d_ff": 11008, "matrices": 3}, 135266304},
		{"ffn-params", in{"d_model": 512, "d_ff": 2048, "matrices": 2}, 2097152},
	} {
		q, err := Functions()[c.function].Eval(c.in)
		if err != nil || math.Abs(q.Value-c.want) > 0 {
			t.Errorf("%s %v = %v, %v; want %v (%s)", c.function, c.in, q.Value, err, c.want, q.Working)
		}
	}
	if _, err := Functions()["attention-params"].Eval(in{"d_model": 8, "heads": 4, "kv_heads": 3, "head_dim": 2}); err == nil {
		t.Error("three key heads for four query heads were accepted")
	}
}
