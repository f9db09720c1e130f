package sim

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
)

// Without any one of its inputs, or with one too many, no case is computed: the
// error names the field.
func TestInputsAreNeverDefaulted(t *testing.T) {
	d := shippedCalcData(t)
	refuses := func(c Case, what, field string, fields map[string]any) {
		t.Helper()
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		var fault *FieldError
		if r, err := Calc(c.Kind, text, d); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s %s %s: %v, %v", c.ID, what, field, r.Value, err)
		}
	}
	for _, c := range referenceCases(t) {
		var fields map[string]any
		if err := json.Unmarshal(c.Inputs, &fields); err != nil {
			t.Fatal(err)
		}
		for name, v := range fields {
			want := name
			if name == "rates" { // then a model is asked for
				want = "model"
			}
			delete(fields, name)
			refuses(c, "without", want, fields)
			fields[name] = nil
			refuses(c, "with null", want, fields)
			fields[name] = []int{1}
			refuses(c, "with a list", name, fields)
			if x, ok := v.(float64); ok {
				fields[name] = -x - 1
				refuses(c, "with the negative", name, fields)
			}
			fields[name] = v
		}
		fields["colour"] = 1
		refuses(c, "with", "colour", fields)
		delete(fields, "colour")
		if arch, ok := fields["arch"].(map[string]any); ok {
			arch["colour"] = 1
			refuses(c, "with", "arch.colour", fields)
			delete(arch, "colour")
			for _, name := range []string{"n_layers", "mla"} {
				if v, ok := arch[name]; ok {
					arch[name] = "many"
					refuses(c, "with words for", "arch."+name, fields)
					arch[name] = v
				}
			}
			layers := arch["n_layers"]
			delete(arch, "n_layers")
			refuses(c, "without", "arch.n_layers", fields)
			arch["n_layers"] = 0
			refuses(c, "with no", "arch.n_layers", fields)
			arch["n_layers"] = layers
		}
	}
}

func TestCalcFaults(t *testing.T) {
	d := shippedCalcData(t)
	for _, c := range []struct{ kind, inputs, field string }{
		{"colour", `{}`, "kind"},
		{"kv", ``, "inputs"},
		{"kv", `null`, "inputs"},
		{"kv", `[]`, "inputs"},
		{"kv", `{} {}`, "inputs"},
		{"kv", `{"model": "no-such", "tokens": 1, "bits": 16}`, "model"},
		{"kv", `{"model": "gpt-4", "tokens": 1, "bits": 16}`, "model.arch"},
		{"kv", `{"model": "deepseek-v4-pro", "tokens": 1, "bits": 16}`, "model.arch.attention"},
		{"kv", `{"model": "llama-2-7b", "tokens": 1.5, "bits": 16}`, "tokens"},
		{"kv", `{"model": "llama-2-7b", "tokens": 1, "bits": 1e400}`, "bits"},
		{"flops", `{"model": "llama-2-7b", "tokens": 1, "count": "3N"}`, "count"},
		{"flops", `{"model": "kimi-k3", "tokens": 1, "count": "forward"}`, "model.arch.attention"},
		{"weights", `{"model": "llama-2-7b", "bits": 4, "block": 32, "block_bytes": 18}`, "bits"},
		{"decode-time", `{"model": "llama-2-7b", "gpu": "abacus", "context": 1, "batch": 1, "weight_bits": 16}`, "gpu"},
		{"cost", `{"model": "llama-2-7b", "at": "yesterday", "input_tokens": 1, "cached_tokens": 0, "cache_write_tokens": 0, "output_tokens": 1, "requests": 1}`, "at"},
		{"cost", `{"model": "qwen-14b", "at": "2026-09-20T12:00:00Z", "input_tokens": 1, "cached_tokens": 0, "cache_write_tokens": 0, "output_tokens": 1, "requests": 1}`, "model.price"},
		{"cost", `{"model": "gpt-4", "at": "2026-09-20T12:00:00Z", "input_tokens": 9, "cached_tokens": 1, "cache_write_tokens": 0, "output_tokens": 1, "requests": 1}`, "model.price.cached_input"},
		{"cost", `{"rates": {"input": -1, "output": 1}, "input_tokens": 1, "cached_tokens": 0, "cache_write_tokens": 0, "output_tokens": 1, "requests": 1}`, "rates.input"},
		{"cost", `{"rates": {"input": 1, "output": 1, "colour": 1}, "input_tokens": 1, "cached_tokens": 0, "cache_write_tokens": 0, "output_tokens": 1, "requests": 1}`, "rates.colour"},
		{"cost", `{"rates": {"input": 1}, "model": "gpt-4", "input_tokens": 1, "cached_tokens": 0, "cache_write_tokens": 0, "output_tokens": 1, "requests": 1}`, "rates"},
		{"loss", `{"law": "ohm", "constants": {}, "N": 1, "D": 1}`, "law"},
		{"loss", `{"law": "chinchilla", "constants": {"E": 1, "A": 1, "B": 1, "a": 0.3}, "N": 1, "D": 1}`, "constants.b"},
		{"loss", `{"law": "kaplan-n", "constants": {"Nc": 0, "aN": 0.07}, "N": 1}`, "constants.Nc"},
		{"optimal-n", `{"constants": {"A": 1, "B": 1, "a": 0, "b": 0.3}, "C": 1e20}`, "constants.a"},
	} {
		var field *FieldError
		if r, err := Calc(c.kind, []byte(c.inputs), d); !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%s %s: %v, %v; want an error on %s", c.kind, c.inputs, r.Value, err, c.field)
		}
	}
}

