package sim

import (
	"errors"
	"strings"
	"testing"
)

// Configurations as their models publish them, cut to the fields that count; the
// totals are those of the weights' files and model cards.
var configs = []struct {
	name, text      string
	params, kvBytes float64
}{
	{"Llama 3 8B", `{"architectures": ["LlamaForCausalLM"], "attention_bias": false, "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 14336, "model_type": "llama",
		"num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "rope_scaling": null, "tie_word_embeddings": false, "vocab_size": 128256}`, 8030261248, 131072},
	// Its intermediate_size is of both gated matrices together.
	{"Qwen 7B", `{"model_type": "qwen", "hidden_size": 4096, "intermediate_size": 22016, "kv_channels": 128, "no_bias": true, "num_attention_heads": 32,
		"num_hidden_layers": 32, "tie_word_embeddings": false, "vocab_size": 151936}`, 7721324544, 524288},
	{"Qwen2.5 7B", `{"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4,
		"sliding_window": 131072, "use_sliding_window": false, "tie_word_embeddings": false, "vocab_size": 152064}`, 7615616512, 57344},
	{"Qwen3 30B A3B", `{"model_type": "qwen3_moe", "attention_bias": false, "head_dim": 128, "hidden_size": 2048, "intermediate_size": 6144, "moe_intermediate_size": 768,
		"num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48, "num_key_value_heads": 4, "sliding_window": null,
		"tie_word_embeddings": false, "vocab_size": 151936}`, 30532122624, 98304},
	{"ChatGLM2 6B", `{"model_type": "chatglm", "add_qkv_bias": true, "ffn_hidden_size": 13696, "hidden_size": 4096, "kv_channels": 128, "multi_query_attention": true,
		"multi_query_group_num": 2, "num_attention_heads": 32, "num_layers": 28, "padded_vocab_size": 65024, "tie_word_embeddings": false}`, 6243584000, 28672},
	{"Mixtral 8x7B", `{"model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_experts_per_tok": 2, "num_hidden_layers": 32,
		"num_key_value_heads": 8, "num_local_experts": 8, "sliding_window": null, "tie_word_embeddings": false, "vocab_size": 32000}`, 46702792704, 131072},
	{"Kimi K2", `{"model_type": "kimi_k2", "first_k_dense_replace": 1, "hidden_size": 7168, "intermediate_size": 18432, "kv_lora_rank": 512, "moe_intermediate_size": 2048,
		"n_routed_experts": 384, "n_shared_experts": 1, "num_attention_heads": 64, "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_key_value_heads": 64,
		"q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "tie_word_embeddings": false, "v_head_dim": 128, "vocab_size": 163840}`, 1026408232448, 70272},
	{"gpt-oss 120b", `{"model_type": "gpt_oss", "attention_bias": true, "head_dim": 64, "hidden_size": 2880, "intermediate_size": 2880, "experts_per_token": 4,
		"num_attention_heads": 64, "num_hidden_layers": 36, "num_key_value_heads": 8, "num_local_experts": 128, "sliding_window": 128,
		"layer_types": [` + strings.TrimSuffix(strings.Repeat(`"sliding_attention", "full_attention", `, 18), ", ") + `], "tie_word_embeddings": false, "vocab_size": 201088}`, 116829156672, 73728},
}

func TestParseConfig(t *testing.T) {
	for _, c := range configs {
		a, err := ParseConfig([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if n, err := a.Parameters(); err != nil || n.Value != c.params {
			t.Errorf("%s: %v parameters, %v; want %v (%s)", c.name, n.Value, err, c.params, n.Working)
		}
		if k, err := a.KVCache(1, 1, 16); err != nil || k.Value != c.kvBytes {
			t.Errorf("%s: %v bytes per token, %v; want %v", c.name, k.Value, err, c.kvBytes)
		}
	}
	// Half of gpt-oss's layers forget all but 128 tokens.
	a, err := ParseConfig([]byte(configs[len(configs)-1].text))
	if err != nil {
		t.Fatal(err)
	}
	if k, err := a.KVCache(1280, 1, 16); err != nil || k.Value != 73728*(640+64) {
		t.Errorf("cache of 1280 tokens: %v, %v", k.Value, err)
	}
}

func TestParseConfigFaultsAreNamed(t *testing.T) {
	good := configs[0].text
	for _, c := range []struct{ field, text string }{
		{"inputs", `[]`},
		{"model_type", `{}`},
		{"model_type", `{"model_type": "abacus"}`},
		{"num_hidden_layers", `{"model_type": "llama"}`},
		{"vocab_size", strings.Replace(good, "128256", `"many"`, 1)},
		{"hidden_size", strings.Replace(good, `"hidden_size": 4096`, `"hidden_size": -4096`, 1)},
		{"tie_word_embeddings", strings.Replace(good, "tie_word_embeddings", "tied", 1)},
		{"intermediate_size", strings.Replace(good, "intermediate_size", "width", 1)},
		{"decoder_sparse_step", strings.Replace(configs[3].text, `"vocab_size"`, `"decoder_sparse_step": 2, "vocab_size"`, 1)},
		{"mlp_only_layers", strings.Replace(configs[3].text, `"vocab_size"`, `"mlp_only_layers": [0], "vocab_size"`, 1)},
		{"layer_types", strings.Replace(good, `"vocab_size"`, `"sliding_window": 9, "layer_types": ["full_attention"], "vocab_size"`, 1)},
	} {
		var field *FieldError
		if _, err := ParseConfig([]byte(c.text)); !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%s: %v", c.field, err)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	for _, c := range configs {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseConfig([]byte(text))
		if err != nil {
			var field *FieldError
			if !errors.As(err, &field) {
				t.Errorf("%v names no field", err)
			}
			return
		}
		q, err := a.Parameters()
		if err == nil && !(q.Value > 0 && q.Value < 1e30) {
			t.Errorf("%v parameters", q.Value)
		}
	})
}
