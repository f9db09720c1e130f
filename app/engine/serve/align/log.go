package align

// log is what a run has met with.
type log struct {
	losses   []float64  // of tuning, nats per token of the answers
	climbs   []climb    // of the policy's steps
	measured []measured // before tuning, after it, after the policy
	samples  []sample   // answers to the learner's question
}

// climb is what one step of the policy saw: means over its texts, which were
// written before it changed the weights.
type climb struct {
	judged
	Reward   float64 // sum of the scores that are rewarded
	KL       float64 // nats per text, by k1
	KLAbove  float64 // by k3
	Surprise float64 // nats per token
	Distinct float64 // distinct-2 of the step's texts
	Beta     float64
}

// measured are the means over the questions that were kept apart.
type measured struct {
	judged
	Followed float64 `json:"followed"` // share of poems all of whose lines begin as asked
	Distinct float64 `json:"distinct"` // distinct-2
}

// sample is an answer to the learner's question.
type sample struct {
	judged
	Phase string
	Step  int // 0: of a measurement
	Text  string
}

// mean returns the mean of what of gives over climbs from … to−1.
func (l *log) mean(from, to int, of func(climb) float64) float64 {
	var sum float64
	for _, c := range l.climbs[from:to] {
		sum += of(c)
	}
	return sum / float64(to-from)
}
