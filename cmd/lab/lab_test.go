package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lab runs a command line from a fresh folder, in which nothing is built.
func lab(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), append([]string{"lab"}, args...), &out, &errs)
	return status, out.String(), errs.String()
}

// TestBadCommandLines asks for one line that says what and where, and exit 2.
func TestBadCommandLines(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"frobnicate"}, `"frobnicate"`},
		{[]string{"build", "--colour", "red"}, "colour"},
		{[]string{"build", "surplus"}, `"surplus"`},
		{[]string{"build", "--base", "course"}, `"course"`},
		{[]string{"build", "--base", "https://example.org/course"}, "end with /"},
		{[]string{"build", "--base", "ftp://example.org/"}, "https://"},
		{[]string{"build", "--base", "https://example.org/?a=/"}, "https://"},
		{[]string{"build", "--course", "/no/such/folder"}, "/no/such/folder"},
		{[]string{"build", "--single", ""}, "--single"},
		{[]string{"build", "--single", folder}, folder},
		{[]string{"build", "--single", "/no/such/folder/course.html"}, "/no/such/folder/course.html"},
		{[]string{"build", "--single", filepath.Join(file, "course.html")}, file},
		{[]string{"build", "--single", "course.html", "--out", "dist"}, "--out"},
		{[]string{"build", "--single", "course.html", "--base", "/course/"}, "--base"},
		{[]string{"build", "--single", "course.html"}, "make wasm"},
		{[]string{"build", "--zip", "site.zip", "--single", "course.html"}, "--zip"},
		{[]string{"build", "--zip", folder}, folder},
		{[]string{"build", "--scorm", "/no/such/folder/course.zip"}, "/no/such/folder/course.zip"},
		{[]string{"build", "--scorm", "course.zip", "--scorm-version", "1.3"}, `"1.3"`},
		{[]string{"build", "--scorm-version", "2004"}, "--scorm"},
		{[]string{"build", "--scorm", "course.zip", "--out", "dist"}, "--out"},
		{[]string{"build", "--scorm", "course.zip", "--base", "/course/"}, "--base"},
		{[]string{"build", "--scorm", "course.zip"}, "make wasm"},
		{[]string{"check", "--course", file}, file},
		{[]string{"check", "--course", folder}, "course.md"},
		{[]string{"check", "--json=maybe"}, "maybe"},
		{[]string{"collect"}, "no progress file"},
		{[]string{"collect", "/no/such/file.json"}, "/no/such/file.json"},
		{[]string{"collect", "*.json"}, "*.json"},
		{[]string{"collect", file, "-o", folder}, folder},
		{[]string{"collect", file, "--html", "class.csv"}, "class.csv"},
		{[]string{"collect", file, "--course", folder}, "course.md"},
		{[]string{"serve", "--addr", busy.Addr().String()}, busy.Addr().String()},
		{[]string{"serve", "--addr", "nonsense"}, "nonsense"},
		{[]string{"build"}, "make wasm"},
		{[]string{"serve", "--addr", "127.0.0.1:0"}, "make wasm"},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			status, stdout, stderr := lab(t, tt.args...)
			if status != 2 {
				t.Errorf("exit %d, want 2", status)
			}
			if stdout != "" {
				t.Errorf("standard output %q", stdout)
			}
			if strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, tt.says) {
				t.Errorf("standard error %q, want one line with %q", stderr, tt.says)
			}
			if left, err := os.ReadDir("."); err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestUnwritableOutput leaves what lies at the output as it was.
func TestUnwritableOutput(t *testing.T) {
	root := t.TempDir()
	t.Chdir("../..")
	if _, err := os.Stat("build/app.wasm"); err != nil {
		t.Fatal("no build/app.wasm: run `make wasm` first")
	}
	foreign := filepath.Join(root, "foreign")
	if err := os.Mkdir(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(foreign, "thesis.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{foreign, filepath.Join(mine, "below"), mine} {
		status, _, stderr := lab(t, "build", "--out", out)
		if status != 2 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, out) {
			t.Errorf("--out %s: exit %d, %q", out, status, stderr)
		}
	}
	if got, err := os.ReadFile(mine); err != nil || string(got) != "mine" {
		t.Errorf("the file there is now %q, %v", got, err)
	}
}

