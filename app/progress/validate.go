package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of what a record may hold. They are far above what the course writes:
// whatever lies beyond was not written by it.
const (
	maxName   = 100  // characters of a learner's name
	maxID     = 200  // bytes of an id, a fingerprint or an option key
	maxText   = 2000 // bytes of a typed answer
	maxParts  = 100  // options or blanks of one answer
	maxPieces = 1000 // questions of a lesson, lessons of a file
)

func decodeProfile(body json.RawMessage) (Profile, error) {
	var p Profile
	if err := json.Unmarshal(body, &p); err != nil {
		return Profile{}, fmt.Errorf("decode profile: %w", err)
	}
	if err := p.validate(); err != nil {
		return Profile{}, fmt.Errorf("decode profile: %w", err)
	}
	return p, nil
}

func decodeReading(body json.RawMessage) (Reading, error) {
	var r Reading
	if err := json.Unmarshal(body, &r); err != nil {
		return Reading{}, fmt.Errorf("decode reading position: %w", err)
	}
	if err := r.validate(); err != nil {
		return Reading{}, fmt.Errorf("decode reading position: %w", err)
	}
	return r, nil
}

// decodeLesson returns every question that can be read, and an error that names
// each of the others.
func decodeLesson(body json.RawMessage) (Lesson, error) {
	var parts struct {
		Questions map[string]json.RawMessage `json:"questions"`
		Completed json.RawMessage            `json:"completed"`
	}
	if err := json.Unmarshal(body, &parts); err != nil {
		return Lesson{}, fmt.Errorf("decode lesson: %w", err)
	}
	var l Lesson
	var faults []error
	if len(parts.Completed) > 0 {
		if err := json.Unmarshal(parts.Completed, &l.Completed); err != nil {
			faults = append(faults, fmt.Errorf("decode completion: %w", err))
		} else if err := validTime(l.Completed); err != nil {
			l.Completed = time.Time{}
			faults = append(faults, fmt.Errorf("decode completion: %w", err))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(parts.Questions)) {
		var q Question
		if err := json.Unmarshal(parts.Questions[id], &q); err != nil {
			faults = append(faults, fmt.Errorf("decode question %q: %w", id, err))
			continue
		}
		if err := errors.Join(validID(id), q.validate()); err != nil {
			faults = append(faults, fmt.Errorf("decode question %q: %w", id, err))
			continue
		}
		if l.Questions == nil {
			l.Questions = map[string]Question{}
		}
		// A merge with nothing sorts and removes duplicates.
		l.Questions[id] = MergeQuestions(q, Question{})
	}
	if len(l.Questions) > maxPieces {
		return Lesson{}, fmt.Errorf("decode lesson: %d questions", len(l.Questions))
	}
	return l, errors.Join(faults...)
}

func (p Profile) validate() error {
	if utf8.RuneCountInString(p.Name) > maxName || !printable(p.Name) {
		return errors.New("check name: too long, or not text")
	}
	if p.At.IsZero() {
		return nil
	}
	return validTime(p.At)
}

func (r Reading) validate() error {
	if math.IsNaN(r.Offset) || r.Offset < 0 || r.Offset > 1 {
		return fmt.Errorf("check offset %v: outside 0 to 1", r.Offset)
	}
	if r.Section != "" {
		if err := validID(r.Section); err != nil {
			return err
		}
	}
	return validTime(r.At)
}

func (q Question) validate() error {
	if len(q.Attempts) == 0 {
		return errors.New("check attempts: none")
	}
	for i, a := range q.Attempts {
		if err := a.validate(); err != nil {
			return fmt.Errorf("check attempt %d: %w", i+1, err)
		}
	}
	return nil
}

func (a Attempt) validate() error {
	if err := validTime(a.At); err != nil {
		return err
	}
	if !a.Clock.IsZero() {
		if err := validTime(a.Clock); err != nil {
			return err
		}
	}
	if err := validID(a.Fingerprint); err != nil {
		return err
	}
	if len(a.Answer.Options)+len(a.Answer.Texts) == 0 {
		return errors.New("check answer: empty")
	}
	return a.Answer.validate()
}

func (a Answer) validate() error {
	if len(a.Options) > maxParts || len(a.Texts) > maxParts {
		return errors.New("check answer: too many parts")
	}
	for _, key := range a.Options {
		if err := validID(key); err != nil {
			return err
		}
	}
	for _, t := range a.Texts {
		if len(t) > maxText || !utf8.ValidString(t) {
			return errors.New("check answer: text too long, or not text")
		}
	}
	return nil
}

// validTime accepts whole milliseconds of UTC within the bounds.
func validTime(t time.Time) error {
	if t.Before(earliest) || t.After(latest) {
		return fmt.Errorf("check time %s: outside %d to %d", t, earliest.Year(), latest.Year())
	}
	if _, offset := t.Zone(); offset != 0 || !t.Equal(t.Truncate(time.Millisecond)) {
		return fmt.Errorf("check time %s: not whole milliseconds of UTC", t)
	}
	return nil
}

func validID(id string) error {
	if id == "" || len(id) > maxID || !printable(id) {
		return fmt.Errorf("check id %.40q: empty, too long, or not text", id)
	}
	return nil
}

// printable reports valid UTF-8 without control characters.
func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}
