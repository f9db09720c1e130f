//go:build !js

package journeys

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"courselab/app/browsertest"
	"courselab/app/hostile"
	"courselab/app/progress"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// attempts is a browser in which whatever an attempt runs is noted.
type attempts struct {
	*testing.T
	b *browsertest.Browser
}

func newAttempts(t *testing.T) attempts {
	t.Helper()
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	const note = `window.ran = []; window.pwned = what => { window.ran.push(String(what)); try { window.top.ran.push(String(what)); } catch {} };`
	if _, err := chromedp.Call(b.Context(), page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: note}); err != nil {
		t.Fatal(err)
	}
	return attempts{t, b}
}

// provoke opens, points at and focuses everything on the page, and follows the links
// that lead to no page.
const provoke = `(async () => {
	const all = [...document.querySelectorAll("main *")];
	for (const e of all) if (e.tagName === "DETAILS") e.open = true;
	for (const e of all) {
		for (const kind of ["mouseover", "mouseenter", "pointerover", "focus", "animationend", "toggle"]) e.dispatchEvent(new Event(kind));
		if (e.tabIndex >= 0 && !e.matches("textarea")) e.focus({preventScroll: true});
	}
	for (const a of document.querySelectorAll("main a[href]")) if (!/^https?:|^mailto:/.test(a.href) && !a.href.startsWith("data:")) a.click();
	await new Promise(done => setTimeout(done, 100));
	return {ran: window.ran, html: document.body.outerHTML, tried: document.body.textContent.split("pwned(").length - 1};
})()`

// nothingRan provokes the page. An attempt that it does not show tells nothing, so
// at least so many must be there.
func (a attempts) nothingRan(where string, least int) {
	a.Helper()
	var seen struct {
		Ran   []string
		HTML  string
		Tried int
	}
	a.b.Eval(provoke, &seen)
	for _, what := range seen.Ran {
		a.Errorf("%s: ran %s", where, what)
	}
	found, err := hostile.Faults(seen.HTML)
	if err != nil {
		a.Fatal(err)
	}
	for _, f := range found {
		a.Errorf("%s: %s", where, f)
	}
	if seen.Tried < least {
		a.Errorf("%s: shows %d attempts, at least %d were expected", where, seen.Tried, least)
	}
}

// keptTo fails the test for a request to another site and for what the page's
// policy had to stop: the page must not even try.
func (a attempts) keptTo() {
	a.Helper()
	for _, r := range a.b.Foreign() {
		a.Errorf("request to another origin: %+v", r)
	}
	for _, v := range a.b.Violations() {
		a.Errorf("content security policy: %+v", v)
	}
}

