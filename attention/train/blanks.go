package train

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"courselab/attention"
)

// Blank is one token of a text that is hidden from a model, which is to say what
// it was.
type Blank struct {
	Text []int
	At   int // from 1: something stands to its left
}

// blankSeed draws blanks, in every run alike.
const blankSeed = 0x626c616e6b

// Blanks draws up to n blanks from documents, at most one to a document: a token
// not below first, with at least before tokens to its left and after to its right.
// The same documents give the same blanks.
func Blanks(documents []Document, n, before, after, first int) []Blank {
	random := rand.New(rand.NewPCG(blankSeed, 0))
	order := random.Perm(len(documents))
	var out []Blank
	for _, i := range order {
		text := documents[i][:documents[i].rows()]
		var places []int
		for at := max(before, 1); at < len(text)-after; at++ {
			if text[at] >= first {
				places = append(places, at)
			}
		}
		if len(out) == n {
			break
		}
		if len(places) > 0 {
			out = append(out, Blank{Text: text, At: places[random.IntN(len(places))]})
		}
	}
	return out
}

// Sight is what of a text a model is given to fill a blank.
type Sight int

const (
	Left Sight = iota // what stands before the blank
	Both              // what stands before and after it
)

// Candidates is how many of its guesses from the left a model that predicts the
// next token tries in a blank when it is given both sides.
const Candidates = 8

// fillTexts is how many texts are read at a time.
const fillTexts = 32

// Fill returns the token, not below First, that a model trained on the task puts
// into each blank.
//
// A masked model reads the text with the mask in the blank, where it is given the
// left alone up to there, and takes its likeliest token. The others take the
// likeliest next token after what stands to the left; given both sides, they put
// each of their Candidates likeliest ones into the blank and take the one with
// which the text from there on is likeliest, by the chain rule: a text for each
// candidate where the masked model reads one.
func (t Task) Fill(ctx context.Context, m *attention.Model, b attention.Backend, blanks []Blank, s Sight, pause func(context.Context) error) ([]int, error) {
	r := NewReader(m, b, t.Objective.Unmasked())
	r.Pause = pause
	out := make([]int, 0, len(blanks))
	for from := 0; from < len(blanks); from += fillTexts {
		some := blanks[from:min(from+fillTexts, len(blanks))]
		best, err := t.likeliest(ctx, r, some, s)
		if err != nil {
			return nil, fmt.Errorf("fill blanks: %w", err)
		}
		for i, tokens := range best {
			if t.Objective != Masked && s == Both {
				token, err := t.fitting(ctx, r, some[i], tokens)
				if err != nil {
					return nil, fmt.Errorf("fill blanks: %w", err)
				}
				tokens[0] = token
			}
			out = append(out, tokens[0])
		}
	}
	return out, nil
}

// likeliest returns the Candidates likeliest tokens of each blank, best first, by
// one reading.
func (t Task) likeliest(ctx context.Context, r *Reader, blanks []Blank, s Sight) ([][]int, error) {
	texts, places := make([][]int, len(blanks)), make([]Place, len(blanks))
	for i, blank := range blanks {
		texts[i], places[i] = blank.Text[:blank.At], Place{i, blank.At - 1}
		if t.Objective == Masked {
			texts[i], places[i] = append(slices.Clone(texts[i]), t.Mask), Place{i, blank.At}
			if s == Both {
				texts[i] = append(texts[i], blank.Text[blank.At+1:]...)
			}
		}
	}
	logits, err := r.Logits(ctx, texts, places)
	if err != nil {
		return nil, err
	}
	out := make([][]int, len(blanks))
	for i := range out {
		row := logits.Row(i)
		tokens := make([]int, 0, len(row))
		for token := t.First; token < len(row); token++ {
			tokens = append(tokens, token)
		}
		slices.SortStableFunc(tokens, func(a, b int) int { return cmp.Compare(row[b], row[a]) })
		out[i] = tokens[:min(len(tokens), Candidates)]
	}
	return out, nil
}

// fitting returns the candidate with which a text is likeliest from the blank on.
func (t Task) fitting(ctx context.Context, r *Reader, blank Blank, candidates []int) (int, error) {
	texts := make([][]int, len(candidates))
	var places []Place
	for i, token := range candidates {
		texts[i] = slices.Clone(blank.Text)
		texts[i][blank.At] = token
		for at := blank.At - 1; at < len(blank.Text)-1; at++ {
			places = append(places, Place{i, at})
		}
	}
	logits, err := r.Logits(ctx, texts, places)
	if err != nil {
		return 0, err
	}
	best, most := candidates[0], math.Inf(-1)
	sums := make([]float64, len(candidates))
	for j, place := range places {
		sums[place.Text] += logProbability(logits.Row(j), texts[place.Text][place.At+1])
	}
	for i, sum := range sums {
		if sum > most {
			best, most = candidates[i], sum
		}
	}
	return best, nil
}

// logProbability returns log softmax(logits)[token].
func logProbability(logits []float32, token int) float64 {
	high := slices.Max(logits)
	var sum float64
	for _, v := range logits {
		sum += float64(attention.Exp32(v - high))
	}
	return float64(logits[token]-high) - math.Log(sum)
}
