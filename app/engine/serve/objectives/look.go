package objectives

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"courselab/attention"
	"courselab/attention/train"
)

// baselines computes what one does who knows nothing but how often each character
// comes in what is learnt: the held-out loss with add-one counts, and how many
// blanks the commonest fills.
func (t *training) baselines() {
	counts := make([]float64, t.config.Vocab)
	total := 0.0
	for i := range counts {
		counts[i], total = 1, total+1
	}
	for _, d := range t.learnt {
		for _, token := range d[1:] {
			counts[token]++
			total++
		}
	}
	n := 0.0
	for _, d := range t.held {
		for _, token := range d[1:] {
			t.unigram -= math.Log(counts[token] / total)
			n++
		}
	}
	t.unigram /= n
	best := firstToken
	for token := firstToken; token < len(counts); token++ {
		if counts[token] > counts[best] {
			best = token
		}
	}
	for _, b := range t.blanks {
		if b.Text[b.At] == best {
			t.common++
		}
	}
}

// look measures both models after a step, and has them write. A measurement that
// was interrupted is made anew; a point is kept once.
func (t *training) look(ctx context.Context, step int) error {
	number := (step + t.every() - 1) / t.every()
	fill := number%fillEvery == 0 || step == t.settings.steps
	var next sample
	for i := range t.sides {
		s := &t.sides[i]
		if s.Diverged > 0 {
			continue
		}
		m := s.trainer.Model()
		if len(s.Points) == 0 || s.Points[len(s.Points)-1].Step < step {
			held, err := s.task.HeldOut(ctx, m, t.backend, t.held, t.settings.batch*t.settings.window, t.pause)
			if errors.Is(err, train.ErrDiverged) {
				s.Diverged = max(step, 1)
				continue
			}
			if err != nil {
				return fmt.Errorf("look at step %d: %w", step, err)
			}
			p := point{Step: step, Held: held, Train: held}
			if s.count > 0 {
				p.Train = s.sum / float64(s.count)
			}
			s.Points, s.sum, s.count = append(s.Points, p), 0, 0
		}
		if fill && (len(s.Fillings) == 0 || s.Fillings[len(s.Fillings)-1].Step < step) {
			f := filling{Step: step}
			for _, x := range []struct {
				sight train.Sight
				right *int
			}{{train.Left, &f.Left}, {train.Both, &f.Both}} {
				tokens, err := s.task.Fill(ctx, m, t.backend, t.blanks, x.sight, t.pause)
				if err != nil {
					return fmt.Errorf("look at step %d: %w", step, err)
				}
				for j, token := range tokens {
					if token == t.blanks[j].Text[t.blanks[j].At] {
						*x.right++
					}
				}
			}
			var err error
			if s.Ahead, err = t.ahead(ctx, s); err != nil {
				return fmt.Errorf("look at step %d: %w", step, err)
			}
			if s.task.Objective == train.Leaked {
				// The same model as it is used: without the next character.
				if f.InUse, err = (train.Task{}).HeldOut(ctx, m, t.backend, t.held, t.settings.batch*t.settings.window, t.pause); err != nil {
					return fmt.Errorf("look at step %d: %w", step, err)
				}
			}
			s.Fillings = append(s.Fillings, f)
		}
		var err error
		if next.Filled[i], next.Guesses[i], err = t.fill(ctx, s); err != nil {
			return fmt.Errorf("look at step %d: %w", step, err)
		}
	}
	if t.sides[0].Diverged == 0 {
		var err error
		if next.Written, err = t.write(ctx); err != nil {
			return fmt.Errorf("look at step %d: %w", step, err)
		}
	}
	next.Step = step
	t.samples = append(slices.DeleteFunc(t.samples, func(s sample) bool { return s.Step == step }), next)
	return nil
}

// aheadRows is how many held-out rows the attention is averaged over.
const aheadRows = 8

// ahead averages the weight that each head gives to the next position.
func (t *training) ahead(ctx context.Context, s *side) (ahead, error) {
	var texts [][]int
	for _, d := range t.held[:min(len(t.held), aheadRows)] {
		texts = append(texts, d[:len(d)-1])
	}
	r := t.reader(s)
	if _, err := r.Logits(ctx, texts, nil); err != nil {
		return ahead{}, err
	}
	var out ahead
	for layer := range t.config.Layers {
		sums, n := make([]float64, t.config.Heads), 0.0
		for i, text := range texts {
			w := r.Weights(layer, i)
			for at := range len(text) - 1 {
				for a := range sums {
					sums[a] += float64(w.At(at*t.config.Heads+a, at+1))
				}
				n++
			}
		}
		for a, sum := range sums {
			mean := sum / max(n, 1)
			out.Mean += mean / float64(t.config.Heads*t.config.Layers)
			if mean > out.Most {
				out.Layer, out.Head, out.Most = layer, a, mean
			}
		}
	}
	return out, nil
}

