package quiz

import (
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/progress"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// lesson has one question of each kind. The words 解释 and 答案甲 stand only in
// what must not show before an answer is checked.
func lesson() *lessons.Lesson {
	return &lessons.Lesson{ID: "m3", Quiz: &lessons.Quiz{ID: "quiz", Title: "自测", Intro: "<p>说明</p>", Questions: []lessons.Question{
		{ID: "q-one", Kind: lessons.Single, Title: "选一个", Prompt: "<p>题干</p>", Hint: "<p>想一想</p>", Fingerprint: "f1",
			Options: []lessons.Option{
				{Key: "1", HTML: "甲项", Explanation: "<p>解释甲</p>"},
				{Key: "2", HTML: "乙项", Correct: true, Explanation: "<p>解释乙</p>"},
				{Key: "3", HTML: "丙项"}}},
		{ID: "q-many", Kind: lessons.Multiple, Title: "选几个", Fingerprint: "f2",
			Options: []lessons.Option{
				{Key: "1", HTML: "甲项", Correct: true}, {Key: "2", HTML: "乙项", Explanation: "<p>解释乙</p>"},
				{Key: "3", HTML: "丙项", Correct: true}}},
		{ID: "q-order", Kind: lessons.Order, Title: "排一排", Fingerprint: "f3", Explanation: "<p>解释次序</p>",
			Options: []lessons.Option{{Key: "1", HTML: "第一步"}, {Key: "2", HTML: "第二步"}, {Key: "3", HTML: "第三步"}}},
		{ID: "q-fill", Kind: lessons.Fill, Title: "填一填", Fingerprint: "f4", Explanation: "<p>解释填空</p>",
			Prompt: `<p>权重由 <span data-blank="0"></span> 归一，除以 <span data-blank="1"></span>。</p>`,
			Blanks: []lessons.Blank{{Accepted: []string{"答案甲", "softmax"}}, {Accepted: []string{"根号 d"}}}},
		{ID: "q-compute", Kind: lessons.Compute, Title: "算一算", Fingerprint: "f5", Explanation: "<p>解释计算</p>",
			Prompt:  `<p>有 <span data-param="layers">…</span> 层，问多大？</p>`,
			Compute: &lessons.ComputeSpec{Function: "double", Ranges: map[string]string{"layers": "1..9"}, Unit: "GiB", Tolerance: 0.01}},
	}}}
}

type clock struct{ now time.Time }

func (c *clock) read() time.Time {
	c.now = c.now.Add(time.Second)
	return c.now
}

func newStore(storage progress.Storage) *progress.Store {
	c := &clock{time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	return progress.Open(storage, progress.Options{Course: "llm", Base: "/", Now: c.read})
}

// seeds counts 1, 2, 3 …
func seeds() func() uint64 {
	n := uint64(0)
	return func() uint64 { n++; return n }
}

func newTestSheet(t *testing.T) *sheet {
	t.Helper()
	return newSheet(lesson(), newStore(&progress.Memory{}), seeds())
}

// right answers a question rightly, short of checking.
func right(s *sheet, id string) {
	switch id {
	case "q-one":
		s.choose(id, "2", true)
	case "q-many":
		s.choose(id, "3", true)
		s.choose(id, "1", true)
	case "q-order":
		t := s.task(id)
		for i, key := range []string{"1", "2", "3"} {
			for t.chosen[i] != key {
				s.move(id, key, -1)
			}
		}
	case "q-fill":
		s.write(id, 0, " ＳＯＦＴＭＡＸ ")
		s.write(id, 1, "根号 D")
	}
}

// wrong answers it wrongly, short of checking.
func wrong(s *sheet, id string) {
	switch id {
	case "q-one":
		s.choose(id, "1", true)
	case "q-many":
		s.choose(id, "1", true)
		s.choose(id, "2", true)
	case "q-order": // as it stands
	case "q-fill":
		s.write(id, 0, "softmax")
		s.write(id, 1, "d")
	}
}

var pageKinds = []string{"q-one", "q-many", "q-order", "q-fill"}

func recorded(s *sheet, id string) []progress.Attempt {
	return s.store.Lesson(s.lesson.ID).Questions[id].Attempts
}

// mounted is a view in a test engine, with a context of its own. No events come
// from there: tests call act.
type mounted struct {
	view
	own    goapp.Context
	engine goapp.TestEngine
}

// OnPreRender is the one call of a component that a test engine makes.
func (m *mounted) OnPreRender(ctx goapp.Context) { m.own = ctx }

// page is the quiz as it stands.
func (m *mounted) page() string { return goapp.HTMLString(m) }

func mount(t *testing.T, e *env.Env, ask func(request, func(engine.Reply))) *mounted {
	t.Helper()
	m := &mounted{view: view{Props: Props{Lesson: lesson(), Env: e}, ask: ask}, engine: goapp.NewTestEngine()}
	m.current = newSheet(m.Props.Lesson, e.Progress, seeds())
	if err := m.engine.Load(m); err != nil {
		t.Fatal(err)
	}
	m.engine.ConsumeAll()
	return m
}
