package quiz

import (
	"strconv"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/registry"
	"courselab/lessons"
	"courselab/lessons/content"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
	"golang.org/x/net/html"
)

// shipped returns the lesson of module 3 as it is shipped.
func shipped(t *testing.T) *lessons.Lesson {
	t.Helper()
	src, err := content.FS.ReadFile("zh/m3.md")
	if err != nil {
		t.Fatal(err)
	}
	l, err := lessons.Parse("zh/m3.md", src, lessons.Options{Registry: registry.Lessons()})
	if err != nil {
		t.Fatal(err)
	}
	if l.Quiz == nil {
		t.Fatal("module 3 has no quiz")
	}
	return l
}

// TestShippedQuestions answers every question of the shipped lesson rightly, the
// computed ones by the real engine, and expects full marks.
func TestShippedQuestions(t *testing.T) {
	l := shipped(t)
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	e := &env.Env{Progress: newStore(&progress.Memory{}), Engine: client}
	m := &mounted{view: view{Props: Props{Lesson: l, Env: e}}, engine: goapp.NewTestEngine()}
	if err := m.engine.Load(m); err != nil {
		t.Fatal(err)
	}
	m.engine.ConsumeAll()
	m.start(m.own)
	kinds := map[lessons.QuestionKind]int{}
	for _, task := range m.sheet().tasks {
		kinds[task.q.Kind]++
		id := task.q.ID
		for task.q.Kind == lessons.Compute && task.draw.state == drawing {
			m.engine.ConsumeNext()
		}
		if task.draw.state == failed {
			t.Errorf("%s: not drawn: %s", id, task.draw.message)
			continue
		}
		m.do(func(s *sheet) { answerRightly(s, task) })
		for task.phase == grading {
			m.engine.ConsumeNext()
		}
		if task.phase != checked || task.q.Kind != lessons.Compute && !task.result.Correct {
			t.Errorf("%s: phase %v, result %+v, note %q", id, task.phase, task.result, task.note)
		}
		if task.q.Kind != lessons.Compute {
			continue
		}
		// The first answer was a guess: now the one that the engine expected, at
		// the same values.
		g := task.draw.grade
		if g == nil || g.Formula == "" || g.Working == "" {
			t.Errorf("%s: no working: %+v", id, g)
			continue
		}
		if strings.Contains(task.prompt(true, task.draw.output.Shown), `data-param`) {
			t.Errorf("%s: a parameter of the prompt has no value", id)
		}
		task.phase, task.draw.grade, task.draw.asked = answering, nil, false
		m.do(func(s *sheet) {
			s.write(id, 0, strconv.FormatFloat(g.Expected, 'g', 6, 64))
			s.check(id)
		})
		for task.phase == grading {
			m.engine.ConsumeNext()
		}
		if !task.result.Correct {
			t.Errorf("%s: %v %s was expected and is refused", id, g.Expected, g.Unit)
		}
	}
	if len(kinds) != 5 {
		t.Errorf("kinds %v", kinds)
	}
	if s := m.sheet().score(); !s.Complete() {
		t.Errorf("score %+v", s)
	}
}

func answerRightly(s *sheet, t *task) {
	for _, o := range t.q.Options {
		if o.Correct {
			s.choose(t.q.ID, o.Key, true)
		}
	}
	if t.q.Kind == lessons.Order {
		for i, key := range keysOf(t.q) {
			for t.chosen[i] != key {
				s.move(t.q.ID, key, -1)
			}
		}
	}
	for i, b := range t.q.Blanks {
		s.write(t.q.ID, i, b.Accepted[0])
	}
	if t.q.Kind == lessons.Compute {
		s.write(t.q.ID, 0, "1")
	}
	s.check(t.q.ID)
}

// TestShippedPrerender: the page before any wasm has every question and option
// of the shipped lesson, and no explanation or accepted text of a gap.
func TestShippedPrerender(t *testing.T) {
	l := shipped(t)
	page := text(t, goapp.HTMLString(View(Props{Lesson: l, Env: &env.Env{}})))
	shows := func(markup string) bool { return strings.Contains(page, text(t, markup)) }
	for _, q := range l.Quiz.Questions {
		if !shows(q.Title) {
			t.Errorf("%s: title is missing", q.ID)
		}
		if q.Explanation != "" && shows(q.Explanation) {
			t.Errorf("%s: explanation is given away", q.ID)
		}
		for _, o := range q.Options {
			if !shows(o.HTML) {
				t.Errorf("%s: option %s is missing", q.ID, o.Key)
			}
			if o.Explanation != "" && shows(o.Explanation) {
				t.Errorf("%s: explanation of option %s is given away", q.ID, o.Key)
			}
		}
	}
}

// text is what markup says, without spaces: go-app indents.
func text(t *testing.T, markup string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, "")
}
