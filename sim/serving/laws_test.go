package serving

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"courselab/sim"
)

// linear is a step in the manner of a roofline: weights to be read, tokens to be
// computed, caches to be read.
func linear(s Step) float64 {
	return math.Max(7e-3+6e-8*s.Context, 5e-5*(s.Prefill+s.Decodes)+1e-9*(s.Pairs+s.Context)) + 1e-4
}

// linearSteps is the sum of linear.
func linearSteps(s Step, n int) float64 {
	return linearSum(7e-3+6e-8*s.Context, 6e-8*s.Decodes, 5e-5*s.Decodes+1e-9*s.Context, 1e-9*s.Decodes, n) + 1e-4*float64(n)
}

// typical is a service of a model like those of the course.
func typical(replicas int, rate float64) Config {
	return Config{
		Seed: 1, Requests: 4_000, Warmup: 400,
		Arrivals: Arrivals{Pattern: Poisson, Rate: rate},
		Prompt:   Length{Shape: LogNormal, Mean: 800, CV: 1, Max: 8192},
		Output:   Length{Shape: LogNormal, Mean: 250, CV: 0.8, Max: 2048},
		Pools:    []Pool{{Share: 1, Replicas: replicas, Replica: Replica{Step: linear, MaxBatch: 64, KVTokens: 100_000, Chunk: 2048}}},
		Balance:  LeastLoaded, PricePerHour: 12,
	}
}

// harsh draws a configuration in which everything happens: limits, time-outs,
// retries, failures, scaling, eviction, groups, several pools.
func harsh(seed uint64) Config {
	r := rand.New(rand.NewPCG(seed, 1))
	pick := func(odds float64) bool { return r.Float64() < odds }
	c := typical(1+r.IntN(4), 0.5+r.Float64()*12)
	c.Seed, c.Requests, c.Warmup = seed, 1_500, r.IntN(300)
	c.Balance = []Balance{Random, RoundRobin, TwoChoices, LeastLoaded, LeastTokens, PrefixAware, SharedQueue}[r.IntN(7)]
	c.Pools[0].Replica.Preempt = pick(0.5)
	c.Pools[0].Replica.MaxBatch = 1 + r.IntN(64)
	c.Pools[0].Replica.KVTokens = 12_000 + r.IntN(40_000)
	c.Pools[0].Replica.Chunk = r.IntN(3) * 512
	if pick(0.3) {
		c.Arrivals = Arrivals{Pattern: Bursty, Rate: c.Arrivals.Rate, Peak: 3.6, PeakShare: 0.2, Period: 120}
	}
	if pick(0.5) {
		c.QueueLimit = 1 + r.IntN(40)
	}
	if pick(0.4) {
		c.Connections = 1 + r.IntN(100)
	}
	if pick(0.5) {
		c.Timeout = 1 + 40*r.Float64()
	}
	if pick(0.6) {
		c.Retry = Retry{Limit: 1 + r.IntN(5), Base: 0.5, Max: 8}
	}
	if pick(0.5) {
		c.Failures = Failures{MTBF: 60, MTTR: 20}
	}
	if pick(0.4) {
		c.Scale = Autoscale{Interval: 5, Target: 20, Delay: 30, Cooldown: 60, Min: 1, Max: 6}
	}
	if pick(0.5) {
		c.Groups = Groups{Count: 30, Skew: 0.8, Prefix: 500, Load: 2 * r.Float64()}
		c.Pools[0].Replica.Keeps = 1 + r.IntN(30)
	}
	if pick(0.5) {
		c.Deferrable = r.Float64()
	}
	if pick(0.4) {
		second := c.Pools[0]
		c.Pools[0].Share, second.Share, second.RoundTrip = 0.3, 0.7, 0.05
		if c.Groups.Count > 0 && pick(0.5) {
			c.Pools[0].Take, second.Take = 10, 20
		}
		c.Pools = append(c.Pools, second)
	}
	return c
}

