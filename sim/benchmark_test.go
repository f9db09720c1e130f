package sim

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
)

// exactPassAtK counts the draws without a pass by binomials of any size.
func exactPassAtK(n, c, k int64) float64 {
	none := new(big.Rat).SetFrac(new(big.Int).Binomial(n-c, k), new(big.Int).Binomial(n, k))
	v, _ := none.Sub(big.NewRat(1, 1), none).Float64()
	return v
}

func TestPassAtKIsExact(t *testing.T) {
	for _, n := range []int64{1, 2, 5, 10, 40, 200, 1000} {
		for c := int64(0); c <= n; c += max(1, n/7) {
			for k := int64(1); k <= n; k += max(1, n/5) {
				q, err := PassAtK(float64(n), float64(c), float64(k))
				if err != nil {
					t.Fatal(err)
				}
				if want := exactPassAtK(n, c, k); math.Abs(q.Value-want) > 1e-12 {
					t.Errorf("n %d, c %d, k %d: %v, want %v", n, c, k, q.Value, want)
				}
			}
		}
	}
	for _, c := range []struct{ n, c, k, want float64 }{
		{10, 3, 5, 1 - 21./252}, // m5.md
		{4, 1, 2, 0.5},
		{10, 3, 1, 0.3},
		{1e6, 1, 1e6, 1},
	} {
		if q, err := PassAtK(c.n, c.c, c.k); err != nil || math.Abs(q.Value-c.want) > 1e-12 {
			t.Errorf("%+v: %v, %v", c, q.Value, err)
		}
	}
}

// TestPassAtKIsUnbiased averages the estimate over every outcome of n samples
// that pass with a chance p each: that is 1 − (1 − p)^k.
func TestPassAtKIsUnbiased(t *testing.T) {
	const n, p = 12, 0.17
	for k := 1; k <= n; k++ {
		mean, plain := 0.0, 0.0
		for c := 0; c <= n; c++ {
			b, _ := new(big.Float).SetInt(new(big.Int).Binomial(n, int64(c))).Float64()
			chance := b * math.Pow(p, float64(c)) * math.Pow(1-p, float64(n-c))
			q, err := PassAtK(n, float64(c), float64(k))
			if err != nil {
				t.Fatal(err)
			}
			mean += chance * q.Value
			plain += chance * (1 - math.Pow(1-float64(c)/n, float64(k)))
		}
		want := 1 - math.Pow(1-p, float64(k))
		if math.Abs(mean-want) > 1e-12 {
			t.Errorf("k %d: mean %v, want %v", k, mean, want)
		}
		if k > 1 && plain > want-1e-3 {
			t.Errorf("k %d: the plain estimate %v is not below %v", k, plain, want)
		}
	}
}

func TestQuestionsNeeded(t *testing.T) {
	for _, c := range []struct{ p1, p2, power, want float64 }{
		{0.86, 0.81, 0.8, 862}, // m5.md: 861.2
		{0.65, 0.85, 0.8, 70},  // Chow et al.'s example
		{0.5, 0.52, 0.8, 9804},
	} {
		q, err := QuestionsNeeded(c.p1, c.p2, c.power)
		if err != nil || q.Value != c.want {
			t.Errorf("%+v: %v, %v", c, q.Value, err)
		}
	}
	for _, c := range []struct{ d, s, power, want float64 }{
		{0.05, 0.11, 0.8, 338}, // m5.md
		{0.02, 0.1, 0.8, 1955}, // m5.md: about 1,950
		{0.5, 0.5, 0.8, 8},
		{1, 1, 0.8, 1},
	} {
		q, err := PairedQuestionsNeeded(c.d, c.s, c.power)
		if err != nil || q.Value != c.want {
			t.Errorf("%+v: %v, %v", c, q.Value, err)
		}
	}
	if q, err := QuestionsNeeded(0.6, 0.5, 0.5); err != nil || strings.Contains(q.Working, "−0)") {
		t.Errorf("even chances: %s, %v", q.Working, err)
	}
	var field *FieldError
	if _, err := QuestionsNeeded(0.5, 0.5, 0.8); !errors.As(err, &field) || field.Field != "p2" {
		t.Errorf("equal shares: %v", err)
	}
	if _, err := PairedQuestionsNeeded(0.2, 0.1, 0.8); !errors.As(err, &field) || field.Field != "discordant" {
		t.Errorf("too few discordant: %v", err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), -1, 2} {
		if _, err := QuestionsNeeded(bad, 0.5, 0.8); err == nil {
			t.Errorf("p1 %v", bad)
		}
		if _, err := PassAtK(10, 3, 10*bad-0.5); err == nil {
			t.Errorf("k %v", bad)
		}
	}
}
