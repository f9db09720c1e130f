//go:build !(js && wasm)

package webgpu

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"courselab/app/browsertest"
)

// build compiles this package's tests for the browser.
func build(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles for js/wasm: not with -short")
	}
	// go test keeps a result until a file changes that the test was seen to read:
	// what the compiler reads for it has to be read here too.
	for _, pattern := range []string{"*_js.go", "*_js_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	binary := filepath.Join(t.TempDir(), "webgpu.test.wasm")
	c := exec.Command("go", "test", "-c", "-o", binary, ".")
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go test -c for js/wasm: %v\n%s", err, text)
	}
	return binary
}

func goFile(t testing.TB, name string) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", name)
}

// inChromium runs the browser's tests in a worker of headless Chromium, whose
// WebGPU is SwiftShader's, and returns what they print.
func inChromium(t testing.TB, binary string, limit time.Duration, args ...string) string {
	t.Helper()
	files := map[string]string{
		"/program.wasm": binary, "/worker.js": filepath.Join("testdata", "worker.js"),
		"/wasm_exec.js": goFile(t, "wasm_exec.js"), "/kernel.wasm": filepath.Join("..", "..", "assets", "kernel.wasm"),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if file, ok := files[r.URL.Path]; ok {
			http.ServeFile(w, r, file)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><title>webgpu test</title><link rel="icon" href="data:,">`))
	}))
	t.Cleanup(server.Close)
	b := browsertest.New(t, "enable-unsafe-webgpu")
	b.Navigate(server.URL)
	message, err := json.Marshal(map[string]any{"program": "program.wasm", "args": args, "env": map[string]string{"COURSELAB_WEBGPU_CASE": "chromium"}})
	if err != nil {
		t.Fatal(err)
	}
	b.Eval(`(globalThis.lines = [], globalThis.code = null, globalThis.worker = new Worker("worker.js"),
		worker.onmessage = e => { if ("line" in e.data) lines.push(e.data.line); else code = e.data.code },
		worker.onerror = e => { if (code === null) { lines.push(e.message); code = -1 } },
		worker.postMessage(`+string(message)+`), 0)`, nil)
	b.WaitForWithin(limit, "the end of the tests", "globalThis.code !== null")
	var output struct {
		Lines []string
		Code  int
	}
	b.Eval("({Lines: lines, Code: code})", &output)
	text := strings.Join(output.Lines, "\n")
	if output.Code != 0 {
		t.Fatalf("exit code %d\n%s", output.Code, text)
	}
	return text
}

// TestForBrowsers compiles the tests for the browser once and runs them.
func TestForBrowsers(t *testing.T) {
	binary := build(t)
	t.Run("node", func(t *testing.T) { underNode(t, binary) })
	t.Run("chromium", func(t *testing.T) { underChromium(t, binary) })
}

// underChromium runs the WGSL itself, in a worker as in the course.
func underChromium(t *testing.T, binary string) {
	text := inChromium(t, binary, 5*time.Minute, "-test.v", "-test.run=^TestBrowser")
	for _, name := range []string{"TestBrowser", "TestBrowser/suite", "TestBrowser/shader", "TestBrowser/failures", "TestBrowserNeverChoosesSoftware"} {
		if !strings.Contains(text, "--- PASS: "+name+" (") {
			t.Errorf("%s did not pass:\n%s", name, text)
		}
	}
}

// BenchmarkForBrowsers runs BenchmarkBrowser in Chromium and prints what it says.
func BenchmarkForBrowsers(b *testing.B) {
	b.Logf("%s", inChromium(b, build(b), 10*time.Minute, "-test.run=^$", "-test.bench=.", "-test.benchtime=20x"))
}
