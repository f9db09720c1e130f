package progress

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Version is the version of every stored value and of exported files.
const Version = 1

// LatestAttempts is how many attempts at a question are kept: the newest ones,
// beside the first, the first right and the last one of each fingerprint.
const LatestAttempts = 30

// Profile is who learns: a name or a number, as the learner gives it.
type Profile struct {
	Name string    `json:"name"`
	At   time.Time `json:"at,omitzero"` // when it was set
}

// Answer is what a learner gave. Options holds option keys: those chosen, or
// all of them in the learner's order. Texts holds the blanks in order, or the
// one number of a computed question as it was typed.
type Answer struct {
	Options []string `json:"options,omitempty"`
	Texts   []string `json:"texts,omitempty"`
}

// Attempt is one checked answer.
type Attempt struct {
	At time.Time `json:"at"`
	// Fingerprint is the question's at that time: the attempt counts while the
	// question still has it.
	Fingerprint string `json:"fingerprint"`
	Answer      Answer `json:"answer"`
	Correct     bool   `json:"correct"`
	// Seed drew the parameters of a computed question.
	Seed uint64 `json:"seed,string,omitempty"`
	// Hint: the hint was open on the way.
	Hint bool `json:"hint,omitempty"`
	// Clock is what the clock said where At had to be set more than a minute later,
	// behind an attempt that it had not caught up with.
	Clock time.Time `json:"clock,omitzero"`
}

// When returns the time that the clock said.
func (a Attempt) When() time.Time {
	if a.Clock.IsZero() {
		return a.At
	}
	return a.Clock
}

// Question is the record of one question: its attempts in order of time,
// without duplicates.
type Question struct {
	Attempts []Attempt `json:"attempts"`
}

// Lesson is the record of one lesson's questions, by question id.
type Lesson struct {
	Questions map[string]Question `json:"questions,omitempty"`
	// Completed is when all questions had been answered right for the first
	// time; zero until then.
	Completed time.Time `json:"completed,omitzero"`
}

// Reading is where the learner last was in a lesson: Offset is the part of the
// section above the window's top, 0 to 1.
type Reading struct {
	At      time.Time `json:"at"` // last visit
	Section string    `json:"section,omitempty"`
	Offset  float64   `json:"offset,omitempty"`
}

// Valid returns the attempts made at the question as it is now.
func (q Question) Valid(fingerprint string) []Attempt {
	var valid []Attempt
	for _, a := range q.Attempts {
		if a.Fingerprint == fingerprint {
			valid = append(valid, a)
		}
	}
	return valid
}

// Last returns the newest valid attempt.
func (q Question) Last(fingerprint string) (Attempt, bool) {
	for _, a := range slices.Backward(q.Attempts) {
		if a.Fingerprint == fingerprint {
			return a, true
		}
	}
	return Attempt{}, false
}

// Best reports whether a valid attempt was right.
func (q Question) Best(fingerprint string) bool {
	return slices.ContainsFunc(q.Attempts, func(a Attempt) bool {
		return a.Fingerprint == fingerprint && a.Correct
	})
}

// FirstTry reports whether the first valid attempt was right.
func (q Question) FirstTry(fingerprint string) bool {
	for _, a := range q.Attempts {
		if a.Fingerprint == fingerprint {
			return a.Correct
		}
	}
	return false
}

// compareAttempts is a total order, by time first. Attempts that compare equal
// are one and the same.
func compareAttempts(a, b Attempt) int {
	right := 0
	switch {
	case a.Correct && !b.Correct:
		right = 1
	case b.Correct && !a.Correct:
		right = -1
	}
	return cmp.Or(
		a.At.Compare(b.At),
		slices.Compare(a.Answer.Options, b.Answer.Options),
		slices.Compare(a.Answer.Texts, b.Answer.Texts),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
		right,
		cmp.Compare(a.Seed, b.Seed),
	)
}

// fullerFirst refines compareAttempts: of one attempt that was kept with more in
// one place than in another, what says more comes first.
func fullerFirst(a, b Attempt) int {
	hint := 0
	switch {
	case a.Hint && !b.Hint:
		hint = -1
	case b.Hint && !a.Hint:
		hint = 1
	}
	return cmp.Or(compareAttempts(a, b), hint, b.Clock.Compare(a.Clock))
}

// clone returns a Lesson that shares no memory that is ever written to.
func (l Lesson) clone() Lesson {
	l.Questions = maps.Clone(l.Questions)
	for id, q := range l.Questions {
		l.Questions[id] = Question{Attempts: slices.Clone(q.Attempts)}
	}
	return l
}