// TestHostileCourse changes a host's course into one that tries to run something in
// every text, and looks at it as a learner does.
func TestHostileCourse(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	course, err := hostile.Course()
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(h.files)
	err = fs.WalkDir(course, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files["content/"+name], err = fs.ReadFile(course, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	h.files = files
	h.mu.Unlock()

	a := newAttempts(t)
	for _, p := range []struct {
		path  string
		least int
	}{
		{"", 3}, {"lessons/m1/", 30}, {"lessons/m2/", 0}, {"glossary/", 3}, {"search/?q=pwned", 3}, {"about/", 1}, {"record/", 0},
		{"labs/catalogue/", 20}, {"labs/select/", 20}, {"labs/scaling-law/", 5}, {"labs/rag/", 20}, {"labs/scale/", 20}, {"labs/fit/", 5},
	} {
		open(a.b, h.root+p.path)
		if strings.HasPrefix(p.path, "labs/") {
			a.b.WaitFor("the lab", `["ready", "failed"].includes(document.querySelector("[data-lab]")?.dataset.state)`)
		}
		if strings.HasPrefix(p.path, "search/") {
			a.b.WaitForSelector(".result")
		}
		a.nothingRan("/"+p.path, p.least)
	}
	a.keptTo()
}

// TestHostileLearner brings files and links of strangers to the course: progress,
// prices, and labs' states with a note.
func TestHostileLearner(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/")
	a := newAttempts(t)
	open(a.b, h.root+"settings/")
	a.give("#import", "progress.json", hostileProgress(t))
	a.b.WaitFor("the import", `document.querySelector(".said:not([id])")?.textContent.includes("已合并")`)
	a.nothingRan("the imported progress", 0)
	open(a.b, h.root+"record/")
	a.nothingRan("the record", 1)

	open(a.b, h.root+"labs/cost/")
	a.b.WaitFor("the lab", labReady)
	a.give(`[data-lab=cost] input[type=file]`, "prices.json", fmt.Sprintf(`{%q: {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05},
		"gpt-6-sol": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05, "source": %q}}`, hostile.Payloads[0], hostile.Payloads[4]))
	a.b.WaitFor("the prices", `document.querySelector("[data-lab=cost]").textContent.includes("已导入")`)
	a.nothingRan("the imported prices", 0)

	for i, payload := range hostile.Payloads {
		for _, state := range []string{"attention.1&text=", "tokens.1&text=", "next-token.1&text=", "rag.1&question=", "report.1&title=", "evaluate.1&text="} {
			name, _, _ := strings.Cut(state, ".")
			if i > 0 && name != "attention" {
				continue
			}
			open(a.b, h.root+"labs/"+name+"/#lab="+state+url.QueryEscape(payload)+"&note="+url.QueryEscape(payload)+"&at="+url.QueryEscape(payload))
			a.b.WaitFor("the lab", labReady)
			a.nothingRan("a link to "+name, 0)
		}
	}
	a.keptTo()
}

// give puts a file into a field.
func (a attempts) give(selector, name, text string) {
	a.Helper()
	a.b.WaitForSelector(selector)
	a.b.Eval(fmt.Sprintf(`(() => {
		const files = new DataTransfer();
		files.items.add(new File([%q], %q, {type: "application/json"}));
		const field = document.querySelector(%q);
		field.files = files.files;
		field.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, text, name, selector), nil)
}

// hostileProgress is a file of progress whose every text tries to run something.
func hostileProgress(t *testing.T) string {
	t.Helper()
	store := progress.Open(&progress.Memory{}, progress.Options{Course: "llm-selection", Now: func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }})
	store.SetName(hostile.Payloads[0])
	for i, payload := range hostile.Payloads {
		for _, id := range []string{payload, "q-mixing"} {
			if _, err := store.Record("m3", id, progress.Attempt{Fingerprint: payload, Answer: progress.Answer{Options: []string{payload}}}); err != nil {
				t.Logf("answer to %q: %v", id, err)
			}
		}
		if err := store.SetLab([]string{"attention", "tokens", "rag", "fit", "cost"}[i], map[string]string{"text": payload, "model": payload}, payload); err != nil {
			t.Logf("lab %d: %v", i, err)
		}
	}
	data, err := store.Export().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestHostileFolder opens the course on the author's page, from a zip.
func TestHostileFolder(t *testing.T) {
	long(t)
	t.Parallel()
	course, err := hostile.Course()
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	if err := z.AddFS(course); err != nil {
		t.Fatal(err)
	}
	if w, err := z.Create(`zh/"><img src=x onerror=pwned('name')>.md`); err != nil {
		t.Fatal(err)
	} else if _, err := w.Write([]byte("---\nid: x\n---\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), `"><svg onload=pwned('zip')>.zip`)
	if err := os.WriteFile(file, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, "/")
	a := newAttempts(t)
	open(a.b, h.root+"author/")
	if err := chromedp.Do(a.b.Context(), chromedp.SetUploadFiles("#author-zip", []string{file})); err != nil {
		t.Fatal(err)
	}
	a.b.WaitForSelector(".author-verdict[data-verdict=bad]")
	a.nothingRan("the overview", 10)
	for _, view := range []string{"lesson", "questions"} {
		for _, id := range []string{"m1", "m2"} {
			a.b.Click("#author-view-" + view)
			a.b.Eval(fmt.Sprintf(`(() => { const s = document.querySelector("#author-module"); s.value = %q; s.dispatchEvent(new Event("change", {bubbles: true})); })()`, id), nil)
			a.b.WaitFor("the module", fmt.Sprintf(`document.querySelector("#author-module").value === %q && document.querySelector(%q)?.textContent.includes("pwned(")`, id, map[string]string{"lesson": ".lesson", "questions": ".answers"}[view]))
			if id == "m1" && view == "lesson" {
				a.b.WaitFor("the labs", labsReady)
			}
			a.nothingRan(view+" "+id, 5)
		}
	}
	for _, view := range []string{"schedule", "overview"} {
		a.b.Click("#author-view-" + view)
		a.b.WaitFor("the view", `document.querySelector("main").textContent.includes("pwned(")`)
		a.nothingRan(view, 1)
	}
	a.keptTo()
}
