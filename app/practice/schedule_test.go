package practice

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"courselab/app/progress"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// replay answers at each of the intervals, in days, after the answer before.
func replay(correct []bool, days []int) (attempts []progress.Attempt, last time.Time) {
	last = start
	for i, c := range correct {
		last = last.Add(time.Duration(days[i]) * Day)
		attempts = append(attempts, progress.Attempt{At: last, Fingerprint: "f", Correct: c})
	}
	return attempts, last
}

// The vector is that of go-fsrs's own TestBasicSchedulerMemoState: stability
// 54.0393 days and difficulty 6.3464 after Again and six times Good. There a Good
// on the day of the Again stays one; here it is taken two hours later, past the
// sitting.
func TestScheduleHoldsThePublishedVector(t *testing.T) {
	attempts, _ := replay([]bool{false, true, true, true, true, true, true}, []int{0, 0, 0, 1, 3, 8, 21})
	for i := range attempts[1:] {
		attempts[i+1].At = attempts[i+1].At.Add(2 * time.Hour)
	}
	r, ok := Schedule(attempts, start.Add(100*Day))
	if !ok || math.Abs(r.Stability-54.0393) > 5e-5 || math.Abs(r.Difficulty-6.3464) > 5e-5 {
		t.Errorf("stability %.4f, difficulty %.4f, want 54.0393 and 6.3464", r.Stability, r.Difficulty)
	}
	if want := attempts[6].At.Add(54 * Day); !r.Due.Equal(want) {
		t.Errorf("due %v, want %v", r.Due, want)
	}
}

// Right at every due date: the intervals of go-fsrs's TestBasicSchedulerExample,
// 2, 11, 46, 163 and 498 days, whose first Good counts twice (ten minutes apart).
func TestIntervalsGrow(t *testing.T) {
	attempts := []progress.Attempt{{At: start, Fingerprint: "f", Correct: true}}
	at := start.Add(2 * time.Minute)
	for _, want := range []int{2, 11, 46, 163, 498} {
		attempts = append(attempts, progress.Attempt{At: at, Fingerprint: "f", Correct: true})
		r, _ := Schedule(attempts, at)
		if got := int(r.Due.Sub(at) / Day); got != want {
			t.Fatalf("after %d answers: %d days, want %d", len(attempts), got, want)
		}
		at = r.Due
	}
}

func TestRating(t *testing.T) {
	right := progress.Attempt{At: start, Correct: true}
	hint := right
	hint.Hint = true
	wrong := progress.Attempt{At: start.Add(-10 * time.Minute)}
	due := func(attempts ...progress.Attempt) time.Duration {
		r, _ := Schedule(attempts, start)
		return r.Due.Sub(start)
	}
	if got := due(right); got != 2*Day {
		t.Errorf("right at once: %v, want 2 days", got)
	}
	if got := due(hint); got != Day {
		t.Errorf("right with the hint: %v, want 1 day", got)
	}
	if got := due(wrong); got != 0 {
		t.Errorf("wrong ten minutes ago: %v, want now", got)
	}
	hard, _ := Schedule([]progress.Attempt{wrong, right}, start)
	wrong.At = start.Add(-2 * time.Hour)
	good, _ := Schedule([]progress.Attempt{wrong, right}, start)
	if hard.Stability >= good.Stability || hard.Due.Sub(start) != Day {
		t.Errorf("right after wrong: stability %v, and %v after a break", hard.Stability, good.Stability)
	}
}

func TestScheduleOfNothing(t *testing.T) {
	if r, ok := Schedule(nil, start); ok {
		t.Errorf("no attempt is due %v", r.Due)
	}
}

// A clock that ran ahead makes a question due rather than lost, and once it is
// answered under the right clock, that clock counts.
func TestClockAhead(t *testing.T) {
	now := start.AddDate(10, 0, 0)
	store := progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/", Now: func() time.Time { return now }})
	answer := func() Review {
		t.Helper()
		if _, err := store.Record("m1", "q", progress.Attempt{Fingerprint: "f", Answer: progress.Answer{Options: []string{"1"}}, Correct: true}); err != nil {
			t.Fatal(err)
		}
		r, _ := Schedule(store.Lesson("m1").Questions["q"].Valid("f"), now)
		return r
	}
	answer()
	now = start
	r, _ := Schedule(store.Lesson("m1").Questions["q"].Valid("f"), now)
	if !r.Doubtful || r.Due.After(now) {
		t.Errorf("answered in ten years: %+v", r)
	}
	if r := answer(); r.Doubtful || r.Due.Sub(start) != 2*Day {
		t.Errorf("answered again: %+v", r)
	}
	now = start.Add(3 * Day)
	if r := answer(); r.Doubtful || r.Due.Sub(now) < 5*Day {
		t.Errorf("and once more: %+v", r)
	}
}

// Clocks of two devices differ a little: that is not a clock gone wrong.
func TestClocksDiffer(t *testing.T) {
	attempts := []progress.Attempt{{At: start.Add(time.Hour), Fingerprint: "f", Correct: true}}
	if r, _ := Schedule(attempts, start); r.Doubtful || r.Due.Sub(start) != 2*Day {
		t.Errorf("%+v", r)
	}
}

// Whatever is stored, there is a schedule, and an answer is never due before it
// was given.
func TestScheduleOfAnything(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		var q progress.Question
		for range 1 + random.IntN(40) {
			a := progress.Attempt{At: start.Add(time.Duration(random.IntN(400*24)-200*24) * time.Hour), Fingerprint: "f",
				Answer: progress.Answer{Options: []string{"1"}}, Correct: random.IntN(2) == 0, Hint: random.IntN(4) == 0}
			if random.IntN(5) == 0 {
				a.Clock = a.At.Add(-time.Duration(random.IntN(1000)) * time.Hour)
			}
			q.Attempts = append(q.Attempts, a)
		}
		q = progress.MergeQuestions(q, progress.Question{})
		r, ok := Schedule(q.Attempts, start)
		last := q.Attempts[len(q.Attempts)-1].When()
		if !ok || math.IsNaN(r.Stability) || r.Stability <= 0 || r.Due.Before(last) && !last.After(start) {
			t.Fatalf("%+v for %+v", r, q.Attempts)
		}
	}
}

// Two devices that have each other's answers have one schedule, whichever was
// merged into which.
func TestScheduleAfterMerge(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	different := false
	for range 200 {
		device := func(options string) progress.Question {
			var q progress.Question
			for range 1 + random.IntN(40) {
				q.Attempts = append(q.Attempts, progress.Attempt{At: start.Add(time.Duration(random.IntN(90*24)) * time.Hour), Fingerprint: "f",
					Answer: progress.Answer{Options: []string{options}}, Correct: random.IntN(3) > 0, Hint: random.IntN(4) == 0})
			}
			return progress.MergeQuestions(q, progress.Question{})
		}
		a, b := device("a"), device("b")
		now := start.Add(100 * Day)
		ab, _ := Schedule(progress.MergeQuestions(a, b).Attempts, now)
		ba, _ := Schedule(progress.MergeQuestions(b, a).Attempts, now)
		if ab != ba {
			t.Fatalf("%+v and %+v", ab, ba)
		}
		alone, _ := Schedule(a.Attempts, now)
		different = different || alone != ab
	}
	if !different {
		t.Error("the merge never made a difference: it was not tested")
	}
}
