//go:build !js

package journeys

import (
	"net/url"
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

// TestEveryPageKeepsToItself opens every page and asks three witnesses: the
// page's own policy and its violations, the page's list of what it loaded, and the
// network behind the whole browser, workers included.
func TestEveryPageKeepsToItself(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	b := browsertest.New(t)
	for _, path := range append(everyPage(t), "no/such/page") {
		b.Navigate(h.root + path)
		if !strings.HasPrefix(path, "no/") {
			b.WaitFor("the app to be ready", appReady)
		}
		var page struct {
			Policy string
			Loaded []string
		}
		b.Eval(`({Policy: document.querySelector("meta[http-equiv=Content-Security-Policy]")?.content ?? "",
			Loaded: performance.getEntriesByType("resource").map(e => e.name)})`, &page)
		if !strings.HasPrefix(page.Policy, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';") {
			t.Errorf("/%s: policy %q", path, page.Policy)
		}
		for _, address := range page.Loaded {
			if !strings.HasPrefix(address, h.URL+"/") && !strings.HasPrefix(address, "blob:"+h.URL+"/") && !strings.HasPrefix(address, "data:") {
				t.Errorf("/%s: loaded %s", path, address)
			}
		}
	}
	own, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, r := range b.Requests() {
		if r.Own {
			continue // of Chromium itself, at its start
		}
		if seen++; !strings.HasPrefix(r.URL, "http://"+own.Host+"/") {
			t.Errorf("request to another origin: %+v", r)
		}
	}
	for _, v := range b.Violations() {
		t.Errorf("content security policy: %+v", v)
	}
	if seen < 50 {
		t.Errorf("only %d requests were seen", seen)
	}
}
