package labs

import (
	"slices"
	"testing"

	"courselab/app/engine"
)

func TestAPartialSheetLiesOverTheOneThatStands(t *testing.T) {
	sheet := func(titles ...string) (s engine.Sheet) {
		for _, t := range titles {
			s.Parts = append(s.Parts, engine.Part{Title: t[:1], Text: t})
		}
		return s
	}
	for _, c := range []struct {
		standing, partial, want []string
		stale                   []bool
	}{
		{nil, []string{"a1", "b1"}, []string{"a1", "b1"}, []bool{false, false}},
		{[]string{"a0", "b0", "c0"}, []string{"a1"}, []string{"a1", "b0", "c0"}, []bool{false, true, true}},
		{[]string{"a0", "b0", "c0"}, []string{"a1", "c1"}, []string{"a1", "b0", "c1"}, []bool{false, true, false}},
		{[]string{"a0", "c0"}, []string{"a1", "b1"}, []string{"a1", "b1", "c0"}, []bool{false, false, true}},
		{[]string{"a0"}, []string{"a1", "a2"}, []string{"a1", "a2"}, []bool{false, false}},
	} {
		got, stale := over(sheet(c.standing...), sheet(c.partial...))
		if want := sheet(c.want...); !slices.EqualFunc(got.Parts, want.Parts, func(a, b engine.Part) bool { return a.Text == b.Text }) || !slices.Equal(stale, c.stale) {
			t.Errorf("%v over %v: %v %v", c.partial, c.standing, got.Parts, stale)
		}
	}
	standing := sheet("a0")
	standing.Files, standing.Presets = []engine.File{{Name: "x"}}, []engine.Preset{{Title: "y"}}
	got, _ := over(standing, sheet("a1"))
	if len(got.Files) != 1 || len(got.Presets) != 1 || standing.Parts[0].Text != "a0" {
		t.Errorf("over a sheet with files: %+v, and it became %+v", got, standing)
	}
}
