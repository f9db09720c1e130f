//go:build !js

package journeys

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"courselab/app/browsertest"
)

// thorough is set by `make audit`, which has the time for what takes minutes.
var thorough = os.Getenv("COURSELAB_AUDIT") != ""

// long leaves a test to `make audit`.
func long(t *testing.T) {
	t.Helper()
	if !thorough {
		t.Skip("minutes long: a part of make audit")
	}
}

// axe runs axe-core over what a page shows, in some themes.
type axe struct {
	*testing.T
	script string
	themes []string
}

func newAxe(t *testing.T) axe {
	t.Helper()
	script, err := os.ReadFile("../../.cache/npm/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("read axe-core: %v (make browsers fetches it)", err)
	}
	return axe{t, string(script), []string{"light", "dark"}}
}

func (a axe) look(b *browsertest.Browser, where string) {
	a.Helper()
	b.Eval("window.axe ?? (() => {"+a.script+"})(), 0", nil)
	for _, theme := range a.themes {
		b.Theme(theme)
		var faults []struct {
			ID    string
			Nodes []struct {
				Target  []any
				Summary string `json:"failureSummary"`
			}
		}
		b.Eval(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({id: v.id, nodes: v.nodes.slice(0, 4).map(n => ({target: n.target.flat(), failureSummary: n.failureSummary}))})))`, &faults)
		for _, f := range faults {
			for _, n := range f.Nodes {
				a.Errorf("%s /%s: %s at %v: %s", theme, where, f.ID, n.Target, n.Summary)
			}
		}
	}
}

// TestAxe looks at every page, in the two themes by turns; `make audit` has each
// looked at in both.
func TestAxe(t *testing.T) {
	t.Parallel()
	a := newAxe(t)
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	open(b, h.root)
	both := a.themes
	pages := append(everyPage(t), "search/?q=KV+cache", "practice/?seed=3")
	slices.Sort(pages)
	for i, path := range pages {
		visit(b, h, path)
		if a.themes = both[i%2 : i%2+1]; thorough {
			a.themes = both
		}
		if strings.HasPrefix(path, "search/?") {
			b.WaitForSelector(".result")
		}
		if strings.HasPrefix(path, "practice/?") {
			b.WaitForSelector(".quiz-single")
		}
		if path == "lessons/m3/" {
			answerSingle(b, "q-mixing", "只是变慢一点")
		}
		a.look(b, path)
	}
}

// TestAxeLabStates looks at labs before any program runs, with the answer to
// their guess and everything unfolded, while something runs, and without an engine.
func TestAxeLabStates(t *testing.T) {
	long(t)
	t.Parallel()
	a := newAxe(t)
	pages := labPages()
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	for _, path := range pages {
		b.Navigate(h.root + path + "?wasm=false")
		b.WaitFor("the static mode", `document.documentElement.dataset.app === "static"`)
		a.look(b, path+" static")

		open(b, h.root+path)
		b.WaitFor("the lab", labReady)
		b.Eval(`document.querySelector(".lab-guesses button:last-child")?.click()`, nil)
		b.WaitFor("the lab", labReady)
		b.Eval(`document.querySelectorAll("main details").forEach(e => { e.open = true })`, nil)
		a.look(b, path+" unfolded")

		var runs bool
		b.Eval(`(() => { const e = document.querySelector(".lab-run button:enabled"); e?.click(); return !!e })()`, &runs)
		if runs {
			b.WaitFor("the run", `["running", "ready"].includes(document.querySelector("[data-lab]").dataset.state)`)
			a.look(b, path+" running")
		}
	}

	// A host that lost the engine.
	lame := newHost(t, "/")
	lame.mu.Lock()
	lame.files = maps.Clone(lame.files)
	maps.DeleteFunc(lame.files, func(name string, _ []byte) bool { return strings.HasPrefix(name, "assets/engine.wasm") })
	lame.mu.Unlock()
	b = browsertest.New(t)
	b.Viewport(1280, 900, false)
	for _, path := range pages {
		open(b, lame.root+path)
		b.WaitFor("the failure", `document.querySelector("[data-lab]")?.dataset.state === "failed"`)
		a.look(b, path+" failed")
	}
}
