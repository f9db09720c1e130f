package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// verses is a corpus of few characters, so that a tiny model learns of it.
func verses(t *testing.T) (dir, corpus string) {
	t.Helper()
	dir = t.TempDir()
	var text strings.Builder
	for i := range 40 {
		text.WriteString([]string{"床前明月光。", "前明月光床。", "", "  明月光床前。  "}[i%4] + "\n")
	}
	put(t, dir, "corpus.txt", []byte(text.String()))
	put(t, dir, "held.txt", []byte("明月光床前。\n天\n"))
	return dir, filepath.Join(dir, "corpus.txt")
}

func trainArguments(dir, out string, more ...string) []string {
	return append([]string{"train", "--corpus", filepath.Join(dir, "corpus.txt"), "--held-out", filepath.Join(dir, "held.txt"),
		"--out", filepath.Join(dir, out), "--epochs", "3", "--batch-tokens", "20", "--warmup", "2", "--seed", "5",
		"--width", "8", "--heads", "2", "--kv-heads", "1", "--layers", "1", "--ffn", "8", "--context", "10", "--backend", "go"}, more...)
}

// TestTrain trains in one go and in three, compares every file, and lets the
// model speak.
func TestTrain(t *testing.T) {
	dir, _ := verses(t)
	if status, stdout, stderr := lab(t, trainArguments(dir, "whole")...); status != 0 || !strings.Contains(stdout, "held-out") {
		t.Fatalf("exit %d: %s%s", status, stdout, stderr)
	}
	for range 2 {
		status, stdout, stderr := lab(t, trainArguments(dir, "parts", "--stop-after", "11")...)
		if status != 0 || !strings.Contains(stdout, "stopped after step") {
			t.Fatalf("exit %d: %s%s", status, stdout, stderr)
		}
	}
	if status, stdout, stderr := lab(t, trainArguments(dir, "parts")...); status != 0 {
		t.Fatalf("exit %d: %s%s", status, stdout, stderr)
	}
	for _, name := range []string{"config.json", "model.safetensors", "tokenizer.json", checkpointFile} {
		whole, err := os.ReadFile(filepath.Join(dir, "whole", name))
		if err != nil {
			t.Fatal(err)
		}
		parts, err := os.ReadFile(filepath.Join(dir, "parts", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(whole, parts) {
			t.Errorf("%s differs between a run in one and a run in three", name)
		}
	}
	var logs [2]trainingLog
	for i, out := range []string{"whole", "parts"} {
		src, err := os.ReadFile(filepath.Join(dir, out, logFile))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(src, &logs[i]); err != nil {
			t.Fatal(err)
		}
		logs[i].Seconds = 0
	}
	a, b := logs[0], logs[1]
	if len(a.Epochs) != 3 || len(b.Epochs) != 3 || *a.HeldOut != *b.HeldOut || a.Documents != 30 || a.Tokens != 30*7 {
		t.Errorf("logs %+v and %+v", a, b)
	}
	for i := range a.Epochs {
		if a.Epochs[i].Loss != b.Epochs[i].Loss || *a.Epochs[i].HeldOut != *b.Epochs[i].HeldOut {
			t.Errorf("epoch %d: %+v and %+v", i+1, a.Epochs[i], b.Epochs[i])
		}
	}
	if first, last := a.Epochs[0].Loss, a.Epochs[2].Loss; last >= first {
		t.Errorf("the loss went from %v to %v", first, last)
	}
	var said generated
	runJSON(t, &said, "generate", "--model", filepath.Join(dir, "whole"), "--prompt", "床前", "--max-tokens", "4", "--json")
	if len(said.Tokens) == 0 && said.Stop != "eos" {
		t.Errorf("%+v", said)
	}
	// Another seed is another run: its checkpoint is not overwritten.
	status, _, stderr := lab(t, trainArguments(dir, "whole", "--seed", "6")...)
	if status != 2 || !strings.Contains(stderr, "options") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("another seed: exit %d: %s", status, stderr)
	}
}

// TestTrainRefuses: one line that names the flag, exit 2, and no folder.
func TestTrainRefuses(t *testing.T) {
	dir, _ := verses(t)
	put(t, dir, "latin.txt", []byte("caf\xe9\n"))
	put(t, dir, "empty.txt", []byte("\n \n"))
	put(t, dir, "broken.gz", []byte("no gzip"))
	for want, more := range map[string][]string{
		"--corpus":             {"--corpus", filepath.Join(dir, "none.txt")},
		"line 1: not UTF-8":    {"--corpus", filepath.Join(dir, "latin.txt")},
		"no documents":         {"--corpus", filepath.Join(dir, "empty.txt")},
		"unpack":               {"--corpus", filepath.Join(dir, "broken.gz")},
		"--epochs 0":           {"--epochs", "0"},
		"--batch-tokens 0":     {"--batch-tokens", "0"},
		"--rate -1":            {"--rate", "-1"},
		"--heads 3":            {"--heads", "3"},
		"num_key_value_heads":  {"--kv-heads", "4"},
		"--dtype":              {"--dtype", "F8"},
		"--backend":            {"--backend", "gpu"},
		"--vocab 3":            {"--vocab", "3"},
		"--checkpoint-every 0": {"--checkpoint-every", "0"},
		"--held-out":           {"--held-out", filepath.Join(dir, "none.txt")},
		"--out: missing":       {"--out", ""},
	} {
		status, stdout, stderr := lab(t, trainArguments(dir, "out", more...)...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d: %s%s", more, status, stdout, stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("a folder was left behind")
	}
}
