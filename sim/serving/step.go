package serving

import "sort"

// Step is the work of one step of a replica.
type Step struct {
	Prefill float64 // tokens of prompts
	// Pairs is how many tokens those attend to, each counted: c tokens after p
	// others are c·p + c·(c+1)/2.
	Pairs   float64
	Ends    float64 // prompts that end in this step: their first token comes of it
	Decodes float64 // sequences that produce one token
	Context float64 // tokens in the caches of those sequences, together
}

// StepTime is how long a step takes, in seconds: finite, above zero, and the same
// for the same step. It is called once a step and should take nanoseconds.
type StepTime func(Step) float64

// StepsTime is how long n steps take together that begin with first and of which
// each produces one token for the same sequences: the sum of a StepTime over steps
// whose Context grows by Decodes from one to the next. first has no Prefill.
type StepsTime func(first Step, n int) float64

// run is how long n steps of decoding take that begin with first.
func (r *Replica) run(first Step, n int) float64 {
	if r.Steps != nil {
		return r.Steps(first, n)
	}
	total := 0.0
	for range n {
		total += r.Step(first)
		first.Context += first.Decodes
	}
	return total
}

// boundary returns the first of at most most boundaries between steps, the run's
// beginning not counted, that is not before now: how many steps it takes to it and
// when it is. The steps begin with first, at a time from.
func (r *Replica) boundary(first Step, from, now float64, most int) (n int, at float64) {
	if r.Steps == nil {
		for at = from; n == 0 || at < now && n < most; n++ {
			at += r.Step(first)
			first.Context += first.Decodes
		}
		return n, at
	}
	n = 1 + sort.Search(most-1, func(i int) bool { return from+r.Steps(first, i+1) >= now })
	return n, from + r.Steps(first, n)
}

// linearSum is Σ_{i<n} max(a + b·i, c + d·i): a sum of each line over its stretch.
func linearSum(a, b, c, d float64, n int) float64 {
	sum := func(a, b float64, from, to int) float64 {
		k := float64(to - from)
		return k*a + b*k*(float64(from)+float64(to)-1)/2
	}
	if a < c || a == c && b < d {
		a, b, c, d = c, d, a, b
	}
	cross := n // from here on the second line is above
	if d > b {
		if at := (a - c) / (d - b); at < float64(n) {
			cross = int(at) + 1
		}
	}
	return sum(a, b, 0, cross) + sum(c, d, cross, n)
}
