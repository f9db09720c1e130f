//go:build !js

package bench

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"courselab/app/browsertest"
	"courselab/app/engine"
)

//go:embed page.js
var pageScript string

// Options say what is measured.
type Options struct {
	// Peers is the folder that npm installs peers into; empty: no peers.
	Peers string
	// Rounds is how often each rate is taken.
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
	report.Date, report.Machine = time.Now().UTC().Format(time.DateOnly), machine()
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
		report.Load = load()
		report.finish()
	})
	return report, err
}

// machine is the processor's name for itself, where the system tells it.
func machine() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // not there: the architecture says something
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return runtime.GOOS + "/" + runtime.GOARCH
}

// load is the five-minute load average, 0 where the system tells none.
func load() (average float64) {
	text, _ := os.ReadFile("/proc/loadavg")         // not there: 0
	fmt.Sscan(string(text), new(float64), &average) // not there: 0
	return average
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

// rates takes the engine's rates and the peers' in turn.
func (r *runner) rates() {
	r.course.Eval(pageScript, nil)
	peers := r.rivals()
	for round := range max(r.Rounds, 1) {
		r.say(fmt.Sprintf("rates, round %d of %d", round+1, max(r.Rounds, 1)))
		out := r.ask("rates", engine.BenchInput{Products: floats32, Integers: integers, Block: &theLayer, Model: true, Millis: r.Millis})
		r.report.noteRound(out)
		r.report.Missing = out.Missing
		for _, p := range peers {
			r.askPeer(p, out.Backends[0].BlockMean)
		}
		if r.Training {
			r.train(out.Backends)
		}
	}
}

// train takes training steps, on each backend by itself.
func (r *runner) train(backends []engine.BenchBackend) {
	for _, b := range backends {
		tokens, ok := steps[b.Backend.Name]
		if !ok {
			continue
		}
		out := r.ask("training", engine.BenchInput{Backends: []string{b.Backend.Name}, Products: products[2:3], Training: tokens, Millis: r.Millis})
		for _, t := range out.Backends {
			r.report.note("training", "tokens/s", t.Backend.Name, t.Training)
			r.report.note(fmt.Sprintf("training, %d tokens a step", tokens), "steps/s", t.Backend.Name, t.Steps)
		}
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
