//go:build !js

package journeys

import (
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"context"
	"courselab/app/browsertest"
	"courselab/app/registry"
	"courselab/app/site"
	"courselab/assets"
	"courselab/lessons/content"
	"io/fs"
	"os"
	"testing/fstest"
)

// change lets f edit a copy of what lies on the host.
func (h *host) change(f func(files site.Files)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	files := maps.Clone(h.files)
	f(files)
	h.files = files
}

// nextVersion is the site with one lesson's title changed, built anew.
func nextVersion(t *testing.T) site.Files {
	t.Helper()
	files, err := builtNext()
	if err != nil {
		t.Fatal(err)
	}
	return maps.Clone(files)
}

var builtNext = sync.OnceValues(func() (site.Files, error) {
	course := fstest.MapFS{}
	err := fs.WalkDir(content.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.FS, name)
		course[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		return nil, err
	}
	file := course["zh/m3.md"]
	file.Data = []byte(strings.Replace(string(file.Data), "title: 模型架构与工作原理", "title: 第二版的标题", 1))
	return site.Build(context.Background(), site.Input{Assets: assets.FS, Programs: os.DirFS("../../build"),
		Course: course, Registry: registry.Lessons()})
})

// firstVisit opens the course map and waits until it is kept whole.
func firstVisit(t *testing.T, b *browsertest.Browser, h *host) {
	t.Helper()
	open(b, h.root)
	b.WaitFor("the offline copy", offlineSet)
}

// lookForUpdate asks the browser to fetch sw.js again, and waits for what comes
// of it.
const lookForUpdate = `courselab.registration.update().then(() => new Promise(done => {
	const worker = courselab.registration.installing || courselab.registration.waiting;
	if (!worker) return done("none");
	const look = () => ["installed", "redundant"].includes(worker.state) && done(worker.state);
	worker.addEventListener("statechange", look);
	look();
}))`

// TestUpdate publishes a new version while the course is open: it is announced,
// and applied on the learner's word, not before; other apps' caches stay.
func TestUpdate(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/sub/")
	b := browsertest.New(t)
	firstVisit(t, b, h)
	b.Eval(`caches.open("another-app").then(c => c.put("/theirs", new Response("kept")))`, nil)
	next := nextVersion(t)
	h.change(func(files site.Files) { clear(files); maps.Copy(files, next) })

	var outcome string
	b.Eval(lookForUpdate, &outcome)
	if outcome != "installed" {
		t.Fatalf("the new version is %s", outcome)
	}
	b.WaitFor("the announcement", `document.querySelector(".notices").textContent.includes("新版本")`)
	open(b, h.root)
	var version string
	b.Eval(`document.documentElement.dataset.version`, &version)
	if version == versionOf(next) {
		t.Error("the update was applied without the learner's word")
	}
	b.WaitFor("the announcement", `document.querySelector(".notices").textContent.includes("新版本")`)
	b.Eval(`[...document.querySelectorAll(".notices button")].find(e => e.textContent.includes("更新")).click()`, nil)
	b.WaitFor("the new version", `document.documentElement.dataset.version === "`+versionOf(next)+`" && `+appReady)

	b.WaitFor("the old version to go", offlineSet+` && caches.keys().then(names => names.filter(n => n.startsWith("courselab:/sub/:code:")).length === 1)`)
	var theirs bool
	b.Eval(`caches.has("another-app")`, &theirs)
	if !theirs {
		t.Error("another app's cache is gone")
	}
	h.Close()
	b.Offline(true)
	open(b, h.root+"lessons/m3/")
	if got := b.Text("h1"); got != "第二版的标题" {
		t.Errorf("offline after the update the lesson is titled %q", got)
	}
	clean(t, b)
}

func versionOf(files site.Files) string {
	_, rest, _ := strings.Cut(string(files["index.html"]), `data-version="`)
	version, _, _ := strings.Cut(rest, `"`)
	return version
}

// TestHalfPublishedUpdate refuses an update whose files do not all match, and
// goes on with the version it has.
func TestHalfPublishedUpdate(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	firstVisit(t, b, h)
	old := versionOf(h.files)
	next := nextVersion(t)
	h.change(func(files site.Files) {
		files["sw.js"] = next["sw.js"]
		files["index.html"] = next["index.html"]
	})
	var outcome string
	b.Eval(lookForUpdate, &outcome)
	if outcome != "redundant" {
		t.Errorf("the half-published version is %s", outcome)
	}
	h.Close()
	b.Offline(true)
	open(b, h.root+"lessons/m3/")
	var version string
	b.Eval(`document.documentElement.dataset.version`, &version)
	if version != old {
		t.Errorf("offline it is version %s, want %s", version, old)
	}
}

