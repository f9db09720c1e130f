package sim

import (
	"math"
	"testing"
)

func TestServingFunctionsByHand(t *testing.T) {
	type in = map[string]float64
	for _, c := range []struct {
		function string
		in       in
		want     float64
	}{
		{"exact-match", in{"per_token": 0.5, "tokens": 3}, 0.125},
		{"in-flight", in{"arrivals_per_second": 1.25, "seconds": 12}, 15},
		// M/M/1 at a half: the wait exceeds t with probability ½ exp(−t/2).
		{"queue-tail", in{"arrivals_per_second": 0.5, "service_seconds": 1, "servers": 1, "share": 0.95}, 2 * math.Log(10)},
		{"queue-tail", in{"arrivals_per_second": 0.5, "service_seconds": 1, "servers": 1, "share": 0.4}, 0},
		// M/M/2 at one busy: a third waits, exponentially with mean 1.
		{"queue-tail", in{"arrivals_per_second": 1, "service_seconds": 1, "servers": 2, "share": 0.9}, math.Log(10. / 3)},
		{"ttl-hit-rate", in{"asked_per_hour": 3, "hours": 1}, 0.75},
		// 1 + 1/2 of 1 + 1/2 + 1/3 + 1/4.
		{"zipf-hit-rate", in{"questions": 4, "cached": 2, "skew": 1}, 18. / 25},
		{"zipf-hit-rate", in{"questions": 4, "cached": 0, "skew": 1}, 0},
		{"zipf-hit-rate", in{"questions": 100000, "cached": 1000, "skew": 1}, 0.6191},
		{"zipf-hit-rate", in{"questions": 100000, "cached": 1000, "skew": 0.6}, 0.1519},
	} {
		q, err := Functions()[c.function].Eval(c.in)
		if err != nil || math.Abs(q.Value-c.want) > 1e-4*math.Max(c.want, 1e-8) && math.Abs(q.Value-c.want) > 6e-5 {
			t.Errorf("%s %v = %v, %v; want %v (%s)", c.function, c.in, q.Value, err, c.want, q.Working)
		}
	}
	if _, err := ZipfHitRate(10, 11, 1); err == nil {
		t.Error("more cached than there are")
	}
}

// Term by term is the reference.
func TestPowerSum(t *testing.T) {
	for _, a := range []float64{0, 0.3, 0.8, 1, 1 + 1e-9, 1.7, 5} {
		sum := 0.0
		for i := 1; i <= 50000; i++ {
			sum += math.Pow(float64(i), -a)
			if i == 7 || i == 1000 || i == 1001 || i == 50000 {
				if got := powerSum(float64(i), a); math.Abs(got-sum) > 1e-9*sum {
					t.Errorf("Σ i^−%v to %d = %v, want %v", a, i, got, sum)
				}
			}
		}
	}
}
