package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// forbidden states which packages must not be reached from which, and why. A
// trailing /... covers the packages below.
var forbidden = []struct {
	from, platform, to, why string
}{
	{"courselab/cmd/web", "js", "courselab/sim", "the UI program stays small and never computes: it asks the engine"},
	{"courselab/cmd/web", "js", "courselab/sim/chart", "charts come from the engine as SVG"},
	{"courselab/cmd/web", "js", "courselab/attention", "tensors come from the engine"},
	{"courselab/cmd/web", "js", "courselab/app/engine/serve", "the engine's side of the protocol is the worker's"},
	{"courselab/cmd/web", "js", "gonum.org/v1/plot", "3.6 MB gzip of plotting and fonts belong to the engine"},
	{"courselab/cmd/web", "js", "github.com/mozillazg/go-pinyin", "the dictionary of sounds is the engine's"},
	{"courselab/cmd/web", "js", "golang.org/x/net/html", "parsing pages is the site builder's"},
	{"courselab/cmd/web", "js", "archive/zip", "the engine reads and writes zips"},
	{"courselab/cmd/web", "js", "courselab/lessons/content", "the course is fetched, so that edits on the host count"},
	{"courselab/cmd/web", "js", "courselab/assets", "assets are loaded by address"},
	{"courselab/cmd/web", "js", "courselab/app/site", "the site builder is native"},
	{"courselab/cmd/web", "js", "courselab/app/browsertest", "tests only"},
	{"courselab/cmd/web", "js", "courselab/app/progress/class", "a class is collected by the native command"},
	{"courselab/cmd/lab", "native", "courselab/app/modeltest", "tests only"},
	{"courselab/cmd/engine", "js", "courselab/lessons", "course text is the UI's; the engine gets what it needs with the request"},
	{"courselab/cmd/engine", "js", "github.com/maxence-charriere/go-app/v10/pkg/app", "the engine draws no pages"},
	{"courselab/cmd/engine", "js", "courselab/assets", "assets are loaded by address"},
	{"courselab/cmd/engine", "js", "courselab/attention/blas", "in the browser gonum has no vector instructions: the SIMD kernel computes"},
	{"courselab/cmd/engine", "js", "gonum.org/v1/gonum/blas", "comes with attention/blas only, for native programs"},
	{"courselab/app/engine", "js", "courselab/sim", "the protocol is plain data"},
	{"courselab/app/engine", "js", "courselab/attention", "the protocol is plain data"},
	{"courselab/app/engine", "js", "courselab/lessons", "the protocol is plain data"},
	{"courselab/lessons", "native", "courselab/sim", "lessons learn of functions through their registry"},
	{"courselab/lessons", "native", "courselab/attention", "lessons learn of labs through their registry"},
	{"courselab/lessons", "native", "courselab/app", "lessons are data"},
	{"courselab/sim", "native", "courselab/attention", "two cores that know nothing of each other"},
	{"courselab/sim", "native", "courselab/lessons", "two cores that know nothing of each other"},
	{"courselab/sim", "native", "gonum.org/v1/plot", "only sim/chart knows gonum/plot"},
	{"courselab/attention", "native", "courselab/sim", "two cores that know nothing of each other"},
	{"courselab/attention", "native", "courselab/lessons", "two cores that know nothing of each other"},
	{"courselab/attention", "native", "courselab/app", "maths knows no pages"},
	{"courselab/attention", "native", "gonum.org/v1/gonum", "only attention/blas knows it"},
	{"courselab/attention", "native", "courselab/attention/verse", "a model knows nothing of what it is judged by"},
	{"courselab/attention/train", "native", "courselab/attention/verse", "a reward is given to training, not known by it"},
}

func TestForbiddenImports(t *testing.T) {
	deps := map[string][]string{}
	for _, f := range forbidden {
		key := f.platform + " " + f.from
		if _, ok := deps[key]; !ok {
			deps[key] = dependencies(t, f.from, f.platform)
		}
		for _, dep := range deps[key] {
			if dep == f.to || strings.HasPrefix(dep, f.to+"/") && f.from != f.to && !strings.HasPrefix(f.from, f.to+"/") {
				t.Errorf("%s (%s) reaches %s: %s", f.from, f.platform, dep, f.why)
			}
		}
	}
}

// TestOnlyOnePackageKnows asserts direct imports: a library that one package
// wraps is imported by that package alone.
func TestOnlyOnePackageKnows(t *testing.T) {
	only := map[string][]string{
		"github.com/yuin/goldmark":       {"courselab/lessons"},
		"github.com/wyatt915/treeblood":  {"courselab/lessons"},
		"gonum.org/v1/plot":              {"courselab/sim/chart"},
		"github.com/mozillazg/go-pinyin": {"courselab/attention/verse"},
		"courselab/attention/webgpu":     {"courselab/app/engine/serve"}, // the engine alone computes on a graphics card
	}
	for _, platform := range []string{"js", "native"} {
		list := golist(t, platform, "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "courselab/...")
		for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
			fields := strings.Fields(line)
			for _, imported := range fields[1:] {
				for library, allowed := range only {
					if imported != library && !strings.HasPrefix(imported, library+"/") {
						continue
					}
					ok := false
					for _, a := range allowed {
						ok = ok || fields[0] == a || strings.HasPrefix(fields[0], a+"/")
					}
					if !ok {
						t.Errorf("%s (%s) imports %s: only %v may", fields[0], platform, imported, allowed)
					}
				}
			}
		}
	}
}

func dependencies(t *testing.T, pkg, platform string) []string {
	t.Helper()
	return strings.Fields(golist(t, platform, "-deps", pkg))
}

func golist(t *testing.T, platform string, args ...string) string {
	t.Helper()
	c := exec.Command("go", append([]string{"list", "-tags", "minimal"}, args...)...)
	c.Env = os.Environ()
	if platform == "js" {
		c.Env = append(c.Env, "GOOS=js", "GOARCH=wasm")
	}
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.String())
	}
	return string(out)
}

func goenv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatalf("go env %s: %v", name, err)
	}
	return string(out)
}
