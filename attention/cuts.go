package attention

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Cut says which step of a Sampling took a token out.
type Cut string

// The steps, in the order in which they are carried out.
const (
	Kept      Cut = ""       // it may be drawn
	CutGreedy Cut = "greedy" // temperature 0 takes the greatest alone
	CutTopK   Cut = "top-k"
	CutTopP   Cut = "top-p"
	CutMinP   Cut = "min-p"
)

// Distribution is what a Sampling makes of the logits, step by step, over the
// whole vocabulary. Slices are by token (V) unless they say otherwise.
type Distribution struct {
	Plain    []float64 // softmax of the logits as they are
	Tempered []float64 // after the repetition penalty and the temperature
	Final    []float64 // among those kept; 0 for the others
	Cuts     []Cut
	Order    []int // every token, the likeliest of Tempered first, of equals the lower token
	// How many are left after top-k, top-p and min-p, and what those have of
	// Tempered together.
	TopK, TopP, MinP             int
	TopKMass, TopPMass, MinPMass float64
}

// Distribute carries the steps out over logits (V) after text, as Sampler does
// on its way to a draw: what is kept here is what Sampler draws from. It fails
// where Sampler does.
func (s Sampling) Distribute(logits []float32, text []int) (Distribution, error) {
	sampler, err := NewSampler(s, len(logits))
	if err != nil {
		return Distribution{}, fmt.Errorf("distribute: %w", err)
	}
	best, err := sampler.score(logits, text)
	if err != nil {
		return Distribution{}, fmt.Errorf("distribute: %w", err)
	}
	plain := make([]float64, len(logits))
	for i, v := range logits {
		plain[i] = float64(v)
	}
	d := Distribution{
		Plain: softmaxOf(plain, 1), Tempered: softmaxOf(sampler.scores, s.Temperature),
		Final: make([]float64, len(logits)), Cuts: make([]Cut, len(logits)), Order: make([]int, len(logits)),
	}
	for i := range d.Order {
		d.Order[i] = i
	}
	slices.SortFunc(d.Order, func(a, b int) int {
		// By score: tempered probabilities may be equal by underflow alone.
		return cmp.Or(cmp.Compare(sampler.scores[b], sampler.scores[a]), a-b)
	})
	if s.Temperature == 0 {
		for i := range d.Cuts {
			d.Cuts[i] = CutGreedy
		}
		d.Cuts[best], d.Final[best] = Kept, 1
		d.TopK, d.TopP, d.MinP = 1, 1, 1
		d.TopKMass, d.TopPMass, d.MinPMass = 1, 1, 1
		return d, nil
	}
	d.TopK = len(logits)
	if s.TopK > 0 {
		d.TopK = min(s.TopK, len(logits))
	}
	d.TopKMass = d.mass(d.TopK)
	d.TopP = d.TopK
	if s.TopP < 1 {
		var sum float64
		d.TopP = 0
		for sum < s.TopP*d.TopKMass && d.TopP < d.TopK {
			sum += d.Tempered[d.Order[d.TopP]]
			d.TopP++
		}
	}
	d.TopPMass = d.mass(d.TopP)
	least := s.MinP * d.Tempered[d.Order[0]]
	d.MinP = d.TopP
	for d.MinP > 1 && (d.Tempered[d.Order[d.MinP-1]] < least || d.Tempered[d.Order[d.MinP-1]] == 0) {
		d.MinP--
	}
	d.MinPMass = d.mass(d.MinP)
	for rank, token := range d.Order {
		switch {
		case rank >= d.TopK:
			d.Cuts[token] = CutTopK
		case rank >= d.TopP:
			d.Cuts[token] = CutTopP
		case rank >= d.MinP:
			d.Cuts[token] = CutMinP
		default:
			d.Final[token] = d.Tempered[token] / d.MinPMass
		}
	}
	return d, nil
}

// mass is what the first n of Order have of Tempered.
func (d Distribution) mass(n int) float64 {
	var sum float64
	for _, token := range d.Order[:n] {
		sum += d.Tempered[token]
	}
	return sum
}

// softmaxOf returns exp(x/t) / Σ exp(x/t); at temperature 0 all of it lies on
// the first greatest.
func softmaxOf(x []float64, t float64) []float64 {
	high := slices.Max(x)
	out := make([]float64, len(x))
	if t == 0 {
		out[slices.Index(x, high)] = 1
		return out
	}
	var sum float64
	for i, v := range x {
		out[i] = 1 // (x − greatest)/T is 0/T even where T is tiny
		if v != high {
			out[i] = math.Exp((v - high) / t)
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// Skip leaves out n draws, as if n tokens had been drawn: a text that is taken
// up at its n-th token goes on with the draws that it would have had.
func (s *Sampler) Skip(n int) {
	if s.sampling.Temperature == 0 {
		return // takes no draws
	}
	for range n {
		s.random.Uint64()
	}
}

// SumExp returns Σ exp(x − at): the inverse of the softmax probability of a
// value at.
func SumExp(x []float32, at float64) float64 {
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - at)
	}
	return sum
}
