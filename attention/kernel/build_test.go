//go:build !(js && wasm)

package kernel

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// builtWith is the compiler of the committed artefact; another version's output
// may differ in bytes without being wrong.
const builtWith = "clang version 14."

// TestArtefactIsCurrent rebuilds kernel.wasm and compares.
func TestArtefactIsCurrent(t *testing.T) {
	version, err := exec.Command("clang", "--version").Output()
	if err != nil {
		t.Skipf("clang is not installed: %v", err)
	}
	if !strings.Contains(string(version), builtWith) {
		t.Skipf("the artefact is of %s, here is %s", builtWith, strings.SplitN(string(version), "\n", 2)[0])
	}
	if _, err := exec.LookPath("wasm-ld"); err != nil {
		t.Skipf("lld is not installed: %v", err)
	}
	out := filepath.Join(t.TempDir(), "kernel.wasm")
	if text, err := exec.Command("sh", "build.sh", out).CombinedOutput(); err != nil {
		t.Fatalf("build.sh: %v\n%s", err, text)
	}
	fresh, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile(artefact)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(fresh, committed) {
		t.Errorf("%s (%d bytes) is not what c/kernel.c gives (%d bytes): run attention/kernel/build.sh", artefact, len(committed), len(fresh))
	}
}

// TestOwnsNoMemory reads the module's sections: it may hold types, one imported
// memory, functions and exports, but nothing that lies in memory. The linker
// always declares a stack pointer; that no function uses one is checked on the
// code where wasm-objdump is installed.
func TestOwnsNoMemory(t *testing.T) {
	code, err := os.ReadFile(artefact)
	if err != nil {
		t.Fatal(err)
	}
	names := map[byte]string{5: "memory of its own", 8: "start function", 9: "table elements", 11: "data", 12: "data count"}
	for rest := code[8:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || uint64(len(rest)-1-n) < size {
			t.Fatal("the artefact is cut short")
		}
		if what, bad := names[rest[0]]; bad {
			t.Errorf("section %d: %s", rest[0], what)
		}
		rest = rest[1+n+int(size):]
	}
	listing, err := exec.Command("wasm-objdump", "-d", artefact).Output()
	if err != nil {
		t.Skipf("sections are right; code not read, wasm-objdump is not installed: %v", err)
	}
	if bytes.Contains(listing, []byte("global.")) || bytes.Contains(listing, []byte("memory.grow")) {
		t.Error("a function uses the stack pointer or grows the memory")
	}
}
