package sim

import (
	"errors"
	"math"
	"testing"
)

// The functions of questions, each by a case worked by hand.
func TestChoosingFunctionsByHand(t *testing.T) {
	type in = map[string]float64
	for _, c := range []struct {
		function string
		in       in
		want     float64
		unit     string
	}{
		// 1000 × ((4000 − 3000) × 2 + 3000 × 0.5 + 500 × 8) / 10⁶
		{"api-cost", in{"input_tokens": 4000, "cached_tokens": 3000, "output_tokens": 500, "requests": 1000, "input_price": 2, "cached_price": 0.5, "output_price": 8}, 7.5, "USD"},
		// 2 kW at PUE 1.5 for 10 h: 30 kWh at 0.6.
		{"electricity", in{"watts": 2000, "pue": 1.5, "hours": 10, "price_per_kwh": 0.6}, 18, "CNY"},
		{"breakeven", in{"capex": 120000, "own_per_month": 3000, "api_per_month": 8000}, 2, "年"},
		// 2 × 18 an hour buy 3600 × 1000 = 3.6 million tokens.
		{"rent-per-mtok", in{"gpus": 2, "price_per_gpu_hour": 18, "tokens_per_second": 1000}, 10, "元"},
		// 8 GB of weights and 4 × 1000 × 0.5 MB = 2 GB of cache at 1000 GB/s; computing takes 64 µs.
		{"decode-time", in{"params": 8e9, "bits": 8, "kv_bytes_per_token": 5e5, "context": 1000, "batch": 4, "bandwidth_gbps": 1000, "tflops": 1000}, 10, "ms"},
		// 2 × 8·10⁹ × 1000 = 16 TFLOP at 100 TFLOPS; moving takes 8 ms.
		{"decode-time", in{"params": 8e9, "bits": 8, "kv_bytes_per_token": 0, "context": 0, "batch": 1000, "bandwidth_gbps": 1000, "tflops": 100}, 160, "ms"},
		// Two of three at 0.9: 3 × 0.81 × 0.1 + 0.729.
		{"availability", in{"availability": 0.9, "needed": 2, "present": 3}, 97.2, "%"},
		{"availability", in{"availability": 0.9, "needed": 3, "present": 3}, 0.729, ""},
		{"availability", in{"availability": 0.99, "needed": 1, "present": 2}, 0.9999, ""},
		{"availability", in{"availability": 1, "needed": 3, "present": 3}, 1, ""},
		{"availability", in{"availability": 0, "needed": 1, "present": 3}, 0, ""},
		// M/M/1: ρ / (μ − λ).
		{"queue-wait", in{"arrivals_per_second": 0.5, "service_seconds": 1, "servers": 1}, 1000, "ms"},
		// M/M/2 at one busy on average: a third wait, W = 1/3 / (2 − 1).
		{"queue-wait", in{"arrivals_per_second": 1, "service_seconds": 1, "servers": 2}, 1.0 / 3, "s"},
		{"queue-wait", in{"arrivals_per_second": 0, "service_seconds": 1, "servers": 2}, 0, "s"},
		// Half of n = 12, z = 2: 2 / (1 + 1/3) · √(1/48 + 1/144) = 1.5 · 1/6.
		{"wilson-half-width", in{"correct": 6, "total": 12, "z": 2}, 0.25, ""},
		// None of 4 at z = 2: 2 / 2 · √(4/64) = 0.25; the plain interval has width 0 here.
		{"wilson-half-width", in{"correct": 0, "total": 4, "z": 2}, 25, "%"},
		{"rag-tokens", in{"chunks": 5, "chunk_tokens": 400, "prompt_tokens": 300, "output_tokens": 200}, 2500, "词元"},
		// m5.md: 5 points apart, 11 % of the questions discordant.
		{"paired-questions", in{"difference": 0.05, "discordant": 0.11, "power": 0.8}, 338, ""},
		// m5.md: 甲 (1, 0.2), 乙 (0.6, 0.9): 0.7 / 1.1.
		{"flip-weight", in{"a1": 1, "a2": 0.2, "b1": 0.6, "b2": 0.9}, 0.7 / 1.1, ""},
		// m5.md: 70 % observed, 50 % by chance.
		{"kappa", in{"both_a": 40, "both_b": 30, "first_a": 20, "second_a": 10}, 0.4, ""},
		// m5.md: 0.04 + 0.06 × 2.
		{"outcome-cost", in{"call": 0.04, "success": 0.94, "repair": 2}, 0.16, "元"},
		// 1.69 + 406.4 / 1 + 410.7 / 1
		{"loss-chinchilla", in{"constants": 0, "params": 1, "tokens": 1}, 818.79, "nat"},
		{"loss-chinchilla", in{"constants": 1, "params": 1, "tokens": 1}, 1.81686 + 482.00572 + 2085.4342, "nat"},
		// The budget of Gopher: notebook of the replication.
		{"optimal-n", in{"constants": 1, "flops": 5.76e23}, 72.35273846578731, "B"},
	} {
		q, err := Functions()[c.function].Eval(c.in)
		if err != nil {
			t.Errorf("%s %v: %v", c.function, c.in, err)
			continue
		}
		got, err := q.In(c.unit)
		if err != nil || math.Abs(got-c.want) > 1e-9*math.Abs(c.want) {
			t.Errorf("%s %v = %v %s, %v; want %v (%s)", c.function, c.in, got, c.unit, err, c.want, q.Working)
		}
	}
}

