package serve

import (
	"context"
	"math"
	"strings"
	"testing"

	"courselab/app/engine"
)

// labSheet answers a lab over the shipped course, with some values changed.
func labSheet(t *testing.T, lab string, values map[string]string, change ...string) engine.Sheet {
	t.Helper()
	for i := 0; i+1 < len(change); i += 2 {
		values[change[i]] = change[i+1]
	}
	s, err := Sheet(context.Background(), engine.LabInput{Lab: lab, Values: values, Data: shippedData(t, true)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// quantity returns the value of a quantity of a sheet.
func quantity(t *testing.T, s engine.Sheet, name string) float64 {
	t.Helper()
	for _, part := range s.Parts {
		for _, q := range part.Quantities {
			if q.Name == name && q.Value != nil {
				return *q.Value
			}
		}
	}
	t.Fatalf("no quantity %q in %+v", name, s)
	return 0
}

func roofValues() map[string]string {
	return map[string]string{"model": "llama-3-8b", "gpu": "a100-sxm4-80gb", "gpus": "1", "precision": "fp16", "kv_bits": "16",
		"batch": "1", "prompt": "1024", "answer": "1", "bandwidth_share": "100", "rate_share": "100", "link": "32"}
}

// The cases of lesson 4: Qwen3-32B with conversations of 8,192 tokens on 80 GB.
func TestFitAsTheLesson(t *testing.T) {
	for _, c := range []struct {
		batch, cards string
		gb           float64
	}{{"1", "1", 67.7}, {"8", "2", 82.7}, {"32", "2", 134.2}} {
		s := labSheet(t, "fit", fitValues(), "model", "qwen3-32b", "gpu", "a100-sxm4-80gb", "context", "8192", "batch", c.batch)
		if got := (quantity(t, s, "权重") + quantity(t, s, "KV 缓存")) / 1e9; math.Abs(got-c.gb) > 0.05 {
			t.Errorf("%s conversations: %.2f GB, the lesson says %v", c.batch, got, c.gb)
		}
		if got := quantity(t, s, "要几张卡"); got != map[string]float64{"1": 1, "2": 2}[c.cards] {
			t.Errorf("%s conversations: %v cards, the lesson says %s", c.batch, got, c.cards)
		}
		if want := map[string]string{"1": "yes", "2": "no"}[c.cards]; s.Answer != want {
			t.Errorf("%s conversations: answer %s", c.batch, s.Answer)
		}
	}
}

// Lesson 4: a step of Llama 3 8B with 1,024 tokens reads 15.01 + 0.134 GB at 2,039
// GB/s, which takes 7.43 ms; computing bounds the prompt.
func TestRooflineAsTheLesson(t *testing.T) {
	s := labSheet(t, "roofline", roofValues())
	if got := quantity(t, s, "每步解码时间"); math.Abs(got-7.43e-3) > 0.02e-3 {
		t.Errorf("%v s a step", got)
	}
	if got := quantity(t, s, "每路速度"); math.Abs(got-134.6) > 0.5 {
		t.Errorf("%v tokens a second", got)
	}
	if s.Answer != "bandwidth" || !strings.Contains(s.Verdict.Detail, "预填充受算力限制") {
		t.Errorf("answer %s, %s", s.Answer, s.Verdict.Detail)
	}
	// Half the efficiency, twice the time.
	half := labSheet(t, "roofline", roofValues(), "bandwidth_share", "50")
	if a, b := quantity(t, s, "每步解码时间"), quantity(t, half, "每步解码时间"); math.Abs(b/a-2) > 1e-9 {
		t.Errorf("at half the bandwidth %v times as long", b/a)
	}
	measured := labSheet(t, "roofline", roofValues(), "browser_gflops", "40", "browser_gbps", "10")
	step := quantity(t, measured, "同一个模型在这个浏览器里，每步解码至少")
	if math.Abs(step-1.5147) > 0.01 {
		t.Errorf("%v s a step at 10 GB/s", step)
	}
	if svg := measured.Parts[1].Figures[0].SVG; !strings.Contains(svg, "这个浏览器，CPU") || strings.Contains(svg, "WebGPU") {
		t.Error("the browser's roof is not drawn, or one that was not measured is")
	}
}

func TestPastedConfig(t *testing.T) {
	config := `{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "tie_word_embeddings": false, "vocab_size": 128256}`
	s := labSheet(t, "fit", fitValues(), "model", "custom", "config", config)
	if got := quantity(t, s, "权重"); math.Abs(got-2*8030261248) > 1 {
		t.Errorf("weights %v", got)
	}
	for _, c := range []struct{ config, says string }{
		{"", "config.json"},
		{"{", "JSON"},
		{`{"model_type": "bert"}`, "model_type"},
		{strings.Replace(config, `"vocab_size": 128256`, `"vocab_size": -1`, 1), "vocab_size"},
	} {
		s := labSheet(t, "fit", fitValues(), "model", "custom", "config", c.config)
		if len(s.Faults) != 1 || s.Faults[0].Field != "config" || !strings.Contains(s.Faults[0].Message, c.says) {
			t.Errorf("%.30q: %+v", c.config, s.Faults)
		}
	}
}

// What a card's vendor does not publish is said, not guessed.
func TestUnpublishedRate(t *testing.T) {
	s := labSheet(t, "roofline", roofValues(), "gpu", "v100-sxm2-32gb", "precision", "fp8")
	if !s.Empty() || len(s.Faults) != 1 || s.Faults[0].Field != "gpu" || !strings.Contains(s.Faults[0].Message, "fp8") {
		t.Errorf("%+v", s.Faults)
	}
}
