//go:build !js

package journeys

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"courselab/app/browsertest"
	"courselab/app/site"
)

// catchWorkers goes before boot.js: it keeps the page's workers in self.workers and
// ends the newest at the first reply of the kind that self.killAt names: as a browser
// short of memory does, without a word, or with that of self.lastWord.
const catchWorkers = `self.workers = []; self.killAt = self.lastWord = ""; self.phases = [];
self.Worker = class extends Worker {
	constructor(...args) {
		super(...args);
		self.workers.push(this);
		this.addEventListener("message", e => {
			if (e.data.type !== "reply" || JSON.parse(e.data.json).kind !== self.killAt) return;
			self.killAt = "";
			e.stopImmediatePropagation();
			this.terminate();
			if (self.lastWord) this.dispatchEvent(new MessageEvent("message", {data: {type: "fatal", message: self.lastWord}}));
		});
	}
};
new MutationObserver(() => self.phases.push(document.documentElement.dataset.engine))
	.observe(document.documentElement, {attributeFilter: ["data-engine"]});
`

// otherVersion goes before worker.js: the engine says that it is of another version.
const otherVersion = `{
	const post = self.postMessage.bind(self);
	self.postMessage = (m, ...rest) => post(m && m.type === "ready" ? {...m, version: m.version + 1} : m, ...rest);
}
`

// before puts a script before one of the site's.
func before(files site.Files, name, script string) {
	files[name] = append([]byte(script), files[name]...)
}

// retryLab presses the lab's own button.
func retryLab(b *browsertest.Browser) {
	const button = `[...document.querySelectorAll(".lab-state button")].find(e => e.textContent === "重试")`
	b.WaitFor("the button", button+` !== undefined`)
	b.Eval(button+`.click()`, nil)
}

// labSays waits for a word of the lab about what is wrong.
func labSays(b *browsertest.Browser, what, word string) {
	b.WaitFor(what, fmt.Sprintf(`document.querySelector("[data-lab]")?.dataset.state === "failed" && document.querySelector(".lab-state").textContent.includes(%q)`, word))
}

// TestEngineFaults goes through an engine that is absent, cut short and kept so by
// the browser, of another version, and ended in the middle of its work: each is
// said, the inputs stay, and there is a way on.
func TestEngineFaults(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/sub/")
	whole := maps.Clone(h.files)
	served := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "engine.wasm") {
			w = kept{w}
		}
		served.ServeHTTP(w, r)
	})
	h.change(func(files site.Files) {
		delete(files, "sw.js")
		before(files, "assets/boot.js", catchWorkers)
		delete(files, "assets/engine.wasm")
		delete(files, "assets/engine.wasm.gz")
	})
	b := browsertest.New(t)
	open(b, h.root+"labs/fit/#lab=fit.1&batch=7")
	input := func() string {
		var value string
		b.Eval(`document.querySelector('[id$="-in-batch-typed"]').value`, &value)
		return value
	}
	holds := func(when, want string) {
		t.Helper()
		if got := input(); got != want {
			t.Errorf("%s: the input is %q, want %q", when, got, want)
		}
	}
	labSays(b, "the absence", "404")
	holds("absent", "7")

	h.change(func(files site.Files) {
		for _, name := range []string{"assets/engine.wasm", "assets/engine.wasm.gz"} {
			files[name] = whole[name][:len(whole[name])/2]
		}
	})
	retryLab(b)
	b.WaitFor("another reason", `document.querySelector(".lab-state").textContent.includes("没有取到计算程序") && !document.querySelector(".lab-state").textContent.includes("404")`)
	holds("cut short", "7")
	h.change(func(files site.Files) {
		for _, name := range []string{"assets/engine.wasm", "assets/engine.wasm.gz"} {
			files[name] = whole[name]
		}
	})
	retryLab(b)
	b.WaitFor("the lab", labAnswered("fit"))
	holds("mended", "7")
	verdict := engineSheet(t, "fit", map[string]string{"batch": "7"}).Verdict.Text
	if said := b.Text(".lab-live"); !strings.Contains(said, verdict) {
		t.Errorf("the mended engine does not say %q", verdict)
	}

	// A browser short of memory.
	b.Eval(`void (phases.length = 0, killAt = "started", (field => { field.value = "5"; field.dispatchEvent(new Event("change", {bubbles: true})); })(document.querySelector('[id$="-in-batch-typed"]')))`, nil)
	b.WaitFor("the death", `killAt === ""`)
	b.WaitFor("a new engine", `workers.length === 2 && phases.includes("restarting")`)
	verdict = engineSheet(t, "fit", map[string]string{"batch": "5"}).Verdict.Text
	b.WaitFor("the same work from the next engine", labAnswered("fit")+fmt.Sprintf(` && document.querySelector(".lab-live").textContent.includes(%q)`, verdict))
	holds("after the death", "5")
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("content security policy: %v", v)
	}

	// A run cannot be done again unasked: that it is gone is said.
	open(b, h.root+"labs/objectives/#lab=objectives.1&seed=3")
	b.WaitForWithin(time.Minute, "the lab", labAnswered("objectives"))
	b.Eval(`void (killAt = "partial", lastWord = "out of memory")`, nil)
	pressRun(b, "开始训练")
	b.WaitForWithin(time.Minute, "the end of the run", `document.querySelector(".lab-run [role=alert]").textContent.includes("意外停止")`)
	b.WaitFor("the way on", `[...document.querySelectorAll(".lab-run button")].some(e => e.textContent === "开始训练" && !e.disabled) && location.hash.includes("seed=3")`)

	// Files of another version than the page's.
	h.change(func(files site.Files) { before(files, "assets/worker.js", otherVersion) })
	open(b, h.root+"labs/fit/#lab=fit.1&batch=7")
	labSays(b, "the version", "版本不同")
	holds("another version", "7")
	h.change(func(files site.Files) { files["assets/worker.js"] = whole["assets/worker.js"] })
	retryLab(b)
	b.WaitFor("the lab", labAnswered("fit"))
	holds("the same version", "7")
}

