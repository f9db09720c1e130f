package attention

import (
	"math"
	"sort"
	"testing"
)

// TestDrawsStay pins the numbers: links to lab states depend on them.
func TestDrawsStay(t *testing.T) {
	c := Config{Tokens: []rune("月🌱"), Heads: 2, DK: 2, Scale: true, Seed: 42}
	trace := run(t, c)
	for _, want := range []struct {
		name     Name
		head     int
		row, col int
		bits     uint32
	}{
		{X, -1, 1, 63, 0x3faedf37}, {WQ, 0, 0, 0, 0x3de0be7c}, {WK, 1, 63, 1, 0x3d6094c2}, {WV, 0, 5, 1, 0x3cd0b7ac}, {Q, 1, 0, 1, 0xbed7dcf6}, {Weights, 1, 1, 0, 0x3ed49f57},
	} {
		m, _ := trace.Matrix(want.name, want.head)
		if got := math.Float32bits(m.At(want.row, want.col)); got != want.bits {
			t.Errorf("%s[%d,%d] of head %d = %v (%#x), want %v", want.name, want.row, want.col, want.head,
				m.At(want.row, want.col), got, math.Float32frombits(want.bits))
		}
	}
}

// TestNormal compares the draws of many short streams with the normal
// distribution (Kolmogorov and Smirnov) and neighbouring streams with each
// other.
func TestNormal(t *testing.T) {
	const streams, each = 2000, 20
	var all []float64
	var along float64
	var before []float64
	for index := range uint64(streams) {
		draw := newNormal(1, streamQuery, 0, index)
		var now []float64
		for range each {
			now = append(now, draw.next())
		}
		for i := range before {
			along += before[i] * now[i]
		}
		all, before = append(all, now...), now
	}
	if r := along / (streams * each); math.Abs(r) > 4/math.Sqrt(streams*each) {
		t.Errorf("neighbouring streams correlate: %v", r)
	}
	sort.Float64s(all)
	var worst float64
	for i, v := range all {
		cdf := 0.5 * math.Erfc(-v/math.Sqrt2)
		worst = max(worst, math.Abs(cdf-float64(i)/float64(len(all))), math.Abs(cdf-float64(i+1)/float64(len(all))))
	}
	// 1.95/√n is passed by chance once in a thousand; the seed is fixed.
	if limit := 1.95 / math.Sqrt(float64(len(all))); worst > limit {
		t.Errorf("distance %v from the normal distribution, want below %v", worst, limit)
	}
}

// TestWidthsNest states that moving d_k keeps the columns that stay.
func TestWidthsNest(t *testing.T) {
	small, large := Project(9, K, 1, 3), Project(9, K, 1, 7)
	for r := range DModel {
		for c := range 3 {
			if small.At(r, c) != large.At(r, c) {
				t.Fatalf("W_K[%d,%d] changes with d_k", r, c)
			}
		}
	}
	if Project(9, Q, 1, 1).At(0, 0) == Project(9, K, 1, 1).At(0, 0) || Project(9, K, 0, 1).At(0, 0) == Project(9, K, 1, 1).At(0, 0) {
		t.Error("two projections share their draws")
	}
}

// TestVariance checks what the argument for √d_k assumes: entries of q and k
// with variance 1, and Var(q·k) = d_k.
func TestVariance(t *testing.T) {
	tokens := []rune("床前明月光，疑是地上霜举头望低思故乡")
	for _, dk := range []int{2, 8, 64} {
		var entries, products, product float64
		var nEntries, nProducts int
		for seed := range uint64(300) {
			trace := run(t, Config{Tokens: tokens, Heads: 1, DK: dk, Seed: seed})
			for _, m := range []Matrix{trace.Heads[0].Q, trace.Heads[0].K} {
				for _, v := range m.Data {
					entries += float64(v) * float64(v)
					nEntries++
				}
			}
			for _, s := range trace.Heads[0].Scores.Data {
				product += float64(s)
				products += float64(s) * float64(s)
				nProducts++
			}
		}
		if got := entries / float64(nEntries); math.Abs(got-1) > 0.05 {
			t.Errorf("d_k %d: variance of an entry %v, want 1", dk, got)
		}
		mean := product / float64(nProducts)
		if got := products/float64(nProducts) - mean*mean; math.Abs(got/float64(dk)-1) > 0.1 {
			t.Errorf("d_k %d: variance of q·k is %v, want %d", dk, got, dk)
		}
		if math.Abs(mean) > 0.1*math.Sqrt(float64(dk)) {
			t.Errorf("d_k %d: mean of q·k is %v, want 0", dk, mean)
		}
	}
}
