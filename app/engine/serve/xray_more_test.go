package serve

import (
	"context"
	"math"
	"testing"

	"courselab/app/engine"
	"courselab/attention"
)

func TestXrayHeads(t *testing.T) {
	in := xrayInput()
	trace, _ := traced(t, in)
	var out engine.XrayHeads
	result(t, modelServer(), engine.OpXrayHeads, in, &out)
	if len(out.Heads) != trace.Config.Layers*trace.Config.Heads || len(out.Patterns) != len(attention.Patterns) {
		t.Fatalf("%d heads, %d patterns", len(out.Heads), len(out.Patterns))
	}
	for _, h := range out.Heads {
		weights, _ := trace.Tensor(attention.HeadName(h.Layer, h.Head, "weights"))
		if h.Text == "" {
			t.Error("a head without a sentence")
		}
		for i, p := range out.Patterns {
			if p.Title == "" {
				t.Errorf("%s has no title", p.Name)
			}
			if p.Name != string(attention.PatternPrevious) {
				continue
			}
			// From the second position on every query has a key before it, and one
			// more at least.
			var sum float64
			for q := 1; q < weights.Matrix.Rows; q++ {
				sum += float64(weights.Matrix.At(q, q-1))
			}
			if want := sum / float64(weights.Matrix.Rows-1); math.Abs(h.Masses[i].Mean-want) > 1e-6 {
				t.Errorf("layer %d head %d: %v on the one before, want %v", h.Layer, h.Head, h.Masses[i].Mean, want)
			}
		}
	}
}

func TestXrayLens(t *testing.T) {
	in := xrayInput()
	s := modelServer()
	var whole engine.XrayOutput
	result(t, s, engine.OpXray, in, &whole)
	last := len(whole.Tokens) - 1
	var out engine.XrayLens
	result(t, s, engine.OpXrayLens, engine.XrayLensInput{Xray: in, Position: last}, &out)
	if len(out.Depths) != whole.Model.Layers+1 || out.Next != "" || out.Token != whole.Tokens[last] {
		t.Fatalf("%+v", out)
	}
	for i, c := range out.Depths[len(out.Depths)-1].Top {
		if want := whole.Now[i]; c.Symbol != want.Symbol || math.Abs(c.Probability-want.Probability) > 1e-6 {
			t.Errorf("after all layers %+v, the model says %+v", c, want)
		}
	}
	result(t, s, engine.OpXrayLens, engine.XrayLensInput{Xray: in, Position: 1}, &out)
	if out.Next != whole.Tokens[2] || out.Depths[0].Following <= 0 {
		t.Errorf("%+v", out)
	}
	replies := repliesTo(t, context.Background(), s, engine.OpXrayLens, engine.XrayLensInput{Xray: in, Position: 99})
	if e := replies[len(replies)-1].Error; e == nil || e.Field != "position" {
		t.Errorf("%+v", e)
	}
}

// TestXrayWork counts the products of the output layer by hand.
func TestXrayWork(t *testing.T) {
	in := xrayInput() // 9 positions with the mark
	s := modelServer()
	var out engine.XrayWork
	result(t, s, engine.OpXrayWork, engine.XrayWorkInput{Xray: in, Count: 5}, &out)
	m, _ := testModel(t).get(t.Context(), nil)
	c := m.Config
	var parts [2]float64
	for _, p := range out.Parts {
		parts[0] += p.Cached
		parts[1] += p.Without
		// Positions that go through the layers: 9, then one each; without a cache
		// 9, 10, 11, 12, 13.
		if p.Title == "Q、K、V 投影" {
			one := float64(c.Layers * c.Width * (c.Heads + 2*c.KVHeads) * c.HeadDim)
			if p.Cached != 13*one || p.Without != 55*one {
				t.Errorf("projections %v and %v, want %v and %v", p.Cached, p.Without, 13*one, 55*one)
			}
		}
	}
	if out.Prompt != 9 || parts[0] != out.Cached || parts[1] != out.Without || out.CacheBytes != float64(2*c.Layers*c.KVHeads*c.HeadDim*13*4) {
		t.Errorf("%+v", out)
	}
	for _, count := range []int{0, 17} {
		replies := repliesTo(t, context.Background(), s, engine.OpXrayWork, engine.XrayWorkInput{Xray: in, Count: count})
		if e := replies[len(replies)-1].Error; e == nil || e.Field != "count" {
			t.Errorf("%d: %+v", count, e)
		}
	}
}
