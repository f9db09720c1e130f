package evaluate

import (
	"context"
	"fmt"
)

// Item is a question of multiple choice.
type Item struct {
	Kind    Kind
	Poem    int // index in verse.HeldOut of the poem it is made of; −1: none
	Prompt  string
	Choices []string
	Answer  int // index of the right choice
}

// Answered is an item with how probable a model finds its choices.
type Answered struct {
	Item
	After []Likelihood // each choice after the prompt
	Alone []Likelihood // each choice as the beginning of a text, without the prompt
}

// Answer has a model score the choices of an item.
func (s *Scorer) Answer(ctx context.Context, item Item) (Answered, error) {
	out := Answered{Item: item}
	var err error
	if out.After, err = s.After(ctx, item.Prompt, item.Choices); err != nil {
		return out, fmt.Errorf("answer: %w", err)
	}
	if out.Alone, err = s.After(ctx, "", item.Choices); err != nil {
		return out, fmt.Errorf("answer without the prompt: %w", err)
	}
	return out, nil
}

// Rule makes a choice out of likelihoods.
type Rule int

const (
	// Sum takes the choice of the greatest log p: acc of lm-evaluation-harness. A
	// longer choice is at a disadvantage.
	Sum Rule = iota
	// PerCharacter takes the greatest log p per character: acc_norm of
	// lm-evaluation-harness, by its code; its papers speak of bytes (its issue
	// 3278). A longer choice may have the advantage then.
	PerCharacter
	// PerByte takes the greatest log p per byte: acc_bytes. Where all characters
	// are Chinese it comes to the same as PerCharacter.
	PerByte
	// Lift takes the choice that gains most by the prompt: log p after it less
	// log p without it (Brown et al. 2020, section 2.4, with the empty prompt as
	// the answer context).
	Lift
	// NoPrompt takes the greatest log p per character without the prompt: what can
	// be had without reading the question.
	NoPrompt
)

// Rules lists them in order.
func Rules() []Rule { return []Rule{Sum, PerCharacter, PerByte, Lift, NoPrompt} }

// Value is what the rule compares: of choice i, in nats or nats per character or
// byte.
func (r Rule) Value(a Answered, i int) float64 {
	switch r {
	case PerCharacter:
		return a.After[i].PerCharacter()
	case PerByte:
		return a.After[i].PerByte()
	case Lift:
		return a.After[i].Nats - a.Alone[i].Nats
	case NoPrompt:
		return a.Alone[i].PerCharacter()
	}
	return a.After[i].Nats
}

// Pick returns the choice of the greatest value, the first of equals.
func (r Rule) Pick(a Answered) int {
	best := 0
	for i := range a.Choices {
		if r.Value(a, i) > r.Value(a, best) {
			best = i
		}
	}
	return best
}

// Right reports whether the pick is the answer.
func (r Rule) Right(a Answered) bool { return r.Pick(a) == a.Answer }

// Correct counts the answers that the rule gets right.
func (r Rule) Correct(all []Answered) int {
	n := 0
	for _, a := range all {
		if r.Right(a) {
			n++
		}
	}
	return n
}
