package shrink

import (
	"context"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/modeltest"
	"courselab/attention"
)

// TestWhatIsSaidOfShiya holds the words of the lab's experiments against the model
// that the site carries.
func TestWhatIsSaidOfShiya(t *testing.T) {
	m, tokens := modeltest.Shiya()
	l := &Lab{}
	in := sheet.New(t.Context(), nil, sheet.Options{Lab: "prune", Model: func(context.Context, func(engine.Reply)) (*attention.Model, *attention.Tokenizer, error) {
		return m, tokens, nil
	}})
	documents, err := heldOut(m, tokens, quickPoems)
	if err != nil {
		t.Fatal(err)
	}
	imp, err := l.importances(in, m, attention.Go{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	loss := func(s setting) float64 {
		v, err := l.lossOf(in, m, attention.Go{}, s, imp, 1, documents)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	whole, err := meanLoss(in, m, attention.Go{}, documents)
	if err != nil {
		t.Fatal(err)
	}
	some, half, most := loss(setting{method: global, share: 0.3}), loss(setting{method: global, share: 0.5}), loss(setting{method: global, share: 0.7})
	if some > whole+0.15 || half < whole+0.2 || most < whole+1.5 {
		t.Errorf("whole %v; less 30 %%: %v, 50 %%: %v, 70 %%: %v", whole, some, half, most)
	}
	if each := loss(setting{method: matrix, share: 0.5}); each >= half {
		t.Errorf("half of each matrix: %v, half of all: %v", each, half)
	}
	least, greatest := loss(setting{method: heads, heads: 1, order: plain}), loss(setting{method: heads, heads: 1, order: reverse})
	if least > whole+0.15 || greatest < whole+2 {
		t.Errorf("whole %v; less the least important head: %v, less the most: %v", whole, least, greatest)
	}
}