// TestRewritingHost never goes offline, says so, and works all the same.
func TestRewritingHost(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	h.change(func(files site.Files) {
		files["lessons/m2/index.html"] = append([]byte("<!-- injected by the host -->"), files["lessons/m2/index.html"]...)
	})
	b := browsertest.New(t)
	open(b, h.root+"settings/")
	b.WaitFor("the refusal", `courselab.offline.state === "failed"`)
	b.WaitFor("the settings page to say so", `document.querySelector("main").textContent.includes("lessons/m2/index.html")`)
	open(b, h.root+"labs/attention/")
	b.WaitFor("the lab", labsReady)
}

// TestEditedContent changes a lesson on the host with a text editor: the next
// reload shows it, offline copies follow as a set, and a broken file shows its
// faults while the last good text stays.
func TestEditedContent(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/sub/")
	b := browsertest.New(t)
	firstVisit(t, b, h)
	edit := func(from, to string) {
		h.change(func(files site.Files) {
			text := string(files["content/zh/m3.md"])
			if !strings.Contains(text, from) {
				t.Fatalf("the lesson has no %q", from)
			}
			files["content/zh/m3.md"] = []byte(strings.Replace(text, from, to, 1))
		})
	}
	edit("title: 模型架构与工作原理", "title: 老师改过的标题")
	open(b, h.root+"lessons/m3/")
	b.WaitFor("the edit", `document.querySelector("h1").textContent === "老师改过的标题"`)

	edit("title: 老师改过的标题", "title: 改坏的标题\nnonsense: 1")
	open(b, h.root+"lessons/m3/")
	b.WaitFor("the faults", `document.body.textContent.includes("zh/m3.md:")`)
	if text := b.Text("main"); !strings.Contains(text, "3.2 注意力机制详解") {
		t.Errorf("the broken lesson shows %.200q", text)
	}

	edit("title: 改坏的标题\nnonsense: 1", "title: 修好的标题")
	open(b, h.root+"lessons/m3/")
	b.WaitFor("the mended text", `document.querySelector("h1").textContent === "修好的标题"`)
	b.WaitFor("the offline copy", offlineSet)
	h.Close()
	b.Offline(true)
	open(b, h.root+"lessons/m3/")
	b.WaitFor("the mended text offline", `document.querySelector("h1").textContent === "修好的标题"`)
}

// TestPlainHost serves as the simplest hosts do: no folder redirects, no types
// for wasm, or the packed program unpacked on the way.
func TestPlainHost(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"wrong type": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(typed{w, "application/octet-stream"}, r)
			})
		},
		"content encoding": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, ".gz") {
					w.Header().Set("Content-Encoding", "gzip")
				}
				next.ServeHTTP(w, r)
			})
		},
		"no packed copy": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, ".gz") {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, "/")
			h.Config.Handler = wrap(h.Config.Handler)
			b := browsertest.New(t)
			open(b, h.root+"labs/attention/index.html")
			b.WaitFor("the lab", labsReady)
			for _, v := range b.Violations() {
				t.Errorf("content security policy: %+v", v)
			}
		})
	}
}

// typed overrides the type of wasm files.
type typed struct {
	http.ResponseWriter
	kind string
}

func (t typed) WriteHeader(status int) {
	if h := t.Header(); strings.Contains(h.Get("Content-Type"), "wasm") || strings.Contains(h.Get("Content-Type"), "gzip") {
		h.Set("Content-Type", t.kind)
	}
	t.ResponseWriter.WriteHeader(status)
}

// TestDeniedStorage: the course works, and says that nothing is kept.
func TestDeniedStorage(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	h.change(func(files site.Files) {
		files["assets/boot.js"] = append([]byte(`Object.defineProperty(window, "localStorage", {configurable: true, get() { throw new DOMException("denied", "SecurityError"); }});`+"\n"), files["assets/boot.js"]...)
	})
	b := browsertest.New(t)
	open(b, h.root+"lessons/m3/")
	answerSingle(b, "q-mixing", "每个词元仍被变换")
	if got := verdict(b, "q-mixing"); got != "right" {
		t.Errorf("judged %q", got)
	}
	b.WaitFor("the warning", `document.body.textContent.includes("保存")`)
	clean(t, b)
}

// TestEngineBroken serves a truncated engine: the lab says so, its static figure
// stays, questions that need no engine work.
func TestEngineBroken(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	h.change(func(files site.Files) {
		for _, name := range []string{"assets/engine.wasm", "assets/engine.wasm.gz"} {
			files[name] = files[name][:len(files[name])/2]
		}
	})
	b := browsertest.New(t)
	open(b, h.root+"lessons/m3/")
	b.WaitFor("the labs to say so", `[...document.querySelectorAll("[data-lab=attention]")].every(e => e.dataset.state === "failed")`)
	var figures int
	b.Eval(`[...document.querySelectorAll("[data-lab=attention] [data-static] svg")].filter(e => e.getBoundingClientRect().width > 100).length`, &figures)
	if figures < 2 {
		t.Errorf("%d static figures are visible", figures)
	}
	answerSingle(b, "q-mixing", "每个词元仍被变换")
	if got := verdict(b, "q-mixing"); got != "right" {
		t.Errorf("judged %q", got)
	}
}
