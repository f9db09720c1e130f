package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"courselab/app/site"
)

// TestRelease builds the program as `make release` does, around a site of stubs,
// and runs it from an empty folder without a toolchain in reach.
func TestRelease(t *testing.T) {
	folder := t.TempDir()
	archive, err := site.Files{
		"index.html":          []byte("the embedded course map"),
		"404.html":            []byte("no such page"),
		"sw.js":               nil,
		"assets/app.wasm":     []byte("\x00asm app"),
		"assets/engine.wasm":  []byte("\x00asm engine"),
		"assets/wasm_exec.js": []byte("// go"),
	}.Zip()
	if err != nil {
		t.Fatal(err)
	}
	carried := filepath.Join(folder, "carried.zip")
	if err := os.WriteFile(carried, archive, 0o644); err != nil {
		t.Fatal(err)
	}
	// The overlay leaves alone what `make release` may have put there.
	place, err := filepath.Abs("site.zip")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {place: carried}})
	if err != nil {
		t.Fatal(err)
	}
	overlayFile := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "lab")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	compile := exec.Command("go", "build", "-tags", "minimal,embedsite", "-overlay", overlayFile, "-o", program, ".")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	empty := t.TempDir()
	command := func(args ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), program, args...)
		c.Dir, c.Env = empty, []string{"PATH=", "TMPDIR=" + folder, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
		return c
	}
	serve := command("serve", "--addr", "127.0.0.1:0")
	out, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	serve.Stderr = &stderr
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it printed no address: %v; %s", err, stderr.String())
	}
	if page := fetch(t, strings.TrimSpace(address)); page != "the embedded course map" {
		t.Errorf("it serves %q", page)
	}
	if err := serve.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	serve.Wait() // it was killed: how it ended says nothing

	if out, err := command("build", "--single", "course.html").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	document, err := os.ReadFile(filepath.Join(empty, "course.html"))
	if err != nil || !bytes.Contains(document, []byte(`data-file="assets/app.wasm" data-size="8"`)) {
		t.Errorf("the file it writes lacks the program that it carries (%v)", err)
	}
}
