package serving

import (
	"math"
	"sort"
)

// Outcome is how a request ends.
type Outcome uint8

const (
	Answered Outcome = iota
	Refused          // no room, or no replica up, and no try left
	TimedOut         // the client gave up
	Lost             // its replica failed, and no try left
	outcomes
)

// Result is what a run has shown. Latencies are of the requests after the
// warm-up that were answered, in seconds, as the client sees them: from the
// first try on, with the network.
type Result struct {
	// Outcomes counts all requests by Outcome; Measured those after the warm-up.
	Outcomes, Measured           [outcomes]int
	Retries, Evictions, Failures int
	Wait, TTFT, TPOT, Total      Summary
	UrgentTTFT, DeferrableTTFT   Summary
	Pools                        []PoolResult
	Arrivals                     float64 // per second
	Throughput                   float64 // answers per second
	TokenRate                    float64 // tokens of answers per second
	Utilisation                  float64 // share of paid time that is computed in
	Batch                        float64 // sequences, mean over the time computed in
	KVShare                      float64 // of the caches in use, mean over the time computed in
	Inside                       float64 // requests waiting or computed, mean over time
	Reuse                        float64 // share of admissions that found their group; NaN without groups
	Replicas                     float64 // paid for, mean over time
	MeanPrompt, MeanOutput       float64 // tokens, of the requests after the warm-up
	Seconds                      float64 // from the end of the warm-up to the last arrival
	CostPer1000                  float64 // of answers, in the currency of PricePerHour; NaN without any
	Samples                      []Sample
	Spans                        []Span
}

// Served is the share of measured requests that were answered.
func (r Result) Served() float64 {
	all := 0
	for _, n := range r.Measured {
		all += n
	}
	return float64(r.Measured[Answered]) / float64(all)
}

// PoolResult is what one pool has shown.
type PoolResult struct {
	Name        string
	TTFT, Total Summary
	Utilisation float64
}

// Summary describes a set of values. All are NaN where N is 0.
type Summary struct {
	N                   int
	Mean, P50, P95, P99 float64
	// HalfWidth is half of the 95 % confidence interval of Mean, by means of 20
	// batches in order of arrival, which neighbours depend on one another less
	// than values do; NaN below 200 values.
	HalfWidth float64
	// Tail holds the quantiles at TailShares.
	Tail [7]float64
}

// TailShares are the shares of values that the quantiles of Summary.Tail are not
// exceeded by.
var TailShares = [7]float64{0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995}

// batches of Summary.HalfWidth, and Student's t for one fewer at 97.5 %.
const (
	batches   = 20
	studentsT = 2.093
)

// summarise describes values, which it sorts.
func summarise(values []float64) Summary {
	n := len(values)
	if n == 0 {
		nan := math.NaN()
		s := Summary{Mean: nan, P50: nan, P95: nan, P99: nan, HalfWidth: nan}
		for i := range s.Tail {
			s.Tail[i] = nan
		}
		return s
	}
	s := Summary{N: n, HalfWidth: math.NaN()}
	for _, v := range values {
		s.Mean += v / float64(n)
	}
	if size := n / batches; size >= 10 {
		variance := 0.0
		for b := range batches {
			mean := 0.0
			for _, v := range values[b*size : (b+1)*size] {
				mean += v / float64(size)
			}
			variance += (mean - s.Mean) * (mean - s.Mean) / (batches - 1)
		}
		s.HalfWidth = studentsT * math.Sqrt(variance/batches)
	}
	sort.Float64s(values)
	s.P50, s.P95, s.P99 = Quantile(values, 0.5), Quantile(values, 0.95), Quantile(values, 0.99)
	for i, share := range TailShares {
		s.Tail[i] = Quantile(values, share)
	}
	return s
}

// Quantile returns the value that a share q of sorted values is at most, by the
// nearest rank.
func Quantile(sorted []float64, q float64) float64 {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// result reads the requests and the accounts.
func (s *simulation) result() Result {
	r := Result{Retries: s.retries, Evictions: s.evictions, Failures: s.failed, Samples: s.samples, Spans: s.done, Reuse: math.NaN(), CostPer1000: math.NaN()}
	var wait, ttft, tpot, total, urgent, deferrable []float64
	pooled := make([][2][]float64, len(s.pools))
	measured := float64(len(s.requests) - s.config.Warmup)
	for i := range s.requests {
		q := &s.requests[i]
		r.Outcomes[q.outcome]++
		if i < s.config.Warmup {
			continue
		}
		r.Measured[q.outcome]++
		r.MeanPrompt += float64(q.prompt) / measured
		r.MeanOutput += float64(q.output) / measured
		if q.outcome != Answered {
			continue
		}
		network := s.config.Pools[q.pool].RoundTrip
		first, all := q.first-q.arrived+network, q.ended-q.arrived+network
		wait = append(wait, q.joined-q.arrived)
		ttft = append(ttft, first)
		total = append(total, all)
		if q.output > 1 {
			tpot = append(tpot, (q.ended-q.first)/float64(q.output-1))
		}
		if q.deferrable {
			deferrable = append(deferrable, first)
		} else {
			urgent = append(urgent, first)
		}
		of := &pooled[q.pool]
		of[0], of[1] = append(of[0], first), append(of[1], all)
	}
	r.Wait, r.TTFT, r.TPOT, r.Total = summarise(wait), summarise(ttft), summarise(tpot), summarise(total)
	// A group of all the requests has their summary: sorting takes a fifth of a run.
	part := func(values []float64, whole Summary) Summary {
		if len(values) == whole.N {
			return whole
		}
		return summarise(values)
	}
	r.UrgentTTFT, r.DeferrableTTFT = part(urgent, r.TTFT), part(deferrable, r.TTFT)
	s.close(&r)
	for i := range r.Pools {
		r.Pools[i].TTFT, r.Pools[i].Total = part(pooled[i][0], r.TTFT), part(pooled[i][1], r.Total)
	}
	if s.asked > 0 {
		r.Reuse = float64(s.found) / float64(s.asked)
	}
	return r
}
