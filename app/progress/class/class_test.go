package class

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"courselab/app/progress"
)

const testCourse = `---
id: test
title: 测验课
lang: zh
summary: 一句话
goals:
  - 会
modules:
  - m1
  - m2
---
`

const testHead = `---
id: %s
title: 单元%s
summary: 一句话
minutes: 5
objectives:
  - id: o1
    text: 会
---
## 正文

正文。

## 自测 {.quiz}

`

const testM1 = testHead + `### 缩放 {#q-single objectives="o1"}

为什么除以 $\sqrt{d}$？见[下一单元](m2.md)。

1. [ ] 使结果**更大**
   > 恰好相反：方差变小。
2. [x] 使方差为一
   > 对。
3. [ ] 习惯

### 多选 {#q-multiple objectives="o1"}

- [x] 甲
- [ ] 乙
  > 乙不算。
- [x] 丙

### 填空 {#q-fill objectives="o1"}

缓存叫 [[键值缓存]]。

### 排序 {#q-order objectives="o1"}

1. 先
2. 后
`

const testM2 = testHead + "### 算一算 {#q-compute objectives=\"o1\"}\n\n{n} 个字节是多少？\n\n```compute size\nn: 1..9 step 1\nunit: B\ntolerance: 1%%\n```\n"

func openTest(t testing.TB) Course {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	course, err := OpenCourse(fstest.MapFS{
		"course.md": file(testCourse),
		"zh/m1.md":  file(fmt.Sprintf(testM1, "m1", "一")),
		"zh/m2.md":  file(fmt.Sprintf(testM2, "m2", "二")),
	})
	if err != nil {
		t.Fatal(err)
	}
	return course
}

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// learnerFile collects attempts as a learner's browser would.
type learnerFile struct {
	course Course
	file   progress.File
	at     time.Time
}

func newFile(course Course, name string, at time.Time) *learnerFile {
	return &learnerFile{course, progress.File{Format: progress.Format, Version: progress.Version, Course: course.ID,
		Exported: at.Add(time.Hour), Name: name, Named: at, Lessons: map[string]progress.Lesson{}}, at}
}

func (f *learnerFile) give(question string, correct bool, options, texts []string) {
	for _, l := range f.course.Lessons {
		for _, q := range l.Quiz.Questions {
			if q.ID == question {
				f.add(l.ID, question, progress.Attempt{Fingerprint: q.Fingerprint, Correct: correct, Answer: progress.Answer{Options: options, Texts: texts}})
			}
		}
	}
}

func (f *learnerFile) add(lesson, question string, a progress.Attempt) {
	f.at = f.at.Add(time.Second)
	a.At = f.at
	l := f.file.Lessons[lesson]
	f.file.Lessons[lesson] = progress.MergeLessons(l, progress.Lesson{Questions: map[string]progress.Question{question: {Attempts: []progress.Attempt{a}}}})
}

func (f *learnerFile) choose(question string, correct bool, options ...string) {
	f.give(question, correct, options, nil)
}

