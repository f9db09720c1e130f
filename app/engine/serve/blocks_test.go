package serve

import (
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/engine"
)

// TestBlocksCountEveryParameter compares the counts with the tensors of the
// model, and with the published count of Llama 2 7B.
func TestBlocksCountEveryParameter(t *testing.T) {
	var out engine.BlocksOutput
	result(t, modelServer(), engine.OpBlocks, engine.BlocksInput{View: "llama"}, &out)
	if len(out.Models) != 2 || out.Missing != "" || out.View != "llama" {
		t.Fatalf("%+v", out)
	}
	m, _ := testModel(t).get(t.Context(), nil)
	want := map[string]float64{}
	for _, p := range m.Parameters() {
		part := "ffn"
		switch {
		case strings.Contains(p.Name, "norm"):
			part = "norm"
		case strings.Contains(p.Name, "self_attn"):
			part = "attention"
		case strings.Contains(p.Name, "embed_tokens"):
			part = "embedding"
		}
		want[part] += float64(len(p.Values))
	}
	for _, p := range out.Models[0].Parts {
		if p.Count != want[p.Part] || p.Formula == "" || p.Working == "" {
			t.Errorf("%s: %v, want %v", p.Part, p.Count, want[p.Part])
		}
	}
	if llama := out.Models[1]; llama.Total != 6738415616 {
		t.Errorf("Llama 2 7B: %.0f parameters", llama.Total)
	}
	var without engine.BlocksOutput
	result(t, WithModel(ModelFolder(fstest.MapFS{})), engine.OpBlocks, engine.BlocksInput{View: "llama"}, &without)
	if len(without.Models) != 1 || without.Missing == "" {
		t.Errorf("%+v", without)
	}
}
