package attention

import (
	"context"
	"math"
	"slices"
	"testing"
)

// givenConfig takes head head of layer layer out of a pass of a small model.
func givenConfig(t testing.TB, causal, scale bool, edits ...Edit) (Config, *ModelTrace) {
	t.Helper()
	c := ModelConfig{Vocab: 12, Width: 16, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 4, FFN: 24, Context: 16, RopeTheta: 1e4, NormEps: 1e-5, Tied: true, BOS: -1}
	m, err := NewModel(c, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		if len(p.Shape) > 1 {
			for i := range p.Values {
				p.Values[i] *= 20
			}
		}
	}
	trace, err := TraceModel(context.Background(), Go{}, m, []int{0, 5, 7, 5, 9, 2, 11}, TraceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := trace.HeadInput(1, 3)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Tokens: []rune("abcdefg"), Heads: 1, DK: c.HeadDim, Causal: causal, Scale: scale, Given: []GivenHead{g}, Edits: edits}, trace
}

// With mask and scale, attention over a head's own queries, keys and values is
// what the model computed.
func TestGivenHeadIsTheModels(t *testing.T) {
	c, model := givenConfig(t, true, true)
	got, err := Run(context.Background(), Go{}, c)
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[Name]string{Scores: "scores", Scaled: "scaled", Masked: "masked", Weights: "weights", Output: "mixed"} {
		m, _ := got.Matrix(name, 0)
		want, ok := model.Tensor(HeadName(1, 3, of))
		if !ok {
			t.Fatalf("no tensor %s", of)
		}
		for i, v := range m.Data {
			if w := want.Matrix.Data[i]; v != w && !(math.Abs(float64(v-w)) <= 1e-5*(1+math.Abs(float64(w)))) {
				t.Fatalf("%s: value %d is %v, the model's %v", name, i, v, w)
			}
		}
	}
	for _, name := range []Name{X, WQ, WK, WV} {
		if _, ok := got.Matrix(name, 0); ok {
			t.Errorf("%s is there, and nothing was projected", name)
		}
		if _, err := got.Explain(name, 0, 0, 0); err == nil {
			t.Errorf("%s is explained", name)
		}
	}
}

// Every cell is made of its operands: of the head's matrices by the trace, of its
// queries, keys and values by the model's.
func TestGivenHeadExplains(t *testing.T) {
	for _, set := range []struct{ causal, scale bool }{{true, true}, {false, false}} {
		c, model := givenConfig(t, set.causal, set.scale, Edit{Q, 0, 2, 1, 4}, Edit{V, 0, 0, 3, -1})
		untouched := slices.Clone(c.Given[0].Q.Data)
		trace, err := Run(context.Background(), Go{}, c)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(untouched, c.Given[0].Q.Data) {
			t.Error("an edit changed what was given")
		}
		for _, name := range []Name{Q, K, V, Scores, Scaled, Masked, Weights, Output} {
			m, _ := trace.Matrix(name, 0)
			for r := range m.Rows {
				for col := range m.Cols {
					x, err := trace.Explain(name, 0, r, col)
					if err != nil {
						t.Fatal(err)
					}
					checkExplanation(t, trace, x, m.At(r, col))
					if x.Kind != Given {
						continue
					}
					at, ok := model.HeadCell(name, 1, 3, r, col)
					if !ok {
						t.Fatalf("no cell for %s[%d,%d]", name, r, col)
					}
					why, err := model.Explain(at.Matrix, at.Row, at.Col)
					if err != nil {
						t.Fatal(err)
					}
					if why.Result != x.Result || math.Abs(why.Recompute()-x.Result) > 1e-5*(1+math.Abs(x.Result)) {
						t.Errorf("%s[%d,%d] is %v, the model's %v, made of operands %v", name, r, col, x.Result, why.Result, why.Recompute())
					}
				}
			}
		}
	}
}

func TestGivenHeadRefused(t *testing.T) {
	c, model := givenConfig(t, true, true)
	for what, spoil := range map[string]func(*Config){
		"two heads": func(c *Config) { c.Heads = 2 }, "wide": func(c *Config) { c.DK = 8 }, "long": func(c *Config) { c.Tokens = append(c.Tokens, 'h') },
	} {
		bad := c
		spoil(&bad)
		if bad.Check() == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	for _, at := range [][2]int{{-1, 0}, {2, 0}, {0, 4}, {0, -1}} {
		if _, err := model.HeadInput(at[0], at[1]); err == nil {
			t.Errorf("layer %d head %d: accepted", at[0], at[1])
		}
	}
}
