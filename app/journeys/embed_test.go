//go:build !js

package journeys

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"courselab/app/browsertest"
	"courselab/app/registry"
)

// TestEmbed shows one lab in a frame of a page on another origin: alone, with the
// state of its address, usable.
func TestEmbed(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>another site</title><link rel="icon" href="data:,">
<iframe src="%slabs/attention/?embed=1&backend=cpu" title="实验" width="1000" height="700"></iframe>`, h.root)
	}))
	defer outside.Close()
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	b.Navigate(outside.URL)
	running := func() bool {
		return slices.ContainsFunc(b.Requests(), func(r browsertest.Request) bool { return strings.Contains(r.URL, "engine.wasm") })
	}
	for end := time.Now().Add(browsertest.Timeout); !running(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the lab does not run in the frame: %+v", b.Requests())
		}
	}
	clean(t, b)

	// What it shows is asked of the same page on its own, since the frame's origin
	// is another.
	open(b, h.root+"labs/attention/?embed=1&backend=cpu")
	b.WaitFor("the lab", labsReady)
	var shown []string
	b.Eval(`[".top", ".foot", ".lab"].filter(s => { const e = document.querySelector(s); return e && e.getBoundingClientRect().height > 0; })`, &shown)
	if len(shown) != 1 || shown[0] != ".lab" {
		t.Errorf("embedded, %v are seen, want the lab alone", shown)
	}
	b.Eval(`window.open = (...args) => { window.opened = args; }`, nil)
	b.Eval(`document.querySelector("a.lab-link").click()`, nil)
	b.WaitFor("the course to open beside the frame", `window.opened !== undefined`)
	var opened []string
	b.Eval(`window.opened`, &opened)
	lab, _ := registry.Find("attention")
	if want := []string{h.root + "lessons/m3/#" + lab.Section, "_blank", "noopener"}; !slices.Equal(opened, want) {
		t.Errorf("opened %q, want %q", opened, want)
	}
	var at string
	b.Eval(`location.pathname`, &at)
	if at != "/any/sub/path/labs/attention/" {
		t.Errorf("the frame went to %s", at)
	}
	clean(t, b)
}
