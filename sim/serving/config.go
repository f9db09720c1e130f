package serving

import (
	"fmt"
	"math"

	"courselab/sim"
)

// Limits of a Config.
const (
	MaxRequests = 2_000_000
	MaxReplicas = 256
	maxLength   = 1 << 24 // tokens
	maxSeconds  = 1e9
)

// Config is one experiment.
type Config struct {
	Seed     uint64
	Requests int // arrivals; 0 with Recorded: all of the trace
	// Warmup of them, the first, do not count in the statistics: the service is
	// still filling up.
	Warmup int
	// Sample is the first of the requests that Spans are kept of; 0: the first
	// after the warm-up.
	Sample         int
	Arrivals       Arrivals
	Prompt, Output Length
	Groups         Groups
	// Deferrable is the share of requests that may wait: they are taken up when
	// no other waits.
	Deferrable float64

	Pools   []Pool
	Balance Balance

	// QueueLimit is how many requests may wait at one replica, or in one pool
	// where the queue is shared; beyond it a request is refused. 0: no limit.
	QueueLimit int
	// Connections is how many requests may be in the service at once, waiting or
	// computed; beyond it a request is refused. 0: no limit.
	Connections int
	// Timeout is when a client gives up for good, in seconds after its first
	// try; 0: never.
	Timeout  float64
	Retry    Retry
	Failures Failures
	Scale    Autoscale

	// PricePerHour is what one replica costs, running or starting.
	PricePerHour float64
}

// Groups are what requests have in common: a conversation, a system prompt, an
// adapter, a model. The r-th of Count groups is asked for in proportion to
// r^−Skew.
type Groups struct {
	Count int // 0: requests have nothing in common
	Skew  float64
	// Prefix tokens stand before every prompt. A replica that keeps the group
	// need not compute them.
	Prefix int
	// Load seconds are spent before the first step where a replica does not keep
	// the group: weights to be fetched.
	Load float64
}

// Pool is a set of equal replicas behind one balancer.
type Pool struct {
	Name     string
	Replicas int // at the start
	Replica  Replica
	// RoundTrip is what the network adds to a request of this pool, in seconds.
	RoundTrip float64
	// Share of the requests come to this pool; the shares of all add to 1. Where
	// pools Take groups, shares do not count: a pool takes that many, following
	// those of the pool before it.
	Share float64
	Take  int
}

// Replica is one copy of the model with its memory.
type Replica struct {
	Step StepTime
	// Steps is the sum of Step in closed form, where there is one; nil: it is added
	// up.
	Steps StepsTime
	// MaxBatch sequences at once at most, KVTokens in their caches together.
	MaxBatch, KVTokens int
	// Chunk is how many tokens of prompts one step computes at most; 0: all that
	// there are.
	Chunk int
	// Preempt admits a sequence when its prompt fits and evicts the youngest
	// when the memory runs out; else memory for the whole answer is set aside.
	Preempt bool
	// Keeps is how many groups a replica keeps, the least recently used goes.
	Keeps int
}

// Balance chooses a replica of the pool for a request.
type Balance string

const (
	Random      Balance = "random"
	RoundRobin  Balance = "round-robin"
	TwoChoices  Balance = "two-choices"  // the less loaded of two at random
	LeastLoaded Balance = "least-loaded" // fewest requests, waiting or computed
	LeastTokens Balance = "least-tokens" // fewest tokens, waiting or in caches
	PrefixAware Balance = "prefix-aware" // one that keeps the group, unless it is overloaded
	SharedQueue Balance = "shared-queue" // one queue, whoever is free takes the first
)

// Retry is a client that tries again after a refusal or a loss, up to Limit
// times, waiting Base, 2·Base, 4·Base … seconds, at most Max, each times a
// random factor between a half and one.
type Retry struct {
	Limit     int
	Base, Max float64
}

// Failures of each replica, independently: up for MTBF seconds on average, down
// for MTTR, both exponentially distributed. What it was computing is lost. MTBF
// 0: none.
type Failures struct{ MTBF, MTTR float64 }

// Autoscale looks every Interval seconds at each pool and wants
//
//	⌈requests waiting or computed / Target⌉
//
// replicas, between Min and Max. A new one serves after Delay seconds; one too
// many finishes what it has and goes, once fewer were wanted for Cooldown
// seconds on end. Interval 0: none.
type Autoscale struct {
	Interval, Target, Delay, Cooldown float64
	Min, Max                          int
}

