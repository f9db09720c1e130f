package progress

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// sitting begins an exam of two questions.
func sitting(t *testing.T, s *Store) Exam {
	t.Helper()
	return keep(t, s, Exam{Started: s.Now(), Minutes: 30, Seed: 7, Edition: "v1", Items: []ExamItem{
		{Lesson: "m1", Question: "a", Fingerprint: "f"}, {Lesson: "m2", Question: "b", Fingerprint: "f", Seed: 5}}})
}

func keep(t *testing.T, s *Store, e Exam) Exam {
	t.Helper()
	e, err := s.KeepExam(e)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExamIsKept(t *testing.T) {
	memory, c := &Memory{}, &clock{day.Add(123456 * time.Nanosecond)}
	s := open(memory, c)
	e := sitting(t, s)
	c.now = c.now.Add(time.Minute)
	e.Items[0].Answer.Options = []string{"2"}
	e.Used = 60_000
	e = keep(t, s, e)
	again := open(memory, c)
	if got := again.Exam(e.ID()); !reflect.DeepEqual(got, e) || !got.Running() || len(again.Problems()) > 0 {
		t.Errorf("after a reload: %+v, want %+v; %v", got, e, again.Problems())
	}
	later := sitting(t, again)
	if all := again.Exams(); len(all) != 2 || all[0].ID() != later.ID() {
		t.Errorf("exams %+v", all)
	}
	// What the caller does with its copy changes nothing.
	got := again.Exam(e.ID())
	got.Items[0].Answer.Options = nil
	if !again.Exam(e.ID()).Items[0].Answer.Given() {
		t.Error("the store's copy was written to")
	}
	again.Erase()
	if all := open(memory, c).Exams(); len(all) != 0 {
		t.Errorf("after erasing: %v", all)
	}
}

// What was finished in one place is not opened again by another, and a clock that
// is set back gives no time back.
func TestExamGoesForward(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	s := open(memory, c)
	e := sitting(t, s)
	stale := e.Clone()
	c.now = day.Add(20 * time.Minute)
	e.Used = e.Elapsed(c.now).Milliseconds()
	e = keep(t, s, e)
	c.now = day.Add(-time.Hour)
	if got := s.Exam(e.ID()).Elapsed(c.now); got != 20*time.Minute {
		t.Errorf("elapsed under a clock set back: %v", got)
	}
	if stale = keep(t, s, stale); stale.Used != e.Used || !stale.Changed.After(e.Changed) {
		t.Errorf("saved under a clock set back: %+v", stale)
	}
	e.Finished = day.Add(30 * time.Minute)
	e = keep(t, s, e)
	if got := keep(t, s, stale); got.Running() || !reflect.DeepEqual(got, e) {
		t.Errorf("a stale save after the end: %+v", got)
	}
	if err := e.validate(); err != nil {
		t.Error(err)
	}
}

func TestExamRefusesInvalid(t *testing.T) {
	s := open(&Memory{}, &clock{day})
	good := sitting(t, s)
	for name, spoil := range map[string]func(e *Exam){
		"no time":     func(e *Exam) { e.Minutes = 0 },
		"a week":      func(e *Exam) { e.Minutes = 10080 },
		"no question": func(e *Exam) { e.Items = nil },
		"no id":       func(e *Exam) { e.Items[0].Question = "" },
		"judged":      func(e *Exam) { e.Judged = true },
		"used":        func(e *Exam) { e.Used = -1 },
		"not text":    func(e *Exam) { e.Items[0].Answer.Texts = []string{"\xff"} },
		"too many":    func(e *Exam) { e.Items = make([]ExamItem, maxExamItems+1) },
	} {
		e := good.Clone()
		spoil(&e)
		if _, err := s.KeepExam(e); err == nil {
			t.Errorf("%s: kept", name)
		}
	}
	long := good.Clone()
	long.Items[0].Title = strings.Repeat("长", maxExamText)
	if e, err := s.KeepExam(long); err != nil || !strings.HasSuffix(e.Items[0].Title, "长…") {
		t.Errorf("a long title: %v", err)
	}
}

// A damaged exam costs neither the others nor the answers.
func TestDamagedExam(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	s := open(memory, c)
	first := sitting(t, s)
	c.now = day.Add(time.Hour)
	second := sitting(t, s)
	if err := memory.Set(testPrefix+examSpace+first.ID(), `{"version":1,"minutes":`); err != nil {
		t.Fatal(err)
	}
	again := open(memory, c)
	if all := again.Exams(); len(all) != 1 || all[0].ID() != second.ID() {
		t.Errorf("exams %+v", all)
	}
	if p := again.Problems(); len(p) != 1 || p[0].Kind != Damaged || !strings.Contains(p[0].Message, "考试") {
		t.Errorf("problems %+v", p)
	}
}

// With no room left an exam goes on in memory, says so, and is stored once there
// is room.
func TestExamOnFullStorage(t *testing.T) {
	memory, c := &Memory{Limit: 400}, &clock{day}
	s := open(memory, c)
	e := sitting(t, s)
	for range 40 {
		e.Items[0].Answer.Texts = append(e.Items[0].Answer.Texts, "一个填进去的答案")
	}
	e = keep(t, s, e)
	if p := s.Problems(); len(p) != 1 || p[0].Kind != Full {
		t.Fatalf("problems %+v", p)
	}
	if got := s.Exam(e.ID()); len(got.Items[0].Answer.Texts) != 40 {
		t.Error("the answer is not even in memory")
	}
	if f := s.Export(); len(f.Exams[e.ID()].Items[0].Answer.Texts) != 40 {
		t.Error("the export lacks the answer")
	}
	memory.Limit = 0
	if !s.Retry() || len(s.Problems()) != 0 {
		t.Errorf("after making room: %v", s.Problems())
	}
	if got := open(memory, c).Exam(e.ID()); len(got.Items[0].Answer.Texts) != 40 {
		t.Error("the answer was not stored")
	}
}

// An exam goes with the exported file, and a file with a forged one is refused.
func TestExamIsExchanged(t *testing.T) {
	c := &clock{day}
	a, b := open(&Memory{}, c), open(&Memory{}, c)
	e := sitting(t, a)
	data := encoded(t, a.Export())
	if sum := imported(t, b, data); sum.Exams != 1 || !strings.Contains(sum.Message(), "1 场考试") {
		t.Errorf("imported %+v: %s", sum, sum.Message())
	}
	if sum := imported(t, b, data); sum.Exams != 0 {
		t.Errorf("a second time: %+v", sum)
	}
	if got := b.Exam(e.ID()); !reflect.DeepEqual(got, e) {
		t.Errorf("got %+v, want %+v", got, e)
	}
	var file map[string]any
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	exams := file["exams"].(map[string]any)
	exams["other"] = exams[e.ID()]
	forged, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Import(forged); err == nil {
		t.Error("an exam under another's name is taken")
	}
}
