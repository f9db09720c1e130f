//go:build !(js && wasm)

package kernel

import (
	"math"
	"testing"

	"courselab/attention"
)

// TestModel runs a whole model on the kernel's products and compares it with
// Go's.
func TestModel(t *testing.T) {
	m, err := attention.NewModel(attention.ModelConfig{
		Vocab: 13, Width: 10, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, FFN: 17, Context: 8,
		RopeTheta: 10000, NormEps: 1e-5, BOS: -1,
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		for i := range p.Values {
			p.Values[i] *= 20
		}
	}
	var logits []attention.Matrix
	for _, b := range []attention.Backend{attention.Go{}, load(t)} {
		d, err := attention.NewDecoder(m, b, 8)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Forward(t.Context(), []int{3, 1, 12}); err != nil {
			t.Fatal(err)
		}
		out, err := d.Forward(t.Context(), []int{0, 5})
		if err != nil {
			t.Fatal(err)
		}
		logits = append(logits, out)
	}
	for i, want := range logits[0].Data {
		if got := logits[1].Data[i]; math.Abs(float64(got-want)) > 1e-4*(1+math.Abs(float64(want))) {
			t.Errorf("logit %d is %v, want %v", i, got, want)
		}
	}
}
