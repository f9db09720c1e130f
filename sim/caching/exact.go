package caching

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"courselab/sim"
)

// Limits of an Exact.
const (
	MaxQuestions = 1_000_000
	MaxAsked     = 5_000_000
)

// Exact is a cache that answers a question asked before, word for word.
type Exact struct {
	Seed      uint64
	Questions int     // N: different ones
	Skew      float64 // α
	Rate      float64 // questions per second, all together
	Capacity  int     // C: answers held
	Lifetime  float64 // T: seconds that an answer counts; 0: for ever
	// ChangeEvery is after how many seconds the right answer to a question
	// changes, on average and exponentially distributed; 0: never.
	ChangeEvery float64
	// Asked is how many questions are simulated; the first half fills the cache
	// and is not counted.
	Asked int
}

// Measured is what a simulated cache has shown.
type Measured struct {
	Counted            int // questions
	HitRate, StaleRate float64
	// HalfWidth and StaleHalfWidth are half of the 95 % confidence intervals of the
	// two, by means of 20 batches. Stale answers come in bursts, a popular question
	// at a time, and their interval is wide.
	HalfWidth, StaleHalfWidth float64
	Held                      int // answers in the cache at the end, expired ones included
}

func (e Exact) check() error {
	for _, c := range []struct {
		field     string
		v, lo, hi float64
	}{
		{"questions", float64(e.Questions), 1, MaxQuestions},
		{"skew", e.Skew, 0, 5},
		{"rate", e.Rate, 1e-9, 1e9},
		{"capacity", float64(e.Capacity), 1, MaxQuestions},
		{"lifetime", e.Lifetime, 0, 1e12},
		{"change every", e.ChangeEvery, 0, 1e12},
		{"asked", float64(e.Asked), 0, MaxAsked},
	} {
		if err := within(c.field, c.v, c.lo, c.hi); err != nil {
			return fmt.Errorf("exact cache: %w", err)
		}
	}
	return nil
}

// answer is one that is held.
type answer struct{ stored, changes float64 }

// batchCount of HalfWidth, and Student's t for one fewer at 97.5 %.
const (
	batchCount = 20
	studentsT  = 2.093
)

// Simulate asks e.Asked questions. report, which may be nil, is told now and
// then how many of them; then the context is looked at, whose error ends it.
func (e Exact) Simulate(ctx context.Context, report func(done, total int)) (Measured, error) {
	if err := e.check(); err != nil {
		return Measured{}, err
	}
	if err := within("asked", float64(e.Asked), 2*batchCount, MaxAsked); err != nil {
		return Measured{}, fmt.Errorf("exact cache: %w", err)
	}
	cumulative := Cumulative(e.Questions, e.Skew)
	random := rand.NewPCG(e.Seed, 0x6361636865)
	uniform := func() float64 { return float64(random.Uint64()>>11+1) / (1 << 53) }
	lru := NewLRU(e.Capacity)
	held := make([]answer, e.Questions)
	from := e.Asked / 2
	size := (e.Asked - from) / batchCount
	from = e.Asked - size*batchCount
	var hits, stales [batchCount]int
	m := Measured{Counted: e.Asked - from}
	now := 0.0
	for i := range e.Asked {
		if i%2048 == 0 {
			if report != nil {
				report(i, e.Asked)
			}
			if err := ctx.Err(); err != nil {
				return Measured{}, fmt.Errorf("exact cache: %w", err)
			}
		}
		now -= math.Log(uniform()) / e.Rate
		question := Draw(cumulative, uniform())
		had, _ := lru.Touch(int32(question))
		a := &held[question]
		if had && (e.Lifetime == 0 || now < a.stored+e.Lifetime) {
			if i >= from {
				hits[(i-from)/size]++
				if now >= a.changes {
					stales[(i-from)/size]++
				}
			}
			continue
		}
		*a = answer{now, math.Inf(1)}
		if e.ChangeEvery > 0 {
			a.changes = now - math.Log(uniform())*e.ChangeEvery
		}
	}
	m.HitRate, m.HalfWidth = batchMeans(hits, size)
	m.StaleRate, m.StaleHalfWidth = batchMeans(stales, size)
	m.Held = lru.Len()
	return m, nil
}

// batchMeans returns the share that counts of batches of size are, and half of its
// 95 % confidence interval.
func batchMeans(counts [batchCount]int, size int) (share, halfWidth float64) {
	for _, n := range counts {
		share += float64(n) / float64(size*batchCount)
	}
	variance := 0.0
	for _, n := range counts {
		d := float64(n)/float64(size) - share
		variance += d * d / (batchCount - 1)
	}
	return share, studentsT * math.Sqrt(variance/batchCount)
}

// Money is what a cache saves per question: each hit the cost of an answer, each
// wrong one costs its penalty.
//
//	h · c − w · p
func Money(hits, wrong, cost, penalty float64) float64 { return hits*cost - wrong*penalty }

func within(field string, v, lo, hi float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return &sim.FieldError{Field: field, Reason: sim.NotFinite}
	}
	if v < lo || v > hi {
		return &sim.FieldError{Field: field, Reason: sim.OutOfRange,
			Detail: fmt.Sprintf("%s, want %s to %s", sim.Number(v), sim.Number(lo), sim.Number(hi))}
	}
	return nil
}
