//go:build !js

package journeys

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"courselab/app/browsertest"
	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/registry"
	shipped "courselab/lessons/content"
)

// labAnswered holds once a lab shows the answer to what stands in its controls.
func labAnswered(name string) string {
	return fmt.Sprintf(`document.querySelector('[data-lab=%q][data-live]')?.dataset.state === "ready"`, name)
}

// engineSheet is what the engine answers for a lab with its defaults and some
// values put in, computed in this program.
func engineSheet(t *testing.T, name string, over map[string]string) engine.Sheet {
	t.Helper()
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	lab, ok := registry.Find(name)
	if !ok {
		t.Fatalf("no lab %s", name)
	}
	in := engine.LabInput{Lab: name, Values: map[string]string{}, Data: map[string]engine.DataFile{}}
	for _, p := range lab.Inputs {
		in.Values[p.Name] = p.Default
	}
	for k, v := range over {
		in.Values[k] = v
	}
	for _, path := range append(lab.Files(), lab.ExtraFiles()...) {
		if text, mark, err := library.Data(path); err == nil {
			in.Data[path] = engine.DataFile{Mark: mark, Text: string(text)}
		}
	}
	s, err := serve.Sheet(context.Background(), in)
	if err != nil || s.Empty() {
		t.Fatalf("lab %s: %+v, %v", name, s.Faults, err)
	}
	return s
}

// TestReportJourney walks from fit over break-even, selection and cost to the
// report: in each lab something is changed, the page says what the engine computes
// in this program, and the report gathers exactly that.
func TestReportJourney(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	steps := []struct {
		lab  string
		over map[string]string
	}{
		{"fit", map[string]string{"model": "qwen3-32b"}},
		{"breakeven", map[string]string{"daily": "90000"}},
		{"select", map[string]string{"min_context": "100000"}},
		{"cost", map[string]string{"output": "500"}},
	}
	verdicts := map[string]string{}
	for _, step := range steps {
		want := engineSheet(t, step.lab, step.over).Verdict.Text
		open(b, h.root+"labs/"+step.lab+"/")
		b.WaitForWithin(time.Minute, step.lab+" to answer", labAnswered(step.lab))
		for name, value := range step.over {
			set, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			// A number is typed beside its slider, a model is chosen from a list.
			b.Eval(fmt.Sprintf(`(() => {
				const root = document.querySelector('[data-lab=%q]');
				const field = root.querySelector('[id$="-in-%s-typed"]') ?? root.querySelector('[id$="-in-%s"]');
				field.value = %s;
				field.dispatchEvent(new Event("change", {bubbles: true}));
			})()`, step.lab, name, name, set), nil)
		}
		headline := fmt.Sprintf(`(document.querySelector('[data-lab=%q] .lab-live .sheet-headline')?.textContent ?? "")`, step.lab)
		quoted, _ := json.Marshal(want)
		b.WaitForWithin(time.Minute, step.lab+" to say "+want, labAnswered(step.lab)+` && `+headline+`.includes(`+string(quoted)+`)`)
		verdicts[step.lab] = want
	}
	open(b, h.root+"labs/report/")
	b.WaitForWithin(time.Minute, "the report", labAnswered("report"))
	for _, step := range steps {
		lab, _ := registry.Find(step.lab)
		b.Eval(fmt.Sprintf(`[...document.querySelectorAll('.report-intake li')].find(e => e.textContent.includes(%q)).querySelector('button').click()`, lab.Title), nil)
		quoted, _ := json.Marshal(verdicts[step.lab])
		b.WaitForWithin(time.Minute, "the report to take in "+step.lab, labAnswered("report")+` && document.querySelector(".report-paper").textContent.includes(`+string(quoted)+`)`)
	}
	var fragment string
	b.WaitFor("the address to hold the report", `location.hash.includes("lab=report") && location.hash.includes("cost=")`)
	b.Eval(`location.hash`, &fragment)
	paper := b.Text(".report-paper")
	for _, want := range []string{"假设", "来源", "数据的版本", "data/models.json", "自己", "课程预设"} {
		if !strings.Contains(paper, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	checkPrint(t, b.Print())
	clean(t, b)

	// Whoever gets the link sees the same report.
	other := browsertest.New(t)
	open(other, h.root+"labs/report/"+fragment)
	other.WaitForWithin(time.Minute, "the shared report", labAnswered("report"))
	shared := other.Text(".report-paper")
	for lab, verdict := range verdicts {
		if !strings.Contains(shared, verdict) {
			t.Errorf("the shared report lacks what %s says: %s", lab, verdict)
		}
	}
	clean(t, other)
}

// pageObject is what a PDF file says of each of its pages.
var pageObject = regexp.MustCompile(`/Type\s*/Page\b`)

// checkPrint holds that the report prints as a document of some pages: one page
// would have lost it, and very many would be the page around it.
func checkPrint(t *testing.T, pdf []byte) {
	t.Helper()
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatalf("printed %d bytes that are no PDF", len(pdf))
	}
	if path := os.Getenv("KEEP_PDF"); path != "" {
		if err := os.WriteFile(path, pdf, 0o644); err != nil {
			t.Error(err)
		}
	}
	if n := len(pageObject.FindAll(pdf, -1)); n < 4 || n > 20 {
		t.Errorf("the report prints on %d pages", n)
	}
}
