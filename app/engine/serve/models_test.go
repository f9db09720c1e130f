package serve

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/sim"
)

var update = flag.Bool("update", false, "rewrite golden files")

func shippedModels(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../../lessons/content/data/models.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func askModels(t *testing.T, tables *modelTables, input engine.ModelsInput) (engine.ModelsOutput, *engine.Error) {
	t.Helper()
	out, err := ask[engine.ModelsOutput](t, tables.table, input)
	var fault *engine.Error
	if err != nil && !errors.As(err, &fault) {
		t.Fatal(err)
	}
	return out, fault
}

// The table of a small catalogue, to the letter.
func TestModelsGolden(t *testing.T) {
	small, err := os.ReadFile("testdata/models.json")
	if err != nil {
		t.Fatal(err)
	}
	out, fault := askModels(t, &modelTables{}, engine.ModelsInput{
		IDs: []string{"open", "closed", "bare", "gone"},
		Columns: []string{"vendor", "licence", "open", "release", "params", "active", "context", "modalities",
			"input-price", "output-price", "cached-price", "kv", "MMLU", "C-Eval", "colour"},
		Data: string(small),
	})
	if fault != nil {
		t.Fatal(fault)
	}
	got, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "models.golden.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("the table differs from %s; see go test -run ModelsGolden -update:\n%s", golden, got)
	}
}

// A page sends the catalogue only where it is missing.
func TestModelsDataIsSentWhenNeeded(t *testing.T) {
	tables := &modelTables{}
	input := engine.ModelsInput{IDs: []string{"gpt-4"}, Columns: []string{"context", "MMLU", "input-price"}, Catalogue: "one"}
	if _, fault := askModels(t, tables, input); fault == nil || fault.Code != engine.NeedsData {
		t.Fatalf("a new engine answers %v", fault)
	}
	input.Data = shippedModels(t)
	first, fault := askModels(t, tables, input)
	if fault != nil {
		t.Fatal(fault)
	}
	input.Data = ""
	second, fault := askModels(t, tables, input)
	if fault != nil || len(second.Rows) != 1 {
		t.Fatalf("asked again: %v", fault)
	}
	cells := first.Rows[0].Cells
	if cells[0].Text != "8,192" || cells[1].Text != "83–86.4" || cells[2].Text != "$30" || len(cells[1].Origins) != 3 {
		t.Errorf("%+v", cells)
	}
	input.Catalogue = "two"
	if _, fault := askModels(t, tables, input); fault == nil || fault.Code != engine.NeedsData {
		t.Errorf("another catalogue: %v", fault)
	}
	// A faulty one does not displace the one that is there.
	input.Data = `{"schema_version": 1, "models": [{"id": "x"}]}`
	if _, fault := askModels(t, tables, input); fault == nil || fault.Field != "data" || !strings.Contains(fault.Message, "第 1 行：条目 x 的 name 缺少") {
		t.Errorf("faulty data: %v", fault)
	}
	input.Catalogue, input.Data = "one", ""
	if _, fault := askModels(t, tables, input); fault != nil {
		t.Errorf("after faulty data: %v", fault)
	}
}

func TestModelsRefuses(t *testing.T) {
	many := make([]string, maxTableSide+1)
	for _, input := range []engine.ModelsInput{{}, {IDs: many}, {IDs: []string{"a"}, Columns: many}} {
		if _, fault := askModels(t, &modelTables{}, input); fault == nil || fault.Code != engine.BadInput || fault.Field != "ids" {
			t.Errorf("%d ids, %d columns: %v", len(input.IDs), len(input.Columns), fault)
		}
	}
	if _, _, err := (&modelTables{}).table(context.Background(), json.RawMessage(`[`), nil); err == nil {
		t.Error("malformed input: no error")
	}
}

// Every cell of the shipped catalogue can be drawn, and numbers say where they
// come from.
func TestEveryShippedNumberHasASource(t *testing.T) {
	c, err := sim.ParseCatalogue([]byte(shippedModels(t)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Models {
		for _, name := range modelColumnNames(c) {
			column, _ := modelColumnOf(c, name)
			fact := column.fact(&c.Models[i])
			for _, o := range fact.Origins {
				if fact.Text == "" || o.Text == "" || o.Source == "" {
					t.Errorf("%s %s: %+v", c.Models[i].ID, name, fact)
				}
			}
			// What a model is rests on its entry as a whole; numbers have their own.
			general := !column.Number || name == "context"
			if fact.Text != "" && len(fact.Origins) == 0 && !general {
				t.Errorf("%s %s: %s without a source", c.Models[i].ID, name, fact.Text)
			}
		}
	}
}

func TestSignificant(t *testing.T) {
	for v, want := range map[float64]string{68.976648192: "69", 6.738: "6.74", 0.6: "0.6", 235: "235", 1040: "1040", 320: "320", 2.25: "2.25", 0: "0"} {
		if got := significant(v); got != want {
			t.Errorf("significant(%v) = %q, want %q", v, got, want)
		}
	}
}
