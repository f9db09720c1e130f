//go:build !(js && wasm)

package webgpu

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// underNode runs the browser's code on a false WebGPU, which fails in every way
// that it should survive.
func underNode(t *testing.T, binary string) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("node is not installed: %v", err)
	}
	gpu, err := filepath.Abs(filepath.Join("testdata", "gpu.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(node, "--stack-size=8192", "--require", gpu, goFile(t, "wasm_exec_node.js"), binary, "-test.v", "-test.run=^TestNode")
	// Node hands the whole environment to Go, which has little room for it.
	run.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	if runtime.GOOS == "windows" {
		run.Env = append(run.Env, "SYSTEMROOT="+os.Getenv("SYSTEMROOT"))
	}
	text, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, name := range []string{"TestNodeSuite", "TestNodeOnePass", "TestNodeOpenFails", "TestNodeLostInGeneration"} {
		if !strings.Contains(string(text), "--- PASS: "+name+" ") {
			t.Errorf("%s did not pass:\n%s", name, text)
		}
	}
}
