package sim

import (
	"math"
	"strings"
	"testing"
)

// shelf is a catalogue of four models, little of each published.
func shelf() *Catalogue {
	yes, no := true, false
	return &Catalogue{Models: []Model{
		{ID: "llama-9b", Name: "Llama 9B", Vendor: "Meta", InCourse: true, OpenWeights: &yes, ReleaseDate: "2023-07-18", ParamsTotal: number(9e9), Context: number(4096), ModalitiesIn: []string{"text"},
			Benchmarks: map[string]*Score{"MMLU": {Score: 45, Alternatives: []Score{{Score: 47}, {Score: 44}}}}},
		{ID: "gpt-x", Name: "GPT X", Vendor: "OpenAI", OpenWeights: &no, ReleaseDate: "2024", Context: number(128000), ModalitiesIn: []string{"text", "image"},
			Price: &Price{Currency: "USD", Rate: Rate{Input: number(2), Output: number(8)}}},
		{ID: "llama2-1b", Name: "Llama 1B", Vendor: "Meta", OpenWeights: &yes, ReleaseDate: "2023-01", ParamsTotal: number(1e9)},
		{ID: "yuan", Name: "Yuan", Vendor: "Y", Price: &Price{Currency: "CNY", Rate: Rate{Output: number(1)}}},
	}}
}

func ids(models []*Model) string {
	var all []string
	for _, m := range models {
		all = append(all, m.ID)
	}
	return strings.Join(all, " ")
}

func TestChoose(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name    string
		filter  Filter
		want    string
		unknown int
	}{
		{"all", Filter{}, "llama-9b gpt-x llama2-1b yuan", 0},
		{"text", Filter{Text: " LLAMA"}, "llama-9b llama2-1b", 0},
		{"vendor", Filter{Text: "openai"}, "gpt-x", 0},
		{"in the course", Filter{InCourse: &yes}, "llama-9b", 0},
		{"later", Filter{InCourse: &no, Text: "llama"}, "llama2-1b", 0},
		{"open, one does not say", Filter{Open: &yes}, "llama-9b llama2-1b", 1},
		{"closed", Filter{Open: &no}, "gpt-x", 1},
		{"reads images", Filter{Reads: "image"}, "gpt-x", 2},
		{"long context", Filter{Least: map[string]float64{"context": 5000}}, "gpt-x", 2},
		{"small", Filter{Most: map[string]float64{"params": 5}}, "llama2-1b", 2},
		{"cheap in dollars", Filter{Most: map[string]float64{"output-price": 10}}, "gpt-x", 3},
		// What fails one bound is out, whatever else is not known of it.
		{"two bounds", Filter{Least: map[string]float64{"context": 5000}, Most: map[string]float64{"params": 5}}, "", 3},
	} {
		got, unknown := shelf().Choose(c.filter)
		if ids(got) != c.want || unknown != c.unknown {
			t.Errorf("%s: %s and %d unknown; want %s and %d", c.name, ids(got), unknown, c.want, c.unknown)
		}
	}
}

func TestSortBy(t *testing.T) {
	c := shelf()
	all, _ := c.Choose(Filter{})
	by, ok := MeasureNamed(c, "params")
	if !ok {
		t.Fatal("no such measure")
	}
	if got := ids(SortBy(all, by, true)); got != "llama-9b llama2-1b gpt-x yuan" {
		t.Errorf("largest first: %s", got)
	}
	if got := ids(SortBy(all, by, false)); got != "llama2-1b llama-9b gpt-x yuan" {
		t.Errorf("smallest first: %s", got)
	}
	if ids(all) != "llama-9b gpt-x llama2-1b yuan" {
		t.Error("sorting changed its input")
	}
}

func TestMeasures(t *testing.T) {
	c := shelf()
	of := func(measure string, i int) (Spread, bool) {
		m, ok := MeasureNamed(c, measure)
		if !ok {
			t.Fatalf("no measure %s", measure)
		}
		return m.Of(&c.Models[i])
	}
	if v, ok := of("MMLU", 0); !ok || v != (Spread{45, 44, 47}) {
		t.Errorf("MMLU %v, %v", v, ok)
	}
	if _, ok := of("MMLU", 1); ok {
		t.Error("an unknown score")
	}
	if _, ok := of("output-price", 3); ok {
		t.Error("yuan taken for dollars")
	}
	if v, _ := of("release", 0); math.Abs(v.Value-(2023+198.0/365)) > 1e-9 || v.Low != v.High {
		t.Errorf("18 July is %v", v)
	}
	if v, _ := of("release", 1); v.Low != 2024 || v.High <= 2024.99 || v.High >= 2025 {
		t.Errorf("2024 is %v", v)
	}
	if v, _ := of("release", 2); v.Low != 2023 || math.Abs(v.High-(2023+30.0/365)) > 1e-9 {
		t.Errorf("January 2023 is %v", v)
	}
	if _, ok := of("release", 3); ok {
		t.Error("a date that is not there")
	}
	if _, ok := MeasureNamed(c, "beauty"); ok {
		t.Error("a measure that is not there")
	}
}

func TestSeriesOf(t *testing.T) {
	all, _ := shelf().Choose(Filter{})
	var got []string
	for _, s := range SeriesOf(all) {
		got = append(got, s.Name+": "+ids(s.Models))
	}
	if want := "llama: llama2-1b llama-9b; gpt: gpt-x; yuan: yuan"; strings.Join(got, "; ") != want {
		t.Errorf("%s, want %s", strings.Join(got, "; "), want)
	}
}
