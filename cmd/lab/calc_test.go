package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// calcWith runs `lab calc` with a text on standard input.
func calcWith(t *testing.T, input string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(name, []byte(input), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	old := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = old }()
	return lab(t, append([]string{"calc"}, args...)...)
}

func TestCalcJSON(t *testing.T) {
	for _, tt := range []struct {
		kind, input, value, unit string
	}{
		{"weights", `{"model": "llama-2-7b", "bits": 8}`, "6738415616", "bytes"},
		{"train-flops", `{"N": 7e10, "D": 1.4e12}`, "5.88e+23", "FLOP"},
		{"breakeven", `{"capex": 100000, "own_per_month": 9000, "api_per_month": 4000}`, "null", "months"},
		{"cost", `{"model": "gpt-4", "at": "2026-09-20T12:00:00Z", "input_tokens": 1500, "cached_tokens": 0, "cache_write_tokens": 0, "output_tokens": 300, "requests": 100000}`, "6300", "USD"},
	} {
		// Flags stand before or after the kind.
		for _, args := range [][]string{{tt.kind, "--json"}, {"--json", tt.kind}} {
			status, stdout, stderr := calcWith(t, tt.input, args...)
			if status != 0 || stderr != "" {
				t.Fatalf("%s: exit %d, %s", tt.kind, status, stderr)
			}
			var got struct {
				Value   json.RawMessage
				Unit    string
				Formula string
				Sources []map[string]string
			}
			if err := json.Unmarshal([]byte(stdout), &got); err != nil {
				t.Fatal(err)
			}
			if string(got.Value) != tt.value || got.Unit != tt.unit || got.Formula == "" || got.Sources == nil {
				t.Errorf("%s: %s", tt.kind, stdout)
			}
		}
	}
	if status, stdout, _ := calcWith(t, `{"gpus": 2, "price_per_gpu_hour": 3, "hours": 4}`, "gpu-rent"); status != 0 || !strings.HasPrefix(stdout, "24 currency\n") {
		t.Errorf("exit %d, %q", status, stdout)
	}
}

func TestCalcRefusesInOneLine(t *testing.T) {
	cases := filepath.Join(t.TempDir(), "cases.json")
	if err := os.WriteFile(cases, []byte(`{"cases": [{"id": "a", "kind": "kv"}]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		input string
		args  []string
		says  string
	}{
		{"", []string{}, "kind"},
		{"{}", []string{"colour"}, `"colour"`},
		{"", []string{"weights"}, "inputs"},
		{"{}", []string{"weights"}, "model: missing"},
		{`{"model": "llama-2-7b"}`, []string{"weights", "--json"}, "bits: missing"},
		{`{"model": "llama-2-7b", "bits": 8, "colour": 1}`, []string{"weights"}, "colour: unknown"},
		{`{"model": "gpt-4", "bits": 8}`, []string{"weights"}, "model.arch: missing"},
		{"{}", []string{"weights", "surplus"}, `"surplus"`},
		{"", []string{"verify"}, "one file"},
		{"", []string{"verify", "/no/such/file"}, "/no/such/file"},
		{"", []string{"verify", cases}, "cases[0].inputs: missing"},
		{"", []string{"--course", "/no/such/folder", "weights"}, "/no/such/folder"},
	} {
		status, stdout, stderr := calcWith(t, tt.input, tt.args...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, tt.says) {
			t.Errorf("%v: exit %d, %q, %q; want 2 and one line with %q", tt.args, status, stdout, stderr, tt.says)
		}
	}
}

func TestCalcVerify(t *testing.T) {
	reference := "../../sim/testdata/reference_cases.json"
	if status, stdout, stderr := calcWith(t, "", "verify", reference); status != 0 || stdout != "" {
		t.Errorf("exit %d\n%s%s", status, stdout, stderr)
	}
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.json")
	if err := os.WriteFile(wrong, []byte(strings.Replace(string(text), "6738415616", "6738415617", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := calcWith(t, "", "verify", wrong)
	if status != 1 || stderr != "" || !strings.HasPrefix(stdout, "params/llama-2-7b: 6.738415616e+09 parameters, want 6.738415617e+09") || strings.Count(stdout, "\n") != 1 {
		t.Errorf("exit %d, %q, %q", status, stdout, stderr)
	}
}
