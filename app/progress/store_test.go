package progress

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"courselab/app/settings"
	"courselab/lessons"
)

// clock is a time that tests set.
type clock struct{ now time.Time }

func (c *clock) read() time.Time { return c.now }

const testPrefix = "courselab/llm/%2Fsub%2F/"

func open(storage Storage, c *clock) *Store {
	return Open(storage, Options{Course: "llm", Base: "/sub/", Now: c.read})
}

func choice(key string, correct bool) Attempt {
	return Attempt{Fingerprint: "f", Answer: Answer{Options: []string{key}}, Correct: correct}
}

func record(t *testing.T, s *Store, lesson, question string, a Attempt) Attempt {
	t.Helper()
	got, err := s.Record(lesson, question, a)
	if err != nil {
		t.Fatalf("record %s %s: %v", lesson, question, err)
	}
	return got
}

func attempts(s *Store, lesson, question string) int {
	return len(s.Lesson(lesson).Questions[question].Attempts)
}

func TestStoreKeeps(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	s := open(memory, c)
	s.SetName("  张三\n2024 ")
	s.SetSettings(settings.Settings{Theme: settings.Dark, Size: "huge"})
	s.SetReading("m3", "sec-2", 0.25)
	record(t, s, "m3", "q1", choice("a", false))
	c.now = c.now.Add(time.Minute)
	record(t, s, "m3", "q1", choice("b", true))
	s.Visit("m1")
	s.Complete("m3")

	again := open(memory, c)
	if got := again.Profile().Name; got != "张三 2024" {
		t.Errorf("name %q", got)
	}
	if got := again.Settings(); got != (settings.Settings{Theme: settings.Dark, Size: settings.Medium}) {
		t.Errorf("settings %v", got)
	}
	if r := again.Reading("m3"); r.Section != "sec-2" || r.Offset != 0.25 {
		t.Errorf("reading %v", r)
	}
	if got := again.LastVisited(); got != "m1" {
		t.Errorf("last visited %q", got)
	}
	q := again.Lesson("m3").Questions["q1"]
	if len(q.Attempts) != 2 || !q.Best("f") || q.FirstTry("f") {
		t.Errorf("record %+v", q)
	}
	if again.Lesson("m3").Completed.IsZero() {
		t.Error("completion lost")
	}
	if p := again.Problems(); len(p) > 0 {
		t.Errorf("problems %v", p)
	}
	keys, _ := memory.Keys()
	for _, k := range keys {
		v, _, _ := memory.Get(k)
		if !strings.HasPrefix(k, testPrefix) || !strings.HasPrefix(v, `{"version":1`) {
			t.Errorf("%s = %s", k, v)
		}
	}
}

func TestRecordRefusesInvalid(t *testing.T) {
	s := open(&Memory{}, &clock{day})
	for _, a := range []Attempt{
		{Fingerprint: "f"},
		{Answer: Answer{Options: []string{"a"}}},
		{Fingerprint: "f", Answer: Answer{Texts: []string{strings.Repeat("x", maxText+1)}}},
	} {
		if _, err := s.Record("m3", "q", a); err == nil {
			t.Errorf("recorded %+v", a)
		}
	}
	if n := attempts(s, "m3", "q"); n != 0 {
		t.Errorf("%d attempts kept", n)
	}
}

// TestClockSetBack: attempts made after the clock was set back are neither lost
// nor taken for earlier ones.
func TestClockSetBack(t *testing.T) {
	c := &clock{day}
	s := open(&Memory{}, c)
	record(t, s, "m3", "q", choice("wrong", false))
	for i := range LatestAttempts * 2 {
		c.now = day.Add(-time.Duration(i) * time.Hour)
		record(t, s, "m3", "q", choice("right", true))
	}
	for _, now := range []time.Time{{}, time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), day} {
		c.now = now
		record(t, s, "m3", "q", choice("wrong", false))
	}
	q := s.Lesson("m3").Questions["q"]
	if q.FirstTry("f") || !q.Best("f") {
		t.Errorf("first try %v, best %v", q.FirstTry("f"), q.Best("f"))
	}
	if last, _ := q.Last("f"); last.Correct {
		t.Error("the last attempt is not the one made last")
	}
	s.SetReading("m3", "new", 0)
	c.now = day.Add(-time.Hour)
	s.SetReading("m3", "newer", 0)
	if got := s.Reading("m3").Section; got != "newer" {
		t.Errorf("reading position %q", got)
	}
	if again := open(s.storage, c); attempts(again, "m3", "q") != len(q.Attempts) || len(again.Problems()) > 0 {
		t.Errorf("stored times cannot be read again: %v", again.Problems())
	}
}

