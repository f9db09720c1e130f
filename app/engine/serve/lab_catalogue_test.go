package serve

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/sim"
)

// catalogueValues are the defaults of the lab.
func catalogueValues(t *testing.T) map[string]string {
	t.Helper()
	lab, ok := registry.Find("catalogue")
	if !ok {
		t.Fatal("no lab")
	}
	values := map[string]string{}
	for _, p := range lab.Inputs {
		values[p.Name] = p.Default
	}
	return values
}

// The registry offers the measures that the shipped catalogue has.
func TestMeasuresAgree(t *testing.T) {
	all, err := sim.ParseCatalogue([]byte(shippedData(t, true)[modelsFile].Text))
	if err != nil {
		t.Fatal(err)
	}
	lab, _ := registry.Find("catalogue")
	for _, input := range []string{"x", "y", "sort"} {
		p, _ := lab.Input(input)
		var offered, has []string
		for _, o := range p.Options {
			offered = append(offered, o.Value)
		}
		for _, m := range sim.Measures(all) {
			has = append(has, m.Name)
		}
		if strings.Join(offered, " ") != strings.Join(has, " ") {
			t.Errorf("%s offers %v, the catalogue has %v", input, offered, has)
		}
	}
}

// rowsOf returns the rows of the table called name.
func rowsOf(t *testing.T, s engine.Sheet, name string) []engine.FactRow {
	t.Helper()
	for _, part := range s.Parts {
		for _, table := range part.Tables {
			if table.Name == name {
				return table.Rows
			}
		}
	}
	t.Fatalf("no table %s", name)
	return nil
}

func TestCatalogueFiltersAndSorts(t *testing.T) {
	s := labSheet(t, "catalogue", catalogueValues(t), "find", "llama", "which", "course", "sort", "params", "descending", "1")
	rows := rowsOf(t, s, "models")
	if len(rows) < 5 || rows[0].Cells[0].Text != "Llama 3 70B" {
		t.Errorf("%d rows, the first %+v", len(rows), rows[0].Cells[0])
	}
	// Unknown values are last in both directions, and are no zeros.
	for _, descending := range []string{"0", "1"} {
		s := labSheet(t, "catalogue", catalogueValues(t), "sort", "params", "descending", descending, "rows", "200")
		rows := rowsOf(t, s, "models")
		seen := false
		for _, r := range rows {
			text := r.Cells[5].Text // 参数量
			if text == "" {
				seen = true
			} else if seen {
				t.Errorf("descending %s: %s stands behind a model without a size", descending, r.Cells[0].Text)
				break
			}
		}
		if !seen {
			t.Error("every model publishes its size")
		}
	}
	// A bound on what is not published leaves a model out and says so.
	bounded := labSheet(t, "catalogue", catalogueValues(t), "max_params", "10")
	if !strings.Contains(bounded.Verdict.Detail, "无法判断") {
		t.Errorf("verdict %+v", bounded.Verdict)
	}
}

func TestCatalogueShowsDisagreement(t *testing.T) {
	s := labSheet(t, "catalogue", catalogueValues(t), "x", "params", "y", "MMLU")
	found := false
	for _, part := range s.Parts {
		for _, f := range part.Figures {
			for _, row := range f.Table.Rows {
				found = found || strings.Contains(row[2], "–")
			}
		}
	}
	if !found {
		t.Error("no range in a catalogue in which sources disagree")
	}
	if s.Answer != "none" {
		t.Errorf("answer %s: %s", s.Answer, s.Because)
	}
	compared := rowsOf(t, s, "compare")
	sourced := 0
	for _, row := range compared {
		for _, cell := range row.Cells[1:] {
			if len(cell.Origins) > 0 && cell.Origins[0].Source != "" {
				sourced++
			}
		}
	}
	if sourced < 10 {
		t.Errorf("%d cells open a source", sourced)
	}
}

// Whatever two measures are chosen, there is a figure or a sentence.
func TestCatalogueDrawsAnyPair(t *testing.T) {
	lab, _ := registry.Find("catalogue")
	p, _ := lab.Input("x")
	for _, x := range p.Options {
		for _, y := range p.Options[len(p.Options)-2:] {
			s := labSheet(t, "catalogue", catalogueValues(t), "x", x.Value, "y", y.Value)
			if len(s.Faults) > 0 || len(s.Parts) < 2 || len(s.Parts[1].Figures) == 0 && s.Parts[1].Text == "" {
				t.Errorf("%s against %s: %+v", y.Value, x.Value, s.Faults)
			}
		}
	}
	for _, chart := range []string{"time", "series"} {
		s := labSheet(t, "catalogue", catalogueValues(t), "chart", chart)
		if len(s.Parts[1].Figures) != 1 {
			t.Errorf("%s: no figure", chart)
		}
	}
	if s := labSheet(t, "catalogue", catalogueValues(t), "find", "没有这个"); s.Verdict.Text == "" || s.Empty() {
		t.Error("nothing is found, and nothing is said")
	}
}
