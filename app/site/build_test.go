package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/modeltest"
	"courselab/app/registry"
	"courselab/assets"
	"courselab/lessons"
	"courselab/lessons/content"
)

// programStubs stand in for the wasm binaries, which these tests do not run.
var programStubs = fstest.MapFS{
	"app.wasm":     {Data: []byte("\x00asm app")},
	"engine.wasm":  {Data: []byte("\x00asm engine")},
	"wasm_exec.js": {Data: []byte("// go")},
}

func build(t *testing.T, base string) Files {
	t.Helper()
	files, err := Build(t.Context(), Input{Assets: assets.FS, Programs: programStubs, Course: content.FS,
		Base: base, Registry: registry.Lessons()})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestTwoBuildsAreEqual byte for byte: an update is what changed, not when.
func TestTwoBuildsAreEqual(t *testing.T) {
	a, b := build(t, ""), build(t, "")
	if len(a) != len(b) {
		t.Errorf("%d and %d files", len(a), len(b))
	}
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs between two builds", name)
		}
	}
}

// TestEveryLinkLeadsSomewhere follows the relative addresses of every page.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	files := build(t, "")
	server := httptest.NewServer(http.StripPrefix("/any/path", files.Handler(nil)))
	defer server.Close()
	link := regexp.MustCompile(`(?:href|src)="([^"#:]+)(#[^"]*)?"`)
	status := map[string]int{}
	for name, page := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(string(page), -1) {
			address := server.URL + "/any/path/" + filepath.ToSlash(filepath.Join(filepath.Dir(name), m[1]))
			if strings.HasPrefix(m[1], "/") {
				t.Errorf("%s: %s is not relative", name, m[1])
			}
			if _, known := status[address]; !known {
				response, err := http.Get(address)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				status[address] = response.StatusCode
			}
			if status[address] != http.StatusOK {
				t.Errorf("%s: %s answers %d", name, m[1], status[address])
			}
		}
	}
	if len(status) < 20 {
		t.Errorf("only %d addresses", len(status))
	}
}

// TestBase puts the base where an absolute address is wanted, nowhere else.
func TestBase(t *testing.T) {
	files := build(t, "/course/")
	for _, want := range []string{`<link rel="canonical" href="/course/lessons/m3/">`, `href="../../assets/style.css"`} {
		if !bytes.Contains(files["lessons/m3/index.html"], []byte(want)) {
			t.Errorf("the lesson lacks %s", want)
		}
	}
	if !bytes.Contains(files["404.html"], []byte(`href="/course/assets/style.css"`)) {
		t.Error("the page for unknown addresses does not use the base")
	}
	var m struct{ ID, Scope string }
	if err := json.Unmarshal(files["manifest.webmanifest"], &m); err != nil || m.ID != "/course/" || m.Scope != "./" {
		t.Errorf("manifest %+v, %v", m, err)
	}
}

// TestCanonical wants a whole address where the host is known, and none at the
// root of an unknown one.
func TestCanonical(t *testing.T) {
	for _, c := range []struct{ origin, base, want string }{
		{"", "", ""}, {"", "/", ""}, {"", "/course/", "/course/labs/fit/"},
		{"https://example.org", "/", "https://example.org/labs/fit/"},
		{"https://example.org", "/course/", "https://example.org/course/labs/fit/"},
	} {
		document, err := page{Path: "labs/fit"}.render(c.origin, c.base)
		if err != nil {
			t.Fatal(err)
		}
		link := `<link rel="canonical" href="` + c.want + `">`
		if got := bytes.Contains(document, []byte("canonical")); got != (c.want != "") || got && !bytes.Contains(document, []byte(link)) {
			t.Errorf("%+v: %s", c, document)
		}
	}
}

// TestNothingInline: the policy would refuse it.
func TestNothingInline(t *testing.T) {
	for name, page := range build(t, "") {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, bad := range []string{` style="`, "<style", "javascript:", " onclick=", "<script>"} {
			if bytes.Contains(page, []byte(bad)) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
		if !bytes.Contains(page, []byte("Content-Security-Policy")) {
			t.Errorf("%s has no policy", name)
		}
	}
}

func TestBuildFailures(t *testing.T) {
	in := Input{Assets: assets.FS, Programs: fstest.MapFS{}, Course: content.FS, Registry: registry.Lessons()}
	if _, err := Build(t.Context(), in); !errors.Is(err, ErrNoProgram) || !strings.Contains(err.Error(), "app.wasm") {
		t.Errorf("without programs: %v", err)
	}
	in.Programs = programStubs
	in.Course = fstest.MapFS{"course.md": {Data: []byte("---\nid: c\n")}}
	var faults lessons.Faults
	if _, err := Build(t.Context(), in); !errors.As(err, &faults) || len(faults) == 0 || faults[0].File != "course.md" {
		t.Errorf("with a faulty course: %v", err)
	}
}

func TestWriteKeepsForeignFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (Files{"index.html": nil}).Write(dir); !errors.Is(err, ErrForeignFolder) {
		t.Errorf("error %v", err)
	}
}

