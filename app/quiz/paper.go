package quiz

import (
	"reflect"

	"courselab/app/progress"
	"courselab/lessons"
)

// Paper is what an exam knows of a question: it can be answered and the answer
// changed, but there is no hint and nothing says what is right.
type Paper struct {
	Seed     uint64                // draws a computed question
	Given    progress.Answer       // what was answered before
	Answered func(progress.Answer) // gets each new answer
}

// newPaper returns the sheet of a question of an exam. It has no store: nothing
// in it is kept or judged.
func newPaper(l *lessons.Lesson, p Paper, only string, number int) *sheet {
	s := &sheet{seed: func() uint64 { return p.Seed }, only: only, number: number, paper: true}
	s.reload(l)
	for _, t := range s.tasks {
		if t.fits(p.Given) {
			t.enter(p.Given)
		}
	}
	return s
}

// hand gives the answer to the exam where it has changed.
func (v *view) hand() {
	p := v.Props.Paper
	if p == nil {
		return
	}
	for _, t := range v.sheet().tasks {
		// What nobody has touched is no answer, also where steps stand in some order.
		if a := t.answer(); t.touched && !reflect.DeepEqual(a, p.Given) {
			p.Given = a
			p.Answered(a)
		}
	}
}

// Number reads a number as a learner types it, and as the engine gets it.
func Number(text string) (float64, error) { return number(text) }
