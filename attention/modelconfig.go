package attention

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// ModelConfig is the shape of a model of the LLaMA architecture. The names of
// Hugging Face's config.json stand beside the fields.
type ModelConfig struct {
	Vocab   int // vocab_size: symbols, and so logits per position
	Width   int // hidden_size: width of the residual stream
	Layers  int // num_hidden_layers
	Heads   int // num_attention_heads: heads of queries
	KVHeads int // num_key_value_heads: heads of keys and values; divides Heads
	HeadDim int // head_dim: width of a head; even
	FFN     int // intermediate_size: width between the feed-forward's matrices
	Context int // max_position_embeddings: positions, at most

	RopeTheta float64 // rope_theta: base of the rotations' wavelengths
	NormEps   float64 // rms_norm_eps
	Tied      bool    // tie_word_embeddings: the output matrix is the embedding

	BOS int   // bos_token_id: begins a document; −1: there is none
	EOS []int // eos_token_id: each ends a document; may be empty
}

// modelFile is config.json as far as it matters here. A pointer tells a field
// that is missing or null from a zero.
type modelFile struct {
	Architectures []string        `json:"architectures"`
	ModelType     *string         `json:"model_type"`
	Vocab         *int            `json:"vocab_size"`
	Width         *int            `json:"hidden_size"`
	Layers        *int            `json:"num_hidden_layers"`
	Heads         *int            `json:"num_attention_heads"`
	KVHeads       *int            `json:"num_key_value_heads"`
	HeadDim       *int            `json:"head_dim"`
	FFN           *int            `json:"intermediate_size"`
	Context       *int            `json:"max_position_embeddings"`
	RopeTheta     *float64        `json:"rope_theta"`
	NormEps       *float64        `json:"rms_norm_eps"`
	Tied          *bool           `json:"tie_word_embeddings"`
	Activation    *string         `json:"hidden_act"`
	BOS           *int            `json:"bos_token_id"`
	EOS           json.RawMessage `json:"eos_token_id"`
	AttentionBias *bool           `json:"attention_bias"`
	MLPBias       *bool           `json:"mlp_bias"`
	RopeScaling   *ropeScaling    `json:"rope_scaling"`
	// RopeParameters takes the place of rope_theta and rope_scaling in newer
	// files.
	RopeParameters *ropeScaling    `json:"rope_parameters"`
	Quantization   json.RawMessage `json:"quantization_config"`
}

type ropeScaling struct {
	Type  string   `json:"rope_type"`
	Old   string   `json:"type"`
	Theta *float64 `json:"rope_theta"`
}

// kind returns which rotation is asked for; "default" where nothing is said.
func (r *ropeScaling) kind() string {
	switch {
	case r == nil || r.Type == "" && r.Old == "":
		return "default"
	case r.Type == "":
		return r.Old
	}
	return r.Type
}

// ParseModelConfig reads a Hugging Face config.json. What such a file may leave
// out has transformers' default; what this package does not compute (another
// architecture or activation, biases, stretched positions, quantised weights) is
// refused. Errors name the field and its value.
func ParseModelConfig(src []byte) (ModelConfig, error) {
	var f modelFile
	decoder := json.NewDecoder(bytes.NewReader(src))
	if err := decoder.Decode(&f); err != nil {
		return ModelConfig{}, fmt.Errorf("parse model config: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return ModelConfig{}, fmt.Errorf("parse model config: more follows the JSON object")
	}
	c, err := f.config()
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		return ModelConfig{}, fmt.Errorf("parse model config: %w", err)
	}
	return c, nil
}

func (f *modelFile) config() (ModelConfig, error) {
	var c ModelConfig
	if err := f.refuse(); err != nil {
		return c, err
	}
	for _, field := range []struct {
		name string
		from *int
		to   *int
	}{
		{"vocab_size", f.Vocab, &c.Vocab},
		{"hidden_size", f.Width, &c.Width},
		{"num_hidden_layers", f.Layers, &c.Layers},
		{"num_attention_heads", f.Heads, &c.Heads},
		{"intermediate_size", f.FFN, &c.FFN},
	} {
		if field.from == nil {
			return c, fmt.Errorf("%s: missing", field.name)
		}
		*field.to = *field.from
	}
	c.KVHeads = or(f.KVHeads, c.Heads)
	if f.HeadDim != nil {
		c.HeadDim = *f.HeadDim
	} else if c.Heads > 0 {
		if c.Width%c.Heads != 0 {
			return c, fmt.Errorf("hidden_size %d: not a multiple of num_attention_heads %d, and no head_dim", c.Width, c.Heads)
		}
		c.HeadDim = c.Width / c.Heads
	}
	c.Context = or(f.Context, 2048)
	c.RopeTheta = or(f.RopeTheta, 10000)
	if f.RopeParameters != nil {
		c.RopeTheta = or(f.RopeParameters.Theta, c.RopeTheta)
	}
	c.NormEps = or(f.NormEps, 1e-6)
	c.Tied = or(f.Tied, false)
	c.BOS = or(f.BOS, -1)
	if len(f.EOS) > 0 && string(f.EOS) != "null" {
		var one int
		if err := json.Unmarshal(f.EOS, &one); err == nil {
			c.EOS = []int{one}
		} else if err := json.Unmarshal(f.EOS, &c.EOS); err != nil {
			return c, fmt.Errorf("eos_token_id %.40s: neither a number nor a list of numbers", f.EOS)
		}
	}
	if c.BOS < -1 {
		return c, fmt.Errorf("bos_token_id %d: below zero", c.BOS)
	}
	return c, nil
}

