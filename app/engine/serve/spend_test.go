package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/sim"
)

// sheetOf computes a lab with its defaults but for some values.
func sheetOf(t testing.TB, lab string, changes map[string]string) engine.Sheet {
	t.Helper()
	s, err := Sheet(context.Background(), engine.LabInput{Lab: lab, Values: defaults(t, lab, changes), Data: shippedData(t, true)})
	if err != nil {
		t.Fatalf("%s %v: %v", lab, changes, err)
	}
	return s
}

// defaults are a lab's default values but for some.
func defaults(t testing.TB, lab string, changes map[string]string) map[string]string {
	t.Helper()
	l, ok := registry.Find(lab)
	if !ok {
		t.Fatalf("no lab %s", lab)
	}
	values := map[string]string{}
	for _, p := range l.Inputs {
		values[p.Name] = p.Default
	}
	maps.Copy(values, changes)
	return values
}

// number is the value of a quantity of a sheet.
func number(t testing.TB, s engine.Sheet, name string) float64 {
	t.Helper()
	for _, p := range s.Parts {
		for _, q := range p.Quantities {
			if q.Name == name {
				if q.Value == nil {
					t.Fatalf("%s has no value: %q", name, q.Text)
				}
				return *q.Value
			}
		}
	}
	t.Fatalf("no quantity %s", name)
	return 0
}

// calculated is what `lab calc` prints for the same inputs.
func calculated(t testing.TB, kind string, inputs map[string]any) sim.Result {
	t.Helper()
	models, err := os.ReadFile("../../../lessons/content/data/models.json")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := sim.ParseCatalogue(models)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(inputs)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sim.Calc(kind, text, sim.Data{Models: catalogue})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func agrees(got, want float64) bool { return math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want)) }

// The labs say what `lab calc` says for the same inputs.
func TestSpendAgreesWithCalc(t *testing.T) {
	for _, c := range []struct {
		model  string
		cached int
	}{{"gpt-6-sol", 0}, {"gpt-6-sol", 50}, {"claude-opus-5.5", 25}, {"qwen3-32b", 0}} {
		want := calculated(t, "cost", map[string]any{"model": c.model, "at": "2026-11-23T12:00:00Z", "input_tokens": 4000, "cached_tokens": 40 * c.cached, "cache_write_tokens": 0, "output_tokens": 300, "requests": 900000})
		s := sheetOf(t, "cost", map[string]string{"model": c.model, "cached": fmt.Sprint(c.cached), "currency": "USD"})
		if got := number(t, s, "API 月费"); !agrees(got, want.Value) {
			t.Errorf("%s, %d %% cached: %v, want %v", c.model, c.cached, got, want.Value)
		}
		// In yuan it is the same times the rate.
		s = sheetOf(t, "cost", map[string]string{"model": c.model, "cached": fmt.Sprint(c.cached)})
		if got := number(t, s, "API 月费"); !agrees(got, want.Value*6.7379) {
			t.Errorf("%s in yuan: %v, want %v", c.model, got, want.Value*6.7379)
		}
	}
	s := sheetOf(t, "breakeven", nil)
	power := calculated(t, "electricity", map[string]any{"watts": 1500, "pue": 1.5, "price_per_kwh": 0.8, "hours": 730})
	if got := number(t, s, "电费"); !agrees(got, power.Value) {
		t.Errorf("electricity %v, want %v", got, power.Value)
	}
	want := calculated(t, "breakeven", map[string]any{"capex": number(t, s, "采购"), "own_per_month": number(t, s, "每月现金支出"), "api_per_month": number(t, s, "API 月费")})
	if got := number(t, s, "打平月份"); !agrees(got, want.Value) || math.Abs(got-13.54) > 0.01 {
		t.Errorf("payback %v, want %v", got, want.Value)
	}
	never := sheetOf(t, "breakeven", map[string]string{"daily": "20000"})
	none := calculated(t, "breakeven", map[string]any{"capex": number(t, never, "采购"), "own_per_month": number(t, never, "每月现金支出"), "api_per_month": number(t, never, "API 月费")})
	if !none.None || never.Answer != "never" || never.Verdict.Tone != engine.Bad {
		t.Errorf("%v, %+v", none.None, never.Verdict)
	}
}

