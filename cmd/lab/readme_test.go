package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"
)

// TestREADME holds what the README tells people to type and to open against
// what there is.
func TestREADME(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}

	targets := regexp.MustCompile("(?m)(?:^|`)make ([a-z-]+)").FindAllStringSubmatch(text, -1)
	for _, m := range targets {
		if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(makefile) {
			t.Errorf("make %s: no such target", m[1])
		}
	}
	commands := regexp.MustCompile("`lab ([a-z]+)([^`]*)`").FindAllStringSubmatch(text, -1)
	for _, m := range commands {
		if m[1] == "models" {
			continue // a block of the lesson format
		}
		checkREADMECommand(t, m[1], m[2])
	}
	paths := regexp.MustCompile("`((?:app|lessons|sim|attention|assets|cmd)/[A-Za-z0-9_./-]*)`").FindAllStringSubmatch(text, -1)
	for _, m := range regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(text, -1) {
		paths = append(paths, m)
	}
	for _, m := range paths {
		if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
	}
	if len(targets) < 4 || len(commands) < 4 || len(paths) < 3 {
		t.Errorf("found only %d targets, %d commands, %d paths", len(targets), len(commands), len(paths))
	}
}

func checkREADMECommand(t *testing.T, name, rest string) {
	t.Helper()
	var found *cli.Command
	for _, c := range command(nil, nil).Commands {
		if c.Name == name {
			found = c
		}
	}
	if found == nil {
		t.Errorf("lab %s: no such command", name)
		return
	}
	for _, word := range strings.Fields(rest) {
		flag, ok := strings.CutPrefix(word, "--")
		if !ok {
			continue
		}
		known := false
		for _, f := range found.Flags {
			for _, n := range f.Names() {
				known = known || n == flag
			}
		}
		if !known {
			t.Errorf("lab %s: no flag --%s", name, flag)
		}
	}
}
