package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"courselab/app/hostile"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"m1.md:3: 中文“引号”\\n": "m1.md:3: 中文“引号”\\n",
		"a\x1b[2Jb":          `a\x1b[2Jb`,
		"\x1b]0;title\x07":   `\x1b]0;title\a`,
		"one\ntwo\rthree\t":  `one\ntwo\rthree\t`,
		"\u009b31m\x7f":      `\u009b31m\x7f`,
		"\x9b31m":            `\x9b31m`,
		"ab\u202ecd\u2066":   `ab\u202ecd\u2066`,
		"\ufffd":             "\ufffd",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// escapes is what a name holds that would clear the screen, set its title, write
// over the line before and turn the reading order.
const escapes = "\x1b[2J\x1b]0;owned\x07\x1b[1A\r\u009b31m\u202e"

// quiet fails the test where a terminal would obey a text.
func quiet(t *testing.T, what, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || turnsOrder(r)) }); i >= 0 {
		t.Errorf("%s: %q", what, text[max(0, i-40):min(len(text), i+40)])
	}
}

// TestHostileCourseOnTheTerminal checks and compares a course whose faults quote
// what terminals obey.
func TestHostileCourseOnTheTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	course, err := hostile.Course()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS("course", course); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("course", "zh", "m2.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	attempts := "## 实验\n\n[a](javascript:" + escapes + ")\n\n```lab attention\nheads: " + escapes + "\n```\n"
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "## 实验\n", attempts, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"check", "--course", "course"},
		{"check", "--course", "course", "--against", "shipped"},
		{"check", "--course", "no" + escapes},
		{"collect", "no" + escapes + ".json"},
	} {
		status, stdout, stderr := lab(t, args...)
		if status == 0 || stdout+stderr == "" {
			t.Errorf("%q: exit %d without a word", args, status)
		}
		quiet(t, strings.Join(args[:2], " "), stdout+stderr)
		if args[1] == "--course" && len(args) == 3 && status == 1 && !strings.Contains(stdout, `\x1b[2J`) {
			t.Error("check does not quote what is wrong")
		}
	}
}

// TestHostileHandIns collects files whose learners' names and whose own names try
// to run something, on the terminal and in the report.
func TestHostileHandIns(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("in", 0o755); err != nil {
		t.Fatal(err)
	}
	for i, name := range append(hostile.Payloads, escapes, "=cmd|' /C calc'!A0") {
		handIn(t, filepath.Join("in", string(rune('a'+i))+".json"), name, false)
	}
	for _, name := range []string{"broken" + escapes + ".json", `"><img src=x onerror=pwned(1)>.json`} {
		if err := os.WriteFile(filepath.Join("in", name), []byte(`{"kind": "<script>pwned('file')</script>`+escapes+`"`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	status, stdout, stderr := lab(t, "collect", "in", "-o", "class.csv", "--html", "report.html")
	if status != 1 || strings.Count(stderr, "\n") != 2 {
		t.Errorf("exit %d: %s%s", status, stdout, stderr)
	}
	quiet(t, "collect", stdout+stderr)
	report, err := os.ReadFile("report.html")
	if err != nil || !strings.Contains(string(report), "pwned(") {
		t.Fatalf("%v; the report names none of them", err)
	}
	// The report's own style sheet is bound by the hash in its policy.
	head, rest, _ := strings.Cut(string(report), "<style>")
	_, body, _ := strings.Cut(rest, "</style>")
	found, err := hostile.Faults(head + body)
	if err != nil || len(found) > 0 {
		t.Errorf("the report: %v, %v", found, err)
	}
}