// kept has the browser keep a file for an hour.
type kept struct{ http.ResponseWriter }

func (k kept) WriteHeader(status int) {
	k.Header().Set("Cache-Control", "max-age=3600")
	k.ResponseWriter.WriteHeader(status)
}

func (k kept) Write(data []byte) (int, error) {
	k.Header().Set("Cache-Control", "max-age=3600")
	return k.ResponseWriter.Write(data)
}

// notice waits for a message over the page's lower edge.
func notice(b *browsertest.Browser, what, word string) {
	b.WaitFor(what, fmt.Sprintf(`document.querySelector(".notices").textContent.includes(%q)`, word))
}

// wantRight asks that questions be judged right.
func wantRight(t *testing.T, b *browsertest.Browser, when string, questions ...string) {
	t.Helper()
	for _, q := range questions {
		b.WaitForSelector("#" + q)
		if got := verdict(b, q); got != "right" {
			t.Errorf("%s: %s is judged %q", when, q, got)
		}
	}
}

// TestStorageFaults fills the storage, empties it, sets the clock back and empties
// the offline copy, all while the course is open: no answer is lost, each fault is
// said, and the copy is whole again afterwards.
func TestStorageFaults(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/sub/")
	b := browsertest.New(t)
	open(b, h.root+"lessons/m3/")
	answerSingle(b, "q-mixing", "每个词元仍被变换")

	// Full, to the last byte.
	b.Eval(`(() => {
		for (let size = 1 << 20, n = 0; size > 0;) {
			try { localStorage.setItem("filler" + n++, "x".repeat(size)); } catch (err) { size >>= 1; }
		}
	})()`, nil)
	answerSingle(b, "q-position", "只是跟着换了位置")
	notice(b, "the word that it is full", "存储空间已满")
	b.Eval(`Object.keys(localStorage).filter(k => k.startsWith("filler")).forEach(k => localStorage.removeItem(k))`, nil)
	answerSingle(b, "q-gqa", "读取它的带宽")
	b.WaitFor("the word to go", `!document.querySelector(".notices").textContent.includes("存储空间已满")`)
	b.Reload()
	b.WaitFor("the app to be ready", appReady)
	wantRight(t, b, "after a full storage", "q-mixing", "q-position", "q-gqa")

	// Emptied by another tab, and by nobody that says so.
	b.WaitFor("the offline copy", offlineSet)
	other := b.Tab()
	open(other, h.root+"about/")
	other.Eval(`localStorage.clear()`, nil)
	notice(b, "the word that it was cleared", "已存回")
	b.Eval(`localStorage.clear()`, nil)
	// The clock stands a year back from here on.
	b.Eval(`(() => { const now = Date.prototype.getTime; Date.prototype.getTime = function () { return now.call(this) - 365 * 864e5; }; })()`, nil)
	answerSingle(b, "q-gqa", "前馈网络的参数")
	b.Reload()
	b.WaitFor("the app to be ready", appReady)
	wantRight(t, b, "after a cleared storage", "q-mixing", "q-position")
	if got := verdict(b, "q-gqa"); got != "wrong" {
		t.Errorf("the answer given last, by a clock set back, is judged %q", got)
	}

	// The offline copy emptied under the service worker.
	b.Eval(`caches.keys().then(names => Promise.all(names.map(n => caches.delete(n))))`, nil)
	other.Eval(`caches.keys().then(names => Promise.all(names.map(n => caches.delete(n))))`, nil)
	open(other, h.root+"lessons/m2/")
	other.WaitFor("the copy to be mended", `caches.keys().then(async names => {
		const code = names.find(n => n.includes(":code:"));
		return code && names.some(n => n.includes(":content:")) && await (await caches.open(code)).match(new URL("lessons/m5/index.html", courselab.absolute(""))) !== undefined && courselab.offline.state === "ready";
	})`)
	h.Close()
	b.Offline(true)
	for _, page := range []string{"lessons/m5/", "lessons/m3/"} {
		open(other, h.root+page)
	}
	wantRight(t, other, "offline", "q-mixing")
	clean(t, b)
}

