package sim

import (
	"errors"
	"os"
	"strings"
	"testing"
)

const shippedData = "../lessons/content/data/"

func readShipped(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(shippedData + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestShippedCatalogue(t *testing.T) {
	c, err := ParseCatalogue(readShipped(t, "models.json"))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Find("gpt-4")
	if !ok || len(c.Models) < 100 {
		t.Fatalf("%d models, gpt-4: %v", len(c.Models), ok)
	}
	if m.ParamsTotal != nil || *m.Price.Input != 30 || m.Price.CachedInput != nil || *m.Context != 8192 {
		t.Errorf("gpt-4: %+v", m)
	}
	if lo, hi := m.Benchmarks["MMLU"].Range(); lo != 83 || hi != 86.4 {
		t.Errorf("gpt-4 MMLU %v to %v", lo, hi)
	}
	inCourse := 0
	for _, m := range c.Models {
		if m.InCourse {
			inCourse++
		}
		// A closed model's size is never stated.
		if m.OpenWeights != nil && !*m.OpenWeights && (m.ParamsTotal != nil || m.Arch != nil) {
			t.Errorf("%s: closed, but its size is stated", m.ID)
		}
	}
	if inCourse != 40 {
		t.Errorf("%d models of the syllabus, want 40", inCourse)
	}
}

func TestShippedGPUs(t *testing.T) {
	gpus, err := ParseGPUs(readShipped(t, "gpus.json"))
	if err != nil || len(gpus) < 20 {
		t.Fatalf("%d accelerators, %v", len(gpus), err)
	}
	for _, g := range gpus {
		if g.ID == "a100-sxm4-80gb" && (*g.BandwidthGBps != 2039 || *g.FP16TFLOPS != 312) {
			t.Errorf("%+v", g)
		}
		if g.ID == "ascend-910b" && g.FP16TFLOPS != nil {
			t.Error("ascend-910b: contradictory sources, yet a rate")
		}
	}
}

func catalogueOf(entries string) string {
	return "{\"schema_version\": 1, \"generated\": \"2026-11-23\", \"models\": [\n" + entries + "\n]}"
}

func TestUnknownStaysUnknown(t *testing.T) {
	c, err := ParseCatalogue([]byte(catalogueOf(`{"id": "a", "name": "A", "vendor": "V", "open_weights": null, "price": null, "licence": null, "benchmarks": {"MMLU": null}}`)))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := c.Find("a")
	if m.OpenWeights != nil || m.Price != nil || m.Licence != "" || m.Context != nil || m.Benchmarks["MMLU"] != nil || m.ReleaseDate != "" {
		t.Errorf("%+v", m)
	}
	if _, ok := c.Find("b"); ok {
		t.Error("found what is not there")
	}
}

func TestCatalogueFaultsAreNamed(t *testing.T) {
	const rest = `"name": "A", "vendor": "V"`
	for _, c := range []struct {
		data   string
		line   int
		entry  string
		field  string
		reason string
	}{
		{"{", 1, "", "file", Malformed},
		{"", 1, "", "file", Malformed},
		{`{"schema_version": 2, "models": [{}]}`, 1, "", "schema_version", OutOfRange},
		{`{"schema_version": 1, "models": []}`, 1, "", "entries", OutOfRange},
		{"{\"schema_version\": 1,\n \"modles\": []}", 2, "", "modles", Unknown},
		{catalogueOf(`{` + rest + `}`), 2, "#1", "id", OutOfRange},
		{catalogueOf(`{"id": "A B", ` + rest + `}`), 2, "#1", "id", OutOfRange},
		{catalogueOf(`{"id": "a"}`), 2, "a", "name", Missing},
		{catalogueOf("{\"id\": \"a\", " + rest + "},\n{\"id\": \"a\", " + rest + "}"), 3, "a", "id", OutOfRange},
		{catalogueOf("{\"id\": \"a\", " + rest + ",\n\"pirce\": null}"), 3, "a", "pirce", Unknown},
		{catalogueOf("{\"id\": \"a\", " + rest + ",\n\"context_window\": \"8K\"}"), 3, "a", "context_window", Malformed},
		{catalogueOf(`{"id": "a", ` + rest + `, "context_window": 1.5}`), 2, "a", "context_window", NotInteger},
		{catalogueOf(`{"id": "a", ` + rest + `, "release_date": "March 2024"}`), 2, "a", "release_date", Malformed},
		{catalogueOf(`{"id": "a", ` + rest + `, "params_total": 1, "params_active": 2}`), 2, "a", "params_active", OutOfRange},
		{catalogueOf(`{"id": "a", ` + rest + `, "modalities_in": ["smell"]}`), 2, "a", "modalities_in", Unknown},
		{catalogueOf(`{"id": "a", ` + rest + `, "price": {"currency": "EUR"}}`), 2, "a", "price.currency", OutOfRange},
		{catalogueOf(`{"id": "a", ` + rest + `, "price": {"currency": "USD", "input": -1, "as_of": "2026", "source": "s"}}`), 2, "a", "price.input", OutOfRange},
		{catalogueOf(`{"id": "a", ` + rest + `, "price": {"currency": "USD", "as_of": "2026"}}`), 2, "a", "price.source", Missing},
		{catalogueOf(`{"id": "a", ` + rest + `, "price": {"currency": "USD", "as_of": "2026", "source": "s", "tiers": [{"start": -1}]}}`), 2, "a", "price.tiers[0].start", OutOfRange},
		{catalogueOf(`{"id": "a", ` + rest + `, "price": {"currency": "USD", "as_of": "2026", "source": "s", "schedule": [{"start_time": "01:00:00Z"}]}}`), 2, "a", "price.schedule[0].end_time", Missing},
		{catalogueOf(`{"id": "a", ` + rest + `, "benchmarks": {"MMLU": {"score": 101, "source": "s"}}}`), 2, "a", "benchmarks.MMLU.score", OutOfRange},
		{catalogueOf(`{"id": "a", ` + rest + `, "benchmarks": {"MMLU": {"score": 1, "source": "s", "alternatives": [{"score": 2}]}}}`), 2, "a", "benchmarks.MMLU.alternatives[0].source", Missing},
		{catalogueOf(`{"id": "a", ` + rest + `, "arch": {"n_layers": 0}}`), 2, "a", "arch.n_layers", OutOfRange},
		{catalogueOf(`{"id": "a", ` + rest + `, "notes": "` + strings.Repeat("x", maxDataText+1) + `"}`), 2, "a", "notes", OutOfRange},
	} {
		_, err := ParseCatalogue([]byte(c.data))
		var entry *EntryError
		var field *FieldError
		if !errors.As(err, &entry) || !errors.As(err, &field) {
			t.Errorf("%.120s: %v", c.data, err)
			continue
		}
		if entry.Line != c.line || entry.Entry != c.entry || field.Field != c.field || field.Reason != c.reason {
			t.Errorf("%.120s:\n got %v\nwant line %d: %s: %s: %s", c.data, err, c.line, c.entry, c.field, c.reason)
		}
	}
}

func FuzzParseCatalogue(f *testing.F) {
	f.Add([]byte(catalogueOf(`{"id": "a", "name": "A", "vendor": "V", "price": {"currency": "USD", "input": 1, "as_of": "2026", "source": "s"}, "benchmarks": {"MMLU": {"score": 1, "source": "s"}}}`)))
	f.Add([]byte(`{"schema_version": 1, "models": [{"id": "a"}, 3]}`))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCatalogue(data)
		if err != nil {
			var entry *EntryError
			if !errors.As(err, &entry) || entry.Line < 1 {
				t.Errorf("%v", err)
			}
			return
		}
		for _, m := range c.Models {
			if found, ok := c.Find(m.ID); !ok || found.ID != m.ID {
				t.Errorf("%q is not found", m.ID)
			}
		}
	})
}

func FuzzParseGPUs(f *testing.F) {
	f.Add([]byte(`{"schema_version": 1, "gpus": [{"id": "a", "name": "A", "vendor": "V", "memory_gb": 80}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if gpus, err := ParseGPUs(data); err == nil && len(gpus) == 0 {
			t.Error("no entry and no error")
		}
	})
}
