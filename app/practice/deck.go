package practice

import (
	"math/rand/v2"
	"time"

	"courselab/app/progress"
	"courselab/lessons"
)

// State is how a learner stands with a question.
type State int

// The states in the order in which they are asked.
const (
	Wrong  State = iota // the last answer was wrong
	Due                 // the last answer was right, and it is time to ask again
	Unseen              // never answered, or changed since
	Right               // the last answer was right, and is still fresh
	states
)

// Card is one question of a deck.
type Card struct {
	Lesson   string // its id
	Question string // its id
	State    State
	Due      time.Time // when it is to come back; zero for one that is unseen
}

// deckStream tells the shuffle from other uses of a seed.
const deckStream = 0x6465636b

// Deck returns every question of the lessons, each once: those answered wrong
// first, then those due today, those not answered yet and the rest, each group in
// an order that the seed decides. record returns what is stored of a lesson.
func Deck(all []*lessons.Lesson, record func(lesson string) progress.Lesson, seed uint64, now time.Time) []Card {
	var groups [states][]Card
	tomorrow := Tomorrow(now)
	for _, l := range all {
		if l == nil || l.Quiz == nil {
			continue
		}
		stored := record(l.ID)
		for i := range l.Quiz.Questions {
			q := &l.Quiz.Questions[i]
			card := Card{Lesson: l.ID, Question: q.ID, State: Unseen}
			attempts := stored.Questions[q.ID].Valid(q.Fingerprint)
			if r, ok := Schedule(attempts, now); ok {
				card.Due = r.Due
				switch {
				case !attempts[len(attempts)-1].Correct:
					card.State = Wrong
				case r.Due.Before(tomorrow):
					card.State = Due
				default:
					card.State = Right
				}
			}
			groups[card.State] = append(groups[card.State], card)
		}
	}
	from := rand.New(rand.NewPCG(seed, deckStream))
	var deck []Card
	for _, g := range groups {
		from.Shuffle(len(g), func(i, j int) { g[i], g[j] = g[j], g[i] })
		deck = append(deck, g...)
	}
	return deck
}

// Count is how many cards of a deck are in a state.
func Count(deck []Card, state State) int {
	n := 0
	for _, c := range deck {
		if c.State == state {
			n++
		}
	}
	return n
}

// Today is how many cards of a deck come back today; they stand at its front.
func Today(deck []Card) int { return Count(deck, Wrong) + Count(deck, Due) }

// Next is when the first of the other cards comes back; zero where none will.
func Next(deck []Card) time.Time {
	var next time.Time
	for _, c := range deck {
		if c.State == Right && (next.IsZero() || c.Due.Before(next)) {
			next = c.Due
		}
	}
	return next
}
