package evaluate

import (
	"context"
	"fmt"

	"courselab/attention"
	"courselab/attention/verse"
)

// Task is what writing must satisfy.
type Task string

const (
	Form  Task = "form"  // four or eight lines of five or of seven characters
	Rhyme Task = "rhyme" // and all even lines rhyme
	Tone  Task = "tone"  // and every rule about tones is kept
)

// Tasks lists them, each asking for more than the one before.
func Tasks() []Task { return []Task{Form, Rhyme, Tone} }

// Passes reports whether a poem satisfies the task.
func (t Task) Passes(poem string) bool {
	switch t {
	case Form:
		return verse.KeepsForm(poem)
	case Rhyme:
		return verse.KeepsForm(poem) && verse.Rhyme(poem).Value == 1
	case Tone:
		return Rhyme.Passes(poem) && verse.Tone(poem).Value == 1
	}
	return false
}

// Write has a model go on from an opening until it ends the text, or the context
// does, and returns opening and all. What the vocabulary lacks is an
// *attention.UnseenError.
func Write(ctx context.Context, d Model, t *attention.Tokenizer, opening string, s attention.Sampling) (string, error) {
	ids, err := t.Encode(opening)
	if err != nil {
		return "", fmt.Errorf("write: %w", err)
	}
	c := d.Config()
	if c.BOS < 0 {
		return "", fmt.Errorf("write: the config has no bos_token_id")
	}
	sampler, err := attention.NewSampler(s, c.Vocab)
	if err != nil {
		return "", fmt.Errorf("write: %w", err)
	}
	d.Truncate(0)
	tokens, _, err := attention.Generate(ctx, d, sampler, append([]int{c.BOS}, ids...), d.Capacity(), nil)
	if err != nil {
		return "", fmt.Errorf("write: %w", err)
	}
	return opening + t.Decode(tokens), nil
}

// Openings returns the first lines of the poems of a set, each with its comma.
func Openings(set Set, t *attention.Tokenizer) []string {
	all := verse.HeldOut()
	var out []string
	for _, i := range Poems(set, t) {
		out = append(out, verse.Lines(all[i])[0]+"，")
	}
	return out
}
