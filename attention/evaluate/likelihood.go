package evaluate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"courselab/attention"
)

// Likelihood is how probable a text is, after a prompt or as a document.
type Likelihood struct {
	Nats       float64 // Σ log p(token | all before it); 0 or below
	Tokens     int     // predicted: of a document its end mark too
	Characters int
	Bytes      int // in UTF-8: three for a Chinese character
}

// PerToken is the mean log p of a token, in nats.
func (l Likelihood) PerToken() float64 { return l.Nats / float64(l.Tokens) }

// PerCharacter is the mean log p of a character, in nats.
func (l Likelihood) PerCharacter() float64 { return l.Nats / float64(l.Characters) }

// PerByte is the mean log p of a byte, in nats.
func (l Likelihood) PerByte() float64 { return l.Nats / float64(l.Bytes) }

// Perplexity is exp(−log p per token) of texts taken together: the number of
// tokens among which a model is as unsure as if all were equally likely. 1 of no
// text.
func Perplexity(of ...Likelihood) float64 {
	var all Likelihood
	for _, l := range of {
		all.Nats += l.Nats
		all.Tokens += l.Tokens
	}
	if all.Tokens == 0 {
		return 1
	}
	return math.Exp(-all.PerToken())
}

// Model reads tokens and scores what follows each; *attention.Decoder is one.
type Model interface {
	attention.Reader
	// Forward reads tokens and returns the logits (len(tokens), V) of what follows
	// each. They stay until the next call.
	Forward(ctx context.Context, tokens []int) (attention.Matrix, error)
	// Truncate forgets all but the first n tokens read.
	Truncate(n int)
}

// Scorer scores texts with one model. It is used by one goroutine at a time.
type Scorer struct {
	model     Model
	tokenizer *attention.Tokenizer
}

// NewScorer returns a Scorer. It fails on a model that has no mark for the
// beginning or the end of a document.
func NewScorer(m Model, t *attention.Tokenizer) (*Scorer, error) {
	if c := m.Config(); c.BOS < 0 || len(c.EOS) == 0 {
		return nil, fmt.Errorf("new scorer: the config has no bos_token_id or no eos_token_id")
	}
	return &Scorer{model: m, tokenizer: t}, nil
}

// After returns how probable each continuation is after a prompt, which may be
// empty. A character that the vocabulary lacks is an *attention.UnseenError, what
// does not fit the context an *attention.ContextError.
func (s *Scorer) After(ctx context.Context, prompt string, continuations []string) ([]Likelihood, error) {
	before, err := s.tokenizer.Encode(prompt)
	if err != nil {
		return nil, fmt.Errorf("score prompt: %w", err)
	}
	tokens := make([][]int, len(continuations))
	for i, c := range continuations {
		if tokens[i], err = s.tokenizer.Encode(c); err != nil {
			return nil, fmt.Errorf("score continuation %d: %w", i+1, err)
		}
		if len(tokens[i]) == 0 {
			return nil, fmt.Errorf("score continuation %d: empty", i+1)
		}
	}
	s.model.Truncate(0)
	logits, err := s.model.Forward(ctx, append([]int{s.model.Config().BOS}, before...))
	if err != nil {
		return nil, fmt.Errorf("score prompt: %w", err)
	}
	next := slices.Clone(logits.Row(logits.Rows - 1)) // of what follows the prompt
	out := make([]Likelihood, len(continuations))
	for i, c := range continuations {
		l := Likelihood{Tokens: len(tokens[i]), Characters: utf8.RuneCountInString(c), Bytes: len(c)}
		l.Nats = logProbability(next, tokens[i][0])
		if rest := tokens[i][:len(tokens[i])-1]; len(rest) > 0 {
			s.model.Truncate(1 + len(before))
			logits, err := s.model.Forward(ctx, rest)
			if err != nil {
				return nil, fmt.Errorf("score continuation %d: %w", i+1, err)
			}
			for at, token := range tokens[i][1:] {
				l.Nats += logProbability(logits.Row(at), token)
			}
		}
		if math.IsNaN(l.Nats) || math.IsInf(l.Nats, 0) {
			return nil, fmt.Errorf("score continuation %d: log p is %v", i+1, l.Nats)
		}
		out[i] = l
	}
	return out, nil
}

// Document returns how probable a text is as a whole document, its end included.
// Errors are as those of After.
func (s *Scorer) Document(ctx context.Context, text string) (Likelihood, error) {
	tokens, err := s.tokenizer.Encode(text)
	if err != nil {
		return Likelihood{}, fmt.Errorf("score document: %w", err)
	}
	c := s.model.Config()
	s.model.Truncate(0)
	logits, err := s.model.Forward(ctx, append([]int{c.BOS}, tokens...))
	if err != nil {
		return Likelihood{}, fmt.Errorf("score document: %w", err)
	}
	l := Likelihood{Tokens: len(tokens) + 1, Characters: len(tokens), Bytes: len(text)}
	for at, token := range append(tokens, c.EOS[0]) {
		l.Nats += logProbability(logits.Row(at), token)
	}
	if math.IsNaN(l.Nats) || math.IsInf(l.Nats, 0) {
		return Likelihood{}, fmt.Errorf("score document: log p is %v", l.Nats)
	}
	return l, nil
}

// logProbability is the logarithm of a token's softmax: logit − log Σ exp(logits),
// with the greatest taken out of the sum so that it cannot overflow.
func logProbability(logits []float32, token int) float64 {
	high := slices.Max(logits)
	var sum float64
	for _, v := range logits {
		sum += math.Exp(float64(v - high))
	}
	return float64(logits[token]-high) - math.Log(sum)
}
