package serving

import (
	"context"
	"math"
	"testing"

	"courselab/sim"
)

// exact is a service that queueing theory has a closed form for: each replica
// does one request at a time, whose seconds are its prompt's tokens times unit.
func exact(replicas int, load float64, shape Shape, balance Balance) Config {
	const mean, unit = 10_000, 2e-4 // two seconds
	return Config{
		Seed: 7, Requests: 100_000, Warmup: 5_000,
		Arrivals: Arrivals{Pattern: Poisson, Rate: load * float64(replicas) / (mean * unit)},
		Prompt:   Length{Shape: shape, Mean: mean, Max: maxLength},
		Output:   Length{Shape: Fixed, Mean: 1, Max: 1},
		Pools: []Pool{{Share: 1, Replicas: replicas, Replica: Replica{
			Step: func(s Step) float64 { return s.Prefill * unit }, MaxBatch: 1, KVTokens: maxLength + 1,
		}}},
		Balance: balance,
	}
}

const service = 2.0 // seconds, of exact

func run(t testing.TB, c Config) Result {
	t.Helper()
	r, err := Run(context.Background(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// agree wants a simulated mean within twice the half-width of its 95 %
// confidence interval: a run with a fixed seed that fails has a fault.
func agree(t *testing.T, what string, got Summary, want float64) {
	t.Helper()
	if d := math.Abs(got.Mean - want); !(d <= 2*got.HalfWidth) || got.HalfWidth > 0.15*want {
		t.Errorf("%s: %.4f ± %.4f, in theory %.4f", what, got.Mean, got.HalfWidth, want)
		return
	}
	t.Logf("%s: %.4f ± %.4f, in theory %.4f", what, got.Mean, got.HalfWidth, want)
}

// Erlang 1917: one queue before c servers.
func TestErlang(t *testing.T) {
	for _, c := range []struct {
		servers int
		load    float64
	}{{1, 0.5}, {1, 0.8}, {2, 0.8}, {4, 0.8}, {8, 0.8}, {4, 0.9}} {
		config := exact(c.servers, c.load, Exponential, SharedQueue)
		if c.load > 0.85 {
			config.Requests *= 3 // near full load neighbours depend on one another for long
		}
		r := run(t, config)
		want, err := sim.QueueWait(config.Arrivals.Rate, service, float64(c.servers))
		if err != nil {
			t.Fatal(err)
		}
		agree(t, "wait", r.Wait, want.Value)
		agree(t, "total", r.Total, want.Value+service)
		if d := math.Abs(r.Utilisation - c.load); d > 0.01 {
			t.Errorf("%d servers: busy %.4f of the time, want %.4f", c.servers, r.Utilisation, c.load)
		}
		// Little 1961: inside = arrivals × time inside.
		if little := r.Arrivals * r.Total.Mean; math.Abs(little-r.Inside) > 0.02*little {
			t.Errorf("%d servers: %.4f inside, arrivals × time %.4f", c.servers, r.Inside, little)
		}
	}
}

// A queue of its own for each of four replicas is four M/M/1, whatever the
// balancer leaves to chance; better balancers lie between that and one queue.
func TestBalancesInOrder(t *testing.T) {
	one, err := sim.QueueWait(0.4, service, 1)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "random", run(t, exact(4, 0.8, Exponential, Random)).Wait, one.Value)
	last := math.Inf(1)
	for _, b := range []Balance{Random, RoundRobin, TwoChoices, LeastLoaded, SharedQueue} {
		wait := run(t, exact(4, 0.8, Exponential, b)).Wait.Mean
		t.Logf("%s: %.3f s", b, wait)
		if wait >= last {
			t.Errorf("%s waits %.3f s, no less than the one before, %.3f", b, wait, last)
		}
		last = wait
	}
}

// Pollaczek and Khinchine: fixed lengths wait half as long as exponential ones.
func TestFixedLengths(t *testing.T) {
	const load = 0.8
	agree(t, "wait", run(t, exact(1, load, Fixed, SharedQueue)).Wait, load/(1-load)*service/2)
}

// The tail of M/M/1: the wait exceeds t with probability ρ·exp(−(1 − ρ)·t/S).
func TestTail(t *testing.T) {
	const load = 0.7
	r := run(t, exact(1, load, Exponential, SharedQueue))
	for _, q := range []struct{ share, got float64 }{{0.5, r.Wait.P50}, {0.95, r.Wait.P95}, {0.99, r.Wait.P99}} {
		want := math.Log(load/(1-q.share)) / (1 - load) * service
		if math.Abs(q.got-want) > 0.06*want {
			t.Errorf("quantile %v: %.3f, in theory %.3f", q.share, q.got, want)
		}
	}
}

// A batch that computes n sequences in n times the time of one shares the
// processor: the time inside is S/(1 − ρ), whatever the distribution of lengths
// (Kleinrock 1976). Here the batches, the joining and leaving are at work.
func TestProcessorSharing(t *testing.T) {
	const mean, unit, load = 1000, 2e-3, 0.7
	for _, shape := range []Length{
		{Shape: Fixed, Mean: mean, Max: 1 << 16},
		{Shape: Exponential, Mean: mean, Max: 1 << 16},
		{Shape: LogNormal, Mean: mean, CV: 1, Max: 1 << 16},
	} {
		for _, preempt := range []bool{false, true} {
			c := Config{
				Seed: 3, Requests: 25_000, Warmup: 2_000,
				Arrivals: Arrivals{Pattern: Poisson, Rate: load / (mean * unit)},
				Prompt:   Length{Shape: Fixed, Mean: 1, Max: 1}, Output: shape,
				Pools: []Pool{{Share: 1, Replicas: 1, Replica: Replica{
					Step: func(s Step) float64 { return unit * (s.Decodes + s.Prefill) }, MaxBatch: 1 << 16, KVTokens: 1 << 30, Preempt: preempt,
				}}},
				Balance: LeastLoaded,
			}
			agree(t, "time inside, "+string(shape.Shape), run(t, c).Total, mean*unit/(1-load))
		}
	}
}

// With room for all and steps that no batch slows down, requests do not meet:
// the time inside is what one alone takes, and Poisson many are inside.
func TestUnlimitedServers(t *testing.T) {
	c := Config{
		Seed: 5, Requests: 20_000, Warmup: 1_000,
		Arrivals: Arrivals{Pattern: Poisson, Rate: 10},
		Prompt:   Length{Shape: Fixed, Mean: 100, Max: 100},
		Output:   Length{Shape: Fixed, Mean: 200, Max: 200},
		Pools: []Pool{{Share: 1, Replicas: 1, RoundTrip: 0.5, Replica: Replica{
			Step: func(Step) float64 { return 0.01 }, MaxBatch: 1 << 16, KVTokens: 1 << 30,
		}}},
		Balance: RoundRobin,
	}
	r := run(t, c)
	// 200 steps and, on average, half a step until the next boundary.
	if want := 2.005 + 0.5; math.Abs(r.Total.Mean-want) > 2e-4 {
		t.Errorf("time inside %.5f, want %.5f", r.Total.Mean, want)
	}
	if math.Abs(r.TPOT.P99-0.01) > 1e-9 || math.Abs(r.TPOT.P50-0.01) > 1e-9 {
		t.Errorf("time per token %v, want 0.01", r.TPOT)
	}
	if math.Abs(r.Inside-20.05) > 0.5 {
		t.Errorf("%.3f inside, want 20.05", r.Inside)
	}
}

// The share of time with enough replicas up is the binomial tail, and common
// failures multiply it.
func TestFleet(t *testing.T) {
	for _, f := range []Fleet{
		{Present: 1, Needed: 1, MTBF: 99, MTTR: 1},
		{Present: 2, Needed: 1, MTBF: 90, MTTR: 10},
		{Present: 2, Needed: 2, MTBF: 99, MTTR: 1},
		{Present: 3, Needed: 2, MTBF: 95, MTTR: 5},
		{Present: 3, Needed: 2, MTBF: 95, MTTR: 5, CommonMTBF: 1000, CommonMTTR: 10},
		{Present: 9, Needed: 7, MTBF: 90, MTTR: 10},
	} {
		f.Seed, f.Hours = 11, 3e6
		r, err := RunFleet(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d of %d: %.5f ± %.5f, in theory %.5f", f.Needed, f.Present, r.Simulated, r.HalfWidth, r.Exact)
		if math.Abs(r.Simulated-r.Exact) > 2*r.HalfWidth || r.HalfWidth > 2e-3 {
			t.Errorf("%d of %d: %.5f ± %.5f, in theory %.5f", f.Needed, f.Present, r.Simulated, r.HalfWidth, r.Exact)
		}
		sum := 0.0
		for _, v := range r.UpShare {
			sum += v
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("%d of %d: shares of time add to %v", f.Needed, f.Present, sum)
		}
	}
}

// Replicas of the service fail as those of a fleet do: the share of arrivals
// that find both down is (1 − a)².
func TestFailuresInService(t *testing.T) {
	c := exact(2, 0.2, Exponential, LeastLoaded)
	c.Failures = Failures{MTBF: 400, MTTR: 100}
	r := run(t, c)
	refused := float64(r.Measured[Refused]) / float64(c.Requests-c.Warmup)
	if math.Abs(refused-0.04) > 0.008 {
		t.Errorf("%.4f refused, want 0.04", refused)
	}
	if r.Measured[Lost] == 0 || r.Failures == 0 {
		t.Error("nothing was lost")
	}
}
