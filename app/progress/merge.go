package progress

import (
	"cmp"
	"slices"
	"time"
)

// MergeQuestions returns the union of both records' attempts, cut to the limits.
func MergeQuestions(a, b Question) Question {
	all := slices.Concat(a.Attempts, b.Attempts)
	slices.SortFunc(all, fullerFirst)
	all = slices.CompactFunc(all, func(x, y Attempt) bool { return compareAttempts(x, y) == 0 })
	return Question{Attempts: limit(all)}
}

// limit cuts sorted attempts to the newest LatestAttempts and, of each
// fingerprint, the first, the first right and the last one. Whatever it drops,
// it would drop from any larger set too, which is what keeps merging
// associative; that is also why the number of fingerprints is not limited here.
func limit(attempts []Attempt) []Attempt {
	if len(attempts) <= LatestAttempts {
		return attempts
	}
	return essential(attempts, LatestAttempts)
}

// essential returns the newest of sorted attempts and, of each fingerprint, the
// first, the first right and the last one.
func essential(attempts []Attempt, newest int) []Attempt {
	keep := make([]bool, len(attempts))
	last := map[string]bool{}
	for i, a := range slices.Backward(attempts) {
		if len(attempts)-i <= newest || !last[a.Fingerprint] {
			last[a.Fingerprint], keep[i] = true, true
		}
	}
	first, right := map[string]bool{}, map[string]bool{}
	var kept []Attempt
	for i, a := range attempts {
		if !first[a.Fingerprint] {
			first[a.Fingerprint], keep[i] = true, true
		}
		if a.Correct && !right[a.Fingerprint] {
			right[a.Fingerprint], keep[i] = true, true
		}
		if keep[i] {
			kept = append(kept, a)
		}
	}
	return kept
}

// MergeLessons merges question by question; the earlier completion stands.
func MergeLessons(a, b Lesson) Lesson {
	m := Lesson{Completed: a.Completed}
	if a.Completed.IsZero() || !b.Completed.IsZero() && b.Completed.Before(a.Completed) {
		m.Completed = b.Completed
	}
	if len(a.Questions)+len(b.Questions) > 0 {
		m.Questions = make(map[string]Question, max(len(a.Questions), len(b.Questions)))
	}
	for id, q := range a.Questions {
		m.Questions[id] = MergeQuestions(q, b.Questions[id])
	}
	for id, q := range b.Questions {
		if _, done := m.Questions[id]; !done {
			m.Questions[id] = MergeQuestions(q, Question{})
		}
	}
	return m
}

// MergeReadings keeps the newer position.
func MergeReadings(a, b Reading) Reading {
	if cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Section, b.Section), cmp.Compare(a.Offset, b.Offset)) < 0 {
		return b
	}
	return a
}

// MergeProfiles keeps the name that was given last; a name beats none.
func MergeProfiles(a, b Profile) Profile {
	switch {
	case a.Name == "" && b.Name != "":
		return b
	case b.Name == "" && a.Name != "":
		return a
	case cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name)) < 0:
		return b
	}
	return a
}

// Bounds of times. What is stored lies within earliest and latest; a clock is
// believed up to farthest, which leaves room for what follows it.
var (
	earliest = time.Unix(0, 0).UTC()
	farthest = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(9500, 1, 1, 0, 0, 0, 0, time.UTC)
)

// following returns now in whole milliseconds of UTC, or the first millisecond
// after last where the clock stands at or before it.
func following(last, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Millisecond)
	if now.Before(earliest) {
		now = earliest
	}
	if now.After(farthest) {
		now = farthest
	}
	if !last.IsZero() && !now.After(last) {
		now = last.UTC().Add(time.Millisecond)
	}
	if now.After(latest) {
		now = latest
	}
	return now
}
