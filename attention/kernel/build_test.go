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

	"courselab/attention/kernel/wasmcode"
)

// builtWith is the compiler of the committed artefact; another version's output
// may differ in bytes without being wrong.
const builtWith = "clang version 14."

// TestArtefactsAreCurrent rebuilds the kernel and compares.
func TestArtefactsAreCurrent(t *testing.T) {
	version, err := exec.Command("clang", "--version").Output()
	if err != nil {
		t.Skipf("clang is not installed: %v", err)
	}
	if !strings.Contains(string(version), builtWith) {
		t.Skipf("the artefacts are of %s, here is %s", builtWith, strings.SplitN(string(version), "\n", 2)[0])
	}
	if _, err := exec.LookPath("wasm-ld"); err != nil {
		t.Skipf("lld is not installed: %v", err)
	}
	dir := t.TempDir()
	if text, err := exec.Command("sh", "build.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("build.sh: %v\n%s", err, text)
	}
	for _, name := range []string{artefact, relaxedArtefact} {
		fresh, err := os.ReadFile(filepath.Join(dir, filepath.Base(name)))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fresh, committed) {
			t.Errorf("%s (%d bytes) is not what c gives (%d bytes): run attention/kernel/build.sh", name, len(committed), len(fresh))
		}
	}
}

// TestOwnsNoMemory reads the modules: they may hold types, one imported memory,
// functions and exports, but nothing that lies in memory. The linker always
// declares a stack pointer; no function may use it.
func TestOwnsNoMemory(t *testing.T) {
	names := map[byte]string{5: "memory of its own", 8: "start function", 9: "table elements", 11: "data", 12: "data count"}
	for _, name := range []string{artefact, relaxedArtefact} {
		code, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for rest := code[8:]; len(rest) > 0; {
			size, n := binary.Uvarint(rest[1:])
			if n <= 0 || uint64(len(rest)-1-n) < size {
				t.Fatalf("%s is cut short", name)
			}
			if what, bad := names[rest[0]]; bad {
				t.Errorf("%s, section %d: %s", name, rest[0], what)
			}
			rest = rest[1+n+int(size):]
		}
		relaxed := 0
		err = wasmcode.Walk(code, func(i wasmcode.Instruction) {
			switch i.Code {
			case wasmcode.GlobalGet, wasmcode.GlobalSet, wasmcode.MemoryGrow:
				t.Errorf("%s, byte %#x: a function uses the stack pointer or grows the memory", name, i.At)
			case wasmcode.DraftMadd:
				t.Errorf("%s, byte %#x: an instruction of a draft", name, i.At)
			}
			if i.Code >= wasmcode.FirstRelaxed {
				relaxed++
			}
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if (relaxed > 0) != (name == relaxedArtefact) {
			t.Errorf("%s has %d relaxed instructions", name, relaxed)
		}
	}
}
