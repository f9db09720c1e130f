//go:build !js

package bench

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"courselab/app/browsertest"
	"courselab/app/engine"
)

var (
	//go:embed page.js
	pageScript string
	//go:embed peer.js
	peerScript string
)

// Options say what is measured.
type Options struct {
	// Peer is the folder of onnxruntime-web as npm installs it; empty: no peer.
	Peer string
	// Rounds is how often each rate is taken; the best counts.
	Rounds int
	// Millis is how long each figure of a round takes at least.
	Millis int
	// Training takes training steps too.
	Training bool
	// Edits is how often each slider is moved.
	Edits int
	// Labs are those of the common panel whose sliders are moved.
	Labs []string
	// Say is told what is being measured.
	Say func(what string)
}

// steps are the training steps taken: the plain path's are smaller, so that one
// takes seconds.
var steps = map[string]int{"cpu": 256, "simd": 2048}

const lesson = "lessons/m3/"

// Run serves the site and measures it.
func Run(site http.Handler, o Options) (report Report, err error) {
	server := httptest.NewServer(site)
	defer server.Close()
	err = browsertest.Outside(func(t testing.TB) {
		r := runner{Options: o, stand: t, report: &report, root: server.URL + "/"}
		r.visit()
		r.rates()
		if o.Edits > 0 {
			r.slider()
			for _, lab := range r.Labs {
				r.labSlider(lab)
			}
		}
		report.compare()
	})
	return report, err
}

type runner struct {
	Options
	stand  testing.TB
	report *Report
	root   string
	course *browsertest.Browser
}

func (r *runner) say(what string) {
	if r.Say != nil {
		r.Say(what)
	}
}

// watch notes when conditions first hold.
const watch = `new MutationObserver(() => {
	const at = window.benchAt ??= {};
	if (document.documentElement.dataset.app === "ready") at.app ??= performance.now();
	if (document.querySelector('[data-lab][data-state="ready"]') && at.app) at.lab ??= performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true})`

// visit opens a lesson in a browser that has never seen the course.
func (r *runner) visit() {
	r.say("first visit")
	b := browsertest.New(r.stand)
	r.course = b
	b.Viewport(1280, 900, false)
	if _, err := chromedp.Call(b.Context(), page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
		r.stand.Fatalf("watch the page: %v", err)
	}
	b.Navigate(r.root + lesson)
	b.WaitForWithin(2*time.Minute, "the page's program", `window.benchAt?.app > 0`)
	b.Eval(`document.querySelector("[data-lab]")?.scrollIntoView()`, nil)
	b.WaitForWithin(2*time.Minute, "the lab", `window.benchAt?.lab > 0`)
	v := &r.report.Visit
	v.Page = "/" + lesson
	for _, q := range b.Requests() {
		if !q.Own {
			v.Bytes += q.Bytes
			v.Requests++
		}
	}
	var times struct {
		App, Lab, Text float64
		Browser        string
		Cores          int
	}
	b.Eval(`({app: benchAt.app, lab: benchAt.lab, text: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
		browser: navigator.userAgent, cores: navigator.hardwareConcurrency})`, &times)
	v.AppMS, v.LabMS, v.TextMS = times.App, times.Lab, times.Text
	r.report.Browser, r.report.Cores = times.Browser, times.Cores
}

// long evaluates an expression that may take minutes.
func (r *runner) long(b *browsertest.Browser, what, expression string, out any) {
	b.Eval(`(window.benchResult = null, Promise.resolve(`+expression+`).then(value => { window.benchResult = {value} }, err => { window.benchResult = {error: String(err)} }), 0)`, nil)
	b.WaitForWithin(10*time.Minute, what, `window.benchResult !== null`)
	var result struct {
		Value json.RawMessage
		Error string
	}
	b.Eval(`window.benchResult`, &result)
	if result.Error != "" {
		r.stand.Fatalf("%s: %s", what, result.Error)
	}
	if err := json.Unmarshal(result.Value, out); err != nil {
		r.stand.Fatalf("%s: %v", what, err)
	}
}

// ask lets the engine measure.
func (r *runner) ask(what string, in engine.BenchInput) (out engine.BenchOutput) {
	text, err := json.Marshal(in)
	if err != nil {
		r.stand.Fatalf("%s: %v", what, err)
	}
	r.long(r.course, what, fmt.Sprintf("courselabBench(%d, %s)", engine.Version, text), &out)
	return out
}

