//go:build !js

package worker

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"courselab/assets"
)

// testPage has the policy of the course's pages.
const testPage = `<!doctype html><html lang="zh" data-course="test"><meta charset="utf-8"><title>worker test</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,"><script src="assets/wasm_exec.js"></script><script src="assets/boot.js"></script>`

// site is a host of the course with programs of the test's choice. It lies
// under /sub/path/, so that nothing can take the host's root for granted.
type site struct {
	url string

	mu    sync.Mutex
	files map[string][]byte // by path below the site's root
}

func newSite(t *testing.T, enginePackage string) *site {
	t.Helper()
	s := &site{files: map[string][]byte{
		"":                []byte(testPage),
		"sw.js":           []byte("// keeps nothing"),
		"assets/app.wasm": build(t, "courselab/app/engine/worker/testdata/page"),
	}}
	s.put("assets/engine.wasm", build(t, enginePackage))
	for _, name := range []string{"boot.js", "worker.js", "kernel.wasm", "kernel-relaxed.wasm"} {
		data, err := fs.ReadFile(assets.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		s.files["assets/"+name] = data
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	if s.files["assets/wasm_exec.js"], err = os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")); err != nil {
		t.Fatal(err)
	}
	s.put("assets/app.wasm", s.files["assets/app.wasm"])
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL + "/sub/path/"
	return s
}

// put sets a program and its compressed copy, which the page asks for.
func (s *site) put(path string, data []byte) {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	_, _ = w.Write(data) // into memory: cannot fail
	_ = w.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path], s.files[path+".gz"] = data, packed.Bytes()
}

func (s *site) get(path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[path]
}

// cut leaves the first half of a file.
func (s *site) cut(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = s.files[path][:len(s.files[path])/2]
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/sub/path/")
	s.mu.Lock()
	data, found := s.files[path]
	s.mu.Unlock()
	if !ok || !found {
		http.NotFound(w, r)
		return
	}
	kind := "text/html; charset=utf-8"
	switch filepath.Ext(path) {
	case ".js":
		kind = "text/javascript"
	case ".wasm", ".gz":
		kind = "application/octet-stream" // as a host does that knows no better
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(data)
}

var (
	buildMu sync.Mutex
	built   = map[string][]byte{}
)

// build compiles a program for the browser, once a test run.
func build(t *testing.T, pkg string) []byte {
	t.Helper()
	buildMu.Lock()
	defer buildMu.Unlock()
	if data, ok := built[pkg]; ok {
		return data
	}
	out := filepath.Join(t.TempDir(), "program.wasm")
	c := exec.Command("go", "build", "-tags", "minimal", "-trimpath", "-ldflags=-s -w", "-o", out, pkg)
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if message, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, message)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	built[pkg] = data
	return data
}