// The interval of 8 in 10 at 95 %, as statistics packages print it: 0.4901625 to
// 0.9433178.
func TestWilsonAgainstKnownInterval(t *testing.T) {
	q, err := WilsonHalfWidth(8, 10, 1.959964)
	if want := (0.9433178 - 0.4901625) / 2; err != nil || math.Abs(q.Value-want) > 1e-6 {
		t.Errorf("half-width %v, %v; want %v", q.Value, err, want)
	}
}

func TestAvailabilityTails(t *testing.T) {
	for _, c := range []struct{ p, k, n float64 }{{0.999, 900, 1000}, {0.5, 5000, 10000}, {0.001, 1, 10000}, {1e-12, 1, 3}, {1 - 1e-12, 3, 3}} {
		q, err := Availability(c.p, c.k, c.n)
		if err != nil || !(q.Value > 0 && q.Value <= 1) {
			t.Errorf("%v: %v, %v", c, q.Value, err)
		}
	}
	// One more replica never hurts, one more needed never helps.
	for n := 2.0; n < 40; n++ {
		few, _ := Availability(0.97, 2, n)
		more, _ := Availability(0.97, 2, n+1)
		strict, _ := Availability(0.97, 3, n+1)
		if more.Value < few.Value || strict.Value > more.Value {
			t.Errorf("n = %v: %v, then %v, %v", n, few.Value, more.Value, strict.Value)
		}
	}
}

// Erlang's C by its sum instead of the recurrence.
func TestErlangCAgainstItsSum(t *testing.T) {
	for c := 1; c <= 20; c++ {
		for _, rho := range []float64{0.1, 0.5, 0.9, 0.99} {
			a := rho * float64(c)
			term, sum := 1.0, 0.0
			for i := range c {
				sum += term
				term *= a / float64(i+1)
			}
			last := term / (1 - rho)
			if got, want := erlangC(a, c), last/(sum+last); math.Abs(got-want) > 1e-12 {
				t.Errorf("c = %d, a = %v: %v, want %v", c, a, got, want)
			}
		}
	}
}

func TestContradictionsAreNamed(t *testing.T) {
	for _, c := range []struct {
		field string
		got   func() (Quantity, error)
	}{
		{"cached_tokens", func() (Quantity, error) { return APICost(Rates{}, Usage{Input: 1, Cached: 2}, 1) }},
		{"api_per_month", func() (Quantity, error) { return Breakeven(1, 5, 5) }},
		{"needed", func() (Quantity, error) { return Availability(0.9, 3, 2) }},
		{"arrivals_per_second", func() (Quantity, error) { return QueueWait(2, 1, 2) }},
		{"correct", func() (Quantity, error) { return WilsonHalfWidth(2, 1, 1.96) }},
		{"pue", func() (Quantity, error) { return Electricity(1, 0.9, 1, 1) }},
		{"tokens_per_second", func() (Quantity, error) { return RentPerMTok(1, 1, 0) }},
		{"batch", func() (Quantity, error) { return DecodeTime(Load{Params: 1, Bits: 8}, Device{1, 1}) }},
		{"chunks", func() (Quantity, error) { return RAGTokens(math.NaN(), 1, 1, 1) }},
		{"tokens", func() (Quantity, error) { return HoffmannFit.Loss(1, 0) }},
		{"flops", func() (Quantity, error) { return HoffmannFit.OptimalParameters(math.Inf(1)) }},
	} {
		var field *FieldError
		if got, err := c.got(); !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%s: %v, %v", c.field, got.Value, err)
		}
	}
}
