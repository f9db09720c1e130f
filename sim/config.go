package sim

import (
	"fmt"
	"strings"
)

// family is how the models of one model_type are built where their configuration
// does not say.
type family struct {
	qkvBias, oBias bool
	biasField      string // that turns both biases on; "" for none
	biasOutput     bool   // biasField covers the output projection too
	qkNorm         bool
	qkNormField    string
	halfWidth      bool // intermediate_size is of both gated matrices together
	latent         bool
	scoreBias      bool
	sinks          bool // one for each head, and biases in routers and experts
}

// families are those whose weights the fields of a configuration determine.
var families = map[string]family{
	"llama":       {biasField: "attention_bias", biasOutput: true},
	"mistral":     {},
	"mixtral":     {},
	"internlm2":   {},
	"baichuan":    {},
	"qwen":        {qkvBias: true, halfWidth: true},
	"qwen2":       {qkvBias: true},
	"qwen3":       {biasField: "attention_bias", biasOutput: true, qkNorm: true},
	"qwen3_moe":   {biasField: "attention_bias", biasOutput: true, qkNorm: true},
	"glm4_moe":    {biasField: "attention_bias", qkNormField: "use_qk_norm", scoreBias: true},
	"chatglm":     {biasField: "add_qkv_bias"},
	"deepseek_v3": {latent: true, scoreBias: true},
	"kimi_k2":     {latent: true, scoreBias: true},
	"gpt_oss":     {qkvBias: true, oBias: true, sinks: true},
}

// ParseConfig reads a Hugging Face config.json of a known model_type. Fields that
// describe no weights are ignored; what the format itself defines stands in for
// an absent field (as many key heads as heads, heads as wide as d_model / heads),
// nothing else does. It fails with a *FieldError on a field of the file.
func ParseConfig(data []byte) (*Architecture, error) {
	if len(data) > maxDataBytes {
		return nil, fmt.Errorf("parse config: %w", &FieldError{Field: "file", Reason: OutOfRange, Detail: fmt.Sprintf("%d bytes, want at most %d", len(data), maxDataBytes)})
	}
	in, err := newInputs(data)
	if err != nil {
		return nil, fmt.Errorf("parse config: %w", err)
	}
	a, err := in.config()
	if err != nil {
		return nil, fmt.Errorf("parse config: %w", err)
	}
	return a, nil
}

// anyOf reads the first of the names that is given, a whole number.
func (in *inputs) anyOf(names ...string) float64 {
	name := names[0]
	for _, n := range names {
		if in.has(n) {
			name = n
			break
		}
	}
	v := in.number(name)
	if in.err == nil {
		in.fail(checkWhole(name, v, 1, maxVocab))
	}
	return v
}

func (in *inputs) optionalFlag(name string) bool { return name != "" && in.has(name) && in.flag(name) }

