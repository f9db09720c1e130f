package choosing

import (
	"testing"
	"time"

	"courselab/app/registry"
	"courselab/sim/choose"
)

// What the lab begins with is the first scenario, and every scenario's values are
// ones that the lab accepts.
func TestScenariosFitTheLab(t *testing.T) {
	lab, ok := registry.Find("select")
	if !ok {
		t.Fatal("no lab")
	}
	for i, p := range scenarios() {
		for name, value := range p.Values {
			param, ok := lab.Input(name)
			if !ok {
				t.Errorf("%s: no parameter %s", p.Title, name)
				continue
			}
			got, ok := param.Canonical(value)
			if !ok || got != value {
				t.Errorf("%s: %s = %q is not accepted as it is", p.Title, name, value)
			}
			if i == 0 && value != param.Default {
				t.Errorf("the lab begins with %s = %q, the scenario with %q", name, param.Default, value)
			}
		}
	}
	if got := startOf("2026-11-23"); !got.Equal(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)) {
		t.Error(got)
	}
	// Every criterion has a weight, and no weight is without one.
	n := 0
	for _, p := range lab.Inputs {
		if len(p.Name) > 2 && p.Name[:2] == weightPrefix {
			n++
		}
	}
	if n != len(choose.Criteria()) {
		t.Errorf("%d weights for %d criteria", n, len(choose.Criteria()))
	}
}
