// Package practice decides which questions a mixed practice asks, in which
// order. It is plain data and draws nothing.
//
// Imports: app/progress, lessons.
package practice

import (
	"math/rand/v2"

	"courselab/app/progress"
	"courselab/lessons"
)

// State is how a learner stands with a question.
type State int

// The states in the order in which they are asked.
const (
	Wrong  State = iota // the last answer was wrong
	Unseen              // never answered, or changed since
	Right               // the last answer was right
	states
)

// Card is one question of a deck.
type Card struct {
	Lesson   string // its id
	Question string // its id
	State    State
}

// deckStream tells the shuffle from other uses of a seed.
const deckStream = 0x6465636b

// Deck returns every question of the lessons, each once: those answered wrong
// first, then those not answered yet, then the rest, each group in an order that
// the seed decides. record returns what is stored of a lesson.
func Deck(all []*lessons.Lesson, record func(lesson string) progress.Lesson, seed uint64) []Card {
	var groups [states][]Card
	for _, l := range all {
		if l == nil || l.Quiz == nil {
			continue
		}
		stored := record(l.ID)
		for i := range l.Quiz.Questions {
			q := &l.Quiz.Questions[i]
			state := Unseen
			if last, ok := stored.Questions[q.ID].Last(q.Fingerprint); ok {
				state = Wrong
				if last.Correct {
					state = Right
				}
			}
			groups[state] = append(groups[state], Card{Lesson: l.ID, Question: q.ID, State: state})
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
