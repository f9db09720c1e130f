package sim

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// referenceCase is a published or measured number; testdata/reference.json
// states the source of each.
type referenceCase struct {
	ID   string
	Kind string
	Arch struct {
		Layers  int  `json:"n_layers"`
		Width   int  `json:"d_model"`
		Heads   int  `json:"n_heads"`
		KVHeads int  `json:"n_kv_heads"`
		HeadDim int  `json:"head_dim"`
		FF      int  `json:"d_ff"`
		Vocab   int  `json:"vocab_size"`
		Tied    bool `json:"tied_embeddings"`
		QKVBias bool `json:"qkv_bias"`
		OBias   bool `json:"o_bias"`
		QKNorm  bool `json:"qk_norm"`
	}
	Tokens, Bits float64
	N, D         float64
	Expected     float64
	Tolerance    float64
	Source       string
}

func (c referenceCase) compute() (Quantity, error) {
	m := Dense(c.Arch)
	switch c.Kind {
	case "params":
		return m.Parameters()
	case "kv-per-token":
		return m.KVCache(1, 1, c.Bits)
	case "kv":
		return m.KVCache(c.Tokens, 1, c.Bits)
	case "weights":
		n, err := m.Parameters()
		if err != nil {
			return n, err
		}
		return WeightBytes(n.Value, c.Bits)
	case "flops":
		return m.ForwardFLOPs(c.Tokens)
	case "train-flops":
		return TrainFLOPs(c.N, c.D)
	}
	return Quantity{}, &FieldError{Field: "kind", Reason: Unknown, Detail: c.Kind}
}

func TestReferenceCases(t *testing.T) {
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []referenceCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Fatalf("%d cases, want at least 20", len(cases))
	}
	for _, c := range cases {
		got, err := c.compute()
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if math.Abs(got.Value-c.Expected) > c.Tolerance*math.Abs(c.Expected) {
			t.Errorf("%s: %v, want %v (%s)", c.ID, got.Value, c.Expected, c.Source)
		}
		if c.Source == "" {
			t.Errorf("%s: no source", c.ID)
		}
	}
}
