package serving

// SampledRequests is how many requests a run keeps Spans of.
const SampledRequests = 24

// Phase is what a request is at, for its client.
type Phase uint8

const (
	Away    Phase = iota // before its next try, or ended
	Waiting              // in a queue
	Prefill              // its prompt is computed
	Decode               // its answer is written
)

// Span is a stretch of one request's life.
type Span struct {
	Request  int // counted from the first that is sampled
	Replica  int
	Phase    Phase
	From, To float64 // seconds
}

// spans are those of the sampled requests, in the order in which they end.
type spans struct {
	present [SampledRequests]struct {
		phase Phase
		since float64
	}
	done []Span
}

// phase notes that a request passes to another phase.
func (s *simulation) phase(i int32, to Phase) {
	n := int(i) - s.config.Sample
	if n < 0 || n >= SampledRequests {
		return
	}
	p := &s.present[n]
	if p.phase == to {
		return
	}
	if p.phase != Away && s.now > p.since {
		s.done = append(s.done, Span{Request: n, Replica: int(s.requests[i].replica), Phase: p.phase, From: p.since, To: s.now})
	}
	p.phase, p.since = to, s.now
}
