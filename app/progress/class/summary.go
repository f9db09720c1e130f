package class

import (
	"cmp"
	"slices"
	"strings"

	"courselab/app/progress"
	"courselab/lessons"
)

// Summary is what a class made of a course.
type Summary struct {
	Course   Course
	Learners []Learner
	Modules  []Module
	// Stale counts attempts at questions that the course asks otherwise now, or
	// no more; they are in no other figure.
	Stale int
	// Regraded counts attempts whose verdict in the file is not the course's.
	Regraded int
}

// Module is how one lesson's quiz went.
type Module struct {
	Lesson *lessons.Lesson
	// Started and Completed count learners: with an answer, and with all of it
	// answered right.
	Started, Completed int
	Questions          []Question
}

// Question is how one question went. All but Attempts counts learners.
type Question struct {
	Lesson     *lessons.Lesson
	Question   *lessons.Question
	Answered   int // tried at least once
	Attempts   int
	FirstRight int      // right at the first attempt
	Right      int      // right at least once
	Wrong      []Wrong  // most chosen first
	Open       []string // who tried and has not been right
}

// FirstRate and RightRate are shares of those who tried, 0 to 1; 0 where nobody
// did.
func (q Question) FirstRate() float64 { return share(q.FirstRight, q.Answered) }
func (q Question) RightRate() float64 { return share(q.Right, q.Answered) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Wrong is something wrong that was given: an option, a right option left out,
// an order, or what was filled in.
type Wrong struct {
	Text        string // plain
	Missed      bool   // a right option that was not chosen
	Explanation string // the course's HTML, may be empty
	Learners    int    // who gave it at least once
	Attempts    int
}

// Summarise holds the learners' answers against the course.
func Summarise(course Course, learners []Learner) Summary {
	s := Summary{Course: course, Learners: learners}
	known := 0
	for _, lesson := range course.Lessons {
		m := Module{Lesson: lesson}
		right := make([]int, len(learners))
		tried := make([]bool, len(learners))
		for i := range lesson.Quiz.Questions {
			q := &lesson.Quiz.Questions[i]
			t := tally{Question: Question{Lesson: lesson, Question: q}, wrong: map[string]*Wrong{}}
			for k, l := range learners {
				answered, ok, regraded := t.add(l)
				tried[k] = tried[k] || answered
				right[k] += b2i(ok)
				s.Regraded += regraded
			}
			known += t.Attempts
			m.Questions = append(m.Questions, t.result())
		}
		for k := range learners {
			m.Started += b2i(tried[k])
			m.Completed += b2i(right[k] > 0 && right[k] == len(lesson.Quiz.Questions))
		}
		s.Modules = append(s.Modules, m)
	}
	all := 0
	for _, l := range learners {
		for _, lesson := range l.Lessons {
			for _, record := range lesson.Questions {
				all += len(record.Attempts)
			}
		}
	}
	s.Stale = all - known
	return s
}

// Hardest returns the questions that were tried, those with the lowest share
// right at the first attempt first; among equals those that more have not got
// right, then the course's order.
func (s Summary) Hardest() []Question {
	var all []Question
	for _, m := range s.Modules {
		for _, q := range m.Questions {
			if q.Answered > 0 {
				all = append(all, q)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Question) int {
		return cmp.Or(cmp.Compare(a.FirstRate(), b.FirstRate()), cmp.Compare(a.RightRate(), b.RightRate()))
	})
	return all
}

// tally counts one question.
type tally struct {
	Question
	wrong map[string]*Wrong
}

// add counts a learner's attempts.
func (t *tally) add(l Learner) (answered, right bool, regraded int) {
	q := t.Question.Question
	attempts := l.Lessons[t.Lesson.ID].Questions[q.ID].Valid(q.Fingerprint)
	if len(attempts) == 0 {
		return false, false, 0
	}
	t.Answered++
	t.Attempts += len(attempts)
	gave := map[string]bool{}
	for i, a := range attempts {
		correct := grade(q, a)
		regraded += b2i(correct != a.Correct)
		if correct {
			right = true
			t.FirstRight += b2i(i == 0)
			continue
		}
		for key, w := range mistakes(q, a.Answer) {
			if t.wrong[key] == nil {
				t.wrong[key] = &w
			}
			t.wrong[key].Attempts++
			if !gave[key] {
				gave[key] = true
				t.wrong[key].Learners++
			}
		}
	}
	if right {
		t.Right++
	} else {
		t.Open = append(t.Open, l.Shown())
	}
	return true, right, regraded
}

func (t *tally) result() Question {
	for _, w := range t.wrong {
		t.Wrong = append(t.Wrong, *w)
	}
	slices.SortFunc(t.Wrong, func(a, b Wrong) int {
		return cmp.Or(cmp.Compare(b.Learners, a.Learners), cmp.Compare(b.Attempts, a.Attempts), cmp.Compare(b2i(a.Missed), b2i(b.Missed)), cmp.Compare(a.Text, b.Text))
	})
	return t.Question
}

// grade judges an attempt by the course; a computed one was judged by the engine.
func grade(q *lessons.Question, a progress.Attempt) bool {
	if q.Kind == lessons.Compute {
		return a.Correct
	}
	return lessons.Grade(*q, lessons.Answer{Options: a.Answer.Options, Blanks: a.Answer.Texts}).Correct
}

// mistakes names what is wrong in an answer, by a key. What was computed from
// other numbers each time cannot be counted together.
func mistakes(q *lessons.Question, a progress.Answer) map[string]Wrong {
	found := map[string]Wrong{}
	switch q.Kind {
	case lessons.Single, lessons.Multiple:
		for _, o := range q.Options {
			chosen := slices.Contains(a.Options, o.Key)
			if chosen == o.Correct || q.Kind == lessons.Single && !chosen {
				continue
			}
			found[o.Key] = Wrong{Text: lessons.PlainText(o.HTML), Missed: o.Correct, Explanation: o.Explanation}
		}
	case lessons.Order:
		var steps []string
		for _, key := range a.Options {
			for _, o := range q.Options {
				if o.Key == key {
					steps = append(steps, lessons.PlainText(o.HTML))
				}
			}
		}
		text := strings.Join(steps, " → ")
		found[text] = Wrong{Text: text, Explanation: q.Explanation}
	case lessons.Fill:
		text := strings.Join(a.Texts, "；")
		found[sameName(text)] = Wrong{Text: text, Explanation: q.Explanation}
	}
	return found
}
