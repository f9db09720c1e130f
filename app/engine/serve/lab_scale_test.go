package serve

import (
	"math"
	"strings"
	"testing"
)

func scaleValues() map[string]string {
	return map[string]string{"models": "llama-2-7b,llama-2-70b,qwen2.5-7b,deepseek-v3", "context": "4096", "batch": "1", "vary": "llama-2-70b", "own": "0", "config": "",
		"bits": "16", "kv_bits": "16", "window": "1024"}
}

func TestScale(t *testing.T) {
	s := labSheet(t, "scale", scaleValues())
	// 671B is published as a round number or counted; either way some 600,000 times.
	if !strings.Contains(s.Verdict.Text, "诗芽有 1.12 M 参数") || !strings.Contains(s.Verdict.Text, "DeepSeek") {
		t.Errorf("verdict %s", s.Verdict.Text)
	}
	if s.Answer != "less" || !strings.Contains(s.Because, "0.625 倍") {
		t.Errorf("answer %s, %s", s.Answer, s.Because)
	}
	// 2 · 80 · 64 · 128 · 4096 · 2 bytes were every head to keep its own.
	if got := quantity(t, s, "MHA：每个头各存一份"); got != 2*80*64*128*4096*2 {
		t.Errorf("MHA %v", got)
	}
	last := s.Parts[len(s.Parts)-1]
	if !strings.Contains(last.Text, "Qwen2.5-7B") || !strings.Contains(last.Text, "高过") {
		t.Errorf("claims: %s", last.Text)
	}
	shares := s.Parts[0].Figures[1].Table
	for _, row := range shares.Rows {
		sum := 0.0
		for _, text := range row[1:] {
			sum += cellNumber(t, text)
		}
		if math.Abs(sum-100) > 0.05 {
			t.Errorf("%s: shares add up to %v", row[0], sum)
		}
	}
	// A longer context costs the cache, not the weights.
	long := labSheet(t, "scale", scaleValues(), "context", "8192")
	if a, b := quantity(t, s, "MHA：每个头各存一份"), quantity(t, long, "MHA：每个头各存一份"); b != 2*a {
		t.Errorf("twice the context, %v times the cache", b/a)
	}
}

func TestScaleTakesAConfig(t *testing.T) {
	config := `{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "tie_word_embeddings": false, "vocab_size": 128256}`
	s := labSheet(t, "scale", scaleValues(), "own", "1", "config", config)
	found := false
	for _, row := range s.Parts[0].Figures[0].Table.Rows {
		found = found || row[0] == "你的模型" && row[len(row)-1] == "8030261248"
	}
	if !found {
		t.Errorf("%v", s.Parts[0].Figures[0].Table.Rows)
	}
	for _, c := range [][2]string{{"config", ""}, {"config", "[]"}} {
		s := labSheet(t, "scale", scaleValues(), "own", "1", c[0], c[1])
		if len(s.Faults) != 1 || s.Faults[0].Field != "config" {
			t.Errorf("%v: %+v", c, s.Faults)
		}
	}
	if s := labSheet(t, "scale", scaleValues(), "vary", "gpt-4o"); len(s.Faults) != 1 || s.Faults[0].Field != "vary" {
		t.Errorf("%+v", s.Faults)
	}
}

func cellNumber(t *testing.T, text string) float64 {
	t.Helper()
	v, err := parseNumber(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
