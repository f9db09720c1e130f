package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"courselab/attention"
	"courselab/attention/safetensors"
)

// tinyConfig is a model of six characters and two marks.
var tinyConfig = attention.ModelConfig{
	Vocab: 8, Width: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 4, FFN: 10, Context: 12,
	RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1},
}

// tinyModel writes a model's folder with weights that never change.
func tinyModel(t *testing.T, c attention.ModelConfig) string {
	t.Helper()
	m, err := attention.NewModel(c, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		for i := range p.Values {
			p.Values[i] *= 25 // from a deviation of 0.02 to 0.5
		}
	}
	var weights bytes.Buffer
	if err := m.WriteWeights(&weights, safetensors.F16); err != nil {
		t.Fatal(err)
	}
	tokenizer, err := attention.NewTokenizer([]string{"<bos>", "<eos>", "床", "前", "明", "月", "光", "\n"}, 2)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put(t, dir, attention.ConfigFile, c.JSON())
	put(t, dir, attention.WeightsFile, weights.Bytes())
	put(t, dir, attention.TokenizerFile, tokenizer.JSON("<eos>"))
	return dir
}

func put(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func runJSON(t *testing.T, to any, args ...string) {
	t.Helper()
	status, stdout, stderr := lab(t, args...)
	if status != 0 || stderr != "" {
		t.Fatalf("%v: exit %d: %s", args, status, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), to); err != nil {
		t.Fatalf("%v: %v: %s", args, err, stdout)
	}
}

// TestLogits compares the command with the package, and the backends with each
// other; neither the tokenizer nor the marks are needed.
func TestLogits(t *testing.T) {
	c := tinyConfig
	c.BOS, c.EOS, c.Tied = -1, nil, false
	dir := tinyModel(t, c)
	if err := os.Remove(filepath.Join(dir, attention.TokenizerFile)); err != nil {
		t.Fatal(err)
	}
	m, err := attention.LoadModel(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	tokens := []int{1, 5, 7, 0}
	d, err := attention.NewDecoder(m, attention.Reference{}, len(tokens))
	if err != nil {
		t.Fatal(err)
	}
	want, err := d.Forward(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	for _, backend := range [][]string{nil, {"--backend", "go"}, {"--backend", "blas"}} {
		var got struct{ Logits [][]float64 }
		runJSON(t, &got, append([]string{"logits", "--model", dir, "--tokens", "1,5, 7,0", "--json"}, backend...)...)
		if len(got.Logits) != len(tokens) {
			t.Fatalf("%v: %d rows", backend, len(got.Logits))
		}
		for i, row := range got.Logits {
			if len(row) != c.Vocab {
				t.Fatalf("%v: %d logits", backend, len(row))
			}
			for j, v := range row {
				if math.Abs(v-float64(want.At(i, j))) > 1e-4 {
					t.Errorf("%v: logit [%d,%d] is %v, want %v", backend, i, j, v, want.At(i, j))
				}
			}
		}
	}
	if status, stdout, stderr := lab(t, "logits", "--model", dir, "--tokens", "1,5"); status != 0 || strings.Count(stdout, "\n") != 2 {
		t.Errorf("for people: exit %d: %s%s", status, stdout, stderr)
	}
}

func TestGenerate(t *testing.T) {
	dir := tinyModel(t, tinyConfig)
	run := func(more ...string) (g generated) {
		t.Helper()
		runJSON(t, &g, append([]string{"generate", "--model", dir, "--json", "--max-tokens", "5"}, more...)...)
		return g
	}
	first := run("--prompt", "床前", "--temperature", "2", "--top-k", "7", "--top-p", "0.99", "--seed", "4")
	if first.Prompt != "床前" || len(first.Tokens) > 5 || first.Stop == attention.StopCount && len(first.Tokens) != 5 {
		t.Errorf("%+v", first)
	}
	differ := false
	for _, seed := range []string{"1", "2", "3", "4", "5", "6"} {
		g := run("--prompt", "床前", "--temperature", "2", "--top-k", "7", "--top-p", "0.99", "--seed", seed)
		if same := g.Text == first.Text; seed == "4" && !same {
			t.Errorf("the same seed gives %q and %q", first.Text, g.Text)
		} else if !same {
			differ = true
		}
	}
	if !differ {
		t.Error("six seeds give the same text")
	}
	greedy, again := run("--temperature", "0"), run("--temperature", "3", "--top-k", "1", "--seed", "9", "--backend", "go")
	if greedy.Text != again.Text || greedy.Prompt != "" {
		t.Errorf("greedy %+v, the likeliest %+v", greedy, again)
	}
	if g := run("--max-tokens", "0"); g.Text != "" || g.Tokens == nil {
		t.Errorf("no tokens: %+v", g)
	}
	// A model without an end mark runs up to its context: twelve tokens read, a
	// thirteenth drawn.
	endless := tinyConfig
	endless.EOS = nil
	dir = tinyModel(t, endless)
	if g := run("--prompt", "床", "--max-tokens", "9223372036854775807"); g.Stop != attention.StopContext || len(g.Tokens) != 11 {
		t.Errorf("past the context: %+v", g)
	}
	if status, stdout, stderr := lab(t, "generate", "--model", dir, "--prompt", "床", "--max-tokens", "0"); status != 0 || stdout != "床\n" {
		t.Errorf("for people: exit %d: %s%s", status, stdout, stderr)
	}
}

// TestModelRefused asks for one line that says what and where, exit 2 and
// nothing on standard output.
func TestModelRefused(t *testing.T) {
	good := tinyModel(t, tinyConfig)
	broken := func(name string, change func([]byte) []byte) string {
		dir := tinyModel(t, tinyConfig)
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, name, change(data))
		return dir
	}
	replace := func(from, to string) func([]byte) []byte {
		return func(data []byte) []byte { return bytes.Replace(data, []byte(from), []byte(to), 1) }
	}
	short := broken(attention.WeightsFile, func(data []byte) []byte { return data[:len(data)-1] })
	other := broken(attention.ConfigFile, replace("LlamaForCausalLM", "GPT2LMHeadModel"))
	wider := broken(attention.ConfigFile, replace(`"intermediate_size": 10`, `"intermediate_size": 11`))
	// Vectors of ones come first in no file: the last two bytes are a value.
	spoilt := broken(attention.WeightsFile, func(data []byte) []byte {
		return append(data[:len(data)-2:len(data)-2], 0, 0x7e)
	})
	listed := broken(attention.TokenizerFile, func([]byte) []byte { return []byte(`{"model":{"vocab":[["床",0]]}}`) })
	beyond := broken(attention.TokenizerFile, replace(`"床": 2`, `"床": 20`))
	marks := broken(attention.ConfigFile, replace(`"eos_token_id": 1`, `"eos_token_id": 128001`))
	if status, _, stderr := lab(t, "logits", "--model", marks, "--tokens", "1"); status != 0 {
		t.Errorf("logits need no marks: exit %d: %s", status, stderr)
	}
	bare := tinyConfig
	bare.BOS = -1
	unmarked := tinyModel(t, bare)
	logits := func(dir, tokens string, more ...string) []string {
		return append([]string{"logits", "--model", dir, "--tokens", tokens, "--json"}, more...)
	}
	generate := func(dir string, more ...string) []string {
		return append([]string{"generate", "--model", dir, "--json"}, more...)
	}
	for _, tt := range []struct {
		args []string
		says []string
	}{
		{[]string{"logits", "--tokens", "1"}, []string{"--model", "missing"}},
		{logits("/no/such/folder", "1"), []string{"/no/such/folder", "config.json"}},
		{logits(good, ""), []string{"--tokens", "none"}},
		{logits(good, "1,x"), []string{"--tokens", `"x"`}},
		{logits(good, "1,,2"), []string{"--tokens", `""`}},
		{logits(good, "1,99999999999999999999"), []string{"--tokens", "99999999999999999999"}},
		{logits(good, "1,8"), []string{"--tokens", "token 8", "0 … 7"}},
		{logits(good, "-1"), []string{"--tokens", "token -1"}},
		{logits(good, "0,1,2,3,4,5,6,7,0,1,2,3,4"), []string{"--tokens", "13", "max_position_embeddings is 12"}},
		{logits(good, "1", "--backend", "cuda"), []string{"--backend", `"cuda"`, "go, blas"}},
		{logits(good, "1", "surplus"), []string{`"surplus"`}},
		{logits(short, "1"), []string{short, "model.safetensors"}},
		{logits(other, "1"), []string{other, "config.json", "GPT2LMHeadModel"}},
		{logits(wider, "1"), []string{`"model.layers.0.mlp.gate_proj.weight"`, "[10 8]", "[11 8]"}},
		{logits(spoilt, "1"), []string{"tensor", "NaN"}},
		{generate(good, "--prompt", ""), []string{"--prompt", "empty"}},
		{generate(good, "--prompt", "床龘"), []string{"--prompt", "character 1", "龘", "U+9F98"}},
		{generate(good, "--prompt", strings.Repeat("月", 12)), []string{"--prompt", "13 tokens", "12"}},
		{generate(good, "--max-tokens", "-3"), []string{"--max-tokens", "-3"}},
		{generate(good, "--temperature", "-1"), []string{"--temperature", "-1"}},
		{generate(good, "--temperature=-0.5"), []string{"--temperature", "-0.5"}},
		{generate(good, "--temperature", "warm"), []string{"temperature", "warm"}},
		{generate(good, "--temperature", "NaN"), []string{"--temperature", "NaN"}},
		{generate(good, "--top-k", "-2"), []string{"--top-k", "-2"}},
		{generate(good, "--top-p", "0"), []string{"--top-p", "0"}},
		{generate(good, "--top-p", "1.01"), []string{"--top-p", "1.01"}},
		{generate(good, "--min-p", "-1"), []string{"--min-p", "-1"}},
		{generate(good, "--repetition-penalty", "0"), []string{"--repetition-penalty", "0"}},
		{generate(good, "--seed", "-1"), []string{"seed", "-1"}},
		{generate(good, "--seed", "x"), []string{"seed", "x"}},
		{generate(unmarked), []string{"--prompt", "bos_token_id"}},
		{generate(marks), []string{marks, "config.json", "eos_token_id 128001"}},
		{generate(listed), []string{listed, "tokenizer.json", "model.vocab"}},
		{generate(beyond), []string{beyond, "tokenizer.json", "床", "20"}},
	} {
		status, stdout, stderr := lab(t, tt.args...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d, standard output %q, standard error %q", tt.args, status, stdout, stderr)
		}
		for _, says := range tt.says {
			if !strings.Contains(stderr, says) {
				t.Errorf("%v: %q does not say %q", tt.args, stderr, says)
			}
		}
	}
}
