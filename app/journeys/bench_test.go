//go:build !js

package journeys

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"courselab/app/browsertest"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// BenchmarkLabEdit changes d_k of the attention lab, four heads and sixteen
// characters, and reports the time from the input event to the frame in which
// every matrix is repainted, and how long the page's thread was ever held up.
//
//	go test ./app/journeys -run '^$' -bench LabEdit -benchtime 100x
func BenchmarkLabEdit(b *testing.B) {
	h := newHost(b, "/")
	browser := browsertest.New(b)
	browser.Viewport(1280, 900, false)
	open(browser, h.root+"labs/attention/")
	browser.WaitFor("the lab", labsReady)
	typeInto(browser, ".lab-text", "床前明月光疑是地上霜举头望明月低")
	setRange(browser, "heads", 4)
	browser.WaitFor("the lab", labsReady)
	browser.Eval(`(() => {
		// The first painting after an edit is that of the new matrices.
		const paint = CanvasRenderingContext2D.prototype;
		for (const name of ["drawImage", "putImageData", "fillRect", "clearRect"]) {
			const own = paint[name];
			paint[name] = function (...args) { window.painted = performance.now(); return own.apply(this, args); };
		}
		window.longest = 0;
		new PerformanceObserver(list => { for (const e of list.getEntries()) window.longest = Math.max(window.longest, e.duration); }).observe({type: "longtask"});
	})()`, nil)
	var times []float64
	for i := 0; b.Loop(); i++ {
		var ms float64
		browser.Eval(fmt.Sprintf(`new Promise(done => {
			const field = document.querySelector("#attention-dk");
			field.value = %d;
			const start = performance.now();
			field.dispatchEvent(new Event("input", {bubbles: true}));
			const look = () => window.painted > start ? requestAnimationFrame(() => done(performance.now() - start)) : requestAnimationFrame(look);
			look();
		})`, 16+8*(i%6)), &ms)
		times = append(times, ms)
	}
	var longest float64
	browser.Eval(`window.longest`, &longest)
	report(b, times, "ms")
	b.ReportMetric(longest, "ms-longest-task")
}

// BenchmarkWarmReload reloads the lesson with everything cached, and a
// hello-world go-app in turn, and reports the ratio of the times to interactive.
//
//	go test ./app/journeys -run '^$' -bench WarmReload -benchtime 15x
func BenchmarkWarmReload(b *testing.B) {
	h := newHost(b, "/")
	lesson := browsertest.New(b)
	lesson.Viewport(1280, 900, false)
	watchReady(b, lesson, `document.documentElement?.dataset.app === "ready"`)
	lesson.Navigate(h.root + "lessons/m3/")
	lesson.WaitFor("the offline copy", offlineSet)
	small := browsertest.New(b)
	small.Viewport(1280, 900, false)
	watchReady(b, small, `document.getElementById("ready") !== null`)
	small.Navigate(helloHost(b))
	small.WaitFor("hello", `window.readyAt > 0`)

	var ours, theirs, ratios []float64
	for b.Loop() {
		o, t := reload(lesson), reload(small)
		ours, theirs, ratios = append(ours, o), append(theirs, t), append(ratios, o/t)
	}
	report(b, ours, "ms-lesson")
	report(b, theirs, "ms-hello")
	report(b, ratios, "ratio")
}

// watchReady notes when a condition first held, in ms since navigation began.
func watchReady(b *testing.B, browser *browsertest.Browser, condition string) {
	b.Helper()
	script := fmt.Sprintf(`new MutationObserver((_, o) => { if (%s) { window.readyAt = performance.now(); o.disconnect(); } })
		.observe(document, {subtree: true, childList: true, attributes: true})`, condition)
	if _, err := chromedp.Call(browser.Context(), page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		b.Fatal(err)
	}
}

func reload(browser *browsertest.Browser) float64 {
	browser.Reload()
	browser.WaitFor("the page to be ready", `window.readyAt > 0`)
	var at float64
	browser.Eval(`window.readyAt`, &at)
	return at
}

// helloHost serves the smallest go-app, compiled as the course is.
func helloHost(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	// The flags of the Makefile's target wasm.
	compile := exec.Command("go", "build", "-modfile=build/web/go.mod", "-tags", "minimal", "-trimpath",
		"-ldflags=-s -w", "-gcflags=all=-l", "-gcflags=runtime/...=", "-gcflags=internal/...=", "-gcflags=syscall/...=",
		"-gcflags=courselab/...=", "-gcflags=github.com/yuin/...=", "-o", filepath.Join(dir, "app.wasm"), "./app/journeys/testdata/hello")
	compile.Dir = "../.."
	compile.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := compile.CombinedOutput(); err != nil {
		b.Fatalf("compile hello: %v\n%s", err, out)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><body><div></div><script src="/wasm_exec.js"></script><script>
			const go = new Go();
			WebAssembly.instantiateStreaming(fetch("/app.wasm"), go.importObject).then(r => go.run(r.instance));
		</script>`)
	})
	mux.HandleFunc("/wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "../../build/wasm_exec.js")
	})
	mux.HandleFunc("/app.wasm", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		http.ServeFile(w, r, filepath.Join(dir, "app.wasm"))
	})
	server := httptest.NewServer(mux)
	b.Cleanup(server.Close)
	return server.URL + "/"
}

func setRange(browser *browsertest.Browser, id string, value int) {
	browser.Eval(fmt.Sprintf(`(() => {
		const field = document.querySelector("#attention-%s");
		field.value = %d;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		field.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, id, value), nil)
}

// report gives the median and the 95th percentile.
func report(b *testing.B, values []float64, unit string) {
	slices.Sort(values)
	at := func(p float64) float64 { return values[min(len(values)-1, int(p*float64(len(values))))] }
	b.ReportMetric(at(0.5), strings.TrimSpace(unit+"-median"))
	b.ReportMetric(at(0.95), strings.TrimSpace(unit+"-p95"))
}
