package quiz

import (
	"reflect"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/progress"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// exam shows a question as one of an exam and notes what is answered.
func exam(question string, given progress.Answer, answers *[]progress.Answer) *view {
	return &view{Props: Props{Lesson: lesson(), Env: &env.Env{Progress: newStore(&progress.Memory{})}, Only: question, Number: 4,
		Paper: &Paper{Seed: 9, Given: given, Answered: func(a progress.Answer) { *answers = append(*answers, a) }}}}
}

// Every change of an answer is handed out, nothing is judged or stored, and the
// page gives nothing away.
func TestPaper(t *testing.T) {
	var answers []progress.Answer
	for _, c := range []struct {
		question string
		change   func(s *sheet)
		want     progress.Answer
	}{
		{"q-one", func(s *sheet) { s.choose("q-one", "2", true) }, progress.Answer{Options: []string{"2"}}},
		{"q-many", func(s *sheet) { s.choose("q-many", "3", true) }, progress.Answer{Options: []string{"3"}}},
		{"q-order", func(s *sheet) { s.move("q-order", s.tasks[0].chosen[0], 1) }, progress.Answer{}},
		{"q-fill", func(s *sheet) { s.write("q-fill", 1, "根号 d") }, progress.Answer{Texts: []string{"", "根号 d"}}},
		{"q-compute", func(s *sheet) { s.write("q-compute", 0, "12") }, progress.Answer{Texts: []string{"12"}}},
	} {
		answers = nil
		v := exam(c.question, progress.Answer{}, &answers)
		v.hand()
		if len(answers) != 0 {
			t.Errorf("%s: answered before it was touched: %v", c.question, answers)
		}
		c.change(v.sheet())
		v.hand()
		v.hand()
		if len(answers) != 1 || c.question != "q-order" && !reflect.DeepEqual(answers[0], c.want) {
			t.Errorf("%s: answers %+v", c.question, answers)
		}
		v.sheet().check(c.question)
		v.sheet().refresh()
		if v.sheet().tasks[0].phase != answering || len(v.Props.Env.Progress.Lessons()) != 0 {
			t.Errorf("%s: it was judged", c.question)
		}
		html := goapp.HTMLString(v)
		for _, hidden := range []string{"解释", "答案甲", "想一想", "检查", "question-link", "result"} {
			if strings.Contains(html, hidden) {
				t.Errorf("%s shows %q:\n%s", c.question, hidden, html)
			}
		}
		// Whoever comes back finds the answer, and can change it.
		var later []progress.Answer
		back := exam(c.question, answers[0], &later)
		if got := back.sheet().tasks[0].answer(); !reflect.DeepEqual(got, answers[0]) {
			t.Errorf("%s: came back to %+v, want %+v", c.question, got, answers[0])
		}
		c.change(back.sheet())
	}
}

// An answer that does not fit the question any more is left out.
func TestPaperOfAnotherText(t *testing.T) {
	var answers []progress.Answer
	v := exam("q-one", progress.Answer{Options: []string{"gone"}}, &answers)
	if got := v.sheet().tasks[0].chosen; len(got) != 0 {
		t.Errorf("chosen %v", got)
	}
}

// The numbers of a computed question come from the exam's seed, and a word that
// is no number is pointed out without being judged.
func TestPaperDraws(t *testing.T) {
	var answers []progress.Answer
	v := exam("q-compute", progress.Answer{}, &answers)
	due := v.sheet().due()
	if len(due) != 1 || due[0].seed != 9 || due[0].op != engine.OpQuestionDraw {
		t.Fatalf("due %+v", due)
	}
	if !v.sheet().write("q-compute", 0, "很大") || v.sheet().tasks[0].note != noNumber {
		t.Errorf("note %q", v.sheet().tasks[0].note)
	}
	if !v.sheet().write("q-compute", 0, "1.5e9") || v.sheet().tasks[0].note != "" {
		t.Errorf("note %q", v.sheet().tasks[0].note)
	}
}
