package attention

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/attention/safetensors"
)

// says fails the test unless err is there and holds every word.
func says(t *testing.T, what string, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: accepted", what)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %q does not say %q", what, err, word)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: %q is more than a line", what, err)
	}
}

func TestModelConfigRoundTrip(t *testing.T) {
	for _, c := range configs() {
		got, err := ParseModelConfig(c.JSON())
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%+v reads back as %+v, %v", c, got, err)
		}
	}
}

// edited returns a config.json with fields replaced; a nil value takes one out.
func edited(t *testing.T, fields map[string]any) []byte {
	t.Helper()
	all := map[string]any{}
	if err := json.Unmarshal(configs()[0].JSON(), &all); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestModelConfigDefaults(t *testing.T) {
	c, err := ParseModelConfig([]byte(`{"model_type":"llama","vocab_size":9,"hidden_size":12,"num_hidden_layers":1,"num_attention_heads":3,"intermediate_size":7,"head_dim":null}`))
	want := ModelConfig{Vocab: 9, Width: 12, Layers: 1, Heads: 3, KVHeads: 3, HeadDim: 4, FFN: 7, Context: 2048, RopeTheta: 10000, NormEps: 1e-6, BOS: -1}
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("defaults: %+v, %v", c, err)
	}
	c, err = ParseModelConfig(edited(t, map[string]any{"rope_theta": nil, "rope_parameters": map[string]any{"rope_type": "default", "rope_theta": 77}}))
	if err != nil || c.RopeTheta != 77 {
		t.Errorf("rope_parameters: %v, %v", c.RopeTheta, err)
	}
}

func TestModelConfigRefused(t *testing.T) {
	for _, tt := range []struct {
		field string
		value any
		says  string
	}{
		{"architectures", []string{"GPT2LMHeadModel"}, "GPT2LMHeadModel"},
		{"model_type", "mistral", `"mistral"`},
		{"vocab_size", nil, "missing"},
		{"vocab_size", 0, "0"},
		{"vocab_size", 2.5, "2.5"},
		{"hidden_size", -8, "-8"},
		{"num_hidden_layers", 1 << 40, "1099511627776"},
		{"num_key_value_heads", 3, "3"},
		{"head_dim", 3, "3"},
		{"intermediate_size", "wide", "string"},
		{"max_position_embeddings", 0, "0"},
		{"rope_theta", 0, "0"},
		{"rms_norm_eps", -1, "-1"},
		{"hidden_act", "gelu", `"gelu"`},
		{"attention_bias", true, "true"},
		{"mlp_bias", true, "true"},
		{"rope_scaling", map[string]any{"type": "linear", "factor": 2}, "linear"},
		{"rope_parameters", map[string]any{"rope_type": "yarn"}, "yarn"},
		{"quantization_config", map[string]any{"bits": 4}, "bits"},
		{"bos_token_id", -2, "-2"},
		{"eos_token_id", "end", "end"},
	} {
		_, err := ParseModelConfig(edited(t, map[string]any{tt.field: tt.value}))
		says(t, tt.field, err, tt.field, tt.says)
	}
	_, err := ParseModelConfig(edited(t, map[string]any{"architectures": nil, "model_type": nil}))
	says(t, "no architecture", err, "architectures", "missing")
	_, err = ParseModelConfig(edited(t, map[string]any{"head_dim": nil, "num_attention_heads": 6}))
	says(t, "width by heads", err, "hidden_size 8", "6")
	_, err = ParseModelConfig([]byte(`{} {}`))
	says(t, "two objects", err, "more follows")
}

// TestMarks lets marks beyond the vocabulary pass where they are not needed.
func TestMarks(t *testing.T) {
	for field, tt := range map[string]struct {
		value any
		says  string
	}{"bos_token_id": {11, "11"}, "eos_token_id": {[]int{1, 12}, "12"}} {
		c, err := ParseModelConfig(edited(t, map[string]any{field: tt.value}))
		if err != nil {
			t.Error(err)
		}
		says(t, field, c.CheckMarks(), field, tt.says, "0 … 10")
	}
	for _, c := range configs() {
		if err := c.CheckMarks(); err != nil {
			t.Error(err)
		}
	}
}

// folder returns a model's files with its tensors changed.
func folder(t *testing.T, c ModelConfig, change func([]safetensors.Source) []safetensors.Source) fstest.MapFS {
	t.Helper()
	var sources []safetensors.Source
	for _, p := range lively(t, c, 1).Parameters() {
		sources = append(sources, safetensors.Source{Name: p.Name, DType: safetensors.F32, Shape: p.Shape, Values: p.Values})
	}
	if change != nil {
		sources = change(sources)
	}
	var weights bytes.Buffer
	if err := safetensors.Write(&weights, sources, nil); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{ConfigFile: {Data: c.JSON()}, WeightsFile: {Data: weights.Bytes()}}
}

