package serve

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/lessons"
	"courselab/sim"
)

type questionHandler func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error)

// ask sends input through a handler as JSON, as a page would.
func ask[Out any](t *testing.T, h questionHandler, input any) (Out, error) {
	t.Helper()
	var out Out
	in, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	result, _, err := h(context.Background(), in, func(engine.Reply) {})
	if err != nil {
		return out, err
	}
	out, ok := result.(Out)
	if !ok {
		t.Fatalf("got %T, want %T", result, out)
	}
	return out, nil
}

func kvDraw(seed uint64) engine.DrawInput {
	return engine.DrawInput{Function: "kv-cache", Seed: seed, Ranges: map[string]string{
		"layers": "32 | 40 | 80", "kv_heads": "8", "head_dim": "128", "tokens": "4096..32768 step 4096", "batch": "1..4", "bits": "8 | 16",
	}}
}

func TestQuestionDraw(t *testing.T) {
	seen := map[float64]bool{}
	for seed := range uint64(500) {
		got, err := ask[engine.DrawOutput](t, drawQuestion, kvDraw(seed))
		if err != nil {
			t.Fatal(err)
		}
		again, err := ask[engine.DrawOutput](t, drawQuestion, kvDraw(seed))
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("seed %d: %v, then %v, %v", seed, got, again, err)
		}
		tokens := got.Values["tokens"]
		seen[tokens] = true
		if tokens < 4096 || tokens > 32768 || math.Mod(tokens, 4096) != 0 || got.Values["kv_heads"] != 8 {
			t.Fatalf("seed %d: %v", seed, got.Values)
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d values of tokens drawn, want all 8", len(seen))
	}
}

// Draws that contradict themselves are repeated until they make sense.
func TestQuestionDrawAvoidsContradictions(t *testing.T) {
	in := engine.DrawInput{Function: "params-dense", Ranges: map[string]string{
		"layers": "2", "d_model": "64", "heads": "6 | 8", "kv_heads": "3 | 4", "head_dim": "8", "d_ff": "128", "vocab": "100", "tied": "0..1",
	}}
	for in.Seed = range uint64(100) {
		got, err := ask[engine.DrawOutput](t, drawQuestion, in)
		if err != nil {
			t.Fatal(err)
		}
		if math.Mod(got.Values["heads"], got.Values["kv_heads"]) != 0 {
			t.Fatalf("seed %d: %v", in.Seed, got.Values)
		}
	}
	in.Ranges["heads"], in.Ranges["kv_heads"] = "7", "2"
	if _, err := ask[engine.DrawOutput](t, drawQuestion, in); err == nil {
		t.Error("no draw makes sense, no error")
	}
}

func TestQuestionDrawNamesTheFault(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*engine.DrawInput)
	}{
		{"function", func(in *engine.DrawInput) { in.Function = "kv" }},
		{"tokens", func(in *engine.DrawInput) { delete(in.Ranges, "tokens") }},
		{"tokens", func(in *engine.DrawInput) { in.Ranges["tokens"] = "a..b" }},
		{"tokens", func(in *engine.DrawInput) { in.Ranges["tokens"] = "0" }},
		{"layers", func(in *engine.DrawInput) { in.Ranges["layers"] = "1..99999" }},
		{"bits", func(in *engine.DrawInput) { in.Ranges["bits"] = "4..8" }},
		{"layers", func(in *engine.DrawInput) { in.Ranges["layers"] = "1.5" }},
		{"heads", func(in *engine.DrawInput) { in.Ranges["heads"] = "8" }},
	} {
		in := kvDraw(1)
		c.change(&in)
		_, err := ask[engine.DrawOutput](t, drawQuestion, in)
		var fault *engine.Error
		if !errors.As(err, &fault) || fault.Code != engine.BadInput || fault.Field != c.field || fault.Message == "" {
			t.Errorf("%s: %v", c.field, err)
		}
	}
}

