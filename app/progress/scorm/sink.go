package scorm

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"courselab/app/progress"
	"courselab/lessons"
)

// Version is a version of SCORM.
type Version string

// The versions that are spoken.
const (
	V12   Version = "1.2"
	V2004 Version = "2004"
)

// SuspendLimit is how many characters a platform must keep of suspend data.
func (v Version) SuspendLimit() int {
	if v == V2004 {
		return 64000
	}
	return 4096
}

// placeLimit is the same of the place.
func (v Version) placeLimit() int {
	if v == V2004 {
		return 1000
	}
	return 255
}

// names are the elements of the run-time data model.
type names struct{ raw, least, most, status, place, suspend string }

func (v Version) names() names {
	if v == V2004 {
		return names{"cmi.score.raw", "cmi.score.min", "cmi.score.max", "cmi.completion_status", "cmi.location", "cmi.suspend_data"}
	}
	return names{"cmi.core.score.raw", "cmi.core.score.min", "cmi.core.score.max", "cmi.core.lesson_status", "cmi.core.lesson_location", "cmi.suspend_data"}
}

// Host is the platform's API while a session is open.
type Host interface {
	// Get returns an element, "" where it has none.
	Get(element string) string
	// Set stores an element; the error says in words why the platform does not.
	Set(element, value string) error
	// Commit makes what was set permanent.
	Commit() error
}

// Sink keeps one module's record on a platform. What the platform refuses stays
// due and is offered again at the next Save. It is safe for several goroutines.
type Sink struct {
	host    Host
	version Version

	mu        sync.Mutex
	stored    map[string]string // what the platform has
	committed bool
	best      float64 // the score it has
	completed bool
	foreign   bool // its suspend data is not ours to replace
}

// Open reads what the platform has.
func Open(host Host, version Version) *Sink {
	n := version.names()
	s := &Sink{host: host, version: version, stored: map[string]string{}, committed: true}
	for _, element := range []string{n.raw, n.status, n.place, n.suspend} {
		s.stored[element] = host.Get(element)
	}
	if score, err := strconv.ParseFloat(s.stored[n.raw], 64); err == nil && score >= 0 && score <= 100 {
		s.best = score
	}
	s.completed = s.stored[n.status] == "completed" || s.stored[n.status] == "passed"
	s.foreign = s.stored[n.suspend] != "" && !strings.HasPrefix(s.stored[n.suspend], packMark)
	return s
}

// Resume returns the answers that the platform has, and the section where the
// learner stopped. Damaged answers are an error, and are replaced at the next
// Save; those of a later version are one too, and stay as they are.
func (s *Sink) Resume() (record progress.Lesson, section string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.version.names()
	record, err = Unpack(s.stored[n.suspend])
	return record, s.stored[n.place], err
}

// Save stores how the learner stands in the module. The place alone is worth no
// commit: it goes with the next, or with the end of the session.
func (s *Sink) Save(lesson *lessons.Lesson, record progress.Lesson, section string) error {
	if lesson == nil || lesson.Quiz == nil || len(lesson.Quiz.Questions) == 0 {
		return errors.New("save module: it has no questions")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.version.names()
	score := progress.ScoreOf(lesson, record)
	s.best = max(s.best, math.Round(100*float64(score.Points)/float64(score.Questions)))
	s.completed = s.completed || score.Complete()

	var faults []error
	set := func(element, value string) {
		if old, known := s.stored[element]; known && old == value {
			return
		}
		if err := s.host.Set(element, value); err != nil {
			faults = append(faults, err)
			return
		}
		s.stored[element] = value
		s.committed = s.committed && element == n.place
	}
	set(n.least, "0")
	set(n.most, "100")
	raw := strconv.FormatFloat(s.best, 'f', -1, 64)
	// A platform may write its own number another way.
	if old, err := strconv.ParseFloat(s.stored[n.raw], 64); err != nil || old != s.best {
		set(n.raw, raw)
	}
	switch status := s.stored[n.status]; {
	case s.completed && status != "passed":
		set(n.status, "completed")
	case !s.completed:
		set(n.status, "incomplete")
	}
	if s.version == V2004 {
		set("cmi.score.scaled", strconv.FormatFloat(s.best/100, 'f', -1, 64))
		set("cmi.progress_measure", strconv.FormatFloat(math.Round(100*float64(score.Answered)/float64(score.Questions))/100, 'f', -1, 64))
		if s.completed {
			set("cmi.success_status", "passed")
		}
	}
	if s.foreign {
		faults = append(faults, errors.New("平台上的作答是别的版本写的，没有动它"))
	} else if text, left, err := Pack(lesson, record, s.version.SuspendLimit()); err != nil {
		faults = append(faults, err)
	} else {
		set(n.suspend, text)
		if left > 0 {
			faults = append(faults, fmt.Errorf("平台只收 %d 个字符，有 %d 道题的作答没有放进去", s.version.SuspendLimit(), left))
		}
	}
	if len(section) <= s.version.placeLimit() {
		set(n.place, section)
	}
	if !s.committed {
		if err := s.host.Commit(); err != nil {
			faults = append(faults, err)
		} else {
			s.committed = true
		}
	}
	return errors.Join(faults...)
}