func TestTwoTabs(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	a, b := open(memory, c), open(memory, c)
	_, _ = a.Lesson("m3"), b.Lesson("m3") // both have read the empty record
	told := 0
	b.OnChange(func() { told++ })
	for i := range 5 {
		c.now = c.now.Add(time.Second)
		record(t, a, "m3", "q", choice(fmt.Sprint("a", i), false))
		record(t, b, "m3", "q", choice(fmt.Sprint("b", i), true))
	}
	a.Changed(testPrefix + "progress/m3")
	if n := attempts(a, "m3", "q"); n != 10 {
		t.Errorf("first tab sees %d attempts", n)
	}
	if n := attempts(open(memory, c), "m3", "q"); n != 10 {
		t.Errorf("%d attempts stored", n)
	}
	told = 0
	b.Changed("another/app")
	b.Changed("courselab/llm/other-base/progress/m3")
	if told != 0 {
		t.Error("told of keys of others")
	}
	a.Erase()
	b.Changed(testPrefix + "progress/m3")
	if told != 1 || attempts(b, "m3", "q") != 0 {
		t.Errorf("after erasing in the other tab: told %d, %d attempts", told, attempts(b, "m3", "q"))
	}
	// Erased records do not come back with the next save.
	record(t, b, "m3", "q", choice("new", true))
	if n := attempts(open(memory, c), "m3", "q"); n != 1 {
		t.Errorf("%d attempts after erase and one new", n)
	}
}

// TestClearedStorage empties the storage behind the back of an open page, with
// and without the browser's word of it: what the page knows is put back, and said.
func TestClearedStorage(t *testing.T) {
	for _, told := range []bool{false, true} {
		memory, c := &Memory{}, &clock{day}
		s := open(memory, c)
		record(t, s, "m1", "q", choice("a", true))
		record(t, s, "m3", "q", choice("b", true))
		s.SetName("王五")
		if s.Lesson("m2").Questions != nil || len(s.Problems()) != 0 {
			t.Fatalf("problems before: %v", s.Problems())
		}
		memory.values = nil
		if told {
			s.Changed("")
		} else {
			record(t, s, "m3", "q", choice("c", false))
		}
		again := open(memory, c)
		if attempts(again, "m1", "q") != 1 || attempts(again, "m3", "q") != attempts(s, "m3", "q") || again.Profile().Name != "王五" {
			t.Errorf("told %t: lost %+v", told, again.Export())
		}
		if p := s.Problems(); len(p) != 1 || p[0].Kind != Cleared {
			t.Errorf("told %t: problems %v", told, p)
		}
		if keys, _ := memory.Keys(); len(keys) != 3 {
			t.Errorf("told %t: keys %v", told, keys)
		}
		// The learner's own word still erases.
		s.Erase()
		record(t, s, "m2", "q", choice("a", true))
		if keys, _ := memory.Keys(); len(keys) != 1 {
			t.Errorf("told %t: after erasing %v", told, keys)
		}
	}
}

func TestFullStorage(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	s := open(memory, c)
	record(t, s, "m1", "q", choice("a", true))
	before, _, _ := memory.Get(testPrefix + "progress/m1")
	memory.Limit = 1
	record(t, s, "m1", "q", choice("b", true))
	record(t, s, "m2", "q", choice("c", true))
	s.SetName("李四")
	if attempts(s, "m1", "q") != 2 || attempts(s, "m2", "q") != 1 || s.Profile().Name != "李四" {
		t.Error("not kept in memory")
	}
	if v, _, _ := memory.Get(testPrefix + "progress/m1"); v != before {
		t.Error("what was stored has changed")
	}
	if p := s.Problems(); len(p) != 1 || p[0].Kind != Full {
		t.Errorf("problems %v", p)
	}
	if f := s.Export(); len(f.Lessons) != 2 || f.Name != "李四" {
		t.Errorf("export misses what is in memory: %+v", f)
	}
	// Another tab stored something meanwhile; then there is room again.
	memory.Limit = 0
	record(t, open(memory, c), "m2", "other", choice("d", true))
	record(t, s, "m3", "q", choice("e", true))
	again := open(memory, c)
	if attempts(again, "m1", "q") != 2 || attempts(again, "m2", "q") != 1 || attempts(again, "m2", "other") != 1 ||
		attempts(again, "m3", "q") != 1 || again.Profile().Name != "李四" {
		t.Error("not stored at the next save")
	}
	if p := s.Problems(); len(p) != 0 {
		t.Errorf("problems left: %v", p)
	}
}