func TestBreakevenSheet(t *testing.T) {
	s := sheetOf(t, "breakeven", nil)
	if s.Answer != "life" || s.Verdict.Tone != engine.Good || !strings.Contains(s.Verdict.Text, "13.5") {
		t.Errorf("%+v, answer %s", s.Verdict, s.Answer)
	}
	if !strings.Contains(s.Notes[0].Text, "假设") {
		t.Errorf("nothing says that the prices are assumptions: %+v", s.Notes)
	}
	share := number(t, s, "72 个月内打平的比例")
	low, high := number(t, s, "一成的情形早于"), number(t, s, "一半的情形早于")
	if share < 0.5 || share > 0.99 || low >= high {
		t.Errorf("%v, %v, %v", share, low, high)
	}
	if again := sheetOf(t, "breakeven", nil); number(t, again, "72 个月内打平的比例") != share {
		t.Error("the same seed draws differently")
	}
	// The figures agree with the table of the months.
	months := table(t, s, "逐月现金流")
	if len(months.Rows) != 73 || months.Rows[0].Cells[2].Text != "200,000" {
		t.Errorf("%d rows, %+v", len(months.Rows), months.Rows[0])
	}
	for _, part := range s.Parts {
		for _, f := range part.Figures {
			if f.Desc == "" || len(f.Table.Rows) == 0 && len(part.Tables) == 0 || !strings.Contains(f.SVG, "<svg") {
				t.Errorf("%s: no text or table", f.Title)
			}
		}
	}
	for answer, changes := range map[string]map[string]string{
		"year":  {"daily": "120000"},
		"later": {"hardware": "550000"},
	} {
		if got := sheetOf(t, "breakeven", changes).Answer; got != answer {
			t.Errorf("%v: %s, want %s", changes, got, answer)
		}
	}
	for field, changes := range map[string]map[string]string{
		"rate": {"rate": "0"}, "rate_date": {"rate_date": "昨天"}, "cached": {"cached": "10"}, "idle_watts": {"idle_watts": "9000"}, "gpu_share": {"gpu_share": "99"},
	} {
		s := sheetOf(t, "breakeven", changes)
		if !s.Empty() || len(s.Faults) == 0 || s.Faults[0].Field != field {
			t.Errorf("%v: %+v", changes, s.Faults)
		}
	}
}

func table(t testing.TB, s engine.Sheet, title string) engine.FactTable {
	t.Helper()
	for _, p := range s.Parts {
		for _, x := range p.Tables {
			if x.Title == title {
				return x
			}
		}
	}
	t.Fatalf("no table %s", title)
	return engine.FactTable{}
}

