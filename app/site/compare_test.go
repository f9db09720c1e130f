package site

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/registry"
	"courselab/lessons/content"
)

// copyOf is the shipped course as files that a test can change.
func copyOf(t *testing.T) fstest.MapFS {
	t.Helper()
	course := fstest.MapFS{}
	err := fs.WalkDir(content.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.FS, path)
		course[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return course
}

// withBase adds what the course was when the copy was made.
func withBase(t *testing.T, course, made fstest.MapFS) fstest.MapFS {
	t.Helper()
	files := Files{}
	if err := addBase(files, made); err != nil {
		t.Fatal(err)
	}
	course = maps.Clone(course)
	course[BaseFile] = &fstest.MapFile{Data: files["content/"+BaseFile]}
	return course
}

func replace(t *testing.T, course fstest.MapFS, name, old, new string) {
	t.Helper()
	text := string(course[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	course[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
}

// TestCompare changes two copies of one course each in their own way.
func TestCompare(t *testing.T) {
	made, here, there := copyOf(t), copyOf(t), copyOf(t)
	made["zh/gone-here.txt"] = &fstest.MapFile{Data: []byte("a")}
	made["zh/gone-there.txt"] = &fstest.MapFile{Data: []byte("a")}
	made["zh/gone-changed.txt"] = &fstest.MapFile{Data: []byte("a")}
	there["zh/gone-here.txt"] = made["zh/gone-here.txt"]
	here["zh/gone-there.txt"] = made["zh/gone-there.txt"]
	here["zh/gone-changed.txt"] = &fstest.MapFile{Data: []byte("b")}
	here["zh/new-here.txt"] = &fstest.MapFile{Data: []byte("a")}
	there["zh/new-there.txt"] = &fstest.MapFile{Data: []byte("a")}
	// Editors' marks are no changes.
	here["zh/m6.md"] = &fstest.MapFile{Data: []byte("\ufeff" + strings.ReplaceAll(string(here["zh/m6.md"].Data), "\n", "\r\n"))}
	replace(t, here, "zh/m1.md", "title: 大语言模型概述", "title: 我的第一课")
	replace(t, here, "zh/m4.md", "```lab fit", "```lab fitted")
	replace(t, here, "zh/m4.md", "```lab serving\n", "```lab serving\ncolour: red\n")
	replace(t, there, "zh/m2.md", "title: ", "title: 新的")
	replace(t, here, "zh/m5.md", "title: ", "title: 我的")
	replace(t, there, "zh/m5.md", "title: ", "title: 新的")
	replace(t, there, "data/models.json", `"generated": "`, `"generated": "3`)

	want := map[string]Change{
		"zh/m1.md": ChangedHere, "zh/m4.md": ChangedHere, "zh/m2.md": ChangedThere, "zh/m5.md": ChangedInBoth, "data/models.json": ChangedThere,
		"zh/gone-here.txt": GoneHere, "zh/gone-there.txt": GoneThere, "zh/gone-changed.txt": GoneThereChangedHere,
		"zh/new-here.txt": NewHere, "zh/new-there.txt": NewThere,
	}
	check := func(name string, c Comparison, want map[string]Change) {
		t.Helper()
		for _, f := range c.Files {
			expected, differs := want[f.File]
			if !differs {
				expected = Same
			}
			if f.Change != expected {
				t.Errorf("%s: %s is %s, want %s", name, f.File, f.Change, expected)
			}
		}
		for file := range want {
			if !slices.ContainsFunc(c.Files, func(f FileChange) bool { return f.File == file }) {
				t.Errorf("%s: %s is not listed", name, file)
			}
		}
		if len(c.Labs) != 2 || c.Labs[0].Lab != "fitted" || c.Labs[1].Lab != "serving" || c.Labs[1].Param != "colour" || c.Labs[0].File != "zh/m4.md" || c.Labs[0].Line < 9 {
			t.Errorf("%s: labs gone: %+v", name, c.Labs)
		}
		if len(c.Data) != 1 || c.Data[0].File != "data/models.json" || c.Data[0].Here >= c.Data[0].There {
			t.Errorf("%s: older data: %+v", name, c.Data)
		}
		if len(c.Unread) != 0 || c.Settled() {
			t.Errorf("%s: unread %v, settled %v", name, c.Unread, c.Settled())
		}
	}
	c, err := Compare(withBase(t, here, made), there, registry.Lessons())
	if err != nil || !c.Based {
		t.Fatal(c.Based, err)
	}
	check("with a base", c, want)
	c, err = Compare(here, there, registry.Lessons())
	if err != nil || c.Based {
		t.Fatal(c.Based, err)
	}
	two := map[string]Change{}
	for file, change := range want {
		switch change {
		case ChangedHere, ChangedThere, ChangedInBoth:
			two[file] = Differs
		case NewHere, GoneThere, GoneThereChangedHere:
			two[file] = OnlyHere
		default:
			two[file] = OnlyThere
		}
	}
	check("without a base", c, two)
	if c, err := Compare(withBase(t, copyOf(t), copyOf(t)), copyOf(t), registry.Lessons()); err != nil || !c.Settled() || len(c.Questions) != 0 || c.Counts[Same] != len(c.Files) {
		t.Errorf("two copies of one course: %+v, %v", c, err)
	}
}

// TestCompareQuestions names the questions whose stored answers would be lost,
// and no others.
func TestCompareQuestions(t *testing.T) {
	made := copyOf(t)
	course := func(edit func(fstest.MapFS)) fstest.MapFS {
		c := copyOf(t)
		edit(c)
		return c
	}
	same := func(fstest.MapFS) {}
	lesson := string(made["zh/m3.md"].Data)
	at := strings.Index(lesson, "{.quiz")
	at += strings.Index(lesson[at:], "\n### ")
	added := func(c fstest.MapFS) {
		c["zh/m3.md"] = &fstest.MapFile{Data: []byte(lesson[:at+1] + "### 一加一 {#q-added}\n\n1. [x] 二\n2. [ ] 三\n" + lesson[at:])}
	}
	key := func(c fstest.MapFS) {
		i := strings.Index(lesson, "{#q-mixing")
		text := strings.Replace(lesson[i:], "1. [ ]", "1. [x]", 1)
		text = strings.Replace(text, "3. [x]", "3. [ ]", 1)
		c["zh/m3.md"] = &fstest.MapFile{Data: []byte(lesson[:i] + text)}
	}
	typo := func(c fstest.MapFS) {
		replace(t, c, "zh/m3.md", "每个词元仍被变换", "每一个词元仍被变换")
	}
	for _, c := range []struct {
		name        string
		here, there func(fstest.MapFS)
		want        string
	}{
		{"nothing", same, same, ""},
		{"a typo", same, typo, ""},
		{"another answer there", same, key, "m3 q-mixing changed-there"},
		{"another answer here", key, same, "m3 q-mixing changed-here"},
		{"a question more there", same, added, "m3 q-added new-there"},
		{"a question more here", added, same, "m3 q-added new-here"},
	} {
		got := ""
		found, err := Compare(withBase(t, course(c.here), made), course(c.there), registry.Lessons())
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range found.Questions {
			got += q.Lesson + " " + q.Question + " " + string(q.Change)
			if q.File != "zh/m3.md" || q.Line < 9 {
				t.Errorf("%s: at %s:%d", c.name, q.File, q.Line)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCompareUnreadable says which lesson could not be compared, and refuses a
// base that is none.
func TestCompareUnreadable(t *testing.T) {
	here := copyOf(t)
	here["zh/m3.md"] = &fstest.MapFile{Data: []byte("---\n\xd5\xe2\xca\xc7\n")}
	c, err := Compare(here, copyOf(t), registry.Lessons())
	if err != nil || len(c.Unread) != 1 || c.Unread[0].File != "zh/m3.md" || c.Unread[0].Line != 2 || c.Settled() {
		t.Errorf("%+v, %v", c.Unread, err)
	}
	for _, text := range []string{"{", "{}", "\xff"} {
		here := copyOf(t)
		here[BaseFile] = &fstest.MapFile{Data: []byte(text)}
		if _, err := Compare(here, copyOf(t), registry.Lessons()); err == nil || !strings.Contains(err.Error(), BaseFile) {
			t.Errorf("base %q: %v", text, err)
		}
	}
}

// TestBaseIsKept: a course that brings its base along passes it on, so that it
// goes on saying what the copy was made from.
func TestBaseIsKept(t *testing.T) {
	course := withBase(t, copyOf(t), copyOf(t))
	first := string(course[BaseFile].Data)
	replace(t, course, "zh/m1.md", "title: ", "title: 我的")
	files := Files{}
	if err := addTree(files, course, "content"); err != nil {
		t.Fatal(err)
	}
	if err := addBase(files, course); err != nil || string(files["content/"+BaseFile]) != first {
		t.Errorf("the base was made anew: %v", err)
	}
	var base Base
	if err := json.Unmarshal([]byte(first), &base); err != nil || base.Course != "llm-selection" || len(base.Files) < 20 || len(base.Questions) < 100 {
		t.Errorf("%d files, %d questions, %v", len(base.Files), len(base.Questions), err)
	}
}