func TestHandler(t *testing.T) {
	files := Files{"index.html": []byte("map"), "labs/index.html": []byte("labs"), "404.html": []byte("none"),
		"assets/app.wasm.gz": []byte("gz"), "content/zh/m1.md": []byte("built"), "lessons/m1/index.html": []byte("m1"), "lessons/new/index.html": []byte("new")}
	live := fstest.MapFS{"zh/m1.md": {Data: []byte("edited")},
		"course.md": {Data: []byte("---\nmodules: [m1, m7]\n---\n")}}
	for _, tt := range []struct {
		path   string
		live   bool
		status int
		body   string
		kind   string
	}{
		{"/", false, 200, "map", "text/html; charset=utf-8"},
		{"/labs/", false, 200, "labs", "text/html; charset=utf-8"},
		{"/labs/index.html", false, 200, "labs", "text/html; charset=utf-8"},
		{"/nothing", false, 404, "none", "text/html; charset=utf-8"},
		{"/../../etc/passwd", false, 404, "none", "text/html; charset=utf-8"},
		{"/assets/app.wasm.gz", false, 200, "gz", "application/gzip"},
		{"/content/zh/m1.md", false, 200, "built", "text/markdown; charset=utf-8"},
		{"/content/zh/m1.md", true, 200, "edited", "text/markdown; charset=utf-8"},
		{"/content/zh/m2.md", true, 404, "none", "text/html; charset=utf-8"},
		{"/lessons/m1/", true, 200, "m1", "text/html; charset=utf-8"},
		{"/lessons/m7/", true, 200, "new", "text/html; charset=utf-8"}, // added since
		{"/lessons/m7/", false, 404, "none", "text/html; charset=utf-8"},
		{"/lessons/m8/", true, 404, "none", "text/html; charset=utf-8"},
	} {
		handler := files.Handler(nil)
		if tt.live {
			handler = files.Handler(live)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, tt.path, nil))
		if w.Code != tt.status || w.Body.String() != tt.body || w.Header().Get("Content-Type") != tt.kind {
			t.Errorf("%s: %d %q %s", tt.path, w.Code, w.Body, w.Header().Get("Content-Type"))
		}
	}
	w := httptest.NewRecorder()
	files.Handler(nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/labs?wasm=false", nil))
	if w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != "labs/?wasm=false" {
		t.Errorf("/labs: %d to %q", w.Code, w.Header().Get("Location"))
	}
	w = httptest.NewRecorder()
	files.Handler(nil).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", w.Code)
	}
}

// TestModelComesAlong holds that a site with a language model tells its size
// before anybody fetches it, and that one without says nothing.
func TestModelComesAlong(t *testing.T) {
	folder := fstest.MapFS{}
	addAll := func(prefix string, from map[string]*fstest.MapFile) int {
		size := 0
		for name, f := range from {
			folder[prefix+name] = f
			size += len(f.Data)
		}
		return size
	}
	for _, name := range []string{"sw.js", "credits.txt"} {
		data, err := assets.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: data}
	}
	in := Input{Assets: folder, Programs: programStubs, Course: content.FS, Registry: registry.Lessons()}
	without, err := Build(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(without["index.html"], []byte("data-model-bytes")) {
		t.Error("a size without a model")
	}
	size := addAll("model/", modeltest.Files(1))
	with, err := Build(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(`data-model-bytes="%d"`, size); !bytes.Contains(with["labs/attention/index.html"], []byte(want)) {
		t.Errorf("the page does not hold %s", want)
	}
	if !bytes.Equal(with["assets/model/model.safetensors"], folder["model/model.safetensors"].Data) {
		t.Error("the weights are not in the site")
	}
	if !bytes.Contains(with["sw.js"], []byte(`"assets/model/tokenizer.json"`)) {
		t.Error("the offline copy lacks the model")
	}
}
