package practice

import (
	"math"
	"time"

	"courselab/app/progress"

	"github.com/open-spaced-repetition/go-fsrs/v4"
)

// Day is the unit of the schedule's intervals.
const Day = 24 * time.Hour

// sitting is how close attempts at one question follow each other while the
// learner is at it: a right answer so soon after a wrong one was not recalled.
const sitting = time.Hour

// believable is how far ahead of the present clock an attempt's time may lie:
// clocks of two devices differ by hours at most.
const believable = Day

var scheduler = fsrs.NewFSRS(fsrs.DefaultParam())

// relearn is when a question that was answered wrong comes back.
var relearn = time.Duration(fsrs.DefaultRelearningSteps()[0] * float64(time.Minute))

// Review is when a question is to be asked again.
type Review struct {
	Due time.Time
	// Stability is how many days it takes for the chance of recall to fall to
	// 90 %; Difficulty runs from 1 to 10.
	Stability, Difficulty float64
	// Doubtful: the last attempt bears a time that is still to come, so that
	// nothing is known of how long ago it was. Such a question is due.
	Doubtful bool
}

// Schedule replays the attempts at a question, in their order, as they are valid
// now (progress.Question.Valid). There is none for a question without attempts.
func Schedule(attempts []progress.Attempt, now time.Time) (r Review, ok bool) {
	if len(attempts) == 0 {
		return Review{}, false
	}
	// What comes later in order was not made earlier: a clock that was ahead is
	// taken back to that of the attempt that follows, or to the present one.
	times, bound := make([]time.Time, len(attempts)), now
	for i := len(attempts) - 1; i >= 0; i-- {
		if t := attempts[i].When(); t.Before(bound) {
			bound = t
		}
		times[i] = bound
	}
	history := make(fsrs.ReviewEntries, len(attempts))
	for i, a := range attempts {
		history[i].Rating = rate(attempts, times, i)
		if i > 0 {
			// To the nearest day: an evening and the next morning are a day apart.
			history[i].DeltaT = math.Round(float64(times[i].Sub(times[i-1])) / float64(Day))
		}
		r.Doubtful = a.When().Sub(now) > believable
	}
	state, err := scheduler.MemoryState(history, nil)
	if err != nil {
		// Not reached: ratings and days are of its range. A question too many is
		// better than one lost.
		return Review{Due: now, Doubtful: true}, true
	}
	last := len(attempts) - 1
	r.Stability, r.Difficulty = state.Stability, state.Difficulty
	switch {
	case r.Doubtful:
		r.Due = now
	case !attempts[last].Correct:
		r.Due = times[last].Add(relearn)
	default:
		// At the target retention of 90 % the interval is the stability.
		r.Due = times[last].Add(time.Duration(max(1, math.Round(state.Stability))) * Day)
	}
	return r, true
}

// rate derives FSRS's grade of an attempt: wrong is Again; right is Good, but
// Hard after a hint, or after a wrong answer in the same sitting.
func rate(attempts []progress.Attempt, times []time.Time, i int) fsrs.Rating {
	switch {
	case !attempts[i].Correct:
		return fsrs.Again
	case attempts[i].Hint:
		return fsrs.Hard
	}
	for k := i - 1; k >= 0 && times[k+1].Sub(times[k]) < sitting; k-- {
		if !attempts[k].Correct {
			return fsrs.Hard
		}
	}
	return fsrs.Good
}

// Tomorrow is when the day of now ends, in now's own time zone: what is due
// before then is due today.
func Tomorrow(now time.Time) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
}
