package caching

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"courselab/sim"
)

// The list of a slice is the naive reference.
func TestLRU(t *testing.T) {
	for _, capacity := range []int{0, 1, 2, 7} {
		lru := NewLRU(capacity)
		var kept []int32 // oldest first
		cumulative := Cumulative(20, 0.7)
		u := 0.5
		for i := range 5000 {
			u = math.Mod(u*997+0.123, 1)
			key := int32(Draw(cumulative, u))
			at := slices.Index(kept, key)
			wantOut := int32(-1)
			if at >= 0 {
				kept = append(slices.Delete(kept, at, at+1), key)
			} else if capacity > 0 {
				if len(kept) == capacity {
					wantOut, kept = kept[0], kept[1:]
				}
				kept = append(kept, key)
			}
			had, out := lru.Touch(key)
			if had != (at >= 0) || out != wantOut || lru.Len() != len(kept) || lru.Has(key) != (capacity > 0) {
				t.Fatalf("capacity %d, touch %d of %d: had %v, out %d; want %v, %d", capacity, i, key, had, out, at >= 0, wantOut)
			}
		}
		lru.Clear()
		if lru.Len() != 0 || lru.Has(0) {
			t.Error("not empty")
		}
	}
}

func TestZipf(t *testing.T) {
	// 1, 1/2, 1/4 of skew 1 at ranks 1, 2, 4.
	c := Cumulative(4, 1)
	if want := []float64{12. / 25, 18. / 25, 22. / 25, 1}; !near(c, want) {
		t.Errorf("%v, want %v", c, want)
	}
	for u, want := range map[float64]int{0.01: 0, 0.48: 0, 0.481: 1, 0.9: 3, 1: 3} {
		if got := Draw(c, u); got != want {
			t.Errorf("%v falls on %d, want %d", u, got, want)
		}
	}
	if got := Cumulative(3, 0); !near(got, []float64{1. / 3, 2. / 3, 1}) {
		t.Errorf("equal: %v", got)
	}
}

func near(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-12 })
}

