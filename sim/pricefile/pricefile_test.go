package pricefile

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"courselab/sim"
)

const litellmText = `{
 "sample_spec": {"mode": "one of: chat", "input_cost_per_token": 0.0, "litellm_provider": "one of"},
 "claude-opus-4-5-20251101": {"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05, "cache_read_input_token_cost": 5e-07, "cache_creation_input_token_cost": 6.25e-06},
 "gpt-5.5": {"litellm_provider": "openai", "mode": "responses", "input_cost_per_token": 7e-07, "output_cost_per_token": 3e-05, "input_cost_per_token_above_272k_tokens": 1e-05, "output_cost_per_token_above_272k_tokens": 4.5e-05, "input_cost_per_token_above_272k_tokens_priority": 1},
 "groq/llama-3.1-8b": {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": 5e-08, "output_cost_per_token": 8e-08},
 "deepseek/deepseek-v4-pro": {"litellm_provider": "deepseek", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
 "gemini/gemini-2.5-pro": {"litellm_provider": "gemini", "mode": "chat", "input_cost_per_token": -1e-06, "output_cost_per_token": 1e-05},
 "gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": "cheap"},
 "gpt-4.1": {"litellm_provider": "openai", "mode": "chat"},
 "dall-e-3": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 1e-07},
 "o3": 7
}`

const genaiText = `[
 {"id": "anthropic", "name": "Anthropic", "models": [
  {"id": "claude-opus-4-0", "match": {"or": [{"starts_with": "claude-opus-4-0"}, {"equals": "claude-opus-4"}]}, "prices": {"input_mtok": 14, "output_mtok": 75, "cache_read_mtok": 1.5, "cache_write_mtok": 18.75}},
  {"id": "claude-sonnet-4-5", "match": {"and": [{"contains": "sonnet"}, {"ends_with": "4-5"}]}, "prices": {"input_mtok": {"base": 3, "tiers": [{"start": 200000, "price": 6}]}, "output_mtok": {"base": 15, "tiers": [{"start": 200000, "price": 22.5}]}, "cache_read_mtok": 0.3}}
 ]},
 {"id": "deepseek", "models": [
  {"id": "deepseek-v4-pro", "match": {"equals": "deepseek-v4-pro"}, "prices": [
   {"prices": {"input_mtok": 0.4, "output_mtok": 0.8}},
   {"constraint": {"start_date": "2026-08-17"}, "prices": {"input_mtok": 0.7, "output_mtok": 2, "cache_read_mtok": 0.02}},
   {"constraint": {"start_date": "2027-01-01"}, "prices": {"input_mtok": {"base": 9, "tiers": [{"start": 5, "price": 10}]}, "output_mtok": 9}},
   {"constraint": {"start_time": "01:00:00Z", "end_time": "04:00:00Z", "type": "time_of_date"}, "prices": {"input_mtok": 1.4, "output_mtok": 4, "cache_read_mtok": 0.04}}
  ]},
  {"id": "broken", "match": {}, "prices": "free"},
  {"id": "embedder", "match": {}, "prices": {"requests_kcount": 1}}
 ]},
 {"id": "together", "models": [{"id": "meta-llama/Llama-3.1-8B", "match": {"regex": "("}, "prices": {"input_mtok": 1}}]},
 7
]`

func shipped(t testing.TB) *sim.Catalogue {
	t.Helper()
	text, err := os.ReadFile("../../lessons/content/data/models.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := sim.ParseCatalogue(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func merged(t *testing.T, text string) (map[string]*sim.Price, Report) {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	prices, r, err := f.Merge(shipped(t), "2026-11-20")
	if err != nil {
		t.Fatal(err)
	}
	return prices, r
}

func refused(r Report, name string) string {
	for _, x := range r.Refused {
		if x.Name == name {
			return x.Reason
		}
	}
	return ""
}

func TestLiteLLM(t *testing.T) {
	prices, r := merged(t, litellmText)
	p := prices["claude-opus-4.5"]
	if p == nil || *p.Input != 4 || *p.Output != 20 || *p.CachedInput != 0.5 || *p.CacheWrite != 6.25 || p.AsOf != "2026-11-20" {
		t.Errorf("%+v", p)
	}
	p = prices["gpt-5.5"]
	if p == nil || *p.Input != 0.7 || len(p.Tiers) != 1 || p.Tiers[0].Start != 272000 || *p.Tiers[0].Input != 10 || *p.Tiers[0].Output != 45 {
		t.Errorf("%+v", p)
	}
	if len(prices) != 2 || r.Models != 2 || r.Other != 1 || r.Entries != 4 || r.Unmatched != 2 || r.Same != 0 {
		t.Errorf("%d prices, %+v", len(prices), r)
	}
	for name, want := range map[string]string{
		"DeepSeek-V4-Pro": "分时价", "gemini/gemini-2.5-pro": "范围", "gpt-4o": "不是数", "gpt-4.1": "没有", "o3": "不是", "Llama 3.1 8B": "第三方",
	} {
		if got := refused(r, name); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", name, got, want)
		}
	}
	changed := map[string]Change{}
	for _, c := range r.Changed {
		changed[c.ID+" "+c.Field] = c
	}
	if c := changed["claude-opus-4.5 输入"]; c.Old == nil || *c.Old != 5 || *c.New != 4 {
		t.Errorf("%+v", c)
	}
	if c := changed["gpt-5.5 缓存命中"]; c.Old == nil || c.New != nil {
		t.Errorf("what the file does not state: %+v", c)
	}
	if _, ok := changed["claude-opus-4.5 缓存命中"]; ok {
		t.Error("an equal price is listed as changed")
	}
}

