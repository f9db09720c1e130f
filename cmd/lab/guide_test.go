package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"courselab/app"
	"courselab/app/content"
	"courselab/app/registry"
	"courselab/app/site"
	"courselab/lessons"
	shipped "courselab/lessons/content"
	"courselab/sim"

	"github.com/urfave/cli/v3"
)

// guideText is the instructor's guide of the shipped course.
func guideText(t *testing.T) string {
	t.Helper()
	text, err := fs.ReadFile(shipped.FS, "zh/guide.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fenced lists the blocks of one kind in a Markdown text, without the spaces that
// a list sets them in by.
func fenced(text, kind string) []string {
	var blocks []string
	var block []string
	fence, indent, ours := "", "", false
	for _, line := range strings.Split(text, "\n") {
		inner := strings.TrimPrefix(line, indent)
		switch trimmed := strings.TrimSpace(line); {
		case fence == "" && strings.HasPrefix(trimmed, "```"):
			fence = trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
			indent = line[:strings.Index(line, "`")]
			ours, block = strings.TrimPrefix(trimmed, fence) == kind, nil
		case fence != "" && trimmed == fence:
			if ours {
				blocks = append(blocks, strings.Join(block, "\n")+"\n")
			}
			fence, indent = "", ""
		case fence != "":
			block = append(block, inner)
		}
	}
	return blocks
}

// parses reports why a command line is none of ours, with every command's action
// left out.
func parses(t *testing.T, words []string) error {
	t.Helper()
	var out bytes.Buffer
	root := command(&out, &out)
	for _, c := range root.Commands {
		c.Action = func(context.Context, *cli.Command) error { return nil }
	}
	return root.Run(t.Context(), words)
}

// TestGuideCommands parses every command line of the guide, and runs those that
// compute.
func TestGuideCommands(t *testing.T) {
	text := guideText(t)
	n := 0
	for _, block := range fenced(text, "sh") {
		for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
			input, line, piped := cutPipe(line)
			words := strings.Fields(line)
			switch words[0] {
			case "git", "touch":
				continue
			case "lab":
			default:
				t.Errorf("%s: what is %s?", line, words[0])
				continue
			}
			n++
			if err := parses(t, words); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			if piped {
				if status, _, stderr := calcWith(t, input, words[2:]...); status != 0 {
					t.Errorf("%s: exit %d, %s", line, status, stderr)
				}
			}
		}
	}
	for _, m := range regexp.MustCompile("`lab ([a-z]+ [^`]*)`").FindAllStringSubmatch(text, -1) {
		if err := parses(t, append([]string{"lab"}, strings.Fields(m[1])...)); err != nil && !registry.Inline(strings.Fields(m[1])[0]) {
			t.Errorf("lab %s: %v", m[1], err)
		}
	}
	if n < 10 {
		t.Errorf("found only %d commands", n)
	}
	if err := parses(t, []string{"lab", "build", "--colour", "red"}); err == nil {
		t.Error("a flag that is none passes: the test tests nothing")
	}
}

// cutPipe splits "echo 'INPUT' | COMMAND".
func cutPipe(line string) (input, rest string, piped bool) {
	line = strings.TrimSpace(line)
	before, after, ok := strings.Cut(line, " | ")
	if !ok {
		return "", line, false
	}
	return strings.Trim(strings.TrimPrefix(before, "echo "), "'"), after, true
}

// TestGuideAddresses looks up every page and file that the guide names.
func TestGuideAddresses(t *testing.T) {
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]bool{}
	for _, p := range app.Pages(library) {
		pages["/"+p.Path+"/"] = true
	}
	n := 0
	for _, m := range regexp.MustCompile("`(/?[a-z][a-z0-9-]*/[^`\\s]*)`").FindAllStringSubmatch(guideText(t), -1) {
		name, _, _ := strings.Cut(m[1], "?")
		n++
		switch {
		case name == "/course/": // where the guide's examples put it
		case strings.HasPrefix(name, "/"):
			if !pages[name] {
				t.Errorf("%s: no such page", m[1])
			}
		case strings.HasPrefix(name, "lessons/") && strings.HasSuffix(name, "/index.html"):
			if !pages["/"+strings.TrimSuffix(name, "index.html")] {
				t.Errorf("%s: no such page", m[1])
			}
		case name == "content/"+site.BaseFile: // written by lab build
		case strings.HasPrefix(name, "content/"), strings.HasPrefix(name, "data/"):
			if _, err := fs.Stat(shipped.FS, strings.TrimPrefix(name, "content/")); err != nil {
				t.Errorf("%s: %v", m[1], err)
			}
		case strings.HasPrefix(name, "dist/"), strings.HasPrefix(name, "text/"), strings.HasPrefix(name, "application/"):
		default:
			if _, err := os.Stat(filepath.Join("../..", name)); err != nil {
				t.Errorf("%s: %v", m[1], err)
			}
		}
	}
	if n < 12 {
		t.Errorf("found only %d addresses", n)
	}
}

