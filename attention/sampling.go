package attention

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Sampling says how the next token is chosen from the logits. The steps follow
// one another as in transformers: repetition penalty, temperature, top-k, top-p,
// min-p.
type Sampling struct {
	Temperature       float64 // divides the logits; 0 takes the greatest
	TopK              int     // keep the k likeliest; 0 keeps all
	TopP              float64 // keep the likeliest that reach this probability together; 1 keeps all
	MinP              float64 // drop what has less than this times the greatest probability; 0 keeps all
	RepetitionPenalty float64 // divides positive logits of tokens in the text, multiplies negative ones; 1 changes nothing
	Seed              uint64
}

// Check returns an error that names the first field out of range, and its value.
func (s Sampling) Check() error {
	switch {
	case !(s.Temperature >= 0) || math.IsInf(s.Temperature, 0):
		return fmt.Errorf("temperature %v: not zero or above", s.Temperature)
	case s.TopK < 0:
		return fmt.Errorf("top-k %d: below zero", s.TopK)
	case !(s.TopP > 0 && s.TopP <= 1):
		return fmt.Errorf("top-p %v: not above 0 and up to 1", s.TopP)
	case !(s.MinP >= 0 && s.MinP <= 1):
		return fmt.Errorf("min-p %v: not in 0 … 1", s.MinP)
	case !(s.RepetitionPenalty > 0) || math.IsInf(s.RepetitionPenalty, 0):
		return fmt.Errorf("repetition-penalty %v: not above zero", s.RepetitionPenalty)
	}
	return nil
}

// Candidate is a token that may be drawn.
type Candidate struct {
	Token       int
	Probability float64 // among the candidates
}

// Sampler draws tokens. Logits, text and seed being the same, so are they.
type Sampler struct {
	sampling   Sampling
	random     *rand.PCG
	scores     []float64 // per token: logit, then exp((logit − greatest)/T)
	seen       []bool    // per token: stands in the text
	heap       []int32
	candidates []Candidate
	uniform    float64 // the last draw's number, in [0, 1)
}

// NewSampler returns a sampler over a vocabulary.
func NewSampler(s Sampling, vocab int) (*Sampler, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("new sampler: %w", err)
	}
	if vocab < 1 {
		return nil, fmt.Errorf("new sampler: vocabulary of %d", vocab)
	}
	return &Sampler{
		sampling: s, random: rand.NewPCG(s.Seed, scramble(streamSampling<<56)),
		scores: make([]float64, vocab), seen: make([]bool, vocab),
		heap: make([]int32, vocab), candidates: make([]Candidate, 0, vocab),
	}, nil
}

// Sample draws the token after text from logits (vocab). It fails on a logit
// that is not a number or +∞, and where every one is −∞. It allocates nothing.
func (s *Sampler) Sample(logits []float32, text []int) (int, error) {
	if len(logits) != len(s.scores) {
		return 0, fmt.Errorf("sample: %d logits for a vocabulary of %d", len(logits), len(s.scores))
	}
	best, err := s.score(logits, text)
	if err != nil {
		return 0, fmt.Errorf("sample: %w", err)
	}
	s.candidates = s.candidates[:0]
	if s.sampling.Temperature == 0 {
		s.candidates = append(s.candidates, Candidate{Token: best, Probability: 1})
		return best, nil
	}
	high := s.scores[best]
	var total float64
	for i, v := range s.scores {
		s.scores[i] = 1 // (logit − greatest)/T is 0/T even where T is tiny
		if v != high {
			s.scores[i] = math.Exp((v - high) / s.sampling.Temperature)
		}
		total += s.scores[i]
	}
	s.keep(total)
	return s.draw(), nil
}

// Candidates returns what the last Sample drew from, until the next one. They
// are in order of probability where top-k or top-p chose them, else of token.
func (s *Sampler) Candidates() []Candidate { return s.candidates }

