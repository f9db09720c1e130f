package serve

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"courselab/app/engine"
)

// shippedData returns the shipped course's data files.
func shippedData(t testing.TB, texts bool) map[string]engine.DataFile {
	t.Helper()
	out := map[string]engine.DataFile{}
	for _, path := range []string{modelsFile, gpusFile} {
		text, err := os.ReadFile("../../../lessons/content/" + path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = engine.DataFile{Mark: "shipped"}
		if texts {
			out[path] = engine.DataFile{Mark: "shipped", Text: string(text)}
		}
	}
	return out
}

func fitValues() map[string]string {
	return map[string]string{"model": "llama-2-7b", "gpu": "rtx-4090", "gpus": "1", "precision": "fp16", "kv_bits": "16", "context": "4096", "prefix": "0", "batch": "1", "reserve": "10", "framework": "0.5"}
}

func TestLabKeepsTheData(t *testing.T) {
	s := Default()
	ask := func(texts bool) engine.Reply {
		all := repliesTo(t, context.Background(), s, engine.OpLab, engine.LabInput{Lab: "fit", Values: fitValues(), Data: shippedData(t, texts)})
		return all[len(all)-1]
	}
	if r := ask(false); r.Kind != engine.Failed || r.Error.Code != engine.NeedsData {
		t.Fatalf("without data: %s %v", r.Kind, r.Error)
	}
	for _, texts := range []bool{true, false} {
		r := ask(texts)
		var sheet engine.Sheet
		if r.Kind != engine.Done || json.Unmarshal(r.Output, &sheet) != nil || sheet.Verdict.Text == "" {
			t.Fatalf("with texts %v: %s %v", texts, r.Kind, r.Error)
		}
	}
}

func TestLabNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		field, value, says string
	}{
		{"model", "gpt-99", "没有这个模型"},
		{"gpu", "abacus", "没有这一种"},
		{"kv_bits", "NaN", "不是一个数"},
		{"kv_bits", "", "不是一个数"},
		{"precision", "fp3", "没有这种格式"},
		{"prefix", "8192", "不能比上下文长"},
		{"gpus", "3", "超出"},
		{"context", "1.5", "整数"},
		{"batch", "0", "超出"},
	} {
		values := fitValues()
		values[c.field] = c.value
		sheet, err := Sheet(context.Background(), engine.LabInput{Lab: "fit", Values: values, Data: shippedData(t, true)})
		if err != nil || !sheet.Empty() || len(sheet.Faults) == 0 || sheet.Faults[0].Field != c.field || !strings.Contains(sheet.Faults[0].Message, c.says) {
			t.Errorf("%s = %q: %+v, %v", c.field, c.value, sheet.Faults, err)
		}
	}
	_, err := Sheet(context.Background(), engine.LabInput{Lab: "gone"})
	var known *engine.Error
	if !errors.As(err, &known) || known.Code != engine.BadInput || !strings.Contains(known.Message, "gone") {
		t.Errorf("unknown lab: %v", err)
	}
	faulty := map[string]engine.DataFile{modelsFile: {Mark: "x", Text: "{}"}, gpusFile: shippedData(t, true)[gpusFile]}
	sheet, err := Sheet(context.Background(), engine.LabInput{Lab: "fit", Values: fitValues(), Data: faulty})
	if err != nil || len(sheet.Faults) == 0 || !strings.Contains(sheet.Faults[0].Message, "models.json") {
		t.Errorf("faulty data: %+v, %v", sheet.Faults, err)
	}
}

func TestLabChoices(t *testing.T) {
	var out engine.LabChoices
	result(t, Default(), engine.OpLabChoices, engine.LabChoicesInput{Data: shippedData(t, true)}, &out)
	find := func(all []engine.LabChoice, id string) engine.LabChoice {
		for _, c := range all {
			if c.ID == id {
				return c
			}
		}
		t.Fatalf("no %s", id)
		return engine.LabChoice{}
	}
	llama, gpt := find(out.Models, "llama-2-7b"), find(out.Models, "gpt-4o")
	if !llama.Has("arch") || !llama.Has("open") || gpt.Has("arch") || !gpt.Has("price") || llama.Group == "" || llama.Name == "" {
		t.Errorf("%+v, %+v", llama, gpt)
	}
	if g := find(out.GPUs, "rtx-4090"); !g.Has("memory") || !g.Has("bandwidth") || !g.Has("") {
		t.Errorf("%+v", g)
	}
}

func TestOldDataIsForgotten(t *testing.T) {
	d := &courseData{}
	for i := range maxDataFiles + 3 {
		if _, err := d.files(map[string]engine.DataFile{"data/x.json": {Mark: string(rune('a' + i)), Text: "{}"}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.known) != maxDataFiles || len(d.order) != maxDataFiles {
		t.Errorf("%d kept", len(d.known))
	}
	if _, err := d.files(map[string]engine.DataFile{"data/x.json": {Mark: "a"}}); err == nil {
		t.Error("what was forgotten is used")
	}
}
