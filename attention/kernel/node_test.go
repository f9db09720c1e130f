//go:build !(js && wasm)

package kernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestUnderNode compiles this package's tests for the browser's Go and runs
// them under Node: the loader as it is shipped, on the memory of a running Go
// program.
func TestUnderNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("node is not installed: %v", err)
	}
	if testing.Short() {
		t.Skip("compiles for js/wasm: not with -short")
	}
	binary := filepath.Join(t.TempDir(), "kernel.test.wasm")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go test -c for js/wasm: %v\n%s", err, text)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	start := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js")
	kernel, err := filepath.Abs(artefact)
	if err != nil {
		t.Fatal(err)
	}
	relaxed, err := filepath.Abs(relaxedArtefact)
	if err != nil {
		t.Fatal(err)
	}
	// Before version 21, Node knows relaxed SIMD behind a flag only; later ones may
	// not know the flag.
	flags := []string{"--stack-size=8192"}
	if exec.Command(node, "--experimental-wasm-relaxed-simd", "-e", "0").Run() == nil {
		flags = append(flags, "--experimental-wasm-relaxed-simd")
	}
	handover, err := filepath.Abs(filepath.Join("testdata", "handover.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, spoilt := range []string{"", "no-memory", "no-simd", "no-file", "wrong", "no-relaxed", "wrong-relaxed"} {
		t.Run("case "+spoilt, func(t *testing.T) {
			run := exec.Command(node, append(flags, "--require", handover, start, binary, "-test.v")...)
			// Node hands the whole environment to Go, which has little room for it.
			run.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"),
				"COURSELAB_KERNEL=" + kernel, "COURSELAB_KERNEL_RELAXED=" + relaxed, "COURSELAB_KERNEL_CASE=" + spoilt}
			if runtime.GOOS == "windows" {
				run.Env = append(run.Env, "SYSTEMROOT="+os.Getenv("SYSTEMROOT"))
			}
			text, err := run.CombinedOutput()
			if err != nil || !strings.Contains(string(text), "--- PASS: TestLoad ") {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}
