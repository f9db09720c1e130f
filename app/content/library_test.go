package content

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/lessons"
)

const courseFile = `---
id: test
title: 测试课程
lang: zh
summary: 只为测试。
goals:
  - 一个目标。
modules:
  - m1
  - m2
---
`

const coming = `---
id: m2
status: coming
title: 第二课
summary: 还没有写。
minutes: 10
objectives:
  - id: o1
    text: 以后再学。
---
`

func written(body string) string {
	return `---
id: m1
title: 第一课
summary: 写好了。
minutes: 10
objectives:
  - id: o1
    text: 学会一件事。
sources:
  - id: s1
    title: 一本书
    date: "2017"
---
` + body
}

const body = `
## 一节 {#one}

正文。[^s1]

![一个圆](img/circle.svg)

## 自测 {.quiz #quiz}

### 一加一等于二 {#q1 objectives=o1}

1. [x] 对
2. [ ] 错
`

const circle = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"/></svg>`

func courseFS() fstest.MapFS {
	return fstest.MapFS{
		"course.md":         {Data: []byte(courseFile)},
		"zh/m1.md":          {Data: []byte(written(body))},
		"zh/m2.md":          {Data: []byte(coming)},
		"zh/img/circle.svg": {Data: []byte(circle)},
	}
}

func load(t *testing.T, course fs.FS) *Library {
	t.Helper()
	l, err := Load(FromFS(course), lessons.Registry{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLessonIsParsedOnceWithItsDrawings(t *testing.T) {
	l := load(t, courseFS())
	if _, _, ok := l.Cached("m1"); ok {
		t.Error("a lesson is parsed before it is asked for")
	}
	first, err := l.Lesson("m1")
	if err != nil {
		t.Fatal(err)
	}
	second, _ := l.Lesson("m1")
	if first != second {
		t.Error("asked twice, parsed twice")
	}
	var html strings.Builder
	for _, s := range first.Sections {
		for _, b := range s.Blocks {
			html.WriteString(b.HTML)
		}
	}
	if !strings.Contains(html.String(), "<circle") || strings.Contains(html.String(), "<img") {
		t.Errorf("the drawing does not stand in the page:\n%s", html.String())
	}
	want := []string{"content/course.md", "content/zh/img/circle.svg", "content/zh/m1.md", "content/zh/m2.md"}
	if got := l.Files(); !slices.Equal(got, want) {
		t.Errorf("Files() = %v, want %v", got, want)
	}
}

func TestLoadIsAllOrNone(t *testing.T) {
	for _, missing := range []string{"course.md", "zh/m1.md", "zh/m2.md"} {
		course := courseFS()
		delete(course, missing)
		_, err := Load(FromFS(course), lessons.Registry{})
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
			t.Errorf("without %s: error %v", missing, err)
		}
	}
	course := courseFS()
	delete(course, "zh/img/circle.svg")
	if _, err := load(t, course).Lesson("m1"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without its drawing the lesson gives %v", err)
	}
}

func TestFaultyLessonKeepsTheLastGoodOne(t *testing.T) {
	course := courseFS()
	l := load(t, course)
	good, err := l.Lesson("m1")
	if err != nil {
		t.Fatal(err)
	}
	course["zh/m1.md"] = &fstest.MapFile{Data: []byte(written(strings.Replace(body, "[x]", "[ ]", 1)))}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh() = %v, %v", changed, err)
	}
	kept, err := l.Lesson("m1")
	var faults lessons.Faults
	if kept != good || !errors.As(err, &faults) || faults[0].File != "zh/m1.md" || faults[0].Line == 0 {
		t.Errorf("after a fault: same lesson %v, error %v", kept == good, err)
	}
	// Asking again neither parses again nor forgets.
	if again, err2, ok := l.Cached("m1"); !ok || again != good || err2 == nil {
		t.Errorf("Cached() = %v, %v, %v", again == good, err2, ok)
	}
	course["zh/m1.md"] = &fstest.MapFile{Data: []byte(written(strings.Replace(body, "正文", "新的正文", 1)))}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh() = %v, %v", changed, err)
	}
	if mended, err := l.Lesson("m1"); err != nil || mended == good {
		t.Errorf("mended text is not shown: %v", err)
	}
}

