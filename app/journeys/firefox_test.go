//go:build !js

package journeys

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestFirefoxSingleFile opens the single file from the disk in a stock Firefox.
// `make firefox` installs what it needs and runs it.
func TestFirefoxSingleFile(t *testing.T) {
	t.Parallel()
	firefox, err := exec.LookPath(cmp.Or(os.Getenv("FIREFOX"), "firefox-esr"))
	if err != nil {
		t.Skip("no Firefox: make firefox")
	}
	puppeteer, err := filepath.Abs("../../.cache/npm/node_modules/puppeteer-core")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(puppeteer); err != nil {
		t.Skip("no puppeteer-core: make firefox")
	}
	node := exec.CommandContext(t.Context(), "node", "testdata/firefox.mjs", singleFile(t))
	node.Env = append(os.Environ(), "PUPPETEER="+puppeteer, "FIREFOX="+firefox)
	if out, err := node.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
