package progress

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"courselab/app/settings"
)

// Options say whose progress a Store keeps.
type Options struct {
	Course string // the course's id
	// Base is the address the course is served from, so that two copies on one
	// host keep apart.
	Base string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Store is one learner's progress in one course. It never fails: whatever
// cannot be stored is kept in memory, reported by Problems and tried again at
// the next save. All methods may be called from any goroutine.
type Store struct {
	storage Storage
	options Options
	prefix  string // of every key; ends in "/"
	migrate migrations

	mu       sync.Mutex
	cache    map[string]document // last read or written, by key without prefix
	pending  map[string]document // not stored yet
	problems []Problem
	watchers map[int]func()
	watcher  int // key of the next one
}

// Open returns the store over a storage. It reads nothing yet.
func Open(storage Storage, opt Options) *Store {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Store{
		storage:  storage,
		options:  opt,
		prefix:   "courselab/" + url.PathEscape(opt.Course) + "/" + url.PathEscape(opt.Base) + "/",
		cache:    map[string]document{},
		pending:  map[string]document{},
		watchers: map[int]func(){},
	}
	if v, ok := storage.(Volatile); ok && v.VolatileReason() != "" {
		s.report(volatileProblem(v.VolatileReason()))
	}
	return s
}

// Course returns the id of the course.
func (s *Store) Course() string { return s.options.Course }

// Now is the present time, by the clock that attempts are dated with.
func (s *Store) Now() time.Time { return s.options.Now() }

// OnChange calls f after every change, made here or by another tab. f must not
// block. remove ends it.
func (s *Store) OnChange(f func()) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.watcher
	s.watcher++
	s.watchers[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, id)
	}
}

// notify calls the watchers; the lock must not be held.
func (s *Store) notify() {
	s.mu.Lock()
	watchers := make([]func(), 0, len(s.watchers))
	for _, id := range slices.Sorted(maps.Keys(s.watchers)) {
		watchers = append(watchers, s.watchers[id])
	}
	s.mu.Unlock()
	for _, f := range watchers {
		f()
	}
}

// Changed tells the store that another tab has written or removed a key (the
// storage event's). The empty key means that all keys of the origin went, which
// no store does: what this one knows is put back.
func (s *Store) Changed(key string) {
	if key != "" && !strings.HasPrefix(key, s.prefix) {
		return
	}
	s.mu.Lock()
	if key == "" {
		s.restore()
	} else {
		delete(s.cache, strings.TrimPrefix(key, s.prefix))
	}
	s.mu.Unlock()
	s.notify()
}

// Profile returns who learns.
func (s *Store) Profile() Profile { return s.load(profileKey).(Profile) }

// SetName sets the learner's name or number. It is trimmed, and cut to 100
// characters.
func (s *Store) SetName(name string) {
	name = cleanName(name)
	s.update(profileKey, func(d document) document {
		p := d.(Profile)
		return Profile{Name: name, At: following(p.At, s.options.Now())}
	})
}

// Settings returns this browser's settings.
func (s *Store) Settings() settings.Settings { return s.load(settingsKey).(preferences).Settings }

// SetSettings replaces them.
func (s *Store) SetSettings(v settings.Settings) {
	s.update(settingsKey, func(document) document { return preferences{v.Normalise()} })
}

// Reading returns where the learner last was in a lesson; its At is zero where
// they never were.
func (s *Store) Reading(lesson string) Reading {
	return s.load(readingSpace + lesson).(Reading)
}

// SetReading keeps the position and the present time. Offset is cut to 0 to 1.
func (s *Store) SetReading(lesson, section string, offset float64) {
	if !(offset > 0) { // also where it is no number
		offset = 0
	}
	if section != "" && validID(section) != nil {
		section = ""
	}
	s.update(readingSpace+lesson, func(d document) document {
		r := d.(Reading)
		return Reading{At: following(r.At, s.options.Now()), Section: section, Offset: min(offset, 1)}
	})
}

// Visit notes that the learner opened a lesson; the position stays.
func (s *Store) Visit(lesson string) {
	s.update(readingSpace+lesson, func(d document) document {
		r := d.(Reading)
		r.At = following(r.At, s.options.Now())
		return r
	})
}

// LastVisited returns the lesson that was opened last, "" where none was.
func (s *Store) LastVisited() string {
	var last string
	var at time.Time
	for _, id := range s.names(readingSpace) {
		if r := s.Reading(id); last == "" || r.At.After(at) {
			last, at = id, r.At
		}
	}
	return last
}

// Lesson returns a copy of a lesson's record.
func (s *Store) Lesson(lesson string) Lesson {
	return s.load(progressSpace + lesson).(Lesson).clone()
}

// Lessons returns the ids of the lessons that have a record, sorted.
func (s *Store) Lessons() []string { return s.names(progressSpace) }

// Record adds an attempt at a question and returns it as kept: its time is set
// here, after that of every attempt before it. An attempt that is not valid
// (no answer, no fingerprint) is a fault of the caller and is not kept.
func (s *Store) Record(lesson, question string, a Attempt) (Attempt, error) {
	a.At = following(time.Time{}, s.options.Now())
	if err := errors.Join(validID(question), a.validate()); err != nil {
		return a, err
	}
	s.update(progressSpace+lesson, func(d document) document {
		l := d.(Lesson).clone()
		q := l.Questions[question]
		if n := len(q.Attempts); n > 0 {
			clock := a.At
			a.At, a.Clock = following(q.Attempts[n-1].At, clock), time.Time{}
			if a.At.Sub(clock) > time.Minute {
				a.Clock = clock
			}
		}
		return MergeLessons(l, Lesson{Questions: map[string]Question{question: {Attempts: []Attempt{a}}}})
	})
	return a, nil
}

// Complete notes that a lesson has been completed, unless it was before.
func (s *Store) Complete(lesson string) {
	if !s.Lesson(lesson).Completed.IsZero() {
		return
	}
	s.update(progressSpace+lesson, func(d document) document {
		return MergeLessons(d.(Lesson), Lesson{Completed: following(time.Time{}, s.options.Now())})
	})
}

// Erase removes the learner's name and progress, and the damaged values; the
// settings of this browser stay.
func (s *Store) Erase() {
	s.erase(func(key string) bool { return key != settingsKey })
}

// EraseLesson removes one lesson's answers and reading position.
func (s *Store) EraseLesson(lesson string) {
	s.erase(func(key string) bool {
		return key == progressSpace+lesson || key == readingSpace+lesson
	})
}

// names lists what stands in a namespace, stored or not yet.
func (s *Store) names(space string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, key := range s.keys() {
		if name, ok := strings.CutPrefix(key, space); ok && name != "" {
			names = append(names, name)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