// broken fails every call.
type broken struct{}

var errBroken = errors.New("broken")

func (broken) Get(string) (string, bool, error) { return "", false, errBroken }
func (broken) Set(string, string) error         { return errBroken }
func (broken) Delete(string) error              { return errBroken }
func (broken) Keys() ([]string, error)          { return nil, errBroken }
func (broken) VolatileReason() string           { return "隐私模式" }

func TestDeniedStorage(t *testing.T) {
	s := open(broken{}, &clock{day})
	record(t, s, "m3", "q", choice("a", true))
	record(t, s, "m3", "q", choice("b", true))
	if n := attempts(s, "m3", "q"); n != 2 {
		t.Errorf("%d attempts in memory", n)
	}
	if l := s.Lessons(); len(l) != 1 || len(s.Export().Lessons) != 1 {
		t.Errorf("lessons %v", l)
	}
	kinds := map[ProblemKind]int{}
	for _, p := range s.Problems() {
		kinds[p.Kind]++
	}
	if kinds[Denied] != 1 || kinds[Forgetful] != 1 || len(kinds) != 2 {
		t.Errorf("problems %v", s.Problems())
	}
	s.Erase()
	if n := attempts(s, "m3", "q"); n != 0 {
		t.Errorf("%d attempts after erase", n)
	}
}

func TestEraseLesson(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	_ = memory.Set("another/app", "stays")
	s := open(memory, c)
	record(t, s, "m1", "q", choice("a", true))
	record(t, s, "m3", "q", choice("a", true))
	s.SetReading("m3", "x", 1)
	s.SetSettings(settings.Settings{Theme: settings.Dark, Size: settings.Large})
	s.EraseLesson("m3")
	if attempts(s, "m3", "q") != 0 || !s.Reading("m3").At.IsZero() || attempts(s, "m1", "q") != 1 {
		t.Error("erased the wrong lesson")
	}
	s.Erase()
	keys, _ := memory.Keys()
	if len(keys) != 2 || s.Settings().Theme != settings.Dark {
		t.Errorf("left after erase: %v", keys)
	}
}

func TestScore(t *testing.T) {
	lesson := &lessons.Lesson{ID: "m3", Quiz: &lessons.Quiz{Questions: []lessons.Question{
		{ID: "q1", Fingerprint: "f"}, {ID: "q2", Fingerprint: "f"}, {ID: "q3", Fingerprint: "f"}, {ID: "q4", Fingerprint: "f"},
	}}}
	s := open(&Memory{}, &clock{day})
	if got := s.Score(&lessons.Lesson{ID: "m1"}); got != (Score{}) {
		t.Errorf("no quiz: %v", got)
	}
	record(t, s, "m3", "q1", choice("a", true))
	record(t, s, "m3", "q1", choice("b", false)) // a later mistake takes nothing away
	record(t, s, "m3", "q2", choice("a", false))
	record(t, s, "m3", "q2", choice("b", true))
	record(t, s, "m3", "q3", choice("a", false))
	want := Score{Questions: 4, Answered: 3, Points: 2, FirstTry: 1, Attempts: 5}
	if got := s.Score(lesson); got != want {
		t.Errorf("score %+v, want %+v", got, want)
	}
	if rate := want.FirstTryRate(); rate != 1.0/3 {
		t.Errorf("first-try rate %v", rate)
	}
	// The answer of q1 changes: its attempts stay but no longer count.
	lesson.Quiz.Questions[0].Fingerprint = "g"
	want = Score{Questions: 4, Answered: 2, Points: 1, FirstTry: 0, Attempts: 3}
	if got := s.Score(lesson); got != want {
		t.Errorf("score after the answer changed %+v, want %+v", got, want)
	}
	if n := attempts(s, "m3", "q1"); n != 2 {
		t.Errorf("%d attempts in the history", n)
	}
}