func (in *inputs) config() (*Architecture, error) {
	kind := in.text("model_type")
	f, ok := families[kind]
	if in.err == nil && !ok {
		in.fail(&FieldError{Field: "model_type", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want one of %s", kind, strings.Join(sortedKeys(families), ", "))})
	}
	if in.err != nil {
		return nil, in.err
	}
	a := &Architecture{
		Layers: in.anyOf("num_hidden_layers", "num_layers"), Width: in.anyOf("hidden_size"), Heads: in.anyOf("num_attention_heads"),
		Vocab: in.anyOf("padded_vocab_size", "vocab_size"), Tied: in.flag("tie_word_embeddings"), MLP: mlpGated,
		QKVBias: f.qkvBias || in.optionalFlag(f.biasField), QKNorm: f.qkNorm || in.optionalFlag(f.qkNormField),
		LinearBias: in.optionalFlag("mlp_bias"), CorrectionBias: f.scoreBias, Source: "config.json",
	}
	if in.err != nil {
		return nil, in.err
	}
	a.OBias = f.oBias || f.biasOutput && a.QKVBias
	a.KVHeads, a.HeadDim = a.Heads, a.Width/a.Heads
	switch {
	case in.has("num_key_value_heads"):
		a.KVHeads = in.anyOf("num_key_value_heads")
	case in.optionalFlag("multi_query_attention"):
		a.KVHeads = in.anyOf("multi_query_group_num")
	}
	if in.has("head_dim") || in.has("kv_channels") {
		a.HeadDim = in.anyOf("head_dim", "kv_channels")
	}
	if f.sinks {
		heads := a.Heads
		a.Sinks, a.RouterBias, a.ExpertBias = &heads, true, true
	}
	in.configExperts(a, f)
	if f.latent {
		a.MLA = &MLA{
			KVLoRA: in.anyOf("kv_lora_rank"), QKNope: in.anyOf("qk_nope_head_dim"),
			QKRope: in.anyOf("qk_rope_head_dim"), V: in.anyOf("v_head_dim"),
		}
		if in.has("q_lora_rank") {
			a.MLA.QLoRA = in.anyOf("q_lora_rank")
		}
		a.HeadDim = a.MLA.QKNope + a.MLA.QKRope
	}
	in.configWindow(a)
	if in.err != nil {
		return nil, in.err
	}
	return a, a.checkGiven()
}

// configExperts reads the feed-forward layers, with experts where there are any.
func (in *inputs) configExperts(a *Architecture, f family) {
	optional := func(names ...string) *float64 {
		for _, n := range names {
			if in.has(n) {
				v := in.number(n)
				return &v
			}
		}
		return nil
	}
	a.Experts = optional("n_routed_experts", "num_local_experts", "num_experts")
	if a.Experts == nil || in.has("intermediate_size") {
		width := in.anyOf("intermediate_size", "ffn_hidden_size")
		if f.halfWidth {
			width /= 2
		}
		a.FF = &width
	}
	if a.Experts == nil {
		return
	}
	for _, every := range []string{"decoder_sparse_step", "moe_layer_freq"} {
		if in.has(every) {
			in.fail(checkWhole(every, in.number(every), 1, 1))
		}
	}
	if in.has("mlp_only_layers") {
		var dense []float64
		if in.value("mlp_only_layers", &dense, "a list of numbers") && len(dense) > 0 {
			in.fail(&FieldError{Field: "mlp_only_layers", Reason: OutOfRange, Detail: "want none"})
		}
	}
	k := in.anyOf("num_experts_per_tok", "experts_per_token")
	a.TopK, a.SharedExperts, a.DenseLayers = &k, optional("n_shared_experts"), optional("first_k_dense_replace")
	if in.has("moe_intermediate_size") {
		width := in.anyOf("moe_intermediate_size")
		a.ExpertFF = &width
	} else {
		a.ExpertFF = a.FF
	}
}

// configWindow reads which layers slide: those that layer_types names, or all
// where a window is in use and no list is given.
func (in *inputs) configWindow(a *Architecture) {
	if !in.has("sliding_window") || in.has("use_sliding_window") && !in.flag("use_sliding_window") {
		return
	}
	window, layers := in.anyOf("sliding_window"), a.Layers
	if in.has("layer_types") {
		var kinds []string
		if !in.value("layer_types", &kinds, "a list of names") {
			return
		}
		if float64(len(kinds)) != a.Layers {
			in.fail(&FieldError{Field: "layer_types", Reason: OutOfRange, Detail: fmt.Sprintf("%d names for %s layers", len(kinds), Number(a.Layers))})
			return
		}
		layers = 0
		for _, k := range kinds {
			switch k {
			case "sliding_attention":
				layers++
			case "full_attention":
			default:
				in.fail(&FieldError{Field: "layer_types", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want full_attention or sliding_attention", k)})
				return
			}
		}
	}
	if layers > 0 {
		a.Window, a.WindowLayers = &window, &layers
	}
}