func TestQuestionGrade(t *testing.T) {
	llama := map[string]float64{"layers": 32, "kv_heads": 32, "head_dim": 128, "tokens": 4096, "batch": 1, "bits": 16}
	for _, c := range []struct {
		answer, tolerance float64
		unit              string
		want              bool
		expected          float64
	}{
		{2, 0, "GiB", true, 2},
		{2.02, 0.01, "GiB", true, 2},
		{2.03, 0.01, "GiB", false, 2},
		{2.147, 0.01, "GB", true, 2.147483648},
		{2147483648, 0, "B", true, 2147483648},
		{1, 0.1, "GiB", false, 2}, // the factor for keys and values forgotten
		{-2, 0.5, "GiB", false, 2},
	} {
		got, err := ask[engine.GradeOutput](t, gradeQuestion, engine.GradeInput{
			Function: "kv-cache", Values: llama, Answer: c.answer, Unit: c.unit, Tolerance: c.tolerance,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got.Correct != c.want || math.Abs(got.Expected-c.expected) > 1e-9 || got.Unit != c.unit {
			t.Errorf("%v %s ± %v: %+v", c.answer, c.unit, c.tolerance, got)
		}
	}
	got, _ := ask[engine.GradeOutput](t, gradeQuestion, engine.GradeInput{Function: "kv-cache", Values: llama, Unit: "GiB"})
	want := "2 × 32 × 32 × 128 × 4096 × 1 × 16 / 8 = 2147483648 B = 2 GiB"
	if got.Working != want || got.Formula != "2 · L · n_kv · d_h · T · B · b / 8" {
		t.Errorf("working %q of %q, want %q", got.Working, got.Formula, want)
	}
}

func TestQuestionGradeNamesTheFault(t *testing.T) {
	ok := engine.GradeInput{Function: "train-flops", Values: map[string]float64{"params": 7e9, "tokens": 1e12}, Unit: "FLOP"}
	for _, c := range []struct {
		field  string
		change func(*engine.GradeInput)
	}{
		{"function", func(in *engine.GradeInput) { in.Function = "" }},
		{"unit", func(in *engine.GradeInput) { in.Unit = "GB" }},
		{"tolerance", func(in *engine.GradeInput) { in.Tolerance = -1 }},
		{"tokens", func(in *engine.GradeInput) { in.Values = map[string]float64{"params": 1} }},
		{"params", func(in *engine.GradeInput) { in.Values = map[string]float64{"params": -1, "tokens": 1} }},
	} {
		in := ok
		c.change(&in)
		_, err := ask[engine.GradeOutput](t, gradeQuestion, in)
		var fault *engine.Error
		if !errors.As(err, &fault) || fault.Code != engine.BadInput || fault.Field != c.field {
			t.Errorf("%s: %v", c.field, err)
		}
	}
	if _, _, err := gradeQuestion(context.Background(), json.RawMessage(`{"values": 3}`), nil); err == nil {
		t.Error("malformed input: no error")
	}
}

// The registry that lessons are checked against says what sim computes.
func TestRegistryAgreesWithSim(t *testing.T) {
	want := map[string]lessons.FunctionSpec{}
	for name, f := range sim.Functions() {
		spec := lessons.FunctionSpec{Title: f.Title, Units: f.Units, Params: map[string]lessons.ParamSpec{}}
		for _, p := range f.Params {
			kind := lessons.FloatParam
			if p.Whole {
				kind = lessons.IntParam
			}
			spec.Params[p.Name] = lessons.ParamSpec{Kind: kind, Min: p.Min, Max: p.Max}
		}
		want[name] = spec
	}
	got := registry.Functions()
	for name, spec := range want {
		if !reflect.DeepEqual(got[name], spec) {
			t.Errorf("%s: registry %+v, sim %+v", name, got[name], spec)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: in the registry only", name)
		}
	}
}

func TestParseRange(t *testing.T) {
	for _, c := range []struct {
		text   string
		whole  bool
		lo, hi float64
		count  int // 0: choices
	}{
		{"8", true, 8, 8, 0}, {" 32|40 | 80 ", true, 32, 80, 0}, {"7e9 | 1.3e10", false, 7e9, 1.3e10, 0},
		{"1..4", true, 1, 4, 4}, {"4096..32768 step 4096", true, 4096, 32768, 8}, {"0.1..0.9 step 0.1", false, 0.1, 0.9, 9},
		{"−2..2 step 0.5", false, -2, 2, 9}, {"1..10 step 4", true, 1, 9, 3}, {"5..5", true, 5, 5, 1},
	} {
		r, err := parseRange(c.text, c.whole)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if lo, hi := r.ends(); lo != c.lo || hi != c.hi || r.count != c.count {
			t.Errorf("%q: %v to %v in %d, want %v to %v in %d", c.text, lo, hi, r.count, c.lo, c.hi, c.count)
		}
	}
	for _, text := range []string{"", "x", "1..", "..2", "1..2..3", "3..1", "1..2 step 0", "1..2 step -1", "1..2 step", "1 | ", "inf", "NaN", "0x10", "1_000", "1e999", "0..1e9", "0..1 step 1e-300"} {
		if r, err := parseRange(text, true); err == nil {
			t.Errorf("%q: %+v, want an error", text, r)
		}
	}
	if _, err := parseRange("0.5..2", false); err == nil {
		t.Error("decimals without a step: no error")
	}
}

func TestShown(t *testing.T) {
	for v, want := range map[float64]string{
		7e9: "70 亿", 1.4e12: "1.4 万亿", 32768: "32768", 0.3: "0.3", -2: "−2", 123456789: "123456789", 1.3e10: "130 亿", 6738415616: "6738415616",
	} {
		if got := shown(v); got != want {
			t.Errorf("%v shown as %q, want %q", v, got, want)
		}
	}
}

func FuzzParseRange(f *testing.F) {
	for _, s := range []string{"8", "32 | 40", "1..9 step 2", "0.1..1 step 0.1", "−1..1", "1e3..1e4 step 1e3", "..", "step"} {
		f.Add(s, true)
	}
	from := rand.New(rand.NewPCG(1, 1))
	f.Fuzz(func(t *testing.T, s string, whole bool) {
		r, err := parseRange(s, whole)
		if err != nil {
			return
		}
		lo, hi := r.ends()
		v := r.draw(from)
		if !(v >= lo && v <= hi) || math.IsInf(v, 0) {
			t.Errorf("%q: drew %v, not in %v to %v", s, v, lo, hi)
		}
	})
}

// A price in dollars is not also stated in the nameless currency it stands for.
func TestGradeNamesTheCurrencyAsked(t *testing.T) {
	got, err := ask[engine.GradeOutput](t, gradeQuestion, engine.GradeInput{
		Function: "electricity", Values: map[string]float64{"watts": 1000, "pue": 1.5, "price_per_kwh": 2, "hours": 10},
		Answer: 30, Unit: "USD", Tolerance: 0.01,
	})
	if err != nil || !got.Correct || got.Working != "1000 / 1000 × 1.5 × 10 × 2 = 30 USD" {
		t.Errorf("%+v, %v", got, err)
	}
}
