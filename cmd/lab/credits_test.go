package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestCredits holds the shipped list of licences against the modules that are
// linked into the programs for the browser.
func TestCredits(t *testing.T) {
	const file = "../../assets/credits.txt"
	want := credits(t)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s does not list what is linked; run go test ./cmd/lab -run Credits -update", file)
	}
}

func credits(t *testing.T) string {
	type module struct{ name, dir string }
	modules := []module{{"Go (runtime, standard library, wasm_exec.js)", strings.TrimSpace(goenv(t, "GOROOT"))}}
	seen := map[string]bool{}
	for _, program := range []string{"courselab/cmd/web", "courselab/cmd/engine"} {
		list := golist(t, "js", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}", program)
		for _, line := range strings.Split(list, "\n") {
			name, dir, ok := strings.Cut(line, "\t")
			if !ok || seen[name] || strings.HasPrefix(name, "courselab ") {
				continue
			}
			seen[name] = true
			modules = append(modules, module{name, dir})
		}
	}
	slices.SortFunc(modules[1:], func(a, b module) int { return strings.Compare(a.name, b.name) })

	// Many share a text word for word: each is printed once.
	texts := map[string][]string{}
	var order []string
	for _, m := range modules {
		text := licence(t, m.name, m.dir)
		if _, ok := texts[text]; !ok {
			order = append(order, text)
		}
		texts[text] = append(texts[text], m.name)
	}
	font, err := os.ReadFile("../../assets/fonts/LICENSE.txt")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, text := range order {
		fmt.Fprintf(&b, "%s\n\n%s\n\n%s\n\n", strings.Join(texts[text], "\n"), text, strings.Repeat("-", 72))
	}
	fmt.Fprintf(&b, "%s", font)
	return b.String()
}

// licence returns the text of a module's licence file.
func licence(t *testing.T, name, dir string) string {
	t.Helper()
	for ; len(dir) > 1; dir = filepath.Dir(dir) {
		for _, pattern := range []string{"LICENSE*", "LICENCE*", "COPYING*", "License*"} {
			files, _ := filepath.Glob(filepath.Join(dir, pattern))
			if len(files) == 0 {
				continue
			}
			text, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			return strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
		}
	}
	t.Fatalf("%s: no licence file", name)
	return ""
}
