//go:build !js

package journeys

import (
	"strings"
	"testing"

	"courselab/app/audit"
	"courselab/app/browsertest"
)

// TestSizes holds what a first visit and the offline copy transfer under what is
// promised. That of the single file stands in app/site.
func TestSizes(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	sizes := audit.FirstLesson(t, h.root, "lessons/m1/", h.files)
	offline, err := audit.Offline(h.files)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(sizes, offline) {
		t.Logf("%s: %d of at most %d bytes", s.What, s.Bytes, s.Limit)
		if !s.Kept() {
			t.Errorf("%s: %d bytes, at most %d are promised: %v", s.What, s.Bytes, s.Limit, s.Files)
		}
		if s.Bytes < 20_000 || len(s.Files) < 3 {
			t.Errorf("%s: counts only %v, %d bytes", s.What, s.Files, s.Bytes)
		}
	}
	if !strings.Contains(strings.Join(sizes[1].Files, " "), "assets/app.wasm.gz") {
		t.Errorf("the quiz is usable without its program: %v", sizes[1].Files)
	}
}

// TestEveryPageHasThePolicy reads the policy of every page as it lies on a host.
func TestEveryPageHasThePolicy(t *testing.T) {
	t.Parallel()
	files, err := built()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range everyPage(t) {
		const policy = `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;self&#39; &#39;wasm-unsafe-eval&#39;; style-src &#39;self&#39;;`
		if page := string(files[path+"index.html"]); !strings.Contains(strings.ReplaceAll(page, "'", "&#39;"), policy) {
			t.Errorf("/%s has another policy", path)
		}
	}
}

// keptToItself asks for requests beyond the site, and for what the policy refused.
func keptToItself(t *testing.T, b *browsertest.Browser, h *host) {
	t.Helper()
	var loaded []string
	b.Eval(`performance.getEntriesByType("resource").map(e => e.name)`, &loaded)
	for _, address := range loaded {
		if !strings.HasPrefix(address, h.URL+"/") && !strings.HasPrefix(address, "blob:"+h.URL+"/") && !strings.HasPrefix(address, "data:") {
			t.Errorf("loaded %s", address)
		}
	}
	seen := 0
	for _, r := range b.Requests() {
		if r.Own {
			continue // of Chromium itself, at its start
		}
		if seen++; !strings.HasPrefix(r.URL, h.URL+"/") {
			t.Errorf("request to another origin: %+v", r)
		}
	}
	for _, v := range b.Violations() {
		t.Errorf("content security policy: %+v", v)
	}
	if seen < 20 || len(loaded) < 10 {
		t.Errorf("only %d requests were seen, %d by the page", seen, len(loaded))
	}
}
