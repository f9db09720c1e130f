package sim

import (
	"errors"
	"math"
	"testing"
)

// mixed has one dense layer and two of experts, small enough to count by hand.
var mixed = Architecture{
	Layers: 3, Width: 4, Heads: 2, KVHeads: 1, HeadDim: 2, Vocab: 5, MLP: mlpGated,
	FF: number(3), Experts: number(8), TopK: number(2), SharedExperts: number(1), ExpertFF: number(2), DenseLayers: number(1),
}

// latentModel is tiny with latent attention: queries through 3, keys and values
// through 2, heads of 1 + 1 for keys and 3 for values.
var latentModel = Architecture{
	Layers: 2, Width: 4, Heads: 2, KVHeads: 2, HeadDim: 2, FF: number(3), Vocab: 5, MLP: mlpGated,
	MLA: &MLA{QLoRA: 3, KVLoRA: 2, QKNope: 1, QKRope: 1, V: 3},
}

func with(a Architecture, change func(*Architecture)) *Architecture {
	change(&a)
	return &a
}

func TestArchitecturesByHand(t *testing.T) {
	window := with(tiny, func(a *Architecture) { a.Window, a.WindowLayers = number(4), number(1) })
	hybrid := with(tiny, func(a *Architecture) { a.Attention, a.KVLayers = "hybrid: linear", number(1) })
	direct := with(latentModel, func(a *Architecture) { m := *a.MLA; m.QLoRA = 0; a.MLA = &m })
	plain := with(tiny, func(a *Architecture) { a.MLP, a.LinearBias, a.NormBias = mlpPlain, true, true })
	sinks := with(mixed, func(a *Architecture) {
		a.Sinks, a.RouterBias, a.CorrectionBias, a.ExpertBias = number(2), true, true, true
	})
	tied := with(mixed, func(a *Architecture) { a.Tied = true })
	for _, c := range []struct {
		name string
		got  func() (Quantity, error)
		want float64
	}{
		// Attention 48 and norms 8 in each layer; dense 36; experts of 24: router 32,
		// eight and one shared. 40 + 3·56 + 36 + 2·(32 + 9·24) + 4.
		{"experts", mixed.Parameters, 744},
		// Three experts in place of nine.
		{"experts, active", func() (Quantity, error) { return mixed.ActiveParameters(true) }, 744 - 2*6*24},
		{"experts, active without lookup", func() (Quantity, error) { return mixed.ActiveParameters(false) }, 744 - 2*6*24 - 20},
		// A tied embedding is the head: it is never left out.
		{"experts, active, tied", func() (Quantity, error) { return tied.ActiveParameters(false) }, 744 - 2*6*24 - 20},
		// Per layer 2 sinks; per layer of experts two biases of 8 in the router and
		// 2·2 + 4 in each of 9 experts.
		{"sinks and biases", sinks.Parameters, 744 + 3*2 + 2*(16+9*8)},
		// One token reads what it is multiplied with; many read everything.
		{"a step of one", func() (Quantity, error) { return mixed.StepParameters(1) }, 744 - 2*6*24 - 20},
		// Two tokens choose 8·(1 − (3/4)²) = 3.5 of 8 experts on average.
		{"a step of two", func() (Quantity, error) { return mixed.StepParameters(2) }, 744 - 2*4.5*24 - 20},
		{"a step of very many", func() (Quantity, error) { return mixed.StepParameters(1e6) }, 744 - 20},
		// Queries 12 + 12, keys and values 12 + 16, output 24; norms 3 + 2 + 8; 36.
		{"latent", latentModel.Parameters, 40 + 2*(76+13+36) + 4},
		// Queries 16 without compression and its norm.
		{"latent, direct queries", direct.Parameters, 40 + 2*(68+10+36) + 4},
		// Two matrices of 12 with biases 3 + 4, norms with biases 16, final 8.
		{"plain with biases", plain.Parameters, 40 + 2*(48+24+7+16) + 8},
		{"latent cache", func() (Quantity, error) { return latentModel.KVCache(1, 1, 16) }, 2 * 3 * 2},
		// The sliding layer keeps 4 of 10 tokens: 4 numbers of 2 bytes a token.
		{"window", func() (Quantity, error) { return window.KVCache(10, 3, 16) }, 3 * (10 + 4) * 8},
		{"inside the window", func() (Quantity, error) { return window.KVCache(3, 1, 16) }, 3 * 2 * 8},
		{"hybrid cache", func() (Quantity, error) { return hybrid.KVCache(10, 1, 16) }, 80},
		// 2·2 layers·2 heads·(2 + 3)·T².
		{"latent scores", func() (Quantity, error) { return latentModel.AttentionFLOPs(3) }, 360},
		// Matrices: 3·48 + 36 + 2·3·24 + 20 = 344, scores 2·2·3·2·2·9 = 432.
		{"experts forward", func() (Quantity, error) { return mixed.ForwardFLOPs(3) }, 2*344*3 + 432},
		{"experts feed-forward", func() (Quantity, error) { return mixed.FeedForwardFLOPs(3) }, 2 * 180 * 3},
		{"head", func() (Quantity, error) { return mixed.HeadFLOPs(3) }, 120},
		{"block format", func() (Quantity, error) { return BlockWeightBytes(64, 32, 18) }, 36},
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

// The parts add up to what the written formula says, for every architecture of
// the shipped catalogue, and to the published number where one was counted.
func TestShippedArchitecturesAddUp(t *testing.T) {
	counted := 0
	for _, m := range shippedCalcData(t).Models.Models {
		if m.Arch == nil {
			continue
		}
		c, err := m.Arch.count(allExperts, true)
		if err != nil {
			var field *FieldError
			if !errors.As(err, &field) {
				t.Errorf("%s: %v names no field", m.ID, err)
			}
			continue
		}
		counted++
		if total := c.total(); total != c.sum.value {
			t.Errorf("%s: parts %v, formula %v", m.ID, total, c.sum.value)
		}
		if m.ParamsTotal != nil && math.Abs(c.total()/(*m.ParamsTotal)-1) > 0.03 {
			t.Errorf("%s: counted %v, published %v", m.ID, c.total(), *m.ParamsTotal)
		}
		if m.KVBytesPerToken != nil {
			if q, err := m.Arch.KVCache(1, 1, 16); err != nil || q.Value != *m.KVBytesPerToken {
				t.Errorf("%s: %v bytes per token, %v; want %v", m.ID, q.Value, err, *m.KVBytesPerToken)
			}
		}
	}
	if counted < 40 {
		t.Errorf("%d architectures counted, want at least 40", counted)
	}
}

func TestArchitectureFaultsAreNamed(t *testing.T) {
	for _, c := range []struct {
		field string
		a     *Architecture
	}{
		{"vocab_size", with(tiny, func(a *Architecture) { a.Vocab = 0 })},
		{"n_layers", with(tiny, func(a *Architecture) { a.Layers = 0 })},
		{"n_kv_heads", with(tiny, func(a *Architecture) { a.Heads, a.KVHeads = 7, 2 })},
		{"head_dim", with(tiny, func(a *Architecture) { a.HeadDim = 1.5 })},
		{"mlp", with(tiny, func(a *Architecture) { a.MLP = "" })},
		{"mlp", with(tiny, func(a *Architecture) { a.MLP = "relu" })},
		{"d_ff", with(tiny, func(a *Architecture) { a.FF = nil })},
		{"moe_experts", with(tiny, func(a *Architecture) { a.TopK = number(2) })},
		{"moe_top_k", with(mixed, func(a *Architecture) { a.TopK = nil })},
		{"moe_top_k", with(mixed, func(a *Architecture) { a.TopK = number(9) })},
		{"moe_d_ff", with(mixed, func(a *Architecture) { a.ExpertFF = nil })},
		{"moe_dense_layers", with(mixed, func(a *Architecture) { a.DenseLayers = number(4) })},
		{"mla.kv_lora", with(latentModel, func(a *Architecture) { a.MLA = &MLA{V: 1} })},
		{"attention", with(tiny, func(a *Architecture) { a.Attention = "spooky" })},
		{"attention", with(tiny, func(a *Architecture) { a.Attention = "hybrid: linear" })},
		{"attention", with(tiny, func(a *Architecture) { a.KVLayers = number(1) })},
	} {
		var field *FieldError
		if q, err := c.a.Parameters(); !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%s: %v, %v", c.field, q.Value, err)
		}
	}
	for _, c := range []struct {
		field string
		a     *Architecture
	}{
		{"kv_layers", with(tiny, func(a *Architecture) { a.Attention = "hybrid: linear" })},
		{"kv_layers", with(tiny, func(a *Architecture) { a.KVLayers = number(3) })},
		{"sliding_window", with(tiny, func(a *Architecture) { a.WindowLayers = number(1) })},
		{"sliding_layers", with(tiny, func(a *Architecture) { a.Window = number(1) })},
		{"attention", with(tiny, func(a *Architecture) { a.Attention = "spooky" })},
	} {
		var field *FieldError
		if q, err := c.a.KVCache(1, 1, 16); !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("cache: %s: %v, %v", c.field, q.Value, err)
		}
	}
}
