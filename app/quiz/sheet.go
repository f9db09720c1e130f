package quiz

import (
	"fmt"
	"slices"
	"strings"

	"courselab/app/progress"
	"courselab/lessons"
)

// sheet is a lesson's quiz as the learner works on it.
type sheet struct {
	lesson *lessons.Lesson
	store  *progress.Store // nil while prerendering
	seed   func() uint64
	tasks  []*task
	only   string // the one question that is shown; "" shows all
	number int    // its number
	paper  bool   // it is one of an exam: nothing is judged

	said  string // the last announcement
	focus string // id of the element that takes the focus next; "" leaves it
}

func newSheet(l *lessons.Lesson, store *progress.Store, seed func() uint64) *sheet {
	return newSingle(l, store, seed, "", 0)
}

// newSingle returns the sheet of one question, for a fresh attempt; of all where
// only is empty.
func newSingle(l *lessons.Lesson, store *progress.Store, seed func() uint64, only string, number int) *sheet {
	s := &sheet{store: store, seed: seed, only: only, number: number}
	s.reload(l)
	return s
}

// reload takes up a lesson, or a new text of the same one. A task whose question
// can still be answered in the same way keeps its state.
func (s *sheet) reload(l *lessons.Lesson) {
	old := s.tasks
	s.lesson, s.tasks = l, nil
	for i, q := range l.Quiz.Questions {
		number := i + 1
		if s.only != "" {
			if number = s.number; q.ID != s.only {
				continue
			}
		}
		t := newTask(q, number)
		for _, o := range old {
			same := o.q.ID == q.ID && o.q.Kind == q.Kind && o.q.Fingerprint == q.Fingerprint &&
				slices.Equal(keysOf(o.q), keysOf(q))
			if same {
				kept := *o
				t = &kept
				t.q, t.number = q, number
				// A changed prompt is drawn anew, with what has been typed in it.
				t.entered = slices.Clone(t.texts)
			}
		}
		s.tasks = append(s.tasks, t)
	}
	s.refresh()
}

// refresh follows what is stored: an answer that came from elsewhere is shown,
// unless the learner is at that question, and one that was erased disappears.
func (s *sheet) refresh() {
	if s.store == nil {
		return
	}
	record := s.store.Lesson(s.lesson.ID)
	for _, t := range s.tasks {
		last, ok := record.Questions[t.q.ID].Last(t.q.Fingerprint)
		switch {
		case ok && t.phase == answering && !t.touched && s.only == "":
			t.restore(last)
		case !ok && t.phase == checked:
			t.round++
			t.clear()
		}
	}
}

// task returns the task of a question, nil if there is none.
func (s *sheet) task(id string) *task {
	for _, t := range s.tasks {
		if t.q.ID == id {
			return t
		}
	}
	return nil
}

// say announces a text. Saying the same twice would be heard once, so a
// no-break space tells them apart.
func (s *sheet) say(text string) {
	if s.said == text {
		text += "\u00a0"
	}
	s.said = text
}

// check grades a question. A computed one is left in the phase grading: the
// engine has the word, see graded.
func (s *sheet) check(id string) {
	t := s.task(id)
	if t == nil || !t.open() || s.store == nil {
		return
	}
	if t.note = t.unready(); t.note != "" {
		s.say(t.note)
		s.focus = t.firstControl()
		return
	}
	if t.q.Kind == lessons.Compute {
		t.phase, t.entered = grading, slices.Clone(t.texts)
		s.say("正在批改。")
		return
	}
	t.grade()
	s.keep(t)
}

// keep records the attempt that has just been checked, and announces it.
func (s *sheet) keep(t *task) {
	_, err := s.store.Record(s.lesson.ID, t.q.ID, progress.Attempt{
		Fingerprint: t.q.Fingerprint, Answer: t.answer(), Correct: t.result.Correct, Seed: t.draw.seed, Hint: t.hinted,
	})
	if err != nil {
		t.note = "这次作答没有记下来：" + err.Error()
	}
	score := s.score()
	if score.Complete() {
		s.store.Complete(s.lesson.ID)
	}
	verdict := "不正确"
	if t.result.Correct {
		verdict = "正确"
	}
	s.say(fmt.Sprintf("第 %d 题%s。本单元 %d 题，已答对 %d 题。", t.number, verdict, score.Questions, score.Points))
	s.focus = t.id("result")
}

// retry begins a new attempt at a question.
func (s *sheet) retry(id string) {
	t := s.task(id)
	if t == nil || t.phase != checked {
		return
	}
	t.retry()
	s.say(fmt.Sprintf("第 %d 题，重新作答。", t.number))
	s.focus = t.firstControl()
}

// retryWrong begins a new attempt at every question whose answer was wrong, and
// at no other.
func (s *sheet) retryWrong() {
	n := 0
	for _, t := range s.tasks {
		if !t.wrong() {
			continue
		}
		t.retry()
		if n++; n == 1 {
			s.focus = t.id("title")
		}
	}
	if n > 0 {
		s.say(fmt.Sprintf("%d 道错题可以重做。", n))
	}
}

// wrong counts the questions that retryWrong would begin anew.
func (s *sheet) wrong() int {
	n := 0
	for _, t := range s.tasks {
		if t.wrong() {
			n++
		}
	}
	return n
}

// choose marks an option as chosen or, where several may be, as not chosen.
func (s *sheet) choose(id, key string, on bool) {
	t := s.task(id)
	switch {
	case t == nil || t.option(key).Key != key:
	case t.q.Kind == lessons.Single && on:
		t.choose(key)
	case t.q.Kind == lessons.Multiple:
		t.toggle(key, on)
	}
}

// write sets the text of a question's input i. It reports whether anything but
// the input, which shows the text already, looks different now.
func (s *sheet) write(id string, i int, text string) (seen bool) {
	t := s.task(id)
	if t == nil {
		return false
	}
	note := t.note
	t.write(i, text)
	if s.paper && t.q.Kind == lessons.Compute && strings.TrimSpace(text) != "" {
		if _, err := number(text); err != nil {
			t.note = noNumber
		}
	}
	return t.note != note
}

// hint notes that the learner has opened or closed a question's hint.
func (s *sheet) hint(id string, open bool) {
	if t := s.task(id); t != nil {
		t.hint = open
		t.hinted = t.hinted || open
	}
}

// move shifts an option of an order question and keeps the focus on it.
func (s *sheet) move(id, key string, delta int) {
	t := s.task(id)
	if t == nil {
		return
	}
	place, ok := t.move(key, delta)
	if !ok {
		return
	}
	s.say(fmt.Sprintf("已移到第 %d 位，共 %d 位。", place+1, len(t.chosen)))
	// At either end the button that was pressed is off: the other one is next
	// to it.
	up := delta < 0
	if place == 0 {
		up = false
	} else if place == len(t.chosen)-1 {
		up = true
	}
	if up {
		s.focus = t.optionID(key, "up")
	} else {
		s.focus = t.optionID(key, "down")
	}
}

// score is how the learner stands, by what is stored.
func (s *sheet) score() progress.Score {
	if s.store == nil {
		return progress.Score{Questions: len(s.tasks)}
	}
	return s.store.Score(s.lesson)
}