// score copies the logits, applies the penalty and returns the greatest.
func (s *Sampler) score(logits []float32, text []int) (best int, err error) {
	for i, v := range logits {
		if x := float64(v); math.IsNaN(x) || math.IsInf(x, 1) {
			return 0, fmt.Errorf("logit of token %d is %v", i, v)
		}
		s.scores[i] = float64(v)
	}
	if p := s.sampling.RepetitionPenalty; p != 1 {
		for _, token := range text {
			if token < 0 || token >= len(s.seen) || s.seen[token] {
				continue
			}
			s.seen[token] = true
			if s.scores[token] > 0 {
				s.scores[token] /= p
			} else {
				s.scores[token] *= p
			}
		}
		clear(s.seen)
	}
	for i, v := range s.scores {
		if v > s.scores[best] {
			best = i
		}
	}
	if math.IsInf(s.scores[best], 0) {
		return 0, fmt.Errorf("the greatest logit is %v", s.scores[best])
	}
	return best, nil
}

// keep fills candidates with the tokens that may be drawn, weighted by scores;
// total is their sum.
func (s *Sampler) keep(total float64) {
	least := s.sampling.MinP // times the greatest score, which is 1
	limit := len(s.scores)
	if k := s.sampling.TopK; k > 0 {
		limit = min(limit, k)
	}
	if limit == len(s.scores) && s.sampling.TopP == 1 {
		for i, v := range s.scores {
			if v >= least && v > 0 {
				s.candidates = append(s.candidates, Candidate{i, v})
			}
		}
		return
	}
	// A heap hands out the likeliest one by one: few are wanted as a rule.
	for i := range s.heap {
		s.heap[i] = int32(i)
	}
	size := len(s.heap)
	for i := size/2 - 1; i >= 0; i-- {
		s.sink(i, size)
	}
	if limit < len(s.scores) {
		for range limit {
			s.pop(&size)
		}
		total = 0
		for _, c := range s.candidates {
			total += c.Probability
		}
	}
	var sum float64
	kept := 0
	for sum < s.sampling.TopP*total && kept < limit {
		if kept == len(s.candidates) {
			s.pop(&size)
		}
		sum += s.candidates[kept].Probability
		kept++
	}
	// min-p, and what has no probability left at all.
	for kept > 1 && (s.candidates[kept-1].Probability < least || s.candidates[kept-1].Probability == 0) {
		kept--
	}
	s.candidates = s.candidates[:kept]
}

// before orders the heap: the likelier first, of equals the lower token.
func (s *Sampler) before(a, b int32) bool {
	if s.scores[a] != s.scores[b] {
		return s.scores[a] > s.scores[b]
	}
	return a < b
}

// sink moves entry i of the heap's first size entries to its place.
func (s *Sampler) sink(i, size int) {
	h := s.heap
	for {
		child := 2*i + 1
		if child >= size {
			return
		}
		if child+1 < size && s.before(h[child+1], h[child]) {
			child++
		}
		if !s.before(h[child], h[i]) {
			return
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}

// pop takes the likeliest off the heap and adds it to the candidates.
func (s *Sampler) pop(size *int) {
	token := s.heap[0]
	s.candidates = append(s.candidates, Candidate{int(token), s.scores[token]})
	*size--
	s.heap[0] = s.heap[*size]
	s.sink(0, *size)
}

// draw turns the candidates' weights into probabilities and draws one.
func (s *Sampler) draw() int {
	var total float64
	for _, c := range s.candidates {
		total += c.Probability
	}
	for i := range s.candidates {
		s.candidates[i].Probability /= total
	}
	s.uniform = float64(s.random.Uint64()>>11) / (1 << 53)
	rest := s.uniform
	for _, c := range s.candidates {
		rest -= c.Probability
		if rest < 0 {
			return c.Token
		}
	}
	return s.candidates[len(s.candidates)-1].Token // rounding
}
