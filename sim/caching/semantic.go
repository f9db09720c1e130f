package caching

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Semantic is a cache that answers with the stored answer of the most similar
// question when its similarity is at least a threshold. The model is the
// course's own, after signal detection theory (Green and Swets 1966), and every
// one of its five numbers is to be measured on one's own traffic:
//
// With probability Known the cache holds a question that means the same; its
// similarity is drawn from N(Same, SameSD²). The most similar question that
// means something else has a similarity from N(Other, OtherSD²), independently.
// The more similar of the two is taken.
type Semantic struct {
	Known          float64 // 0 to 1
	Same, SameSD   float64 // similarity of questions that mean the same
	Other, OtherSD float64 // of the nearest one that does not
}

// Split is what becomes of the questions at one threshold; it adds to 1.
type Split struct {
	Right float64 // answered with the answer to what was asked
	Wrong float64 // answered with the answer to another question
	Miss  float64 // passed on to the model
}

func (s Semantic) check() error {
	for _, c := range []struct {
		field     string
		v, lo, hi float64
	}{
		{"known", s.Known, 0, 1},
		{"same", s.Same, -1, 1}, {"same sd", s.SameSD, 1e-4, 1},
		{"other", s.Other, -1, 1}, {"other sd", s.OtherSD, 1e-4, 1},
	} {
		if err := within(c.field, c.v, c.lo, c.hi); err != nil {
			return fmt.Errorf("semantic cache: %w", err)
		}
	}
	return nil
}

// At returns the split at threshold t:
//
//	Right = K · ∫_t^∞ f_same(s) · F_other(s) ds
//	Wrong = K · ∫_t^∞ f_other(s) · F_same(s) ds + (1 − K) · (1 − F_other(t))
func (s Semantic) At(threshold float64) (Split, error) {
	if err := s.check(); err != nil {
		return Split{}, err
	}
	if err := within("threshold", threshold, -2, 2); err != nil {
		return Split{}, fmt.Errorf("semantic cache: %w", err)
	}
	return s.at(threshold), nil
}

func (s Semantic) at(t float64) Split {
	right := s.Known * above(t, s.Same, s.SameSD, s.Other, s.OtherSD)
	wrong := s.Known*above(t, s.Other, s.OtherSD, s.Same, s.SameSD) + (1-s.Known)*(1-normalBelow(t, s.Other, s.OtherSD))
	return Split{right, wrong, math.Max(0, 1-right-wrong)}
}

// Best returns the threshold from 0 to 1 in steps of a thousandth at which Money
// is most, and Money there; at 1.001 nothing is answered and nothing lost.
func (s Semantic) Best(cost, penalty float64) (threshold, money float64, err error) {
	if err := s.check(); err != nil {
		return 0, 0, err
	}
	threshold = 1.001
	for i := range 1001 {
		t := float64(i) / 1000
		split := s.at(t)
		if m := Money(split.Right+split.Wrong, split.Wrong, cost, penalty); m > money {
			threshold, money = t, m
		}
	}
	return threshold, money, nil
}

// Simulate draws questions instead of integrating: the check of At.
func (s Semantic) Simulate(seed uint64, threshold float64, questions int) (Split, error) {
	if err := s.check(); err != nil {
		return Split{}, err
	}
	random := rand.NewPCG(seed, 0x73656d)
	uniform := func() float64 { return float64(random.Uint64()>>11+1) / (1 << 53) }
	normal := func(mean, sd float64) float64 {
		return mean + sd*math.Sqrt(-2*math.Log(uniform()))*math.Cos(2*math.Pi*uniform())
	}
	var right, wrong int
	for range questions {
		same := math.Inf(-1)
		if uniform() <= s.Known {
			same = normal(s.Same, s.SameSD)
		}
		other := normal(s.Other, s.OtherSD)
		switch {
		case math.Max(same, other) < threshold:
		case same >= other:
			right++
		default:
			wrong++
		}
	}
	n := float64(questions)
	return Split{float64(right) / n, float64(wrong) / n, float64(questions-right-wrong) / n}, nil
}

// above is the probability that a value from N(m, d²) is at least t and above
// one from N(om, od²), by Simpson's rule over what of it lies within 8 d.
func above(t, m, d, om, od float64) float64 {
	from, to := math.Max(t, m-8*d), m+8*d
	if from >= to {
		return 0
	}
	const n = 400
	h := (to - from) / n
	sum := 0.0
	for i := range n + 1 {
		x := from + float64(i)*h
		weight := 2.0
		switch {
		case i == 0 || i == n:
			weight = 1
		case i%2 == 1:
			weight = 4
		}
		z := (x - m) / d
		sum += weight * math.Exp(-z*z/2) * normalBelow(x, om, od)
	}
	return sum * h / 3 / (d * math.Sqrt(2*math.Pi))
}

// normalBelow is the distribution function of N(m, d²).
func normalBelow(x, m, d float64) float64 { return math.Erfc((m-x)/(d*math.Sqrt2)) / 2 }
