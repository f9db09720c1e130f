package serving

import (
	"math"
	"math/rand/v2"
)

// What a stream of random numbers is for. The values are part of every link to
// a lab's state: never renumber them.
const (
	streamArrivals uint64 = iota + 1
	streamPrompt
	streamOutput
	streamGroup
	streamRoute
	streamFail
	streamRetry
	streamFleet
)

// random is one stream. math/rand/v2 fixes PCG's output for good, but not that
// of its distributions; those are written here.
type random struct{ pcg rand.PCG }

func newRandom(seed, purpose uint64) random {
	return random{*rand.NewPCG(seed, purpose*0x9e3779b97f4a7c15)}
}

// uniform returns a value in (0, 1], a multiple of 2⁻⁵³.
func (r *random) uniform() float64 {
	return float64(r.pcg.Uint64()>>11+1) / (1 << 53)
}

// below returns a whole number in [0, n); its bias is below n · 2⁻⁵³.
func (r *random) below(n int) int {
	return min(n-1, int(float64(r.pcg.Uint64()>>11)/(1<<53)*float64(n)))
}

// exponential returns a value with mean 1.
func (r *random) exponential() float64 { return -math.Log(r.uniform()) }

// normal returns a value from N(0, 1) by Box and Muller's method.
func (r *random) normal() float64 {
	radius := math.Sqrt(-2 * math.Log(r.uniform()))
	return radius * math.Cos(2*math.Pi*r.uniform())
}
