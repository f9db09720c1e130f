package progress

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"courselab/app/settings"
)

// document is a value under one key.
type document interface {
	// merge returns the union of both; the other is of the same type.
	merge(other document) document
}

func (l Lesson) merge(o document) document  { return MergeLessons(l, o.(Lesson)) }
func (r Reading) merge(o document) document { return MergeReadings(r, o.(Reading)) }
func (p Profile) merge(o document) document { return MergeProfiles(p, o.(Profile)) }

// preferences are settings as a document. They are chosen for one browser and
// have no history: whatever is merged into them replaces them.
type preferences struct{ settings.Settings }

func (preferences) merge(o document) document { return o }

// errVersion means that a value was written by a later version of the course.
var errVersion = errors.New("written by a later version")

// migrations turn the body of a value of version N into one of version N+1.
// Version 1 is the first, so there are none yet.
type migrations map[int]func(json.RawMessage) (json.RawMessage, error)

// versioned is the envelope of every stored value: its fields stand beside
// "version" in the same object.
type versioned struct {
	Version *int `json:"version"`
}

// open checks the version of a stored value and brings it up to date. Its error
// wraps errVersion for a later version; any other error means damage.
func (m migrations) open(raw string) (json.RawMessage, error) {
	var head versioned
	if err := json.Unmarshal([]byte(raw), &head); err != nil {
		return nil, fmt.Errorf("read version: %w", err)
	}
	if head.Version == nil {
		return nil, errors.New("read version: none")
	}
	body := json.RawMessage(raw)
	if *head.Version > Version {
		return nil, fmt.Errorf("read version %d: %w", *head.Version, errVersion)
	}
	for v := *head.Version; v < Version; v++ {
		migrate := m[v]
		if migrate == nil {
			return nil, fmt.Errorf("read version %d: unknown", v)
		}
		var err error
		if body, err = migrate(body); err != nil {
			return nil, fmt.Errorf("migrate from version %d: %w", v, err)
		}
	}
	return body, nil
}

// namespaces of keys; see the package's description.
const (
	profileKey    = "profile"
	settingsKey   = "settings"
	progressSpace = "progress/"
	readingSpace  = "reading/"
	labSpace      = "labs/"
	examSpace     = "exams/"
	damagedSpace  = "damaged/"
)

// empty returns the document that stands for a missing value under a key
// (without the store's prefix), or nil for a key that is not ours.
func empty(key string) document {
	switch {
	case key == profileKey:
		return Profile{}
	case key == settingsKey:
		return preferences{settings.Default()}
	case strings.HasPrefix(key, progressSpace):
		return Lesson{}
	case strings.HasPrefix(key, readingSpace):
		return Reading{}
	case strings.HasPrefix(key, labSpace):
		return LabRecord{}
	case strings.HasPrefix(key, examSpace):
		return Exam{}
	}
	return nil
}

// decode reads the value under a key. Where single questions of a lesson are
// damaged, it returns the others together with an error.
func (m migrations) decode(key, raw string) (document, error) {
	body, err := m.open(raw)
	if err != nil {
		return empty(key), fmt.Errorf("decode %s: %w", key, err)
	}
	switch empty(key).(type) {
	case Profile:
		p, err := decodeProfile(body)
		return p, err
	case preferences:
		s := settings.Default()
		if err := json.Unmarshal(body, &s); err != nil {
			return preferences{settings.Default()}, fmt.Errorf("decode settings: %w", err)
		}
		return preferences{s.Normalise()}, nil
	case Lesson:
		l, err := decodeLesson(body)
		return l, err
	case Reading:
		r, err := decodeReading(body)
		return r, err
	case LabRecord:
		r, err := decodeLab(body)
		return r, err
	case Exam:
		e, err := decodeExam(body)
		return e, err
	}
	return nil, fmt.Errorf("decode %s: unknown key", key)
}

// encode is the inverse of decode.
func encode(d document) (string, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encode value: %w", err)
	}
	// Every document is an object; the version goes first in it.
	head := fmt.Sprintf(`{"version":%d`, Version)
	if string(body) != "{}" {
		head += ","
	}
	return head + string(body[1:]), nil
}
