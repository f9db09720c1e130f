package progress

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Exam is one sitting of a mixed exam: its questions, what was answered, and once
// it has been judged, the result as it is printed, which no later text of the
// course changes.
type Exam struct {
	Started time.Time `json:"started"`
	Minutes int       `json:"minutes"` // the time limit
	Seed    uint64    `json:"seed,string"`
	Edition string    `json:"edition,omitempty"` // the version of the course
	Changed time.Time `json:"changed"`           // last save
	// Used is how much of the time had gone at the last save, in milliseconds: a
	// clock that is set back gives none of it back.
	Used     int64      `json:"used"`
	Finished time.Time  `json:"finished,omitzero"` // nothing is answered after that
	Judged   bool       `json:"judged,omitempty"`
	Items    []ExamItem `json:"items"`
}

// ExamItem is one question of an exam. The texts are there once it is judged.
type ExamItem struct {
	Lesson      string `json:"lesson"`
	Question    string `json:"question"`
	Fingerprint string `json:"fingerprint"`
	Seed        uint64 `json:"seed,string,omitempty"` // draws a computed question
	Answer      Answer `json:"answer,omitzero"`       // nothing where none was given
	Correct     bool   `json:"correct,omitempty"`
	// Void: the question was changed or taken out while the exam ran.
	Void  bool   `json:"void,omitempty"`
	Title string `json:"title,omitempty"`
	Given string `json:"given,omitempty"` // the answer in words; empty where none was given
	Right string `json:"right,omitempty"` // the right answer in words
}

// Bounds of an exam.
const (
	maxExamItems   = 200
	maxExamMinutes = 600
	maxExamText    = 2000 // bytes of a text of an item
)

// ID names the exam: when it began, and its seed.
func (e Exam) ID() string {
	return strconv.FormatInt(e.Started.UnixMilli(), 10) + "-" + strconv.FormatUint(e.Seed, 10)
}

// Limit is how long it may take.
func (e Exam) Limit() time.Duration { return time.Duration(e.Minutes) * time.Minute }

// Elapsed is how much of the time has gone: by the clock, but never less than had
// gone before.
func (e Exam) Elapsed(now time.Time) time.Duration {
	return max(time.Duration(e.Used)*time.Millisecond, now.Sub(e.Started))
}

// Running reports whether questions can still be answered.
func (e Exam) Running() bool { return !e.Started.IsZero() && e.Finished.IsZero() }

// Given reports whether an answer says anything.
func (a Answer) Given() bool {
	return len(a.Options) > 0 || slices.ContainsFunc(a.Texts, func(t string) bool { return strings.TrimSpace(t) != "" })
}

// Clone returns an exam whose items can be written to.
func (e Exam) Clone() Exam {
	e.Items = slices.Clone(e.Items)
	return e
}

func (e Exam) merge(o document) document { return MergeExams(e, o.(Exam)) }

// rank orders the states of an exam: a later one stands against an earlier one.
func (e Exam) rank() int {
	switch {
	case e.Judged:
		return 3
	case !e.Finished.IsZero():
		return 2
	case !e.Started.IsZero():
		return 1
	}
	return 0
}

// MergeExams returns the one that has come further, or was saved later.
func MergeExams(a, b Exam) Exam {
	c := cmp.Or(cmp.Compare(a.rank(), b.rank()), a.Changed.Compare(b.Changed))
	if c == 0 {
		// Two that differ only here were edited by hand; any fixed order will do.
		x, errX := json.Marshal(a)
		y, errY := json.Marshal(b)
		if errX == nil && errY == nil {
			c = strings.Compare(string(x), string(y))
		}
	}
	if c < 0 {
		return b
	}
	return a
}

func (e Exam) validate() error {
	if e.Minutes < 1 || e.Minutes > maxExamMinutes {
		return fmt.Errorf("check exam: %d minutes, 1 to %d", e.Minutes, maxExamMinutes)
	}
	if len(e.Items) == 0 || len(e.Items) > maxExamItems {
		return fmt.Errorf("check exam: %d questions, 1 to %d", len(e.Items), maxExamItems)
	}
	if e.Used < 0 || e.Judged && e.Finished.IsZero() {
		return errors.New("check exam: time used below zero, or judged while it runs")
	}
	if e.Edition != "" {
		if err := validID(e.Edition); err != nil {
			return err
		}
	}
	if err := errors.Join(validTime(e.Started), validTime(e.Changed)); err != nil {
		return err
	}
	if !e.Finished.IsZero() {
		if err := validTime(e.Finished); err != nil {
			return err
		}
	}
	for i, item := range e.Items {
		if err := item.validate(); err != nil {
			return fmt.Errorf("check question %d: %w", i+1, err)
		}
	}
	return nil
}

func (i ExamItem) validate() error {
	if err := errors.Join(validID(i.Lesson), validID(i.Question), validID(i.Fingerprint)); err != nil {
		return err
	}
	for _, t := range []string{i.Title, i.Given, i.Right} {
		if len(t) > maxExamText || !utf8.ValidString(t) {
			return errors.New("check text: too long, or not text")
		}
	}
	return i.Answer.validate()
}

func decodeExam(body json.RawMessage) (Exam, error) {
	var e Exam
	if err := json.Unmarshal(body, &e); err != nil {
		return Exam{}, fmt.Errorf("decode exam: %w", err)
	}
	if err := e.validate(); err != nil {
		return Exam{}, fmt.Errorf("decode exam: %w", err)
	}
	return e, nil
}

// Exam returns the exam with an ID; its Started is zero where there is none.
func (s *Store) Exam(id string) Exam { return s.load(examSpace + id).(Exam).Clone() }

// Exams returns all exams, the one begun last first.
func (s *Store) Exams() []Exam {
	var all []Exam
	// An ID begins with the time, so that they sort by it.
	for _, id := range slices.Backward(s.names(examSpace)) {
		if e := s.Exam(id); !e.Started.IsZero() {
			all = append(all, e)
		}
	}
	return all
}

// KeepExam stores an exam with the present time and returns it as kept: one that
// has come further elsewhere stands. An exam that is not valid is a fault of the
// caller and is not kept.
func (s *Store) KeepExam(e Exam) (Exam, error) {
	e = e.Clone()
	e.Started = following(time.Time{}, e.Started)
	e.Changed = following(time.Time{}, s.options.Now())
	if !e.Finished.IsZero() {
		e.Finished = following(time.Time{}, e.Finished)
	}
	for i := range e.Items {
		item := &e.Items[i]
		item.Title, item.Given, item.Right = cutText(item.Title), cutText(item.Given), cutText(item.Right)
	}
	if err := e.validate(); err != nil {
		return e, fmt.Errorf("keep exam: %w", err)
	}
	s.update(examSpace+e.ID(), func(d document) document {
		before := d.(Exam)
		e.Changed = following(before.Changed, e.Changed)
		e.Used = max(e.Used, before.Used)
		e = MergeExams(before, e)
		return e
	})
	return e.Clone(), nil
}

// cutText cuts a text to what an item may hold.
func cutText(t string) string {
	if len(t) <= maxExamText {
		return t
	}
	t = t[:maxExamText-len("…")]
	for !utf8.ValidString(t) {
		t = t[:len(t)-1]
	}
	return t + "…"
}
