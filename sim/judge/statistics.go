package judge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"courselab/sim"
)

// Draws is how often the bootstrap draws.
const Draws = 2000

// Wilson is a share of k in n with Wilson's interval; NaN and [0, 1] of nothing.
func Wilson(k, n int) (float64, Interval) {
	if n == 0 {
		return math.NaN(), Interval{0, 1}
	}
	p, N := float64(k)/float64(n), float64(n)
	half, err := sim.WilsonHalfWidth(float64(k), N, Z95)
	if err != nil {
		return p, Interval{0, 1}
	}
	centre := (p + Z95*Z95/(2*N)) / (1 + Z95*Z95/N)
	return p, Interval{max(0, centre-half.Value), min(1, centre+half.Value)}
}

// bootstrapStream tells the bootstrap from other uses of a seed.
const bootstrapStream = 0x626f6f74

// Bootstrap is the mean of values and the middle 95 % of the means of Draws draws
// with replacement; NaN and an empty interval of nothing. Source: Efron 1979.
func Bootstrap(values []float64, seed uint64) (float64, Interval) {
	ones := make([]float64, len(values))
	for i := range ones {
		ones[i] = 1
	}
	return BootstrapRatio(values, ones, seed)
}

// BootstrapRatio is Σ sums / Σ counts and the middle 95 % of it over Draws draws
// of groups with replacement, group i bringing sums[i] and counts[i]: the
// percentile bootstrap of what comes in groups, such as the questions about one
// text. counts are above zero; NaN and an empty interval of nothing.
func BootstrapRatio(sums, counts []float64, seed uint64) (float64, Interval) {
	if len(sums) == 0 {
		return math.NaN(), Interval{math.NaN(), math.NaN()}
	}
	rng := rand.New(rand.NewPCG(seed, bootstrapStream))
	drawn := make([]float64, Draws)
	for d := range drawn {
		sum, count := 0.0, 0.0
		for range sums {
			i := rng.IntN(len(sums))
			sum += sums[i]
			count += counts[i]
		}
		drawn[d] = sum / count
	}
	slices.Sort(drawn)
	sum, count := 0.0, 0.0
	for i, s := range sums {
		sum += s
		count += counts[i]
	}
	at := func(q float64) float64 { return drawn[int(math.Round(q*float64(Draws-1)))] }
	return sum / count, Interval{at(0.025), at(0.975)}
}

// Comparison is how two systems stand to each other on the same questions.
type Comparison struct {
	Both, OnlyA, OnlyB, Neither int // questions by who gets them right
	// Difference is the share that A gets right less that of B, Drawn its bootstrap
	// interval over groups of questions.
	Difference float64
	Drawn      Interval
	// P is how likely two equal systems are to come out at least so far apart:
	// McNemar's test in its exact form, which is the sign test of OnlyA and OnlyB.
	P float64
}

// Questions is how many were compared.
func (c Comparison) Questions() int { return c.Both + c.OnlyA + c.OnlyB + c.Neither }

// Discordant is the share of questions that one of the two alone gets right; NaN
// of none.
func (c Comparison) Discordant() float64 {
	return float64(c.OnlyA+c.OnlyB) / float64(c.Questions())
}

// Compare compares two systems on the same questions: a[i] and b[i] say whether
// each gets question i right, groups[i] which questions belong together. It fails
// where the lengths differ. Sources: McNemar 1947; Miller 2024 on groups.
func Compare(a, b []bool, groups []int, seed uint64) (Comparison, error) {
	if len(a) != len(b) || len(a) != len(groups) {
		return Comparison{}, fmt.Errorf("compare: %d and %d answers in %d groups", len(a), len(b), len(groups))
	}
	var c Comparison
	var sums, counts []float64
	place := map[int]int{}
	for i := range a {
		at, known := place[groups[i]]
		if !known {
			at = len(sums)
			place[groups[i]] = at
			sums, counts = append(sums, 0), append(counts, 0)
		}
		counts[at]++
		switch {
		case a[i] && b[i]:
			c.Both++
		case a[i]:
			c.OnlyA++
			sums[at]++
		case b[i]:
			c.OnlyB++
			sums[at]--
		default:
			c.Neither++
		}
	}
	c.Difference, c.Drawn = BootstrapRatio(sums, counts, seed)
	c.P = SignTest(c.OnlyA, c.OnlyB)
	return c, nil
}

// SignTest is the probability that wins and losses of a fair coin lie at least so
// far apart, two-sided:
//
//	min(1, 2 · Σ_{i ≤ min(w, l)} C(w + l, i) / 2^(w + l))
func SignTest(wins, losses int) float64 {
	n, k := wins+losses, min(wins, losses)
	if n == 0 {
		return 1
	}
	sum := 0.0
	for i := 0; i <= k; i++ {
		sum += math.Exp(logChoose(n, i) - float64(n)*math.Ln2)
	}
	return min(1, 2*sum)
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n) + 1)
	b, _ := math.Lgamma(float64(k) + 1)
	c, _ := math.Lgamma(float64(n-k) + 1)
	return a - b - c
}
