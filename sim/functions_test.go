package sim

import (
	"math"
	"math/rand/v2"
	"testing"
)

// draw returns inputs anywhere within the bounds of f, small and large ones alike.
func draw(f Function, r *rand.Rand) map[string]float64 {
	in := map[string]float64{}
	for _, p := range f.Params {
		v := p.Min + r.Float64()*(p.Max-p.Min)
		if p.Min > 0 {
			v = p.Min * math.Pow(p.Max/p.Min, r.Float64())
		}
		if p.Whole {
			v = math.Round(v)
		}
		in[p.Name] = math.Max(p.Min, math.Min(p.Max, v))
	}
	if _, ok := in["kv_heads"]; ok {
		in["kv_heads"] = 1 // divides any number of heads
	}
	noMoreThan := func(name, limit string) {
		if _, ok := in[name]; ok {
			in[name] = math.Min(in[name], in[limit])
		}
	}
	noMoreThan("cached_tokens", "input_tokens")
	noMoreThan("needed", "present")
	noMoreThan("cached", "questions")
	noMoreThan("correct", "total")
	noMoreThan("difference", "discordant")
	if _, ok := in["api_per_month"]; ok {
		in["own_per_month"] *= 1 - 1e-9
		in["own_per_month"], in["api_per_month"] = math.Min(in["own_per_month"], in["api_per_month"]), math.Max(in["own_per_month"], in["api_per_month"])
	}
	if _, ok := in["a1"]; ok { // each candidate better on one criterion
		in["a1"], in["b1"] = math.Max(in["a1"], in["b1"]), math.Min(in["a1"], in["b1"])
		in["b2"], in["a2"] = math.Max(in["a2"], in["b2"]), math.Min(in["a2"], in["b2"])
	}
	if _, ok := in["servers"]; ok {
		in["arrivals_per_second"] = math.Min(in["arrivals_per_second"], 0.999*in["servers"]/in["service_seconds"])
	}
	return in
}

func TestFunctionsAreFiniteEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, f := range Functions() {
		if len(f.Units) == 0 || f.Units[0] != f.Base || f.Title == "" {
			t.Errorf("%s: title %q, units %v", name, f.Title, f.Units)
		}
		for range 1000 {
			in := draw(f, r)
			q, err := f.Eval(in)
			if err != nil {
				t.Fatalf("%s %v: %v", name, in, err)
			}
			if math.IsNaN(q.Value) || math.IsInf(q.Value, 0) || q.Unit != f.Base || q.Working == "" {
				t.Fatalf("%s %v: %+v", name, in, q)
			}
			for _, u := range f.Units {
				if v, err := q.In(u); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s in %q: %v, %v", name, u, v, err)
				}
			}
		}
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 4096: "4096", -3: "−3", 0.5: "0.5", 4.5: "4.5", 1.0 / 3: "0.333333", 123.456789: "123.457",
		5.88e23: "5.88×10²³", 1e-9: "1×10⁻⁹", 1.4e12: "1400000000000",
	} {
		if got := Number(v); got != want {
			t.Errorf("Number(%g) = %q, want %q", v, got, want)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, v := range []float64{0, 1, -0.5, 1e300, 5e-324, math.Inf(1), math.NaN()} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v float64) {
		if Number(v) == "" {
			t.Errorf("Number(%g) is empty", v)
		}
	})
}
