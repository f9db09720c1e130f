package pages

import (
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/practice"
	"courselab/app/progress"
	"courselab/app/search"
	"courselab/app/settings"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// smallCourse has one lesson with two questions, one to come, and two terms.
func smallCourse() fstest.MapFS {
	return fstest.MapFS{
		"course.md": {Data: []byte("---\nid: c\ntitle: 小课 <1>\nlang: zh\nsummary: 一句。\ngoals:\n  - 会。\nglossary: glossary.md\nmodules:\n  - m1\n  - m2\n---\n")},
		"zh/m1.md": {Data: []byte("---\nid: m1\ntitle: 第一课\nsummary: 一句。\nminutes: 1\nobjectives:\n  - id: o1\n    text: 会。\n---\n" +
			"词元在标题之前。\n\n## 甲 & 乙 {#one}\n\n词元与键值缓存。\n\n### 丙 {#two}\n\n词元。\n\n" +
			"## 自测 {.quiz #quiz}\n\n### 对吗？ {#q1 objectives=o1}\n\n1. [x] 对\n2. [ ] 错\n\n### 再来 {#q2}\n\n1. [ ] 对\n2. [x] 错\n")},
		"zh/m2.md":       {Data: []byte("---\nid: m2\nstatus: coming\ntitle: 第二课\nsummary: 一句。\nminutes: 1\nobjectives:\n  - id: o1\n    text: 会。\n---\n")},
		"zh/glossary.md": {Data: []byte("---\ntitle: 术语表\nsummary: 两个词。\n---\n## 组 {#group}\n\n### 词元 (token) {#token}\n\n最小的单位。\n\n### 键值缓存 (KV cache) {#kv-cache}\n\n别名：KV 缓存\n\n留下来的键和值，按[词元](term:token)增长。\n")},
	}
}

// environment is that of a prerendered page, with a learner's store if interactive.
func environment(t *testing.T, course fstest.MapFS, interactive bool) *env.Env {
	t.Helper()
	e := environmentOf(t, course, lessons.Registry{})
	if interactive {
		now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		e.Progress = progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/", Now: func() time.Time { return now }})
	}
	return e
}

// environmentOf is a prerendered page's, of a course that uses what is registered.
func environmentOf(t *testing.T, course fstest.MapFS, registry lessons.Registry) *env.Env {
	t.Helper()
	library, err := content.Load(content.FromFS(course), registry)
	if err != nil {
		t.Fatal(err)
	}
	return &env.Env{Content: library, Course: library.Course(), Settings: settings.Default(), Static: map[string]string{}}
}

func TestGoldenGlossary(t *testing.T) {
	const golden = "testdata/glossary.html"
	e := environment(t, smallCourse(), false)
	now, ok := textsOf(e)
	if !ok {
		t.Fatal("the lessons are not parsed")
	}
	got := termsHTML(e, now.terms, now.lessons)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", golden, got)
	}
}

func TestGlossaryPageShowsFaults(t *testing.T) {
	course := smallCourse()
	course["zh/glossary.md"].Data = append(course["zh/glossary.md"].Data, "\n### 词元 (token) {#again}\n\n又一次。\n"...)
	html := goapp.HTMLString(&Glossary{Env: environment(t, course, false)})
	if !strings.Contains(html, "zh/glossary.md:17") || !strings.Contains(html, "最小的单位") {
		t.Errorf("the page says:\n%s", html)
	}
	course = smallCourse()
	course["course.md"].Data = []byte(strings.Replace(string(course["course.md"].Data), "glossary: glossary.md\n", "", 1))
	if html := goapp.HTMLString(&Glossary{Env: environment(t, course, false)}); !strings.Contains(html, "没有术语表") {
		t.Errorf("without a glossary:\n%s", html)
	}
}

func TestSearchSaysHowItStands(t *testing.T) {
	one := []engine.SearchResult{{Whole: true}}
	for want, p := range map[string]Search{
		"输入一个词":             {query: "  "},
		"正在读课文":             {query: "a", busy: true},
		"正在建立索引":            {query: "a", busy: true, ready: true},
		"没有搜成：坏了":           {query: "a", failed: "坏了"},
		"没有可以查找的字":          {query: "😀", found: &engine.SearchOutput{}},
		"没有找到":              {query: "a", found: &engine.SearchOutput{Words: 1}},
		"找到 1 处。":           {query: "a", found: &engine.SearchOutput{Words: 1, Total: 1, Results: one}},
		"找到 9 处，列出最相关的 1 处": {query: "a", found: &engine.SearchOutput{Words: 1, Total: 9, Results: one}},
		"部分相符":              {query: "a b", found: &engine.SearchOutput{Words: 2, Total: 1, Results: []engine.SearchResult{{}}}},
		"只查找了前 200 个字":      {query: "a", found: &engine.SearchOutput{Words: 1, Total: 1, Results: one, Cut: true}},
	} {
		if got := p.status(); !strings.Contains(got, want) {
			t.Errorf("status %q, want %q", got, want)
		}
	}
}

func TestSearchNeedsTheProgram(t *testing.T) {
	html := goapp.HTMLString(&Search{Env: environment(t, smallCourse(), false)})
	if !strings.Contains(html, "载入后才能用") || strings.Count(html, " disabled") < 2 {
		t.Errorf("the prerendered page:\n%s", html)
	}
}