func TestWeightsRefused(t *testing.T) {
	c := configs()[0]
	find := func(s []safetensors.Source, name string) *safetensors.Source {
		for i := range s {
			if s[i].Name == name {
				return &s[i]
			}
		}
		t.Fatalf("no %s", name)
		return nil
	}
	for _, tt := range []struct {
		name   string
		change func([]safetensors.Source) []safetensors.Source
		says   []string
	}{
		{"missing", func(s []safetensors.Source) []safetensors.Source {
			find(s, "model.layers.1.mlp.up_proj.weight").Name = "model.layers.1.mlp.upward.weight"
			return s
		}, []string{`"model.layers.1.mlp.up_proj.weight"`, "missing", "[12 8]"}},
		{"misshaped", func(s []safetensors.Source) []safetensors.Source {
			find(s, "model.layers.0.self_attn.k_proj.weight").Shape = []int{8, 4}
			return s
		}, []string{`"model.layers.0.self_attn.k_proj.weight"`, "[8 4]", "[4 8]"}},
		{"flat", func(s []safetensors.Source) []safetensors.Source {
			find(s, "model.norm.weight").Shape = []int{1, 8}
			return s
		}, []string{`"model.norm.weight"`, "[1 8]", "[8]"}},
		{"not a number", func(s []safetensors.Source) []safetensors.Source {
			find(s, "model.embed_tokens.weight").Values[10] = float32(math.NaN())
			return s
		}, []string{`"model.embed_tokens.weight"`, "[1,2]", "NaN"}},
		{"infinite", func(s []safetensors.Source) []safetensors.Source {
			find(s, "model.norm.weight").Values[3] = float32(math.Inf(1))
			return s
		}, []string{`"model.norm.weight"`, "[0,3]", "Inf"}},
		{"bias", func(s []safetensors.Source) []safetensors.Source {
			return append(s, safetensors.Source{Name: "model.layers.0.self_attn.q_proj.bias", DType: safetensors.F32, Shape: []int{8}, Values: make([]float32, 8)})
		}, []string{`"model.layers.0.self_attn.q_proj.bias"`, "no place"}},
	} {
		_, err := LoadModel(folder(t, c, tt.change))
		says(t, tt.name, err, append(tt.says, WeightsFile)...)
	}
	// What old files hold beside the weights does no harm.
	if _, err := LoadModel(folder(t, c, func(s []safetensors.Source) []safetensors.Source {
		return append(s,
			safetensors.Source{Name: "lm_head.weight", DType: safetensors.F32, Shape: []int{1}, Values: []float32{1}},
			safetensors.Source{Name: "model.layers.0.self_attn.rotary_emb.inv_freq", DType: safetensors.F32, Shape: []int{1}, Values: []float32{1}})
	})); err != nil {
		t.Error(err)
	}
	files := folder(t, c, nil)
	whole := files[WeightsFile].Data
	for _, n := range []int{0, 7, 100, len(whole) - 1} {
		_, err := LoadModel(fstest.MapFS{ConfigFile: files[ConfigFile], WeightsFile: {Data: whole[:n]}})
		says(t, "truncated", err, WeightsFile)
	}
	_, err := LoadModel(fstest.MapFS{})
	says(t, "empty folder", err, ConfigFile)
	_, err = LoadModel(fstest.MapFS{ConfigFile: files[ConfigFile]})
	says(t, "no weights", err, WeightsFile)
	deep := c
	deep.Layers = sizeLimit // fails at the first layer that is not there
	_, err = ReadModel(deep, whole)
	says(t, "too few layers", err, "model.layers.2.")
}

func TestTiedShares(t *testing.T) {
	for _, c := range configs()[:2] {
		dir := writeFolder(t, lively(t, c, 1), safetensors.F32)
		m, err := LoadModel(os.DirFS(dir))
		if err != nil {
			t.Fatal(err)
		}
		if shared := &m.Output.Data[0] == &m.Embedding.Data[0]; shared != c.Tied {
			t.Errorf("tied %v: the output matrix is the embedding: %v", c.Tied, shared)
		}
	}
}

func FuzzModelConfig(f *testing.F) {
	for _, c := range configs()[:3] {
		f.Add(c.JSON())
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := ParseModelConfig(src)
		if err != nil {
			return
		}
		again, err := ParseModelConfig(c.JSON())
		if err != nil {
			t.Fatalf("%+v does not read back: %v", c, err)
		}
		if again.Vocab != c.Vocab || again.HeadDim != c.HeadDim || again.BOS != c.BOS || len(again.EOS) != len(c.EOS) {
			t.Fatalf("%+v reads back as %+v", c, again)
		}
	})
}