// TestUpdateFaults cuts an update off half-way, runs out of room for it, opens a page
// that only the new version has under the old one's worker, and takes the update in
// one of two tabs that both hold answers.
func TestUpdateFaults(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/")
	var cut atomic.Bool
	served := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cut.Load() && strings.Contains(r.URL.Path, "engine.wasm") {
			w.Header().Set("Content-Length", "4000000")
			_, _ = w.Write(make([]byte, 100000))
			panic(http.ErrAbortHandler)
		}
		served.ServeHTTP(w, r)
	})
	b := browsertest.New(t)
	firstVisit(t, b, h)
	old, next := versionOf(h.files), nextVersion(t)
	h.change(func(files site.Files) {
		clear(files)
		maps.Copy(files, next)
		files["labs/tomorrow/index.html"] = next["labs/fit/index.html"]
	})
	outcome := func(want string) {
		t.Helper()
		var got string
		b.Eval(lookForUpdate, &got)
		if got != want {
			t.Errorf("the update is %s, want %s", got, want)
		}
	}
	version := func(tab *browsertest.Browser, want string) {
		t.Helper()
		var got string
		tab.Eval(`courselab.version`, &got)
		if got != want {
			t.Errorf("version %s, want %s", got, want)
		}
	}
	cut.Store(true)
	outcome("redundant")
	cut.Store(false)
	b.Quota(h.URL, 20e6)
	outcome("redundant")
	b.Quota(h.URL, 1e9)
	second := b.Tab()
	open(second, h.root+"lessons/m3/")
	version(second, old)
	answerSingle(second, "q-mixing", "每个词元仍被变换")

	outcome("installed")
	open(b, h.root+"labs/tomorrow/")
	notice(b, "the announcement on a page of the new version", "新版本")
	open(b, h.root+"lessons/m3/")
	wantRight(t, b, "in the first tab", "q-mixing")
	// Both write at once.
	answerSingle(b, "q-position", "只是跟着换了位置")
	answerSingle(second, "q-gqa", "读取它的带宽")
	notice(second, "the announcement", "新版本")
	pressUpdate := func(tab *browsertest.Browser) {
		tab.Eval(`[...document.querySelectorAll(".notices button")].find(e => e.textContent === "更新").click()`, nil)
		tab.WaitFor("the new version", `courselab.version === "`+versionOf(next)+`" && `+appReady)
	}
	notice(b, "the announcement", "新版本")
	pressUpdate(b)
	wantRight(t, b, "updated", "q-mixing", "q-position", "q-gqa")

	// The second tab still shows yesterday's page, and goes on working.
	version(second, old)
	answerSingle(second, "q-causal-mask", "每个位置能看见自己要猜的答案")
	pressUpdate(second)
	wantRight(t, second, "updated too", "q-mixing", "q-position", "q-gqa", "q-causal-mask")
	if got := second.Text("h1"); got != "第二版的标题" {
		t.Errorf("the lesson is titled %q", got)
	}
	clean(t, second)
}