// Simulated and by Che's approximation.
func TestTheoryAgrees(t *testing.T) {
	base := Exact{Seed: 3, Questions: 5_000, Skew: 0.8, Rate: 1, Capacity: 500, Asked: 400_000}
	for name, change := range map[string]func(*Exact){
		"least recently used":    func(*Exact) {},
		"flat":                   func(e *Exact) { e.Skew = 0.4 },
		"steep":                  func(e *Exact) { e.Skew = 1.2 },
		"small":                  func(e *Exact) { e.Capacity = 50 },
		"short life":             func(e *Exact) { e.Lifetime = 300 },
		"life near t_C":          func(e *Exact) { e.Lifetime = 1500 },
		"long life":              func(e *Exact) { e.Lifetime = 10_000; e.ChangeEvery = 5000 },
		"everything fits":        func(e *Exact) { e.Capacity = 5_000; e.Lifetime = 2_000; e.ChangeEvery = 3_000 },
		"short life and changes": func(e *Exact) { e.Lifetime = 600; e.ChangeEvery = 600 },
		"small and changes":      func(e *Exact) { e.Capacity = 30; e.Lifetime = 8_000; e.ChangeEvery = 2_000 },
	} {
		e := base
		change(&e)
		want, err := e.Theory()
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Simulate(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: hits %.4f ± %.4f, in theory %.4f; stale %.4f, in theory %.4f", name, got.HitRate, got.HalfWidth, want.HitRate, got.StaleRate, want.StaleRate)
		// Che's approximation itself is good to about a half per cent here.
		if math.Abs(got.HitRate-want.HitRate) > 2*got.HalfWidth+0.003 || got.HalfWidth > 0.01 {
			t.Errorf("%s: hits %.4f ± %.4f, in theory %.4f", name, got.HitRate, got.HalfWidth, want.HitRate)
		}
		if math.Abs(got.StaleRate-want.StaleRate) > 0.01 {
			t.Errorf("%s: stale %.4f, in theory %.4f", name, got.StaleRate, want.StaleRate)
		}
	}
}

// Where everything fits and answers expire, a question's hit rate is λT/(1+λT):
// the lesson's numbers for 30,000 questions a day.
func TestLifetimeOfTheLesson(t *testing.T) {
	for hours, want := range map[float64]float64{1: 0.181, 24: 0.497, 168: 0.764} {
		e := Exact{Questions: 100_000, Skew: 0.8, Rate: 30_000. / 86_400, Capacity: 100_000, Lifetime: hours * 3600}
		got, err := e.Theory()
		if err != nil || math.Abs(got.HitRate-want) > 6e-4 {
			t.Errorf("%v h: %.4f, %v; want %v", hours, got.HitRate, err, want)
		}
	}
}

// Grouping the rare questions must not show.
func TestGroups(t *testing.T) {
	e := Exact{Questions: 20_000, Skew: 0.9, Rate: 2, Capacity: 1_000, Lifetime: 4_000, ChangeEvery: 3_000}
	got, err := e.Theory()
	if err != nil {
		t.Fatal(err)
	}
	var each []group
	before := 0.0
	for _, c := range Cumulative(e.Questions, e.Skew) {
		each = append(each, group{1, e.Rate * (c - before)})
		before = c
	}
	tC := characteristic(each, 1_000)
	want := 0.0
	for _, g := range each {
		hits, _ := cycle(g.rate, tC, e.Lifetime, 0)
		want += g.rate / e.Rate * hits / (1 + hits)
	}
	if math.Abs(got.HitRate-want) > 1e-4 || math.Abs(got.Characteristic-tC) > 1e-3*tC {
		t.Errorf("grouped %v and %v, each %v and %v", got.HitRate, got.Characteristic, want, tC)
	}
}

// The cycle at its ends: nothing expires, nothing is evicted.
func TestCycleLimits(t *testing.T) {
	for _, x := range []float64{0.01, 0.5, 2, 5} {
		if got, _ := cycle(x, 1, math.Inf(1), 0); math.Abs(got-math.Expm1(x)) > 2e-3*math.Expm1(x) {
			t.Errorf("λt = %v: %v hits, want %v", x, got, math.Expm1(x))
		}
		if got, _ := cycle(x, math.Inf(1), 3, 0); got != 3*x {
			t.Errorf("λ = %v: %v hits in 3, want %v", x, got, 3*x)
		}
	}
	if hits, _ := cycle(1, math.Inf(1), math.Inf(1), 1); !math.IsInf(hits, 1) {
		t.Errorf("for ever: %v", hits)
	}
}

func TestSemanticAgrees(t *testing.T) {
	s := Semantic{Known: 0.5, Same: 0.9, SameSD: 0.05, Other: 0.75, OtherSD: 0.08}
	last := Split{Right: 1, Wrong: 1}
	for _, threshold := range []float64{0.6, 0.75, 0.8, 0.85, 0.9, 0.95, 1} {
		want, err := s.At(threshold)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Simulate(1, threshold, 200_000)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Right-want.Right) > 0.004 || math.Abs(got.Wrong-want.Wrong) > 0.004 {
			t.Errorf("at %v: drawn %+v, computed %+v", threshold, got, want)
		}
		if want.Right > last.Right+1e-12 || want.Wrong > last.Wrong+1e-12 || math.Abs(want.Right+want.Wrong+want.Miss-1) > 1e-9 {
			t.Errorf("at %v: %+v after %+v", threshold, want, last)
		}
		last = want
	}
	// Where a wrong answer costs nothing, everything is answered; where it costs
	// much, the threshold rises.
	free, _, _ := s.Best(1, 0)
	dear, _, _ := s.Best(1, 20)
	never, money, _ := s.Best(1, 1e9)
	if free > 0.5 || dear < 0.85 || never < dear || money < 0 {
		t.Errorf("best thresholds %v, %v, %v", free, dear, never)
	}
}

func TestBadCaches(t *testing.T) {
	var wrong *sim.FieldError
	if _, err := (Exact{Questions: 10, Rate: 1}).Theory(); !errors.As(err, &wrong) || wrong.Field != "capacity" {
		t.Errorf("%v", err)
	}
	if _, err := (Exact{Questions: 10, Rate: 1, Capacity: 1}).Simulate(context.Background(), nil); !errors.As(err, &wrong) || wrong.Field != "asked" {
		t.Errorf("%v", err)
	}
	if _, err := (Semantic{Known: 2}).At(0.5); !errors.As(err, &wrong) || wrong.Field != "known" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Exact{Questions: 10, Rate: 1, Capacity: 1, Asked: 100}).Simulate(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func BenchmarkSimulate(b *testing.B) {
	e := Exact{Seed: 3, Questions: 100_000, Skew: 0.8, Rate: 1, Capacity: 5_000, Lifetime: 86_400, Asked: 200_000}
	for range b.N {
		if _, err := e.Simulate(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTheory(b *testing.B) {
	e := Exact{Questions: 100_000, Skew: 0.8, Rate: 1, Capacity: 5_000, Lifetime: 86_400, ChangeEvery: 1e5}
	for range b.N {
		if _, err := e.Theory(); err != nil {
			b.Fatal(err)
		}
	}
}