// TestGuideExamples reads the examples of the format as a course's files are read.
func TestGuideExamples(t *testing.T) {
	known := registry.Lessons()
	kinds := map[lessons.QuestionKind]bool{}
	blocks := fenced(guideText(t), "markdown")
	for _, block := range blocks {
		var err error
		switch {
		case strings.Contains(block, "\nmodules:\n"):
			var c *lessons.Course
			if c, err = lessons.ParseCourse("course.md", []byte(block)); err == nil {
				for _, lab := range c.Hidden {
					if _, ok := known.Labs[lab]; !ok {
						t.Errorf("the example hides %s, which is no lab", lab)
					}
				}
			}
		default:
			if !strings.HasPrefix(block, "---\n") {
				block = "---\nid: m1\ntitle: 例\nsummary: 例\nminutes: 1\nobjectives: []\n---\n" + block
			}
			var l *lessons.Lesson
			if l, err = lessons.Parse("m1.md", []byte(block), lessons.Options{Registry: known}); err == nil {
				for _, q := range l.Quiz.Questions {
					kinds[q.Kind] = true
				}
			}
		}
		if err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
	}
	if len(blocks) != 3 || len(kinds) != 5 {
		t.Errorf("%d examples with %d kinds of question", len(blocks), len(kinds))
	}
}

// TestGuideData tries the examples of data: a price in the shipped catalogue, and
// cases that are verified.
func TestGuideData(t *testing.T) {
	blocks := fenced(guideText(t), "json")
	if len(blocks) != 2 {
		t.Fatalf("%d examples of data", len(blocks))
	}
	data, err := fs.ReadFile(shipped.FS, "data/models.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var price map[string]any
	if err := json.Unmarshal([]byte(blocks[0]), &price); err != nil {
		t.Fatal(err)
	}
	file["models"].([]any)[0].(map[string]any)["price"] = price
	if data, err = json.Marshal(file); err != nil {
		t.Fatal(err)
	}
	if _, err := sim.ParseCatalogue(data); err != nil {
		t.Errorf("the price: %v", err)
	}

	course, err := filepath.Abs("../../lessons/content")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("cases.json", []byte(blocks[1]), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := lab(t, "calc", "--course", course, "verify", "cases.json"); status != 0 {
		t.Errorf("the cases: exit %d, %s", status, stderr)
	}
}

// TestGuidePlan holds the plan of the six meetings against the labs: their names,
// the minutes without a gap, and a note for each module.
func TestGuidePlan(t *testing.T) {
	text := guideText(t)
	titles := map[string]bool{}
	for _, l := range registry.Labs() {
		titles[l.Title] = true
	}
	named := regexp.MustCompile("实验“([^”]+)”").FindAllStringSubmatch(text, -1)
	for _, m := range named {
		if !titles[m[1]] {
			t.Errorf("实验“%s”: no lab is called that", m[1])
		}
	}
	_, plan, _ := strings.Cut(text, "{#plan}")
	plan, _, _ = strings.Cut(plan, "{#classwork}")
	meetings := strings.Split(plan, "\n### ")[1:]
	if len(meetings) != 6 || len(named) < 18 {
		t.Fatalf("%d meetings, %d labs named", len(meetings), len(named))
	}
	for i, meeting := range meetings {
		at := 0
		for _, m := range regexp.MustCompile(`(?m)^\| (\d+)–(\d+) \|`).FindAllStringSubmatch(meeting, -1) {
			from, _ := strconv.Atoi(m[1])
			to, _ := strconv.Atoi(m[2])
			if from != at || to <= from {
				t.Errorf("meeting %d: %s to %s follows minute %d", i+1, m[1], m[2], at)
			}
			at = to
		}
		if at != 90 {
			t.Errorf("meeting %d ends at minute %d", i+1, at)
		}
		if notes := fenced(meeting, "lab notes"); !slices.Equal(notes, []string{"module: m" + strconv.Itoa(i+1) + "\n"}) {
			t.Errorf("meeting %d: notes %q", i+1, notes)
		}
	}
}

// TestGuideLabels finds the words of buttons and pages that the guide tells people
// to look for in the program.
func TestGuideLabels(t *testing.T) {
	var source strings.Builder
	for _, folder := range []string{"../../app/pages", "../../app/labs", "../../app"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if data, err := os.ReadFile(f); err == nil && !strings.HasSuffix(f, "_test.go") {
				source.Write(data)
			}
		}
	}
	text := guideText(t)
	for _, label := range []string{"给链接附一句话", "导出进度", "姓名或学号", "综合练习", "综合考试", "设置", "给老师", "今天该复习", "试一试"} {
		if !strings.Contains(text, label) || !strings.Contains(source.String(), label) {
			t.Errorf("%s: in the guide %v, in the program %v", label, strings.Contains(text, label), strings.Contains(source.String(), label))
		}
	}
}
