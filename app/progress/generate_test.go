package progress

import (
	"fmt"
	"math/rand/v2"
	"time"
)

var day = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// randomAttempt draws from few values, so that records collide often: same
// time, same answer, other fingerprint.
func randomAttempt(r *rand.Rand) Attempt {
	a := Attempt{
		At:          day.Add(time.Duration(r.IntN(60)) * time.Second),
		Fingerprint: fmt.Sprintf("f%d", r.IntN(3)),
		Correct:     r.IntN(3) == 0,
	}
	if r.IntN(2) == 0 {
		a.Answer.Options = []string{fmt.Sprintf("o%d", r.IntN(3))}
	} else {
		a.Answer.Texts = []string{fmt.Sprintf("%d", r.IntN(3))}
		a.Seed = uint64(r.IntN(2))
	}
	a.Hint = r.IntN(4) == 0
	if r.IntN(4) == 0 {
		a.Clock = day.Add(-time.Duration(1+r.IntN(2)) * time.Hour)
	}
	return a
}

func randomQuestion(r *rand.Rand) Question {
	q := Question{}
	for range 1 + r.IntN(50) {
		q.Attempts = append(q.Attempts, randomAttempt(r))
	}
	return MergeQuestions(q, Question{})
}

func randomLesson(r *rand.Rand) Lesson {
	l := Lesson{}
	if r.IntN(2) == 0 {
		l.Completed = day.Add(time.Duration(r.IntN(5)) * time.Hour)
	}
	for i := range r.IntN(4) {
		if l.Questions == nil {
			l.Questions = map[string]Question{}
		}
		l.Questions[fmt.Sprintf("q%d", (i+r.IntN(3))%4)] = randomQuestion(r)
	}
	return l
}

func randomReading(r *rand.Rand) Reading {
	return Reading{
		At:      day.Add(time.Duration(r.IntN(3)) * time.Hour),
		Section: fmt.Sprintf("s%d", r.IntN(3)),
		Offset:  float64(r.IntN(3)) / 2,
	}
}

func randomFile(r *rand.Rand, course string) File {
	f := File{
		Format: Format, Version: Version, Course: course, Exported: day,
		Lessons: map[string]Lesson{}, Reading: map[string]Reading{},
	}
	if r.IntN(3) > 0 {
		f.Name = fmt.Sprintf("学员%d", r.IntN(3))
		f.Named = day.Add(time.Duration(r.IntN(2)) * time.Hour)
	}
	for i := range 3 {
		if r.IntN(2) == 0 {
			f.Lessons[fmt.Sprintf("m%d", i)] = randomLesson(r)
			f.Reading[fmt.Sprintf("m%d", i)] = randomReading(r)
		}
	}
	for range r.IntN(3) {
		e := randomExam(r)
		if f.Exams == nil {
			f.Exams = map[string]Exam{}
		}
		f.Exams[e.ID()] = e
	}
	return f
}

// randomExam draws from few sittings, at any stage.
func randomExam(r *rand.Rand) Exam {
	e := Exam{Started: day.Add(time.Duration(r.IntN(3)) * time.Hour), Minutes: 30, Seed: uint64(r.IntN(2)), Edition: "v",
		Changed: day.Add(time.Duration(r.IntN(3)) * time.Minute), Used: int64(r.IntN(2))}
	for i := range 3 {
		item := ExamItem{Lesson: "m1", Question: fmt.Sprintf("q%d", i), Fingerprint: "f"}
		if r.IntN(2) == 0 {
			item.Answer.Options = []string{fmt.Sprintf("o%d", r.IntN(3))}
		}
		e.Items = append(e.Items, item)
	}
	if r.IntN(2) == 0 {
		e.Finished = day.Add(time.Duration(3+r.IntN(2)) * time.Hour)
		e.Judged = r.IntN(2) == 0
	}
	return e
}
