package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"courselab/lessons/content"
)

// TestAgainst compares a copy of the course with the shipped one, and with
// another folder.
func TestAgainst(t *testing.T) {
	mine := filepath.Join(t.TempDir(), "mine")
	if err := os.CopyFS(mine, content.FS); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := lab(t, "check", "--course", mine, "--against", "shipped"); status != 0 || !strings.Contains(stdout, "base.json") {
		t.Errorf("an unchanged copy: exit %d\n%s%s", status, stdout, stderr)
	}
	name := filepath.Join(mine, "zh", "m3.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "```lab blocks", "```lab blocked", 1)
	if changed == string(text) {
		t.Fatal("zh/m3.md has no lab blocks")
	}
	if err := os.WriteFile(name, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	status, stdout, _ := lab(t, "check", "--course", mine, "--against", "shipped")
	if status != 1 || !strings.Contains(stdout, "zh/m3.md: 两边不同\n") || !strings.Contains(stdout, ": 已没有实验 blocked\n") {
		t.Errorf("a changed copy: exit %d\n%s", status, stdout)
	}
	status, stdout, _ = lab(t, "check", "--course", mine, "--against", mine, "--json")
	var found struct {
		Based bool
		Files []struct{ File, Change string }
		Labs  []struct{ Lab string }
	}
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || status != 1 {
		t.Fatalf("exit %d, %v\n%s", status, err, stdout)
	}
	if len(found.Files) == 0 || found.Files[0].Change != "same" || len(found.Labs) != 1 || found.Labs[0].Lab != "blocked" {
		t.Errorf("%+v", found)
	}
	for _, c := range [][]string{{"--against", ""}, {"--against", filepath.Join(mine, "none")}, {"--against", name}} {
		status, stdout, stderr := lab(t, append([]string{"check", "--course", mine}, c...)...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "--against") {
			t.Errorf("%q: exit %d\n%s%s", c, status, stdout, stderr)
		}
	}
}