func TestCostSheet(t *testing.T) {
	// The lesson's example: 9,900 dollars a month.
	if got := number(t, sheetOf(t, "cost", map[string]string{"currency": "USD"}), "API 月费"); !agrees(got, 9900) {
		t.Errorf("%v", got)
	}
	for name, c := range map[string]struct {
		changes map[string]string
		want    float64
	}{
		"files":     {map[string]string{"stored": "10"}, 9 * 0.1 * 730 / 24},
		"retrieval": {map[string]string{"retrievals": "1"}, 2250},
		"held":      {map[string]string{"held": "100000"}, 328.5},
		"priority":  {map[string]string{"priority": "10"}, 9900 * 0.15},
		"batch":     {map[string]string{"batch": "40"}, -9900 * 0.2},
	} {
		c.changes["currency"] = "USD"
		if got := number(t, sheetOf(t, "cost", c.changes), "API 月费"); !agrees(got, 9900+c.want) {
			t.Errorf("%s: %v, want %v", name, got, 9900+c.want)
		}
	}
	// Dearer by day: seven requests in ten at seven ninths of which the price doubles.
	even := number(t, sheetOf(t, "cost", map[string]string{"model": "deepseek-v4-flash", "currency": "USD"}), "API 月费")
	work := number(t, sheetOf(t, "cost", map[string]string{"model": "deepseek-v4-flash", "currency": "USD", "hours": "work"}), "API 月费")
	base := even / (1 + 7.0/24)
	if want := base * (1 + 0.7*7/9); !agrees(work, want) {
		t.Errorf("%v by day, want %v", work, want)
	}
	s := sheetOf(t, "cost", map[string]string{"own": "0"})
	for _, p := range s.Parts {
		if strings.Contains(p.Title, "自有") {
			t.Error("own hardware is shown unasked")
		}
	}
	for field, changes := range map[string]map[string]string{
		"written": {"cached": "60", "written": "60", "model": "claude-opus-5.5"},
		"cached":  {"model": "qwen3-32b", "cached": "10"},
	} {
		s := sheetOf(t, "cost", changes)
		if !s.Empty() || len(s.Faults) == 0 || s.Faults[0].Field != field {
			t.Errorf("%v: %+v", changes, s.Faults)
		}
	}
}

func TestRouteSheet(t *testing.T) {
	// The lesson: 24 % handed on, 92 % right, 0.00319 dollars.
	s := sheetOf(t, "route", map[string]string{"currency": "USD"})
	for name, want := range map[string]float64{"升级到大模型的比例": 24, "答对的比例": 92, "每问的价钱": 0.00319, "没抓出来、直接给了用户的错答": 4, "失败费的分界线": (0.011 - 0.00319) / 0.03} {
		if got := number(t, s, name); !agrees(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if s.Verdict.Tone != engine.Bad { // three in a hundred wrong answers of five yuan cost more than is saved
		t.Errorf("%+v", s.Verdict)
	}
	if s := sheetOf(t, "route", map[string]string{"failure": "0.5"}); s.Verdict.Tone != engine.Good {
		t.Errorf("%+v", s.Verdict)
	}
	steps := table(t, sheetOf(t, "route", map[string]string{"cut_input": "800", "cut_output": "100", "currency": "USD", "quota": "1", "runaway": "28800"}), "逐步优化后的每月账单")
	if len(steps.Rows) != 5 {
		t.Errorf("%+v", steps.Rows)
	}
	for field, changes := range map[string]map[string]string{
		"large_easy": {"large_easy": "90"}, "cut_input": {"cut_input": "5000"}, "cut_output": {"cut_output": "301"},
	} {
		s := sheetOf(t, "route", changes)
		if !s.Empty() || len(s.Faults) == 0 || s.Faults[0].Field != field {
			t.Errorf("%v: %+v", changes, s.Faults)
		}
	}
}

// TestServersForTheLoad holds that a load which the servers cannot carry is said.
func TestServersForTheLoad(t *testing.T) {
	for _, lab := range []string{"breakeven", "cost"} {
		load := map[string]string{"daily": "60000", "output": "300", "peak": "15", "speed": "300", "own": "1"}
		if lab == "breakeven" {
			delete(load, "own")
		}
		s := sheetOf(t, lab, load)
		if got := number(t, s, "最忙一小时要的服务器"); got != 3 {
			t.Errorf("%s: %v servers, want 3", lab, got)
		}
		if !strings.Contains(s.Notes[0].Text, "要 3 台服务器，这里只买了 1 台") {
			t.Errorf("%s: the first note is %q", lab, s.Notes[0].Text)
		}
		load["servers"] = "3"
		if s = sheetOf(t, lab, load); strings.Contains(s.Notes[0].Text, "只买了") {
			t.Errorf("%s: three servers are too few", lab)
		}
	}
}
