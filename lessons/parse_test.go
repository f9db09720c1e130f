package lessons

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testRegistry is what the texts of the tests may call upon.
var testRegistry = Registry{
	Labs: map[string]LabSpec{
		"attention": {Title: "注意力公式", Params: map[string]ParamSpec{
			"text":   {Kind: TextParam, Min: 1, Max: 8},
			"heads":  {Kind: IntParam, Min: 1, Max: 4},
			"scale":  {Kind: FloatParam, Min: 0.5, Max: 2},
			"causal": {Kind: BoolParam},
			"view":   {Kind: ChoiceParam, Choices: []string{"weights", "scores"}},
			"seed":   {Kind: IntParam},
		}},
	},
	Functions: map[string]FunctionSpec{
		"kv-cache": {Title: "KV 缓存", Units: []string{"GiB", "GB"}, Params: map[string]ParamSpec{
			"layers": {Kind: IntParam, Min: 1, Max: 200},
			"tokens": {Kind: IntParam, Min: 1, Max: 1e6},
		}},
		"scaled-dot": {Title: "缩放后的分数", Units: []string{""}, Params: map[string]ParamSpec{
			"dot": {Kind: FloatParam, Min: -100, Max: 100},
		}},
	},
}

var testOptions = Options{
	Registry:    testRegistry,
	Lesson:      func(id, fragment string) string { return "/lessons/" + id + "/?to=" + fragment },
	File:        func(path string) string { return "/content/" + path },
	KnownLesson: func(id string) bool { return id == "m1" },
	KnownFile:   func(path string) bool { return path == "img/block.svg" || path == "data/x.csv" },
}

// TestGolden compares each testdata/*.md with what is recorded beside it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lesson, err := Parse(filepath.Base(file), src, testOptions)
			if err != nil {
				t.Fatal(err)
			}
			got := page(lesson)
			golden := strings.TrimSuffix(file, ".md") + ".html"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; got:\n%s\nwant:\n%s", golden, got, want)
			}
			for range 3 { // treeblood writes attributes in a random order
				again, _ := Parse(filepath.Base(file), src, testOptions)
				if page(again) != got {
					t.Fatal("parsing twice gives two pages")
				}
			}
			wellFormed(t, got)
		})
	}
}

// page writes a lesson as one HTML text, with what is not HTML in comments.
func page(l *Lesson) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- lesson %s: %s; %s; %d min; coming %v -->\n", l.ID, l.Title, l.Summary, l.Minutes, l.Coming)
	for _, o := range l.Objectives {
		fmt.Fprintf(&b, "<!-- objective %s: %s -->\n", o.ID, o.Text)
	}
	for _, s := range l.Sources {
		fmt.Fprintf(&b, "<!-- source %s: %s %s %s -->\n", s.ID, s.Title, s.URL, s.Date)
	}
	for _, s := range l.Sections {
		fmt.Fprintf(&b, "<h%d id=\"%s\">%s</h%d><!-- %s -->\n", s.Level, s.ID, s.HTML, s.Level, s.Title)
		for _, block := range s.Blocks {
			if block.Lab != nil {
				fmt.Fprintf(&b, "<!-- lab %s %s %v, line %d -->\n", block.Lab.Key, block.Lab.Name, block.Lab.Params, block.Lab.Line)
			}
			b.WriteString(block.HTML)
		}
	}
	if l.Quiz == nil {
		return b.String()
	}
	fmt.Fprintf(&b, "<!-- quiz %s: %s -->\n%s", l.Quiz.ID, l.Quiz.Title, l.Quiz.Intro)
	for _, q := range l.Quiz.Questions {
		fmt.Fprintf(&b, "<!-- question %s %s %s, objectives %v, line %d -->\n<h3>%s</h3>\n%s",
			q.ID, q.Kind, q.Fingerprint, q.Objectives, q.Line, q.TitleHTML, q.Prompt)
		if q.Hint != "" {
			fmt.Fprintf(&b, "<!-- hint -->\n%s", q.Hint)
		}
		for _, o := range q.Options {
			fmt.Fprintf(&b, "<!-- option %s %v -->\n%s\n%s", o.Key, o.Correct, o.HTML, o.Explanation)
		}
		for i, blank := range q.Blanks {
			fmt.Fprintf(&b, "<!-- blank %d: %s -->\n", i, strings.Join(blank.Accepted, " / "))
		}
		if c := q.Compute; c != nil {
			fmt.Fprintf(&b, "<!-- compute %s %v in %q within %g -->\n", c.Function, c.Ranges, c.Unit, c.Tolerance)
		}
		if q.Explanation != "" {
			fmt.Fprintf(&b, "<!-- explanation -->\n%s", q.Explanation)
		}
	}
	return b.String()
}

func TestNotepadFiles(t *testing.T) {
	src, err := os.ReadFile("testdata/quiz.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Parse("quiz.md", src, testOptions)
	if err != nil {
		t.Fatal(err)
	}
	wide := strings.NewReplacer("[x]", "［ｘ］", "[ ]", "（　）").Replace(string(src))
	for name, text := range map[string]string{
		"CRLF":       strings.ReplaceAll(string(src), "\n", "\r\n"),
		"CR":         strings.ReplaceAll(string(src), "\n", "\r"),
		"BOM":        "\ufeff" + string(src),
		"full-width": wide,
		"no newline": strings.TrimSuffix(string(src), "\n"),
	} {
		got, err := Parse("quiz.md", []byte(text), testOptions)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if page(got) != page(want) {
			t.Errorf("%s: parses differently:\n%s", name, page(got))
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	gbk := "---\nid: m9\ntitle: \xc4\xa3\xd0\xcd\n---\n"
	for name, c := range map[string]struct{ src, want string }{
		"GBK":    {gbk, "m9.md:3: 文件不是 UTF-8 编码"},
		"UTF-16": {"\xff\xfei\x00d\x00", "m9.md:1: 文件是 UTF-16 编码"},
	} {
		lesson, err := Parse("m9.md", []byte(c.src), Options{})
		if lesson != nil || err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want %s", name, lesson, err, c.want)
		}
		if course, err := ParseCourse("m9.md", []byte(c.src)); course != nil || err == nil {
			t.Errorf("%s: ParseCourse accepts it", name)
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	lesson, err := Parse("m9.md", []byte("---\nid: m9\nminutes: x\n---\n# a\n<b>\n"), Options{})
	var faults Faults
	if !errors.As(err, &faults) || lesson == nil {
		t.Fatalf("%v, %v", lesson, err)
	}
	if len(faults) < 5 {
		t.Errorf("%d faults: %v", len(faults), faults)
	}
	for i := 1; i < len(faults); i++ {
		if faults[i-1].Line > faults[i].Line {
			t.Errorf("not in order: %v", faults)
		}
	}
}

func TestPlainOptions(t *testing.T) {
	src := header9 + "[a](m7.md#b) [c](x.pdf) ![d](img/no.svg)\n\n```lab anything\nx: y\n```\n"
	lesson, err := Parse("m9.md", []byte(src), Options{})
	if err != nil {
		t.Fatal(err)
	}
	html := lesson.Sections[0].Blocks[0].HTML
	for _, want := range []string{`href="m7.md#b"`, `href="x.pdf"`, `src="img/no.svg"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
}