func TestResultsAreEscapedAndMarked(t *testing.T) {
	got := resultHTML(search.Entry{Kind: search.Term, Title: "<甲>乙", Place: "a&b", Page: "glossary", Fragment: "x"},
		engine.SearchResult{TitleMarks: [][2]int{{1, 2}}, Passage: "一二三四", Marks: [][2]int{{0, 1}, {2, 4}, {3, 9}}})
	want := `<li class="result"><h2><a href="/glossary/#x">&lt;<mark>甲</mark>&gt;乙</a></h2>` +
		`<p class="result-place">术语 · a&amp;b</p><p class="result-passage"><mark>一</mark>二<mark>三四</mark></p></li>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzMarkedText(f *testing.F) {
	f.Add("一二三", 0, 2)
	f.Add("<b>", -1, 99)
	f.Fuzz(func(t *testing.T, text string, from, to int) {
		got := markedText(text, [][2]int{{from, to}, {to, from}})
		plain := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(got)
		if plain != escape(string([]rune(text))) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestTipStaysInTheWindow(t *testing.T) {
	for name, c := range map[string]struct {
		box       tipBox
		left, top float64
	}{
		"below":         {tipBox{left: 100, top: 50, bottom: 70, width: 300, height: 80, wide: 1000, high: 600}, 100, 74},
		"right edge":    {tipBox{left: 900, top: 50, bottom: 70, width: 300, height: 80, wide: 1000, high: 600}, 692, 74},
		"above":         {tipBox{left: 100, top: 560, bottom: 580, width: 300, height: 80, wide: 1000, high: 600}, 100, 476},
		"narrow window": {tipBox{left: 100, top: 50, bottom: 70, width: 344, height: 80, wide: 360, high: 600}, 8, 74},
		"no room":       {tipBox{left: 0, top: 20, bottom: 40, width: 100, height: 590, wide: 360, high: 600}, 8, 44},
	} {
		if left, top := tipPlace(c.box); left != c.left || top != c.top {
			t.Errorf("%s: (%v, %v), want (%v, %v)", name, left, top, c.left, c.top)
		}
	}
}

func TestRecord(t *testing.T) {
	e := environment(t, smallCourse(), true)
	lesson, err := e.Content.Lesson("m1")
	if err != nil {
		t.Fatal(err)
	}
	answer := func(i int, key string, correct bool) {
		q := lesson.Quiz.Questions[i]
		if _, err := e.Progress.Record("m1", q.ID, progress.Attempt{
			Fingerprint: q.Fingerprint, Answer: progress.Answer{Options: []string{key}}, Correct: correct}); err != nil {
			t.Fatal(err)
		}
	}
	answer(0, "2", false)
	answer(0, "1", true)
	e.Progress.SetName("李<雷>")
	p := &Record{Env: e}
	rows := p.rows()
	if len(rows) != 3 || rows[0] != (recordRow{"第 1 单元　第一课", "1 / 2", "0%（0 / 1）", "—"}) ||
		rows[1].right != "—" || rows[2] != (recordRow{"合计", "1 / 2", "0%（0 / 1）", "—"}) {
		t.Errorf("rows %q", rows)
	}
	answer(1, "2", true)
	e.Progress.Complete("m1")
	if row := p.rows()[0]; row.right != "2 / 2" || row.first != "50%（1 / 2）" || !strings.HasPrefix(row.completed, "2026-03-0") {
		t.Errorf("when complete: %q", row)
	}
	file := recordDocument("学习记录", p.sheet())
	for _, want := range []string{"<!doctype html>", "李&lt;雷&gt;", "小课 &lt;1&gt;", "没有人核验", "2 / 2"} {
		if !strings.Contains(file, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
	blank := goapp.HTMLString(&Record{Env: environment(t, smallCourse(), false)})
	if !strings.Contains(blank, "＿ / 2") || !strings.Contains(blank, "没有人核验") {
		t.Errorf("the prerendered record:\n%s", blank)
	}
}

func TestPractice(t *testing.T) {
	e := environment(t, smallCourse(), true)
	p := &Practice{Env: e}
	if html := goapp.HTMLString(p); !strings.Contains(html, "正在读题") {
		t.Errorf("before the questions are known:\n%s", html)
	}
	p.shuffle(1, false)
	if len(p.deck) != 2 || practice.Count(p.deck, practice.Unseen) != 2 {
		t.Fatalf("deck %v", p.deck)
	}
	html := goapp.HTMLString(p)
	if strings.Count(html, `class="question"`) != 1 || !strings.Contains(html, "第 1 / 2 题") || !strings.Contains(html, "没做过") {
		t.Errorf("the first card:\n%s", html)
	}
	lesson, q := p.question(p.deck[0])
	if _, err := e.Progress.Record(lesson.ID, q.ID, progress.Attempt{Fingerprint: q.Fingerprint, Answer: progress.Answer{Options: []string{"1"}}, Correct: true}); err != nil {
		t.Fatal(err)
	}
	p.advance()
	p.advance()
	if html := goapp.HTMLString(p); !strings.Contains(html, "作答 1 题，最后答对 1 题") {
		t.Errorf("at the end:\n%s", html)
	}
	p.deck, p.at = []practice.Card{{Lesson: "m1", Question: "gone"}}, 0
	if html := goapp.HTMLString(p); !strings.Contains(html, "不在课文里") {
		t.Errorf("a question that went:\n%s", html)
	}
	blank := goapp.HTMLString(&Practice{Env: environment(t, smallCourse(), false)})
	if !strings.Contains(blank, "载入后才能作答") || !strings.Contains(blank, "：2 题") {
		t.Errorf("the prerendered page:\n%s", blank)
	}
}