func TestGenAIPrices(t *testing.T) {
	prices, r := merged(t, genaiText)
	if p := prices["claude-opus-4"]; p == nil || *p.Input != 14 {
		t.Errorf("by another name: %+v", p)
	}
	if p := prices["claude-sonnet-4.5"]; p == nil || len(p.Tiers) != 1 || *p.Tiers[0].Input != 6 || *p.Tiers[0].CachedInput != 0.3 || *p.Input != 3 {
		t.Errorf("%+v", p)
	}
	p := prices["deepseek-v4-pro"]
	if p == nil || *p.Input != 0.7 || len(p.Tiers) != 0 || len(p.Schedule) != 4 {
		t.Fatalf("%+v", p)
	}
	for at, want := range map[string]float64{"2026-08-01T12:00:00Z": 0.4, "2026-09-01T12:00:00Z": 0.7, "2026-09-01T02:00:00Z": 1.4} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if tariff, err := p.At(when, 100); err != nil || *tariff.Input != want {
			t.Errorf("%s: %v, %v; want %v", at, tariff.Input, err, want)
		}
	}
	if !strings.Contains(refused(r, "deepseek/broken"), "读不懂") || !strings.Contains(refused(r, "#4"), "服务商") || !strings.Contains(refused(r, "Llama 3.1 8B"), "第三方") || r.Other != 1 {
		t.Errorf("%+v", r)
	}
	c, err := shipped(t).WithPrices(prices)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := c.Find("claude-opus-4"); *m.Price.Input != 14 {
		t.Errorf("%+v", m.Price)
	}
	if m, _ := shipped(t).Find("claude-opus-4"); *m.Price.Input != 15 {
		t.Error("the catalogue itself has changed")
	}
}

// What is kept comes back as it was.
func TestKeep(t *testing.T) {
	prices, r := merged(t, genaiText)
	text, err := Keep(prices, r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Kept(text, shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	want, err := shipped(t).WithPrices(prices)
	if err != nil || !reflect.DeepEqual(back.Models, want.Models) {
		t.Errorf("the catalogue differs, %v", err)
	}
	// A model that has gone is passed over; what is no price is not.
	if _, err := Kept(strings.Replace(text, `"deepseek-v4-pro":`, `"gone":`, 1), shipped(t)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "{", `{"prices": {"gpt-4": null}}`, `{"prices": {"gpt-4": {"currency": "EUR"}}}`} {
		var fault *sim.FieldError
		if _, err := Kept(bad, shipped(t)); !errors.As(err, &fault) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestClauses(t *testing.T) {
	text := func(s string) *string { return &s }
	for i, c := range []struct {
		clause *clause
		want   bool
	}{
		{nil, false}, {&clause{}, false}, {&clause{Contains: text("")}, false}, {&clause{StartsWith: text("")}, false}, {&clause{EndsWith: text("")}, false}, {&clause{Regex: text("^gpt-[45]")}, true},
		{&clause{Regex: text("(")}, false}, {&clause{EndsWith: text("5.5")}, true}, {&clause{And: []clause{{StartsWith: text("gpt")}, {Equals: text("o3")}}}, false},
	} {
		if got := c.clause.holds("gpt-5.5"); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", " \n", "{", "[", "7", `"x"`, "{}", "[]", `{"a": 1}`, `[{"id": "x", "models": []}]`, `{"schema_version": 1, "models": []}`, "model,price\na,1"} {
		var fault *sim.FieldError
		if _, err := Parse([]byte(text)); !errors.As(err, &fault) || fault.Field != "file" {
			t.Errorf("%q: %v", text, err)
		}
	}
	var fault *sim.FieldError
	if _, err := Parse(make([]byte, MaxBytes+1)); !errors.As(err, &fault) || fault.Reason != sim.OutOfRange {
		t.Errorf("too large: %v", err)
	}
	f, err := Parse([]byte("\xef\xbb\xbf" + litellmText))
	if err != nil {
		t.Fatal(err)
	}
	for _, date := range []string{"", "yesterday"} {
		if _, _, err := f.Merge(shipped(t), date); !errors.As(err, &fault) || fault.Field != "date" {
			t.Errorf("%q: %v", date, err)
		}
	}
}

// Whatever parses merges, and what is taken over stands up to the catalogue's own
// checks.
func FuzzParse(f *testing.F) {
	f.Add([]byte(litellmText))
	f.Add([]byte(genaiText))
	f.Add([]byte(`[{"id": "openai", "models": [{"id": "gpt-4", "match": {"or": []}, "prices": []}]}]`))
	c := shipped(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Parse(text)
		if err != nil {
			var fault *sim.FieldError
			if !errors.As(err, &fault) {
				t.Errorf("%v names no field", err)
			}
			return
		}
		prices, r, err := file.Merge(c, "2026")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.WithPrices(prices); err != nil {
			t.Error(err)
		}
		if r.Models != len(prices) || r.Same > r.Models || r.Unmatched < 0 {
			t.Errorf("%+v", r)
		}
	})
}

func BenchmarkParseAndMerge(b *testing.B) {
	// As many entries as litellm's file has.
	var text strings.Builder
	text.WriteString("{")
	for i := range 3000 {
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString(`"openai/model-` + string(rune('a'+i%26)) + sim.Number(float64(i)) + `": {"litellm_provider": "openai", "mode": "chat", "max_tokens": 8192, "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "supports_vision": true}`)
	}
	text.WriteString("}")
	data, c := []byte(text.String()), shipped(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f, err := Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := f.Merge(c, "2026"); err != nil {
			b.Fatal(err)
		}
	}
}
