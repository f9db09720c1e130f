package serving

import "math"

// maxSamples is about how many Samples a run has.
const maxSamples = 240

// Sample is the service as an arriving request finds it.
type Sample struct {
	Request           int     // which one
	At                float64 // seconds
	Waiting, Computed int     // requests
	Up, Paid          int     // replicas: in service, and paid for
}

// account measures between the end of the warm-up and the last arrival.
type account struct {
	from, to      mark
	insideSeconds float64
	paidSeconds   float64
	samples       []Sample
}

// mark is what had been counted at a moment.
type mark struct {
	at                        float64
	inside, paid              float64
	busy, batch, kv, capacity float64
	answered, tokens          int
	pools                     []float64 // seconds computed in, by pool
}

// advance moves the clock.
func (s *simulation) advance(to float64) {
	took := to - s.now
	s.insideSeconds += took * float64(s.inside)
	s.paidSeconds += took * float64(s.paying)
	s.now = to
}

// window is called when request i has been drawn, before it tries.
func (s *simulation) window(i int) {
	if i == s.config.Warmup {
		s.from = s.mark()
	}
	if i == len(s.requests)-1 {
		s.to = s.mark()
	}
	if stride := max(1, len(s.requests)/maxSamples); i%stride == 0 {
		serving := 0
		for _, r := range s.replicas {
			if r.life == up {
				serving++
			}
		}
		s.samples = append(s.samples, Sample{Request: i, At: s.now, Waiting: s.waitingCount, Computed: s.inside - s.waitingCount, Up: serving, Paid: s.paying})
	}
}

func (s *simulation) mark() mark {
	m := mark{at: s.now, inside: s.insideSeconds, paid: s.paidSeconds, answered: s.answered, tokens: s.tokens, pools: make([]float64, len(s.pools))}
	for _, r := range s.replicas {
		busy, batch, kv := r.busySeconds, r.batchSeconds, r.kvSeconds
		if r.busy {
			took := s.now - r.at
			busy += took
			batch += took * float64(len(r.batch))
			kv += took * float64(r.context)
		}
		m.busy += busy
		m.batch += batch
		m.kv += kv
		m.capacity += busy * float64(s.config.Pools[r.pool].Replica.KVTokens)
		m.pools[r.pool] += busy
	}
	return m
}

// close fills in what is measured over time.
func (s *simulation) close(r *Result) {
	to := s.to
	if to.at <= s.from.at { // all came at once
		to = s.mark()
	}
	from := s.from
	took := to.at - from.at
	r.Seconds = took
	r.Arrivals = float64(len(s.requests)-1-s.config.Warmup) / took
	r.Throughput = float64(to.answered-from.answered) / took
	r.TokenRate = float64(to.tokens-from.tokens) / took
	r.Inside = (to.inside - from.inside) / took
	paid := to.paid - from.paid
	busy := to.busy - from.busy
	r.Replicas = paid / took
	r.Utilisation = busy / paid
	r.Batch = (to.batch - from.batch) / busy
	r.KVShare = (to.kv - from.kv) / (to.capacity - from.capacity)
	if answers := to.answered - from.answered; answers > 0 {
		r.CostPer1000 = paid / 3600 * s.config.PricePerHour / float64(answers) * 1000
	}
	r.Pools = make([]PoolResult, len(s.pools))
	for i := range s.pools {
		r.Pools[i].Name = s.config.Pools[i].Name
		r.Pools[i].Utilisation = math.NaN()
		if s.config.Scale.Interval == 0 { // else the pool's paid time is not kept apart
			r.Pools[i].Utilisation = (to.pools[i] - from.pools[i]) / (took * float64(s.config.Pools[i].Replicas))
		}
	}
}
