package practice

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"courselab/app/progress"
	"courselab/lessons"
)

func course() []*lessons.Lesson {
	var all []*lessons.Lesson
	for m := range 3 {
		l := &lessons.Lesson{ID: fmt.Sprintf("m%d", m+1), Quiz: &lessons.Quiz{}}
		for q := range 10 {
			l.Quiz.Questions = append(l.Quiz.Questions, lessons.Question{ID: fmt.Sprintf("q%d-%d", m, q), Fingerprint: "f"})
		}
		all = append(all, l)
	}
	return append(all, &lessons.Lesson{ID: "m4"}, nil)
}

func attempts(results ...bool) progress.Question {
	var q progress.Question
	for _, correct := range results {
		q.Attempts = append(q.Attempts, progress.Attempt{At: start.Add(-Day), Fingerprint: "f", Correct: correct})
	}
	return q
}

func record(lesson string) progress.Lesson {
	if lesson != "m2" {
		return progress.Lesson{}
	}
	return progress.Lesson{Questions: map[string]progress.Question{
		"q1-0": attempts(true, false),
		"q1-1": attempts(false, true),
		"q1-2": attempts(false),
		"q1-3": {Attempts: []progress.Attempt{{Fingerprint: "older", Correct: true}}},
		"gone": attempts(false),
	}}
}

func TestDeck(t *testing.T) {
	deck := Deck(course(), record, 7, start)
	if len(deck) != 30 {
		t.Fatalf("%d cards", len(deck))
	}
	seen := map[string]bool{}
	for i, c := range deck {
		if seen[c.Question] {
			t.Errorf("%s twice", c.Question)
		}
		seen[c.Question] = true
		if i > 0 && deck[i-1].State > c.State {
			t.Errorf("card %d: %v after %v", i, c.State, deck[i-1].State)
		}
	}
	wrong := []string{deck[0].Question, deck[1].Question}
	slices.Sort(wrong)
	if Count(deck, Wrong) != 2 || !slices.Equal(wrong, []string{"q1-0", "q1-2"}) {
		t.Errorf("wrong ones: %v", wrong)
	}
	if Count(deck, Unseen) != 27 || Count(deck, Due) != 1 || deck[2].Question != "q1-1" {
		t.Errorf("%d unseen, third %v", Count(deck, Unseen), deck[2])
	}
	if Today(deck) != 3 || !Next(deck).IsZero() {
		t.Errorf("%d due today, the next %v", Today(deck), Next(deck))
	}
}

// A right answer that is still fresh comes last, and says when it comes back.
func TestDeckOfFresh(t *testing.T) {
	now := start.Add(-Day).Add(time.Minute)
	deck := Deck(course(), record, 7, now)
	want := start.Add(-Day).Add(Day)
	if Today(deck) != 2 || deck[29].Question != "q1-1" || deck[29].State != Right || !Next(deck).Equal(want) {
		t.Errorf("%d due today, last %v, the next %v, want %v", Today(deck), deck[29], Next(deck), want)
	}
}

func TestTomorrow(t *testing.T) {
	zone := time.FixedZone("here", 8*3600)
	if got, want := Tomorrow(time.Date(2026, 12, 31, 23, 59, 0, 0, zone)), time.Date(2027, 1, 1, 0, 0, 0, 0, zone); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestDeckFollowsItsSeed(t *testing.T) {
	if !slices.Equal(Deck(course(), record, 7, start), Deck(course(), record, 7, start)) {
		t.Error("one seed gives two orders")
	}
	if slices.Equal(Deck(course(), record, 7, start), Deck(course(), record, 8, start)) {
		t.Error("two seeds give one order")
	}
	if deck := Deck(nil, record, 1, start); len(deck) != 0 {
		t.Errorf("no course gives %v", deck)
	}
}