// Every request ends once, in order of its own life; replicas never hold more
// than they may; and nothing is left behind.
func TestConservation(t *testing.T) {
	seen := map[Outcome]int{}
	evictions, retries := 0, 0
	for seed := range uint64(120) {
		c := harsh(seed)
		s, err := newSimulation(c)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		watch(t, s, seed)
		if err := s.run(context.Background(), nil); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		r := s.result()
		sum := 0
		for o, n := range r.Outcomes {
			sum += n
			seen[Outcome(o)] += n
		}
		evictions += r.Evictions
		retries += r.Retries
		if sum != c.Requests || s.endedCount != c.Requests || s.inside != 0 || s.waitingCount != 0 {
			t.Errorf("seed %d: %d outcomes and %d ends of %d requests; %d inside, %d waiting at the end", seed, sum, s.endedCount, c.Requests, s.inside, s.waitingCount)
		}
		for i := range s.requests {
			q := &s.requests[i]
			if q.state != ended || q.ended < q.arrived {
				t.Fatalf("seed %d: request %d: %+v", seed, i, q)
			}
			if q.outcome == Answered && !(q.arrived <= q.joined && q.joined <= q.first && q.first <= q.ended) {
				t.Fatalf("seed %d: request %d lived in the wrong order: %+v", seed, i, q)
			}
			if c.Timeout > 0 && q.ended > q.arrived+c.Timeout+1e-9 {
				t.Fatalf("seed %d: request %d outlived its client's patience: %+v", seed, i, q)
			}
		}
		if r.Utilisation < 0 || r.Utilisation > 1+1e-9 || r.KVShare > 1 {
			t.Errorf("seed %d: busy %v, caches %v", seed, r.Utilisation, r.KVShare)
		}
		for _, p := range r.Spans {
			if p.To <= p.From || p.Phase == Away || p.Request >= SampledRequests {
				t.Errorf("seed %d: span %+v", seed, p)
			}
		}
	}
	for _, o := range []Outcome{Answered, Refused, TimedOut, Lost} {
		if seen[o] == 0 {
			t.Errorf("no request ended with outcome %d: the test shows nothing about it", o)
		}
	}
	if evictions == 0 || retries == 0 {
		t.Errorf("%d evictions, %d retries: the test shows nothing about them", evictions, retries)
	}
}

// watch checks the replicas at every step that is looked at.
func watch(t *testing.T, s *simulation, seed uint64) {
	for i := range s.config.Pools {
		spec := &s.config.Pools[i].Replica
		step := spec.Step
		limit := *spec
		spec.Step = func(w Step) float64 {
			if limit.Chunk > 0 && w.Prefill > float64(limit.Chunk) {
				t.Errorf("seed %d: a step with %v tokens of prompts", seed, w.Prefill)
			}
			if w.Decodes > float64(limit.MaxBatch) || w.Context+w.Decodes > float64(limit.KVTokens) || w.Decodes+w.Prefill < 1 {
				t.Errorf("seed %d: step %+v of %+v", seed, w, limit)
			}
			return step(w)
		}
	}
}