// TestBuildReplacesItsOwn builds twice into one folder: the second takes the
// first's place and leaves nothing of it behind.
func TestBuildReplacesItsOwn(t *testing.T) {
	out := filepath.Join(t.TempDir(), "dist")
	t.Chdir("../..")
	if status, _, stderr := lab(t, "build", "--out", out); status != 0 {
		t.Fatalf("exit %d: %s", status, stderr)
	}
	stale := filepath.Join(out, "stale.html")
	if err := os.WriteFile(stale, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := lab(t, "build", "--out", out)
	if status != 0 || !strings.Contains(stdout, out) {
		t.Fatalf("exit %d: %s%s", status, stdout, stderr)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", stale, err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(out), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCheckShippedCourse(t *testing.T) {
	if status, stdout, stderr := lab(t, "check"); status != 0 || stdout != "" {
		t.Errorf("exit %d\n%s%s", status, stdout, stderr)
	}
	if status, stdout, _ := lab(t, "check", "--json"); status != 0 || strings.TrimSpace(stdout) != "[]" {
		t.Errorf("--json: exit %d, %q", status, stdout)
	}
}

func TestCheckFaultyCourse(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("course.md", "---\nid: c\ntitle: 课\nlang: zh\nsummary: 说明\ngoals:\n  - 目标\nmodules:\n  - m1\n---\n")
	write("zh/m1.md", "---\nid: m1\ntitle: 一\nsummary: 说明\nminutes: 5\nobjectives:\n  - id: o1\n    text: 会\n---\n\n## 一\n\n<script>alert(1)</script>\n\n[坏](nowhere.md)\n")
	status, stdout, _ := lab(t, "check", "--course", dir)
	if status != 1 {
		t.Errorf("exit %d, want 1", status)
	}
	for _, want := range []string{"zh/m1.md:13: ", "zh/m1.md:15: "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no line begins with %q:\n%s", want, stdout)
		}
	}
	_, stdout, _ = lab(t, "check", "--course", dir, "--json")
	var faults []struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal([]byte(stdout), &faults); err != nil {
		t.Fatal(err)
	}
	if len(faults) < 2 || faults[0].File != "zh/m1.md" || faults[0].Message == "" {
		t.Errorf("faults %+v", faults)
	}
}

// TestServe asks the printed address for the course map, and for an edit made
// while it is served.
func TestServe(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	course := t.TempDir()
	if err := os.CopyFS(course, os.DirFS("lessons/content")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	out := &lines{first: make(chan string, 1)}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"lab", "serve", "--addr", "127.0.0.1:0", "--course", course}, out, os.Stderr)
	}()
	var address string
	select {
	case address = <-out.first:
	case status := <-ended:
		t.Fatalf("ended with %d", status)
	case <-time.After(2 * time.Minute):
		t.Fatal("printed no address")
	}
	if page := fetch(t, address); !strings.Contains(page, "大模型") {
		t.Errorf("the course map is %q", page)
	}
	if page := fetch(t, address+"no/such/page"); !strings.Contains(page, `src="/assets/boot.js"`) {
		t.Errorf("the page for unknown addresses depends on its depth: %q", page)
	}
	if err := os.WriteFile(filepath.Join(course, "zh", "m3.md"), []byte("改过了"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text := fetch(t, address+"content/zh/m3.md"); text != "改过了" {
		t.Errorf("after the edit: %.40q", text)
	}
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("ended with %d", status)
	}
}

// lines hands over the first line written to it.
type lines struct{ first chan string }

func (l *lines) Write(p []byte) (int, error) {
	select {
	case l.first <- strings.TrimSpace(string(p)):
	default:
	}
	return len(p), nil
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
