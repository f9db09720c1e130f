package serve

import (
	"slices"
	"testing"

	"courselab/app/engine"
)

// TestWhatIsSaidOfTheModel holds the words of the labs' experiments against the
// model that the site carries.
func TestWhatIsSaidOfTheModel(t *testing.T) {
	s := Default()
	in := engine.XrayInput{Text: "白日依山尽，黄河入海流。", Temperature: 1, Seed: 1}
	moved := func(parts ...engine.XrayPart) float64 {
		in := in
		in.Ablate = parts
		var out engine.XrayOutput
		result(t, s, engine.OpXray, in, &out)
		return out.Divergence
	}
	late, early := moved(engine.XrayPart{Part: "ffn_residual", Layer: 2}), moved(engine.XrayPart{Part: "ffn_residual"})
	head, ffn := moved(engine.XrayPart{Part: "head", Layer: 2, Head: 2}), moved(engine.XrayPart{Part: "ffn", Layer: 2})
	if late < 10*early || early < head || late < 10*ffn {
		t.Errorf("residual of layer 2 moves %v, of layer 0 %v; a head %v, the feed-forward %v", late, early, head, ffn)
	}
	var heads engine.XrayHeads
	result(t, s, engine.OpXrayHeads, in, &heads)
	stands := map[[2]int]string{}
	for _, h := range heads.Heads {
		if i := slices.IndexFunc(h.Masses, func(m engine.XrayMass) bool { return m.Stands }); i >= 0 {
			stands[[2]int{h.Layer, h.Head}] = heads.Patterns[i].Name
		}
	}
	if stands[[2]int{1, 1}] != "previous" || stands[[2]int{1, 2}] != "above_next" || len(stands) < 6 || len(stands) > 10 {
		t.Errorf("%d of %d heads stand out: %v", len(stands), len(heads.Heads), stands)
	}
	// Greedy writing ignores the seed, and a warmer model keeps more for one top-p.
	next := engine.NextInput{Text: "海上生明月，", Count: 48, TopK: 40, TopP: 0.9, Penalty: 1, Seed: 1}
	first := textOf(written(t, s, next).Steps)
	next.Seed = 2
	if second := textOf(written(t, s, next).Steps); first != second || first == "" {
		t.Errorf("at temperature 0 %q, then %q", first, second)
	}
	kept := map[float64]int{}
	for _, temperature := range []float64{1, 2} {
		next.Temperature, next.TopK = temperature, 0
		var p engine.NextPrediction
		result(t, s, engine.OpNextPredict, next, &p)
		kept[temperature] = p.MinP
		if p.Rows[0].Plain > 0.5 {
			t.Errorf("the likeliest has %v", p.Rows[0].Plain)
		}
	}
	if kept[2] <= kept[1] {
		t.Errorf("kept %v", kept)
	}
}
