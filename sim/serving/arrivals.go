package serving

import "math"

// Pattern is how requests arrive.
type Pattern string

const (
	Poisson  Pattern = "poisson"  // independently, at Rate
	Bursty   Pattern = "bursty"   // Poisson whose rate jumps between a peak and the rest
	Recorded Pattern = "recorded" // when Trace says
	Backlog  Pattern = "backlog"  // all at once: what the replicas can do at most
)

// Arrivals says when requests come.
type Arrivals struct {
	Pattern Pattern
	Rate    float64 // requests per second on average, of Poisson and Bursty
	// Bursty is a Markov-modulated Poisson process of two states: a share
	// PeakShare of the time the rate is Peak times the average; peaks and what
	// lies between last exponentially long, one of each Period seconds on average.
	Peak, PeakShare, Period float64
	// Trace lists what was recorded, in order of time. Its lengths take the
	// place of those that would be drawn.
	Trace []Observed
}

// Observed is one recorded request.
type Observed struct {
	At             float64 // seconds
	Prompt, Output int     // tokens
}

func (a Arrivals) check() error {
	switch a.Pattern {
	case Poisson:
		return within("rate", a.Rate, 1e-9, 1e6)
	case Bursty:
		return first(
			within("rate", a.Rate, 1e-9, 1e6),
			within("peak share", a.PeakShare, 1e-3, 0.999),
			within("peak", a.Peak, 1, 1/a.PeakShare),
			within("period", a.Period, 1e-3, 1e7),
		)
	case Recorded:
		if len(a.Trace) == 0 {
			return missing("trace")
		}
		last := 0.0
		for _, o := range a.Trace {
			if err := first(
				within("trace time", o.At, last, 1e9),
				within("trace prompt", float64(o.Prompt), 1, maxLength),
				within("trace output", float64(o.Output), 1, maxLength),
			); err != nil {
				return err
			}
			last = o.At
		}
		return nil
	case Backlog:
		return nil
	}
	return unknown("pattern", string(a.Pattern))
}

// clock draws the times of arrivals one after another.
type clock struct {
	of     Arrivals
	random random
	at     float64
	next   int  // of the trace
	peak   bool // Bursty: the state, and until when it lasts
	until  float64
}

func newClock(a Arrivals, seed uint64) *clock {
	c := &clock{of: a, random: newRandom(seed, streamArrivals)}
	if a.Pattern == Bursty {
		c.peak = c.random.uniform() <= a.PeakShare
		c.until = c.stay()
	}
	return c
}

// stay draws how long the present state of Bursty lasts.
func (c *clock) stay() float64 {
	share := c.of.PeakShare
	if !c.peak {
		share = 1 - share
	}
	return c.random.exponential() * share * c.of.Period
}

// rate is that of the present state of Bursty.
func (c *clock) rate() float64 {
	if c.peak {
		return c.of.Rate * c.of.Peak
	}
	return math.Max(0, c.of.Rate*(1-c.of.Peak*c.of.PeakShare)/(1-c.of.PeakShare))
}

// arrival returns the time of the next request.
func (c *clock) arrival() float64 {
	switch c.of.Pattern {
	case Poisson:
		c.at += c.random.exponential() / c.of.Rate
	case Recorded:
		c.at = c.of.Trace[c.next].At
		c.next++
	case Bursty:
		for {
			// Memoryless: at a change of state the wait starts anew.
			next := math.Inf(1)
			if rate := c.rate(); rate > 0 {
				next = c.at + c.random.exponential()/rate
			}
			if next <= c.until {
				c.at = next
				break
			}
			c.at, c.peak = c.until, !c.peak
			c.until += c.stay()
		}
	}
	return c.at
}