func TestRefreshThatFailsChangesNothing(t *testing.T) {
	course := courseFS()
	l := load(t, course)
	good, _ := l.Lesson("m1")
	before := l.Files()
	delete(course, "zh/m2.md")
	course["zh/m1.md"] = &fstest.MapFile{Data: []byte(written(body + "\n更多。\n"))}
	if changed, err := l.Refresh(); changed || err == nil {
		t.Fatalf("Refresh() = %v, %v; want an error", changed, err)
	}
	if lesson, err := l.Lesson("m1"); lesson != good || err != nil {
		t.Errorf("half a set has been taken: %v", err)
	}
	if after := l.Files(); !slices.Equal(before, after) {
		t.Errorf("files changed from %v to %v", before, after)
	}
}

func TestRefreshOfTheSameFilesReportsNoChange(t *testing.T) {
	l := load(t, courseFS())
	l.Lesson("m1")
	if changed, err := l.Refresh(); changed || err != nil {
		t.Errorf("Refresh() = %v, %v", changed, err)
	}
}

func TestHeadNeedsNoText(t *testing.T) {
	course := courseFS()
	// A fault in the text does not hide what the front matter says.
	course["zh/m1.md"] = &fstest.MapFile{Data: []byte(written("\n## 一节 {#one}\n\n![缺图](img/none.svg)\n"))}
	l := load(t, course)
	head := l.Head("m1")
	if head == nil || head.Title != "第一课" || head.Coming || len(head.Objectives) != 1 || len(head.Sources) != 1 {
		t.Fatalf("Head(m1) = %+v", head)
	}
	if next := l.Head("m2"); next == nil || !next.Coming {
		t.Errorf("Head(m2) = %+v", next)
	}
	course["zh/m1.md"] = &fstest.MapFile{Data: []byte(strings.Replace(written(body), "minutes", "status: ready\nminutes", 1))}
	if head := load(t, course).Head("m1"); head == nil || head.Coming {
		t.Errorf("a lesson that says it is ready: %+v", head)
	}
	if l.Head("m9") != nil || l.Head("") != nil {
		t.Error("a lesson that is not there has a head")
	}
}

func TestUnknownLesson(t *testing.T) {
	if lesson, err := load(t, courseFS()).Lesson("m9"); lesson != nil || err == nil {
		t.Errorf("Lesson(m9) = %v, %v", lesson, err)
	}
}

const termsFile = `---
title: 术语表
summary: 几个词。
---
## 一组

### 正文 (text) {#text}

写出来的。
`

func TestGlossaryBelongsToTheSet(t *testing.T) {
	course := courseFS()
	if g, err := load(t, course).Glossary(); g != nil || err != nil {
		t.Errorf("a course without terms: %v, %v", g, err)
	}
	course["course.md"] = &fstest.MapFile{Data: []byte(strings.Replace(courseFile, "modules:", "glossary: terms.md\nmodules:", 1))}
	if _, err := Load(FromFS(course), lessons.Registry{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without its glossary: %v", err)
	}
	course["zh/terms.md"] = &fstest.MapFile{Data: []byte(termsFile)}
	l := load(t, course)
	if !slices.Contains(l.Files(), "content/zh/terms.md") {
		t.Errorf("Files() = %v", l.Files())
	}
	m1, err := l.Lesson("m1")
	if err != nil || !strings.Contains(m1.Sections[0].Blocks[0].HTML, `href="/glossary/#text" data-term="text"`) {
		t.Errorf("the term is not linked: %v\n%v", err, m1.Sections[0].Blocks)
	}
	course["zh/terms.md"] = &fstest.MapFile{Data: []byte(termsFile + "\n### 空 (empty) {#empty}\n")}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh() = %v, %v", changed, err)
	}
	g, err := l.Glossary()
	var faults lessons.Faults
	if !errors.As(err, &faults) || faults[0].File != "zh/terms.md" || g == nil || len(g.Terms()) != 2 {
		t.Errorf("faulty glossary: %v, %v", g, err)
	}
	if _, err := l.Lesson("m1"); err != nil {
		t.Errorf("a fault in the glossary reaches the lesson: %v", err)
	}
}
