package attention

import (
	"fmt"
	"slices"
	"testing"
)

// ablations are sets of parts of a model: each part alone, some together.
func ablations(c ModelConfig) [][]Ablation {
	last := c.Layers - 1
	out := [][]Ablation{
		{{PartHead, last, c.Heads - 1}, {PartHead, 0, 0}}, {{PartHead, last, 0}, {Part: PartFFN, Layer: last}},
		{{Part: PartAttention, Layer: last}, {PartHead, last, 0}}, {{Part: PartLayer}, {Part: PartAttentionResidual, Layer: last}},
	}
	for _, part := range Parts {
		out = append(out, []Ablation{{Part: part, Layer: last}})
	}
	return out
}

// TestAblationAgainstNaive compares decoders and traces with a computation in
// which the part's contribution is left out.
func TestAblationAgainstNaive(t *testing.T) {
	for i, c := range configs()[:5] {
		m := lively(t, c, uint64(i))
		tokens := someTokens(c, 3, uint64(i))
		plainLogits := slices.Clone(forward(t, m, Go{}, tokens).Data)
		d, err := NewDecoder(m, Go{}, c.Context)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range ablations(c) {
			if err := d.Ablate(list...); err != nil {
				t.Fatal(err)
			}
			if d.Len() != 0 {
				t.Fatal("the cache of another model is kept")
			}
			logits, err := d.Forward(t.Context(), tokens)
			if err != nil {
				t.Fatal(err)
			}
			n := newNaive(m, list...)
			for j := range tokens {
				closeRow(t, fmt.Sprintf("%+v without %v, token %d", c, list, j), logits.Row(j), n.logits(tokens[:j+1]))
			}
			traced, _ := traceOf(t, newDistant(t), m, tokens, plain, list...).Tensor("logits")
			if !slices.Equal(traced.Matrix.Data, logits.Data) {
				t.Errorf("%+v without %v: the trace has other logits", c, list)
			}
		}
		if err := d.Ablate(); err != nil {
			t.Fatal(err)
		}
		logits, err := d.Forward(t.Context(), tokens)
		if err != nil || !slices.Equal(logits.Data, plainLogits) {
			t.Errorf("%+v: not whole again: %v", c, err)
		}
	}
}

func TestAblationRefused(t *testing.T) {
	m := lively(t, configs()[0], 1) // 2 layers of 4 heads
	d, err := NewDecoder(m, Go{}, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		ablation Ablation
		says     []string
	}{
		{Ablation{Part: "neck"}, []string{"part", "neck", "head"}},
		{Ablation{Part: PartFFN, Layer: 2}, []string{"layer 2", "0 … 1"}},
		{Ablation{Part: PartFFN, Layer: -1}, []string{"layer -1"}},
		{Ablation{Part: PartHead, Head: 4}, []string{"head 4", "0 … 3"}},
		{Ablation{Part: PartHead, Head: -1}, []string{"head -1"}},
		{Ablation{Part: PartLayer, Head: 1}, []string{"head 1", "only"}},
	} {
		says(t, fmt.Sprint(tt.ablation), d.Ablate(Ablation{Part: PartLayer}, tt.ablation), append(tt.says, "ablate 1")...)
	}
	if _, err := d.Forward(t.Context(), []int{1}); err != nil {
		t.Error(err)
	}
}

func TestAblatedDecodeAllocatesNothing(t *testing.T) {
	m := lively(t, configs()[0], 1)
	d, err := NewDecoder(m, Go{}, 16)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Ablate(Ablation{PartHead, 0, 1}, Ablation{Part: PartFFNResidual}); err != nil {
		t.Fatal(err)
	}
	token := []int{3}
	step := func() {
		if d.Len() == d.Capacity() {
			d.Truncate(0)
		}
		if _, err := d.Next(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(50, step); n != 0 {
		t.Errorf("%v allocations per token", n)
	}
}

// TestRelayKeepsAblations hands a model that lacks parts over.
func TestRelayKeepsAblations(t *testing.T) {
	c := configs()[0]
	m := lively(t, c, 1)
	parts := []Ablation{{PartHead, 0, 1}, {Part: PartFFNResidual, Layer: 1}}
	d, err := NewDecoder(m, Go{}, c.Context)
	if err == nil {
		err = d.Ablate(parts...)
	}
	if err != nil {
		t.Fatal(err)
	}
	want, err := sampled(t, m, d)
	if err != nil {
		t.Fatal(err)
	}
	for lost := range 4 {
		r, err := NewRelay(m, []Backend{&mortal{name: "a", left: lost}, Go{}}, c.Context, nil)
		if err == nil {
			err = r.Ablate(parts...)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, err := sampled(t, m, r); err != nil || !slices.Equal(got, want) || r.Backend() != "cpu" {
			t.Errorf("lost after %d: %v on %s, %v, want %v", lost, got, r.Backend(), err, want)
		}
	}
}