// Weights of a model whose architecture is not known well enough are those of the
// published number.
func TestPublishedSizeStandsIn(t *testing.T) {
	r, err := Calc("weights", []byte(`{"model": "qwen3.5-27b", "bits": 16}`), shippedCalcData(t))
	if err != nil || r.Value != 54e9 {
		t.Errorf("%v, %v", r.Value, err)
	}
}

// A mixture of experts reads more of its weights in a larger batch, and computes
// no more for each token.
func TestDecodeOfExperts(t *testing.T) {
	d := shippedCalcData(t)
	at := func(batch string) float64 {
		t.Helper()
		r, err := Calc("decode-time", []byte(`{"model": "deepseek-v3", "gpu": "h200-sxm", "context": 0, "batch": `+batch+`, "weight_bits": 8}`), d)
		if err != nil {
			t.Fatal(err)
		}
		return r.Value
	}
	// 36.6 GB of active weights at 4.8 TB/s; all 670 GB at a large batch.
	if one, many := at("1"), at("1024"); math.Abs(one-0.00763) > 1e-5 || math.Abs(many-0.1396) > 1e-3 {
		t.Errorf("batch 1 %v s, batch 1024 %v s", one, many)
	}
}

func TestParseCasesFaults(t *testing.T) {
	for text, want := range map[string]string{
		``:               "file: not understood",
		`[]`:             "file: not understood",
		`{}`:             "cases: missing",
		`{"cases": [1]}`: "cases[0].inputs: not understood",
		`{"cases": [{"id": "a", "kind": "kv", "inputs": {}, "tolerance_rel": 0}]}`:                   "cases[0].expected: missing",
		`{"cases": [{"id": "a", "kind": "kv", "inputs": {}, "tolerance_rel": 0, "expected": "x"}]}`:  "cases[0].expected: not understood",
		`{"cases": [{"id": "a", "kind": "kv", "inputs": {}, "tolerance_rel": 7, "expected": null}]}`: "cases[0].tolerance_rel: out of range",
	} {
		if _, err := ParseCases([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func FuzzCalc(f *testing.F) {
	for _, c := range referenceCases(f) {
		f.Add(c.Kind, string(c.Inputs))
	}
	d := shippedCalcData(f)
	f.Fuzz(func(t *testing.T, kind, inputs string) {
		r, err := Calc(kind, []byte(inputs), d)
		if err != nil {
			var field *FieldError
			if !errors.As(err, &field) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s %s: %q names no field in one line", kind, inputs, err)
			}
			return
		}
		if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) || r.Unit == "" || r.Formula == "" {
			t.Errorf("%s %s: %+v", kind, inputs, r)
		}
	})
}

func BenchmarkParameters(b *testing.B) {
	m, _ := shippedCalcData(b).Models.Find("kimi-k2")
	for b.Loop() {
		if _, err := m.Arch.Parameters(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeTime(b *testing.B) {
	d, inputs := shippedCalcData(b), []byte(`{"model": "deepseek-v3", "gpu": "h200-sxm", "context": 4096, "batch": 64, "weight_bits": 8}`)
	for b.Loop() {
		if _, err := Calc("decode-time", inputs, d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReferenceCases(b *testing.B) {
	d, cases := shippedCalcData(b), referenceCases(b)
	for b.Loop() {
		for _, c := range cases {
			if err := c.Check(d); err != nil {
				b.Fatal(err)
			}
		}
	}
}
