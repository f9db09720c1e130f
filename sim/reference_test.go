package sim

import (
	"os"
	"testing"
)

func shippedCalcData(t testing.TB) Data {
	t.Helper()
	models, err := ParseCatalogue(readShipped(t, "models.json"))
	if err != nil {
		t.Fatal(err)
	}
	gpus, err := ParseGPUs(readShipped(t, "gpus.json"))
	if err != nil {
		t.Fatal(err)
	}
	return Data{Models: models, GPUs: gpus}
}

func referenceCases(t testing.TB) []Case {
	t.Helper()
	data, err := os.ReadFile("testdata/reference_cases.json")
	if err != nil {
		t.Fatal(err)
	}
	cases, err := ParseCases(data)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// Published and measured numbers, with the source of each, come out of the path
// that `lab calc` takes.
func TestReferenceCases(t *testing.T) {
	d, cases := shippedCalcData(t), referenceCases(t)
	if len(cases) < 78 {
		t.Errorf("%d cases, want at least 78", len(cases))
	}
	for _, c := range cases {
		if err := c.Check(d); err != nil {
			t.Errorf("%s: %v (%s)", c.ID, err, c.Source)
		}
		if c.Source == "" {
			t.Errorf("%s: no source", c.ID)
		}
	}
}