// rates takes the engine's rates and the peer's in turn.
func (r *runner) rates() {
	r.course.Eval(pageScript, nil)
	var peer *browsertest.Browser
	if r.Peer != "" {
		peer = r.openPeer()
	}
	for round := range max(r.Rounds, 1) {
		r.say(fmt.Sprintf("rates, round %d of %d", round+1, max(r.Rounds, 1)))
		best(&r.report.Rates, r.ask("rates", engine.BenchInput{Products: products, Model: true, Millis: r.Millis}))
		if peer != nil {
			r.askPeer(peer)
		}
	}
	if !r.Training {
		return
	}
	r.say("training")
	for _, b := range r.report.Rates.Backends {
		tokens, ok := steps[b.Backend.Name]
		if !ok {
			continue
		}
		out := r.ask("training", engine.BenchInput{Backends: []string{b.Backend.Name}, Products: products[2:3], Training: tokens, Millis: r.Millis})
		for _, t := range out.Backends {
			r.report.Training = append(r.report.Training, Training{Backend: t.Backend.Name, Tokens: tokens, Steps: t.Steps, Rate: t.Training})
		}
	}
}

// openPeer serves the peer on an origin of its own: the course's policy would
// refuse it.
func (r *runner) openPeer() *browsertest.Browser {
	var manifest struct{ Name, Version string }
	text, err := os.ReadFile(filepath.Join(r.Peer, "package.json"))
	if err == nil {
		err = json.Unmarshal(text, &manifest)
	}
	if err != nil {
		r.stand.Fatalf("peer %s: %v", r.Peer, err)
	}
	r.report.Peer = &Peer{Name: manifest.Name, Version: manifest.Version}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><title>peer</title><link rel="icon" href="data:,"><script src="ort.wasm.min.js"></script>`)
	})
	mux.HandleFunc("/product", func(w http.ResponseWriter, q *http.Request) {
		for _, s := range products {
			if q.URL.RawQuery == fmt.Sprintf("rows=%d&cols=%d&depth=%d", s.Rows, s.Cols, s.Depth) {
				w.Write(product(s)) // a reader that has gone needs nothing
				return
			}
		}
		http.NotFound(w, q)
	})
	mux.Handle("/", http.FileServer(http.Dir(filepath.Join(r.Peer, "dist"))))
	server := httptest.NewServer(mux)
	r.stand.Cleanup(server.Close)
	b := r.course.Tab()
	b.Navigate(server.URL + "/")
	b.WaitFor("the peer", `typeof ort !== "undefined"`)
	b.Eval("(() => {"+peerScript+"})()", nil)
	return b
}

func (r *runner) askPeer(b *browsertest.Browser) {
	for i, s := range products {
		var seconds float64
		size, _ := json.Marshal(s) // three numbers
		r.long(b, "peer", fmt.Sprintf("peerBench(%s, %d)", size, r.Millis), &seconds)
		if i == len(r.report.Peer.Products) {
			r.report.Peer.Products = append(r.report.Peer.Products, engine.BenchProduct{BenchSize: s})
		}
		p, n := &r.report.Peer.Products[i], float64(s.Rows)*float64(s.Cols)*float64(s.Depth)
		p.GFLOPs = max(p.GFLOPs, 2*n/seconds/1e9)
		p.GBps = max(p.GBps, 4*float64(s.Rows*s.Depth+s.Cols*s.Depth+s.Rows*s.Cols)/seconds/1e9)
	}
}

// slider moves a control of the attention lab.
func (r *runner) slider() {
	r.say("slider")
	b := r.course
	b.Navigate(r.root + "labs/attention/")
	const ready = `document.querySelector('[data-lab="attention"]')?.dataset.state === "ready"`
	b.WaitFor("the lab", ready)
	set := func(selector string, value any) {
		text, _ := json.Marshal(fmt.Sprint(value)) // a string
		b.Eval(fmt.Sprintf(`(() => { const field = document.querySelector(%q); field.value = %s; field.dispatchEvent(new Event("input", {bubbles: true})); field.dispatchEvent(new Event("change", {bubbles: true})) })()`, selector, text), nil)
	}
	set(".lab-text", "床前明月光疑是地上霜举头望明月低")
	set("#attention-heads", 4)
	b.WaitFor("the lab", ready)
	b.Eval(`(() => {
		const paint = CanvasRenderingContext2D.prototype;
		for (const name of ["drawImage", "putImageData", "fillRect", "clearRect"]) {
			const own = paint[name];
			paint[name] = function (...args) { window.painted = performance.now(); return own.apply(this, args) };
		}
	})()`, nil)
	var times []float64
	for i := range r.Edits {
		var ms float64
		b.Eval(fmt.Sprintf(`new Promise(done => {
			const field = document.querySelector("#attention-dk");
			field.value = %d;
			const start = performance.now();
			field.dispatchEvent(new Event("input", {bubbles: true}));
			const look = () => window.painted > start ? requestAnimationFrame(() => done(performance.now() - start)) : requestAnimationFrame(look);
			look();
		})`, 16+8*(i%6)), &ms)
		times = append(times, ms)
	}
	r.report.Slider = Slider{Edits: len(times), MedianMS: quantile(times, 0.5), P95MS: quantile(times, 0.95)}
}
