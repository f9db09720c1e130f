//go:build !js

package journeys

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/registry"
)

// everyPage lists the addresses of the built site's pages.
func everyPage(t *testing.T) []string {
	t.Helper()
	files, err := built()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for name := range files {
		if path, ok := strings.CutSuffix(name, "index.html"); ok {
			paths = append(paths, path)
		}
	}
	return paths
}

// TestWithoutWasm reads the prerendered pages alone, as a browser without
// WebAssembly shows them: whole text, links that keep the mode.
func TestWithoutWasm(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	b := browsertest.New(t)
	b.Navigate(h.root + "?wasm=false")
	b.WaitFor("the static mode", `document.documentElement.dataset.app === "static"`)
	b.Click(`a[href*="lessons/m3/"]`)
	b.WaitFor("the lesson in static mode", `location.pathname.endsWith("/lessons/m3/") && location.search === "?wasm=false"`)
	for _, want := range []string{"3.1 Transformer 架构核心组件", "3.2 注意力机制详解", "3.3 模型规模与性能关系", "原课程", "谁让词元相见", "70B"} {
		if !strings.Contains(b.Text("main"), want) {
			t.Errorf("the static lesson lacks %q", want)
		}
	}
	var figures, formulas int
	b.Eval(`document.querySelectorAll("[data-static] svg").length`, &figures)
	b.Eval(`document.querySelectorAll("math").length`, &formulas)
	if figures < 2 || formulas < 20 {
		t.Errorf("%d static figures and %d formulas", figures, formulas)
	}
	for _, r := range b.Requests() {
		if strings.Contains(r.URL, "app.wasm") || strings.Contains(r.URL, "engine.wasm") {
			t.Errorf("static mode asked for %s", r.URL)
		}
	}
	clean(t, b)
}

// TestNothingMoves holds the prerendered page against the first drawing of the
// program: same text, no layout shift, focus and scroll kept.
func TestNothingMoves(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	for _, path := range []string{"", "lessons/m3/", "labs/", "labs/attention/", "settings/", "about/", "glossary/", "search/", "practice/", "record/", "author/"} {
		b.Navigate(h.root + path + "?wasm=false")
		b.WaitFor("the static mode", `document.documentElement.dataset.app === "static"`)
		static := words(b)
		b.Navigate(h.root + path)
		b.Eval(`(() => {
			window.shift = 0;
			new PerformanceObserver(list => { for (const e of list.getEntries()) window.shift += e.value; }).observe({type: "layout-shift", buffered: true});
		})()`, nil)
		b.WaitFor("the app to be ready", appReady)
		var shift float64
		b.Eval(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(window.shift))))`, &shift)
		if shift > 0.01 {
			t.Errorf("/%s: layout shift %.3f", path, shift)
		}
		// What the program adds is allowed; what the reader saw must not go.
		if path == "lessons/m3/" || path == "about/" {
			live := words(b)
			if len(static) < 5 {
				t.Errorf("/%s: only %d lines of prose", path, len(static))
			}
			for line := range static {
				if !live[line] {
					t.Errorf("/%s: %q went when the program started", path, line)
				}
			}
		}
	}
	clean(t, b)
}

// visit goes to a page as by a click on a link in the present one, and waits until
// it is whole, with its labs. The programs go on, as they do for a learner; opening
// each page anew has the browser compile them each time.
func visit(b *browsertest.Browser, h *host, path string) {
	if b.URL() == h.root+path {
		return // a link to where one is leads nowhere
	}
	b.Eval(fmt.Sprintf(`(() => {
		const a = document.createElement("a");
		a.href = %q;
		document.querySelector("main").append(a);
		a.click();
		a.remove();
	})()`, h.root+path), nil)
	b.WaitFor("/"+path, fmt.Sprintf(`location.href === %q && document.querySelector("main .waiting") === null && document.activeElement?.id === "page-title"`, h.root+path))
	if name, ok := strings.CutPrefix(strings.TrimSuffix(path, "/"), "labs/"); ok && slices.Contains(labPages(), path) {
		b.WaitFor("the lab", fmt.Sprintf(`document.querySelector('[data-lab=%q]')?.dataset.state === "ready"`, name))
	}
	if path == "lessons/m3/" {
		b.WaitFor("the labs", labsReady)
	}
}

// TestPhone asks every page for a horizontal scroll bar at 360 px, and two witnesses
// for requests beyond the site: what the page says it loaded, and the network behind
// the whole browser, workers included.
func TestPhone(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	b := browsertest.New(t)
	b.Viewport(360, 740, true)
	open(b, h.root)
	for _, path := range everyPage(t) {
		visit(b, h, path)
		var wide []string
		b.Eval(`(() => {
			if (document.documentElement.scrollWidth <= 360) return [];
			return [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > 361).slice(0, 5).map(e => e.tagName + "." + e.className);
		})()`, &wide)
		if len(wide) > 0 {
			t.Errorf("/%s scrolls sideways: %v", path, wide)
		}
	}
	keptToItself(t, b, h)
	clean(t, b)
}

// labReady holds on the page of one lab.
const labReady = `document.querySelector("[data-lab]")?.dataset.state === "ready"`

// labPages are the pages of the labs that run.
func labPages() []string {
	var pages []string
	for _, lab := range registry.Labs() {
		if !lab.Coming {
			pages = append(pages, "labs/"+lab.Name+"/")
		}
	}
	return pages
}

// words returns the headings and paragraphs of the lesson's prose. A computed
// question draws fresh numbers on every visit, so its prompt is left out.
func words(b *browsertest.Browser) map[string]bool {
	var text []string
	b.Eval(`[...document.querySelectorAll("main h1, main h2, main h3, main .prose > p")].filter(e => !e.closest("[data-kind=compute]")).map(e => e.innerText)`, &text)
	set := map[string]bool{}
	for _, l := range text {
		set[strings.TrimSpace(l)] = true
	}
	return set
}
