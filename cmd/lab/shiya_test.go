package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"courselab/attention"
	"courselab/attention/blas"
	"courselab/attention/verse"
	"courselab/sim"
)

const shiya = "../../assets/model"

func openShiya(t *testing.T) (*attention.Model, *attention.Tokenizer) {
	t.Helper()
	m, err := attention.LoadModel(os.DirFS(shiya))
	if err != nil {
		t.Fatal(err)
	}
	tokenizer, err := openTokenizer(shiya, m.Config)
	if err != nil {
		t.Fatal(err)
	}
	return m, tokenizer
}

// TestShiyaIsSmall holds the shipped model to what a phone should load.
func TestShiyaIsSmall(t *testing.T) {
	m, _ := openShiya(t)
	var parameters int
	for _, p := range m.Parameters() {
		parameters += len(p.Values)
	}
	file, err := os.Stat(filepath.Join(shiya, attention.WeightsFile))
	if err != nil {
		t.Fatal(err)
	}
	if parameters > 1_200_000 || file.Size() > 2_400_000 {
		t.Errorf("%d parameters in %d bytes, want at most 1.2 million in 2.4 MB", parameters, file.Size())
	}
}

// TestShiyaIsCountedAsItIs holds the architecture that the labs about scale draw
// against the shipped config and the parameters that are there.
func TestShiyaIsCountedAsItIs(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(shiya, attention.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	read, err := sim.ParseConfig(src)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := openShiya(t)
	var want float64
	for _, p := range m.Parameters() {
		want += float64(len(p.Values))
	}
	for name, a := range map[string]*sim.Architecture{"config": read, "labs": sim.Shiya()} {
		if got, err := a.Parameters(); err != nil || got.Value != want {
			t.Errorf("%s: %v parameters, %v; the file has %v", name, got.Value, err, want)
		}
	}
}

// poem lets the model write one poem from nothing.
func poem(t *testing.T, m *attention.Model, tokenizer *attention.Tokenizer, seed uint64) (string, attention.Stop) {
	t.Helper()
	decoder, err := attention.NewDecoder(m, blas.Backend{}, m.Config.Context)
	if err != nil {
		t.Fatal(err)
	}
	sampler, err := attention.NewSampler(attention.Sampling{Temperature: 0.8, TopP: 1, RepetitionPenalty: 1, Seed: seed}, m.Config.Vocab)
	if err != nil {
		t.Fatal(err)
	}
	tokens, stop, err := attention.Generate(t.Context(), decoder, sampler, []int{m.Config.BOS}, m.Config.Context, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tokenizer.Decode(tokens), stop
}

// TestShiyaKeepsForm: 97 of 100 poems at temperature 0.8 keep their form.
func TestShiyaKeepsForm(t *testing.T) {
	m, tokenizer := openShiya(t)
	kept := 0
	for seed := range uint64(100) {
		text, stop := poem(t, m, tokenizer, seed+1)
		if stop == attention.StopEnd && verse.KeepsForm(text) {
			kept++
		} else {
			t.Logf("seed %d, %s: %s", seed+1, stop, text)
		}
	}
	t.Logf("%d of 100 keep their form", kept)
	if kept < 97 {
		t.Errorf("%d of 100 poems keep their form, want 97", kept)
	}
}

// TestShiyaReadElsewhere compares the shipped model's logits with those of a
// reader and a forward pass in plain Python.
func TestShiyaReadElsewhere(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	m, tokenizer := openShiya(t)
	tokens, err := tokenizer.Encode("明月照")
	if err != nil {
		t.Fatal(err)
	}
	tokens = append([]int{m.Config.BOS}, tokens...)
	list := strings.Trim(strings.ReplaceAll(fmt.Sprint(tokens), " ", ","), "[]")
	printed, err := exec.Command(python, "../../attention/testdata/forward.py", shiya, list).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want, got struct {
		Logits [][]float64 `json:"logits"`
	}
	if err := json.Unmarshal(printed, &want); err != nil {
		t.Fatal(err)
	}
	for _, backend := range []string{"go", "blas"} {
		runJSON(t, &got, "logits", "--model", shiya, "--tokens", list, "--backend", backend, "--json")
		if len(got.Logits) != len(tokens) || len(want.Logits) != len(tokens) {
			t.Fatalf("%d and %d rows for %d tokens", len(got.Logits), len(want.Logits), len(tokens))
		}
		for i, row := range want.Logits {
			for j, w := range row {
				if d := got.Logits[i][j] - w; d > 1e-4 || d < -1e-4 {
					t.Fatalf("%s: logit [%d,%d] is %v, elsewhere %v", backend, i, j, got.Logits[i][j], w)
				}
			}
		}
	}
}