func (t *training) reader(s *side) *train.Reader {
	r := train.NewReader(s.trainer.Model(), t.backend, s.task.Objective.Unmasked())
	r.Pause = t.pause
	return r
}

// Sampling of what the causal model writes.
const (
	writeTemperature = 0.8
	writeTopK        = 40
	writeMost        = 60
)

// write has the causal model go on from the prompt. It reads anew for each
// character, as it was trained to read: a leaked one has no next character to look
// at here.
func (t *training) write(ctx context.Context) (string, error) {
	s := &t.sides[0]
	sampler, err := attention.NewSampler(attention.Sampling{Temperature: writeTemperature, TopK: writeTopK, TopP: 1, RepetitionPenalty: 1, Seed: t.settings.seed}, t.config.Vocab)
	if err != nil {
		return "", err
	}
	text := t.corpus.encode(t.settings.prompt)
	from, r := len(text), t.reader(s)
	for len(text) < t.config.Context && len(text)-from < writeMost {
		logits, err := r.Logits(ctx, [][]int{text}, []train.Place{{At: len(text) - 1}})
		if err != nil {
			return "", err
		}
		row := logits.Row(0)
		row[maskToken], row[train.BOS] = float32(math.Inf(-1)), float32(math.Inf(-1))
		token, err := sampler.Sample(row, text)
		if err != nil {
			return "", err
		}
		text = append(text, token)
	}
	return t.corpus.signs(text[from:]), nil
}

// shownGuesses is how many of a blank's guesses are shown.
const shownGuesses = 3

// fill fills the learner's sentence: a masked model all blanks from one reading,
// the other from the left, blank by blank, each with what it put in before.
func (t *training) fill(ctx context.Context, s *side) (string, [][]guess, error) {
	var text, blanks []int
	for _, r := range blanked(t.settings.cloze) {
		if r == '＿' {
			blanks = append(blanks, len(text))
			text = append(text, maskToken)
		} else {
			text = append(text, t.corpus.encode(string(r))...)
		}
	}
	r := t.reader(s)
	guesses := make([][]guess, len(blanks))
	if s.task.Objective == train.Masked {
		places := make([]train.Place, len(blanks))
		for i, at := range blanks {
			places[i] = train.Place{At: at}
		}
		logits, err := r.Logits(ctx, [][]int{slices.Clone(text)}, places)
		if err != nil {
			return "", nil, err
		}
		for i, at := range blanks {
			text[at], guesses[i] = t.guesses(logits.Row(i))
		}
		return t.filled(text, blanks), guesses, nil
	}
	for i, at := range blanks {
		left := text[:at]
		if at == 0 {
			left = []int{train.EOS} // the beginning of a text
		}
		logits, err := r.Logits(ctx, [][]int{left}, []train.Place{{At: len(left) - 1}})
		if err != nil {
			return "", nil, err
		}
		text[at], guesses[i] = t.guesses(logits.Row(0))
	}
	return t.filled(text, blanks), guesses, nil
}

// filled writes a text with what was put into its blanks in brackets.
func (t *training) filled(text, blanks []int) string {
	var b strings.Builder
	for at, token := range text {
		if slices.Contains(blanks, at) {
			b.WriteString("〔" + t.corpus.sign(token) + "〕")
		} else {
			b.WriteString(t.corpus.signs([]int{token}))
		}
	}
	return b.String()
}

// guesses returns the likeliest character and the likeliest few with their
// probabilities among characters.
func (t *training) guesses(row []float32) (int, []guess) {
	order := make([]int, 0, len(row)-firstToken)
	for token := firstToken; token < len(row); token++ {
		order = append(order, token)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(row[b], row[a]) })
	high := float64(row[order[0]])
	var sum float64
	for _, token := range order {
		sum += math.Exp(float64(row[token]) - high)
	}
	var out []guess
	for _, token := range order[:min(shownGuesses, len(order))] {
		out = append(out, guess{t.corpus.sign(token), math.Exp(float64(row[token])-high) / sum})
	}
	return order[0], out
}
