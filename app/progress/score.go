package progress

import "courselab/lessons"

// Score is how a learner stands in one lesson's quiz. Only attempts at the
// questions as they are now count.
type Score struct {
	Questions int // in the lesson
	Answered  int // tried at least once
	Points    int // answered right at least once
	FirstTry  int // answered right at the first attempt
	Attempts  int // kept attempts, of all questions
}

// FirstTryRate is the part of the answered questions that were right at the
// first attempt, 0 to 1; 0 where none was answered.
func (s Score) FirstTryRate() float64 {
	if s.Answered == 0 {
		return 0
	}
	return float64(s.FirstTry) / float64(s.Answered)
}

// Complete reports whether every question has been answered right.
func (s Score) Complete() bool { return s.Questions > 0 && s.Points == s.Questions }

// ScoreOf scores a record against the lesson as it is now.
func ScoreOf(l *lessons.Lesson, record Lesson) Score {
	if l == nil || l.Quiz == nil {
		return Score{}
	}
	s := Score{Questions: len(l.Quiz.Questions)}
	for i := range l.Quiz.Questions {
		q := &l.Quiz.Questions[i]
		r := record.Questions[q.ID]
		n := len(r.Valid(q.Fingerprint))
		if n == 0 {
			continue
		}
		s.Answered++
		s.Attempts += n
		if r.Best(q.Fingerprint) {
			s.Points++
		}
		if r.FirstTry(q.Fingerprint) {
			s.FirstTry++
		}
	}
	return s
}

// Score scores the stored record of a lesson.
func (s *Store) Score(l *lessons.Lesson) Score {
	if l == nil {
		return Score{}
	}
	return ScoreOf(l, s.Lesson(l.ID))
}
