package quiz

import (
	"strings"
	"testing"

	"courselab/app/env"
	"courselab/app/progress"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// A single question begins afresh whatever is stored, keeps its attempt with the
// lesson's, and stays checked when the store tells of that.
func TestSingleQuestion(t *testing.T) {
	memory := &progress.Memory{}
	whole := newSheet(lesson(), newStore(memory), seeds())
	wrong(whole, "q-one")
	whole.check("q-one")

	s := newSingle(lesson(), newStore(memory), seeds(), "q-one", 7)
	if len(s.tasks) != 1 || s.tasks[0].number != 7 || s.tasks[0].phase != answering {
		t.Fatalf("tasks %+v", s.tasks)
	}
	s.refresh()
	if s.tasks[0].phase != answering {
		t.Error("the stored attempt is shown")
	}
	wrong(s, "q-one")
	s.check("q-one")
	s.refresh()
	if s.tasks[0].phase != checked || len(recorded(s, "q-one")) != 2 {
		t.Errorf("phase %v, %d attempts", s.tasks[0].phase, len(recorded(s, "q-one")))
	}
	if s.task("q-many") != nil {
		t.Error("another question is there")
	}
	if !strings.HasPrefix(s.said, "第 7 题不正确") {
		t.Errorf("said %q", s.said)
	}
}

func TestSingleQuestionIsDrawnAlone(t *testing.T) {
	html := goapp.HTMLString(View(Props{Lesson: lesson(), Env: &env.Env{Progress: newStore(&progress.Memory{})}, Only: "q-many", Number: 3}))
	if strings.Count(html, `class="question"`) != 1 || !strings.Contains(html, `id="q-many"`) || strings.Contains(html, "<h2") {
		t.Errorf("drawn:\n%s", html)
	}
}

// An attempt says whether its hint was open; a later one on which it was closed
// before does not.
func TestHintIsKept(t *testing.T) {
	s := newTestSheet(t)
	s.hint("q-one", true)
	s.hint("q-one", false)
	wrong(s, "q-one")
	s.check("q-one")
	s.retry("q-one")
	wrong(s, "q-one")
	s.check("q-one")
	s.retry("q-one")
	s.hint("q-one", true)
	wrong(s, "q-one")
	s.check("q-one")
	s.hint("gone", true)
	got := recorded(s, "q-one")
	if len(got) != 3 || !got[0].Hint || got[1].Hint || !got[2].Hint {
		t.Errorf("attempts %+v", got)
	}
}
