package site

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPack takes over what was packed of a program, and nothing that was packed of
// another or is broken.
func TestPack(t *testing.T) {
	dir := t.TempDir()
	program := func(text string) {
		t.Helper()
		for _, name := range []string{"app.wasm", "engine.wasm", "wasm_exec.js"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("\x00asm "+name+text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	packed := func() []byte {
		t.Helper()
		files := Files{}
		if err := addPrograms(files, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		return files["assets/app.wasm.gz"]
	}
	if err := Pack(dir); err == nil || !strings.Contains(err.Error(), "make wasm") {
		t.Errorf("packed nothing: %v", err)
	}
	program(strings.Repeat("one", 50))
	plain := packed()
	if err := Pack(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadFile(filepath.Join(dir, "app.wasm.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(left, plain) || !bytes.Equal(packed(), left) {
		t.Error("what was packed was not taken over")
	}
	program("two")
	if bytes.Equal(packed(), left) {
		t.Error("what was packed of another program was taken over")
	}
	if err := Pack(dir); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(filepath.Join(dir, "app.wasm.gz")); !bytes.Equal(packed(), again) || bytes.Equal(again, left) {
		t.Error("a new program was not packed")
	}
	if err := os.WriteFile(filepath.Join(dir, "app.wasm.gz"), left[:20], 0o644); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(packed(), left[:20]) {
		t.Error("a broken file was taken over")
	}
}
