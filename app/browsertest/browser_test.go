//go:build !js

package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const testPage = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src data:; worker-src 'self' blob:">
<title>test page</title><link rel="icon" href="data:,"><button id="b">press</button><p id="out"></p><script src="page.js"></script>`

const testScript = `
document.querySelector("#b").addEventListener("click", () => { document.querySelector("#out").textContent = "pressed" })
console.log("hello", 42)
`

func site(t *testing.T) string {
	mux := http.NewServeMux()
	serve := func(path, kind, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, body)
		})
	}
	serve("/{$}", "text/html", testPage)
	serve("/page.js", "text/javascript", testScript)
	serve("/worker.js", "text/javascript", `console.error("from the worker"); postMessage("ran")`)
	serve("/sw.js", "text/javascript", `
		addEventListener("activate", e => e.waitUntil(clients.claim()))
		addEventListener("fetch", e => { if (e.request.url.endsWith("/through")) e.respondWith(fetch("/text").catch(() => new Response("sw offline"))) })`)
	serve("/text", "text/plain", "text")
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + "/"
}

func TestPage(t *testing.T) {
	b := New(t)
	url := site(t)
	b.Navigate(url)
	if got := b.URL(); got != url {
		t.Errorf("at %s, want %s", got, url)
	}
	b.Click("#b")
	if got := b.Text("#out"); got != "pressed" {
		t.Errorf("text %q", got)
	}
	var sum int
	b.Eval("new Promise(r => setTimeout(() => r(1 + 2), 5))", &sum)
	if sum != 3 {
		t.Errorf("awaited %d, want 3", sum)
	}
	var nothing *int
	b.Eval("undefined", &nothing)
	if nothing != nil {
		t.Errorf("undefined became %d", *nothing)
	}
	b.WaitFor("greeting", "document.title === 'test page'")
	if m := b.Console(); len(m) == 0 || m[0].Text != "hello 42" || m[0].Level != "log" {
		t.Errorf("console %v", m)
	}
	if e := b.Errors(); len(e) != 0 {
		t.Errorf("errors %v", e)
	}
}

func TestComplaintsAreCollected(t *testing.T) {
	b := New(t)
	b.Navigate(site(t))
	b.Eval("(setTimeout(() => { throw new Error('lost') }), Promise.reject(new Error('nobody')) && 0)", nil)
	b.Eval("(document.body.setAttribute('style', 'color: red'), 0)", nil)
	b.Eval("fetch('http://192.0.2.1/far').catch(() => 0)", nil)
	b.Eval("new Promise(r => { const w = new Worker('worker.js'); w.onmessage = () => r(0) })", nil)
	for _, want := range []string{"lost", "nobody", "from the worker"} {
		eventually(t, "console error "+want, func() bool {
			for _, m := range b.Errors() {
				if strings.Contains(m.Text, want) {
					return true
				}
			}
			return false
		}, func() any { return b.Console() })
	}
	eventually(t, "violations", func() bool {
		var kinds []string
		for _, v := range b.Violations() {
			kinds = append(kinds, v.Directive)
		}
		all := strings.Join(kinds, " ")
		return strings.Contains(all, "style-src-attr") && strings.Contains(all, "connect-src")
	}, func() any { return b.Violations() })
}

// TestRequestsAndOfflineCoverTheWholeBrowser includes the service worker, which
// the debugging protocol of the page does not see.
func TestRequestsAndOfflineCoverTheWholeBrowser(t *testing.T) {
	b := New(t)
	url := site(t)
	b.Navigate(url)
	b.Eval("navigator.serviceWorker.register('sw.js').then(() => navigator.serviceWorker.ready).then(() => 0)", nil)
	b.WaitFor("the service worker's control", "navigator.serviceWorker.controller !== null")
	through := func() (text string) {
		b.Eval("fetch('through').then(r => r.text())", &text)
		return text
	}
	if got := through(); got != "text" {
		t.Errorf("online: %q", got)
	}
	asked := func(end string) bool {
		for _, r := range b.Requests() {
			if strings.HasSuffix(r.URL, end) {
				return true
			}
		}
		return false
	}
	if !asked("/text") || asked("/through") {
		t.Errorf("requests %+v", b.Requests())
	}
	b.Offline(true)
	if got := through(); got != "sw offline" {
		t.Errorf("offline: %q", got)
	}
	var online bool
	b.Eval("navigator.onLine", &online)
	if online {
		t.Error("navigator.onLine holds offline")
	}
	b.Offline(false)
	if got := through(); got != "text" {
		t.Errorf("online again: %q", got)
	}
	if f := b.Foreign(); len(f) != 0 {
		t.Errorf("foreign requests %+v", f)
	}
}

func TestForeignRequestsAreRefusedAndRecorded(t *testing.T) {
	b := New(t)
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>no policy</title><link rel="icon" href="data:,">`)
	}))
	t.Cleanup(open.Close)
	b.Navigate(open.URL)
	for _, url := range []string{"http://far.example/a", "https://far.example/b"} {
		var answer string
		b.Eval("fetch("+strconv.Quote(url)+", {mode: 'no-cors'}).then(() => 'came', () => 'refused')", &answer)
		if answer != "refused" {
			t.Errorf("%s %s", url, answer)
		}
	}
	var urls []string
	for _, r := range b.Foreign() {
		urls = append(urls, r.URL)
	}
	if !slices.Contains(urls, "http://far.example/a") || !slices.Contains(urls, "https://far.example:443") {
		t.Errorf("foreign %v", urls)
	}
}

func TestSurroundings(t *testing.T) {
	b := New(t)
	b.Navigate(site(t))
	b.Viewport(360, 740, true)
	b.Theme("dark")
	b.Media("prefers-reduced-motion", "reduce")
	var got struct {
		Width, Touch int
		Dark, Still  bool
	}
	b.Eval(`({Width: innerWidth, Touch: navigator.maxTouchPoints,
		Dark: matchMedia("(prefers-color-scheme: dark)").matches,
		Still: matchMedia("(prefers-reduced-motion: reduce)").matches})`, &got)
	if got.Width != 360 || got.Touch == 0 || !got.Dark || !got.Still {
		t.Errorf("surroundings %+v", got)
	}
	path := filepath.Join(t.TempDir(), "page.png")
	b.Screenshot(path)
	if data, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(data), "\x89PNG") {
		t.Errorf("screenshot: %v, %d bytes", err, len(data))
	}
	second := b.Tab()
	second.Navigate(b.URL())
	second.Eval("localStorage.setItem('shared', 'yes')", nil)
	var shared string
	b.Eval("localStorage.getItem('shared')", &shared)
	if shared != "yes" {
		t.Errorf("tabs share no storage: %q", shared)
	}
}

func eventually(t *testing.T, what string, holds func() bool, seen func() any) {
	t.Helper()
	for range 250 {
		if holds() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("no %s in %+v", what, seen())
}