// refuse returns an error for what would be computed wrongly.
func (f *modelFile) refuse() error {
	if f.ModelType == nil && len(f.Architectures) == 0 {
		return fmt.Errorf("architectures and model_type: both missing (LlamaForCausalLM, llama)")
	}
	if f.ModelType != nil && *f.ModelType != "llama" {
		return fmt.Errorf("model_type %q: unknown architecture (llama)", *f.ModelType)
	}
	if len(f.Architectures) > 0 && (len(f.Architectures) != 1 || f.Architectures[0] != "LlamaForCausalLM") {
		return fmt.Errorf("architectures %q: unknown architecture (LlamaForCausalLM)", f.Architectures)
	}
	if f.Activation != nil && *f.Activation != "silu" && *f.Activation != "swish" {
		return fmt.Errorf("hidden_act %q: unknown activation (silu)", *f.Activation)
	}
	if or(f.AttentionBias, false) {
		return fmt.Errorf("attention_bias true: biases are not supported")
	}
	if or(f.MLPBias, false) {
		return fmt.Errorf("mlp_bias true: biases are not supported")
	}
	if kind := f.RopeScaling.kind(); kind != "default" {
		return fmt.Errorf("rope_scaling %q: unknown kind of rotation (default)", kind)
	}
	if kind := f.RopeParameters.kind(); kind != "default" {
		return fmt.Errorf("rope_parameters %q: unknown kind of rotation (default)", kind)
	}
	if len(f.Quantization) > 0 && string(f.Quantization) != "null" {
		return fmt.Errorf("quantization_config %.40s: quantised weights are not supported", f.Quantization)
	}
	return nil
}

// or returns what p points to, or what to take where there is nothing.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// sizeLimit bounds each size, so that products of three cannot overflow.
const sizeLimit = 1 << 20

// Check returns an error that names the first size or constant that is out of
// range, with its value.
func (c ModelConfig) Check() error {
	for _, s := range []struct {
		name  string
		value int
	}{
		{"vocab_size", c.Vocab}, {"hidden_size", c.Width}, {"num_hidden_layers", c.Layers},
		{"num_attention_heads", c.Heads}, {"num_key_value_heads", c.KVHeads}, {"head_dim", c.HeadDim},
		{"intermediate_size", c.FFN},
	} {
		if s.value < 1 || s.value > sizeLimit {
			return fmt.Errorf("%s %d: not in 1 … %d", s.name, s.value, sizeLimit)
		}
	}
	switch {
	case c.Context < 1 || c.Context > 1<<30:
		return fmt.Errorf("max_position_embeddings %d: not in 1 … %d", c.Context, 1<<30)
	case c.Heads%c.KVHeads != 0:
		return fmt.Errorf("num_key_value_heads %d: does not divide num_attention_heads %d", c.KVHeads, c.Heads)
	case c.HeadDim%2 != 0:
		return fmt.Errorf("head_dim %d: odd, cannot be rotated in pairs", c.HeadDim)
	case !(c.RopeTheta > 0) || math.IsInf(c.RopeTheta, 0):
		return fmt.Errorf("rope_theta %v: not above zero", c.RopeTheta)
	case !(c.NormEps >= 0) || math.IsInf(c.NormEps, 0):
		return fmt.Errorf("rms_norm_eps %v: below zero", c.NormEps)
	}
	return nil
}

// CheckMarks returns an error when a mark that begins or ends a document lies
// outside the vocabulary. Only generation needs them, so Check lets them be.
func (c ModelConfig) CheckMarks() error {
	if c.BOS < -1 || c.BOS >= c.Vocab {
		return fmt.Errorf("bos_token_id %d: not in 0 … %d", c.BOS, c.Vocab-1)
	}
	for _, id := range c.EOS {
		if id < 0 || id >= c.Vocab {
			return fmt.Errorf("eos_token_id %d: not in 0 … %d", id, c.Vocab-1)
		}
	}
	return nil
}

// JSON returns c as a config.json that transformers reads.
func (c ModelConfig) JSON() []byte {
	fields := map[string]any{
		"architectures": []string{"LlamaForCausalLM"}, "model_type": "llama",
		"vocab_size": c.Vocab, "hidden_size": c.Width, "num_hidden_layers": c.Layers,
		"num_attention_heads": c.Heads, "num_key_value_heads": c.KVHeads, "head_dim": c.HeadDim,
		"intermediate_size": c.FFN, "max_position_embeddings": c.Context,
		"rope_theta": c.RopeTheta, "rms_norm_eps": c.NormEps, "tie_word_embeddings": c.Tied,
		"hidden_act": "silu", "attention_bias": false, "mlp_bias": false,
		// transformers takes ids of its own where these are left out.
		"bos_token_id": nil, "eos_token_id": nil,
	}
	if c.BOS >= 0 {
		fields["bos_token_id"] = c.BOS
	}
	switch len(c.EOS) {
	case 0:
	case 1:
		fields["eos_token_id"] = c.EOS[0]
	default:
		fields["eos_token_id"] = c.EOS
	}
	out, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		panic(err) // numbers that Check refuses: NaN, ∞
	}
	return append(out, '\n')
}