func (c Config) check() error {
	if err := first(
		within("requests", float64(c.Requests), 1, MaxRequests),
		within("warmup", float64(c.Warmup), 0, float64(c.Requests-1)),
		within("sample", float64(c.Sample), 0, float64(c.Requests-1)),
		c.Arrivals.check(),
		c.Prompt.check("prompt"), c.Output.check("output"),
		within("groups", float64(c.Groups.Count), 0, 1e6),
		within("skew", c.Groups.Skew, 0, 5),
		within("prefix", float64(c.Groups.Prefix), 0, maxLength),
		within("load", c.Groups.Load, 0, maxSeconds),
		within("deferrable", c.Deferrable, 0, 1),
		within("pools", float64(len(c.Pools)), 1, 64),
		within("queue limit", float64(c.QueueLimit), 0, MaxRequests),
		within("connections", float64(c.Connections), 0, MaxRequests),
		within("timeout", c.Timeout, 0, maxSeconds),
		within("retry limit", float64(c.Retry.Limit), 0, 20),
		within("retry base", c.Retry.Base, 0, maxSeconds),
		within("retry max", c.Retry.Max, 0, maxSeconds),
		within("mtbf", c.Failures.MTBF, 0, maxSeconds),
		within("mttr", c.Failures.MTTR, 0, maxSeconds),
		within("price", c.PricePerHour, 0, 1e9),
	); err != nil {
		return err
	}
	if c.Failures.MTBF > 0 && c.Failures.MTTR == 0 {
		return missing("mttr")
	}
	if c.Arrivals.Pattern == Recorded && c.Requests > len(c.Arrivals.Trace) {
		return within("requests", float64(c.Requests), 1, float64(len(c.Arrivals.Trace)))
	}
	switch c.Balance {
	case Random, RoundRobin, TwoChoices, LeastLoaded, LeastTokens, PrefixAware, SharedQueue:
	default:
		return unknown("balance", string(c.Balance))
	}
	if err := c.checkScale(); err != nil {
		return err
	}
	return c.checkPools()
}

func (c Config) checkScale() error {
	s := c.Scale
	if s.Interval == 0 {
		return nil
	}
	return first(
		within("scale interval", s.Interval, 1e-3, maxSeconds),
		within("scale target", s.Target, 1e-3, 1e6),
		within("scale delay", s.Delay, 0, maxSeconds),
		within("scale cooldown", s.Cooldown, 0, maxSeconds),
		within("scale max", float64(s.Max), 1, MaxReplicas),
		within("scale min", float64(s.Min), 1, float64(s.Max)),
	)
}

func (c Config) checkPools() error {
	// What may wait in the end must fit alone, or it would wait for ever.
	longest := float64(c.Prompt.Max + c.Output.Max)
	if c.Arrivals.Pattern == Recorded {
		longest = 0
		for _, o := range c.Arrivals.Trace[:c.Requests] {
			longest = math.Max(longest, float64(o.Prompt+o.Output))
		}
	}
	longest += float64(c.Groups.Prefix)
	total, shares, taken := 0, 0.0, 0
	for _, p := range c.Pools {
		if p.Replica.Step == nil {
			return missing("step")
		}
		if err := first(
			within("replicas", float64(p.Replicas), 1, MaxReplicas),
			within("max batch", float64(p.Replica.MaxBatch), 1, 1<<16),
			within("kv tokens", float64(p.Replica.KVTokens), longest, 1e12),
			within("chunk", float64(p.Replica.Chunk), 0, maxLength),
			within("keeps", float64(p.Replica.Keeps), 0, 1e6),
			within("round trip", p.RoundTrip, 0, maxSeconds),
			within("share", p.Share, 0, 1),
			within("take", float64(p.Take), 0, float64(c.Groups.Count)),
		); err != nil {
			return err
		}
		total += p.Replicas
		shares += p.Share
		taken += p.Take
	}
	switch {
	case total > MaxReplicas:
		return within("replicas", float64(total), 1, MaxReplicas)
	case taken > 0 && taken != c.Groups.Count:
		return within("take", float64(taken), float64(c.Groups.Count), float64(c.Groups.Count))
	case taken == 0 && math.Abs(shares-1) > 1e-9:
		return within("share", shares, 1, 1)
	}
	return nil
}

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

func missing(field string) error { return &sim.FieldError{Field: field, Reason: sim.Missing} }

func unknown(field, value string) error {
	return &sim.FieldError{Field: field, Reason: sim.Unknown, Detail: value}
}

// first returns the first error that is not nil.
func first(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}