// submit hands the file in through its bytes.
func (f *learnerFile) submit(t testing.TB, file string) Submission {
	t.Helper()
	data, err := f.file.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(file, data, f.course.ID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// thirty are 30 learners in 32 files, whose figures TestThirtyLearners knows.
func thirty(t testing.TB, course Course) []Submission {
	t.Helper()
	var all []Submission
	for i := range 30 {
		name := fmt.Sprintf("学员%02d", i)
		if i == 29 {
			name = `=HYPERLINK("https://example.com")`
		}
		f := newFile(course, name, start.Add(time.Duration(i)*time.Hour))
		switch {
		case i < 12:
			f.choose("q-single", true, "2")
		case i < 22:
			f.choose("q-single", false, "1")
			f.choose("q-single", true, "2")
		case i < 27:
			f.choose("q-single", false, "3")
			f.choose("q-single", false, "3")
		}
		if i%2 == 0 {
			f.choose("q-multiple", true, "1", "3")
		} else {
			f.choose("q-multiple", false, "1", "2")
		}
		switch {
		case i < 10:
			f.give("q-fill", true, nil, []string{"键值缓存"})
		case i < 13:
			f.give("q-fill", false, nil, []string{"kv"})
		case i < 15:
			f.give("q-fill", false, nil, []string{"ＫＶ "})
		}
		switch {
		case i < 4:
			f.choose("q-order", true, "1", "2")
			f.add("m1", "q-single", progress.Attempt{Fingerprint: "old", Answer: progress.Answer{Options: []string{"9"}}})
		case i < 6:
			f.choose("q-order", false, "2", "1")
		}
		if i < 10 {
			f.give("q-compute", i < 6, nil, []string{"3"})
		}
		all = append(all, f.submit(t, fmt.Sprintf("%02d.json", i)))
		if i == 7 { // the same browser before a name was given
			f.file.Name = ""
			all = append(all, f.submit(t, "unnamed.json"))
		}
	}
	again := newFile(course, "学员 ００", start.Add(100*time.Hour))
	again.choose("q-single", false, "3") // later than what was right at once
	return append(all, again.submit(t, "phone.json"))
}

func TestThirtyLearners(t *testing.T) {
	course := openTest(t)
	files := thirty(t, course)
	s := Summarise(course, Learners(files))
	slices.Reverse(files)
	ahead, err := s.Table()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Summarise(course, Learners(files)).Table(); err != nil || string(back) != string(ahead) {
		t.Errorf("the order of files counts: %v\n%s\n%s", err, ahead, back)
	}
	if len(s.Learners) != 30 || s.Stale != 4 || s.Regraded != 0 {
		t.Errorf("%d learners, %d stale, %d regraded; want 30, 4, 0", len(s.Learners), s.Stale, s.Regraded)
	}
	type figures struct{ answered, attempts, first, right int }
	want := map[string]figures{
		"q-single":   {27, 12 + 20 + 10 + 1, 12, 22},
		"q-multiple": {30, 30, 15, 15},
		"q-fill":     {15, 15, 10, 10},
		"q-order":    {6, 6, 4, 4},
		"q-compute":  {10, 10, 6, 6},
	}
	wrong := map[string]string{
		"q-single":   "使结果更大 10/10, 习惯 6/11",
		"q-multiple": "乙 15/15, 漏选：丙 15/15",
		"q-fill":     "kv 5/5",
		"q-order":    "后 → 先 2/2",
		"q-compute":  "",
	}
	for _, m := range s.Modules {
		for _, q := range m.Questions {
			id := q.Question.ID
			if got := (figures{q.Answered, q.Attempts, q.FirstRight, q.Right}); got != want[id] {
				t.Errorf("%s: %+v, want %+v", id, got, want[id])
			}
			var said []string
			for _, w := range q.Wrong {
				said = append(said, fmt.Sprintf("%s %d/%d", w.Said(), w.Learners, w.Attempts))
			}
			if got := strings.Join(said, ", "); got != wrong[id] {
				t.Errorf("%s: wrong %q, want %q", id, got, wrong[id])
			}
			if len(q.Open) != q.Answered-q.Right {
				t.Errorf("%s: %d open", id, len(q.Open))
			}
			delete(want, id)
		}
	}
	if len(want) > 0 {
		t.Errorf("not counted: %v", want)
	}
	if m := s.Modules[0]; m.Started != 30 || m.Completed != 2 {
		t.Errorf("m1: %d started, %d completed; want 30, 2", m.Started, m.Completed)
	}
	if m := s.Modules[1]; m.Started != 10 || m.Completed != 6 {
		t.Errorf("m2: %d started, %d completed; want 10, 6", m.Started, m.Completed)
	}
	var order []string
	for _, q := range s.Hardest() {
		order = append(order, q.Question.ID)
	}
	// 12/27, 15/30, 6/10, then two of 2/3.
	if got := strings.Join(order, " "); got != "q-single q-multiple q-compute q-fill q-order" {
		t.Errorf("hardest first: %s", got)
	}
}

// TestMerged: which files are one learner's.
func TestMerged(t *testing.T) {
	course := openTest(t)
	for _, l := range Learners(thirty(t, course)) {
		switch sameName(l.Name) {
		case "学员00":
			if !slices.Equal(l.Files, []string{"00.json", "phone.json"}) || l.Name != "学员 ００" {
				t.Errorf("%s: %v", l.Name, l.Files)
			}
		case "学员07":
			if !slices.Equal(l.Files, []string{"07.json", "unnamed.json"}) {
				t.Errorf("%s: %v", l.Name, l.Files)
			}
		default:
			if len(l.Files) != 1 {
				t.Errorf("%s: %v", l.Name, l.Files)
			}
		}
	}
	a, b := newFile(course, "", start), newFile(course, "", start.Add(time.Minute))
	a.choose("q-single", true, "2")
	b.choose("q-single", true, "2")
	if all := Learners([]Submission{a.submit(t, "a.json"), b.submit(t, "b.json")}); len(all) != 2 || all[1].Shown() != "（未填姓名）b.json" {
		t.Errorf("two without a name and nothing in common: %+v", all)
	}
}

// TestRegraded: a file that calls a wrong answer right changes no figure.
func TestRegraded(t *testing.T) {
	course := openTest(t)
	f := newFile(course, "甲", start)
	f.choose("q-single", true, "1")
	s := Summarise(course, Learners([]Submission{f.submit(t, "a.json")}))
	if q := s.Modules[0].Questions[0]; q.Right != 0 || s.Regraded != 1 {
		t.Errorf("right %d, regraded %d", q.Right, s.Regraded)
	}
}

func TestTable(t *testing.T) {
	course := openTest(t)
	s := Summarise(course, Learners(thirty(t, course)))
	table, err := s.Table()
	if err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(string(table), "\ufeff")
	if !marked || !strings.Contains(text, "\r\n") {
		t.Error("no mark, or no CRLF")
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 {
		t.Fatalf("%d rows", len(rows))
	}
	first := strings.Join(rows[1][:13], "|")
	if first != "m1|q-single|缩放|单选|30|27|43|12|44.4|22|81.5|使结果更大|10" {
		t.Errorf("row %s", first)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
	if names := rows[2][14]; !strings.Contains(names, "HYPERLINK") {
		t.Errorf("the name is lost: %q", names)
	}
}

func TestInert(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "王五": "王五", "12": "12", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@a": "'@a",
		"\t=1": "'\t=1", " =1": "' =1", "＝1": "'＝1", "　@a": "'　@a", "a=1": "a=1",
	} {
		if got := inert(cell); got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
}

func TestReport(t *testing.T) {
	course := openTest(t)
	files := thirty(t, course)
	evil := newFile(course, `<script>alert(1)</script>`, start)
	evil.give("q-fill", false, nil, []string{`<img src=x onerror=alert(1)>`})
	s := Summarise(course, Learners(append(files, evil.submit(t, "evil.json"))))
	report, err := s.Report([]Refused{{"bad.json", "文件是空的。"}}, start)
	if err != nil {
		t.Fatal(err)
	}
	text := string(report)
	for _, want := range []string{
		"31 名学员，33 个进度文件", "bad.json", "文件是空的。", "首次答对率 44.4%", "（12/27 人）",
		"恰好相反：方差变小。", "使结果更大</strong>：10 人，10 次", "漏选：丙", "<svg", "最难的题", "1..9 step 1",
		"&lt;script&gt;alert(1)", "另有 4 次作答", "（已合并）", "default-src &#39;none&#39;",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, never := range []string{"<script", "<img", "<a ", "style=", "http-equiv=\"refresh", "ZgotmplZ"} {
		if strings.Contains(text, never) {
			t.Errorf("holds %q", never)
		}
	}
	if strings.Index(text, "缩放</h3>") > strings.Index(text, "多选</h3>") {
		t.Error("not the hardest first")
	}
	again, err := s.Report([]Refused{{"bad.json", "文件是空的。"}}, start)
	if err != nil || string(again) != text {
		t.Error("the same class gives another report")
	}
}

// TestNobody: files without an answer make a report too.
func TestNobody(t *testing.T) {
	course := openTest(t)
	s := Summarise(course, Learners([]Submission{newFile(course, "甲", start).submit(t, "a.json")}))
	report, err := s.Report(nil, start)
	if err != nil || !strings.Contains(string(report), "还没有人作答") {
		t.Errorf("%v", err)
	}
}

// FuzzCollect: whatever file is taken can be counted and put into a table.
func FuzzCollect(f *testing.F) {
	course := openTest(f)
	seed := newFile(course, "甲", start)
	seed.choose("q-single", false, "1")
	seed.give("q-fill", false, nil, []string{"kv"})
	seed.choose("q-order", false, "2", "1")
	// A small one: large ones are mutated too slowly to reach anything.
	f.Add([]byte(`{"format":"courselab-progress","version":1,"course":"test","lessons":{"m1":{"questions":{"q-single":{"attempts":[{"at":"2026-03-02T08:00:00Z","fingerprint":"` +
		course.Lessons[0].Quiz.Questions[0].Fingerprint + `","answer":{"options":["1"]}}]}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read("a.json", data, course.ID)
		if err != nil {
			return
		}
		s := Summarise(course, Learners([]Submission{file, seed.submit(t, "b.json")}))
		for _, m := range s.Modules {
			for _, q := range m.Questions {
				if q.FirstRight > q.Right || q.Right > q.Answered || q.Answered > q.Attempts || q.Answered > len(s.Learners) {
					t.Fatalf("%s: %+v", q.Question.ID, q)
				}
			}
		}
		if _, err := s.Table(); err != nil {
			t.Fatal(err)
		}
	})
}