// A run cut short at every arrival must come out as one that never looks ahead:
// naive steps one by one, each time added to the last, are the reference.
func TestRunsOfSteps(t *testing.T) {
	added := typical(2, 4)
	closed := typical(2, 4)
	deployed, err := FromDeployment(deployment(t, "qwen3-30b-a3b", "h100-sxm5-80gb", 1), 64)
	if err != nil {
		t.Fatal(err)
	}
	closed.Pools[0].Replica = deployed
	for name, c := range map[string]Config{"added up": added, "closed form": closed} {
		c.Requests, c.Warmup = 600, 0
		want := run(t, c)
		// A limit on steps per run makes each step an event of its own.
		s, err := newSimulation(c)
		if err != nil {
			t.Fatal(err)
		}
		s.single = true
		s.config.Pools[0].Replica.Steps = nil
		if err := s.run(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		got := s.result()
		for _, v := range [][2]float64{{got.TTFT.Mean, want.TTFT.Mean}, {got.TPOT.Mean, want.TPOT.Mean}, {got.Total.P99, want.Total.P99},
			{got.Utilisation, want.Utilisation}, {got.Batch, want.Batch}} {
			if math.Abs(v[0]-v[1]) > 1e-6*v[1] {
				t.Errorf("%s: %v in single steps, %v in runs", name, v[0], v[1])
			}
		}
		if math.Abs(got.KVShare-want.KVShare) > 5e-3*want.KVShare {
			t.Errorf("%s: caches: %v in single steps, %v in runs", name, got.KVShare, want.KVShare)
		}
	}
}

// The closed form of a run is the sum of its steps, the limit of the roofline that
// changes in its midst included.
func TestStepsAreTheSum(t *testing.T) {
	for _, model := range []string{"llama-3-8b", "qwen3-30b-a3b"} {
		r, err := FromDeployment(deployment(t, model, "a100-sxm4-80gb", 2), 64)
		if err != nil {
			t.Fatal(err)
		}
		added := r
		added.Steps = nil
		for _, d := range []float64{1, 7, 64, 400} {
			for _, context := range []float64{0, 100, 1e5} {
				first := Step{Decodes: d, Context: context * d}
				for _, n := range []int{1, 2, 50, 3000} {
					got, want := r.run(first, n), added.run(first, n)
					if math.Abs(got-want) > 1e-12*want*float64(n) {
						t.Errorf("%s: %d steps of %+v: %v, added up %v", model, n, first, got, want)
					}
					gotN, gotAt := r.boundary(first, 3, 3+0.4*want, n)
					wantN, wantAt := added.boundary(first, 3, 3+0.4*want, n)
					if gotN != wantN || math.Abs(gotAt-wantAt) > 1e-9*wantAt {
						t.Errorf("%s: boundary in %d steps of %+v: %d at %v, added up %d at %v", model, n, first, gotN, gotAt, wantN, wantAt)
					}
				}
			}
		}
	}
}

func TestLinearSum(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	crossed := 0
	for range 2000 {
		a, b, c, d := random.Float64(), random.Float64()/10, random.Float64(), random.Float64()/10
		n := random.IntN(60)
		want := 0.0
		for i := range n {
			want += math.Max(a+b*float64(i), c+d*float64(i))
		}
		if end := float64(n); (a > c) != (a+b*end > c+d*end) {
			crossed++
		}
		if got := linearSum(a, b, c, d, n); math.Abs(got-want) > 1e-9*(1+want) {
			t.Errorf("max(%v + %v·i, %v + %v·i) over %d: %v, want %v", a, b, c, d, n, got, want)
		}
	}
	if crossed == 0 {
		t.Error("no two lines crossed: the test shows nothing about it")
	}
}

func TestRepeats(t *testing.T) {
	for seed := range uint64(8) {
		a, b := run(t, harsh(seed)), run(t, harsh(seed))
		a.Reuse, b.Reuse = 0, 0 // may be NaN
		if !reflect.DeepEqual(clean(a), clean(b)) {
			t.Errorf("seed %d gives two results", seed)
		}
	}
	a, b := typical(2, 4), typical(2, 4)
	b.Seed = 2
	if run(t, a).TTFT == run(t, b).TTFT {
		t.Error("two seeds give one result")
	}
}

// clean removes NaN, which equals nothing.
func clean(r Result) Result {
	for _, s := range []*Summary{&r.DeferrableTTFT, &r.UrgentTTFT, &r.TTFT, &r.TPOT, &r.Total, &r.Wait} {
		if s.N == 0 {
			*s = Summary{}
		} else if math.IsNaN(s.HalfWidth) {
			s.HalfWidth = 0
		}
	}
	for i := range r.Pools {
		p := &r.Pools[i]
		if math.IsNaN(p.Utilisation) {
			p.Utilisation = 0
		}
		for _, s := range []*Summary{&p.TTFT, &p.Total} {
			if math.IsNaN(s.HalfWidth) {
				s.HalfWidth = 0
			}
			if s.N == 0 {
				*s = Summary{}
			}
		}
	}
	if math.IsNaN(r.CostPer1000) {
		r.CostPer1000 = 0
	}
	return r
}

func TestCapacityIsTheEdge(t *testing.T) {
	c := typical(2, 1)
	top, err := Capacity(context.Background(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	late := func(load float64) float64 {
		d := c
		d.Requests, d.Warmup = 20_000, 18_000
		d.Arrivals.Rate = load * top
		return run(t, d).Wait.Mean
	}
	below, above := late(0.9), late(1.15)
	t.Logf("capacity %.2f/s; waits after 18,000 requests: %.3f s at 90 %%, %.1f s at 115 %%", top, below, above)
	// At 115 % 18,000 requests at 1.15·C leave a queue of 13 % of them.
	if below > 1 || above < 0.8*18_000*0.15/1.15/top {
		t.Errorf("capacity %.2f/s: waits %.3f s at 90 %%, %.1f s at 115 %%", top, below, above)
	}
}

func TestBadConfigs(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"requests":     func(c *Config) { c.Requests = 0 },
		"rate":         func(c *Config) { c.Arrivals.Rate = math.NaN() },
		"peak":         func(c *Config) { c.Arrivals = Arrivals{Pattern: Bursty, Rate: 1, Peak: 9, PeakShare: 0.5, Period: 1} },
		"pattern":      func(c *Config) { c.Arrivals.Pattern = "daily" },
		"prompt cv":    func(c *Config) { c.Prompt.CV = -1 },
		"output shape": func(c *Config) { c.Output.Shape = "square" },
		"kv tokens":    func(c *Config) { c.Pools[0].Replica.KVTokens = 1000 },
		"max batch":    func(c *Config) { c.Pools[0].Replica.MaxBatch = 0 },
		"step":         func(c *Config) { c.Pools[0].Replica.Step = nil },
		"share":        func(c *Config) { c.Pools[0].Share = 0.5 },
		"take":         func(c *Config) { c.Groups.Count = 10; c.Pools[0].Take = 4 },
		"balance":      func(c *Config) { c.Balance = "magic" },
		"mttr":         func(c *Config) { c.Failures.MTBF = 5 },
		"scale target": func(c *Config) { c.Scale = Autoscale{Interval: 1, Max: 2, Min: 1} },
		"trace":        func(c *Config) { c.Arrivals.Pattern = Recorded },
		"trace time":   func(c *Config) { c.Arrivals = Arrivals{Pattern: Recorded, Trace: []Observed{{2, 1, 1}, {1, 1, 1}}} },
		"replicas":     func(c *Config) { c.Pools[0].Replicas = MaxReplicas + 1 },
		"retry limit":  func(c *Config) { c.Retry.Limit = -1 },
		"warmup":       func(c *Config) { c.Warmup = c.Requests },
	} {
		c := typical(1, 1)
		change(&c)
		_, err := Run(context.Background(), c, nil)
		var wrong *sim.FieldError
		if !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	last := 0
	_, err := Run(ctx, typical(1, 2), func(done, total int) {
		if done < last || total != 4_000 {
			t.Errorf("reported %d of %d after %d", done, total, last)
		}
		if last = done; done > 1_000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || last > 1_500 {
		t.Errorf("ended after %d with %v", last, err)
	}
}

func TestAutoscale(t *testing.T) {
	c := typical(1, 6)
	c.Arrivals = Arrivals{Pattern: Bursty, Rate: 4, Peak: 3, PeakShare: 0.25, Period: 600}
	c.Requests = 8_000
	still := run(t, c)
	c.Scale = Autoscale{Interval: 5, Target: 24, Delay: 20, Cooldown: 60, Min: 1, Max: 8}
	quick := run(t, c)
	c.Scale.Delay = 180
	slow := run(t, c)
	t.Logf("p95 of the first token: %.2f s fixed, %.2f s scaled in 20 s, %.2f s scaled in 180 s; %.2f replicas", still.TTFT.P95, quick.TTFT.P95, slow.TTFT.P95, quick.Replicas)
	if !(quick.TTFT.P95 < slow.TTFT.P95 && slow.TTFT.P95 < still.TTFT.P95) || quick.Replicas <= 1 || quick.Replicas >= 8 {
		t.Errorf("scaling: fixed %v, quick %v, slow %v; %v replicas", still.TTFT, quick.TTFT, slow.TTFT, quick.Replicas)
	}
}

// Balancing by prefix finds more of them kept than by turns, where a replica
// keeps few.
func TestPrefixAware(t *testing.T) {
	c := typical(4, 8)
	c.Groups = Groups{Count: 64, Skew: 0.5, Prefix: 3000}
	c.Pools[0].Replica.Keeps = 16
	turns, aware := c, c
	turns.Balance, aware.Balance = RoundRobin, PrefixAware
	a, b := run(t, turns), run(t, aware)
	t.Logf("found %.2f and %.2f, first token %.3f and %.3f s", a.Reuse, b.Reuse, a.TTFT.Mean, b.TTFT.Mean)
	if b.Reuse < 1.5*a.Reuse || b.TTFT.Mean >= a.TTFT.Mean {
		t.Errorf("by turns %v found and %v s, by prefix %v and %v s", a.Reuse, a.TTFT.Mean, b.Reuse, b.TTFT.Mean)
	}
}

func TestRecorded(t *testing.T) {
	trace, err := ParseTrace("second,prompt,answer\n# by hand\n10,100,2\n10.5, 100, 3\n\n12;200;1\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := []Observed{{0, 100, 2}, {0.5, 100, 3}, {2, 200, 1}}; !reflect.DeepEqual(trace, want) {
		t.Fatalf("read %v, want %v", trace, want)
	}
	c := typical(1, 1)
	c.Requests, c.Warmup, c.Arrivals = 0, 0, Arrivals{Pattern: Recorded, Trace: trace}
	c.Pools[0].Replica.Step = func(Step) float64 { return 0.2 }
	// They do not meet: 0.2 s for the prompt and the first token, then 0.2 each.
	r := run(t, c)
	if r.Total.N != 3 || math.Abs(r.Total.Mean-(0.4+0.6+0.2)/3) > 1e-12 || math.Abs(r.TTFT.Mean-0.2) > 1e-12 {
		t.Errorf("%+v", r.Total)
	}
}

func FuzzParseTrace(f *testing.F) {
	f.Add("1,2,3\n2,3,4")
	f.Add("a\n1e300 1 1")
	f.Add("5，1，1\n5；1；1")
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ParseTrace(text)
		if (err == nil) != (len(trace) > 0) {
			t.Fatalf("%d requests and %v", len(trace), err)
		}
		if err == nil {
			a := Arrivals{Pattern: Recorded, Trace: trace}
			if trace[len(trace)-1].At <= 1e9 && a.check() != nil {
				t.Fatalf("reads what is refused: %v", a.check())
			}
		}
	})
}

func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name string
		of   Config
	}{{"typical", typical(4, 12)}, {"alone", typical(4, 0.5)}, {"full", typical(4, 28)}} {
		b.Run(c.name, func(b *testing.B) {
			c.of.Requests = 100_000
			c.of.Pools[0].Replica.Steps = linearSteps
			for range b.N {
				if _, err := Run(context.Background(), c.of, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
