package attention

import (
	"math"
	"math/rand/v2"
)

// What a stream of random numbers is for. The values are part of every link to
// a lab state: never renumber them.
const (
	streamEmbedding uint64 = 1
	streamQuery     uint64 = 2
	streamKey       uint64 = 3
	streamValue     uint64 = 4
	streamWeights   uint64 = 5
	streamSampling  uint64 = 6
)

// normal draws from N(0, 1) by Box and Muller's method. math/rand/v2 fixes
// PCG's output for good, but says nothing of the kind about NormFloat64; so the
// step from uniform to normal is written here.
type normal struct {
	pcg   *rand.PCG
	spare float64
	full  bool // spare holds a value
}

// newNormal starts the stream of a seed, a purpose, a head and an index (a
// character's code point, or a column). Streams are independent of one another:
// a character keeps its embedding whatever text it stands in, and a column of a
// projection stays when d_k grows.
func newNormal(seed, purpose uint64, head int, index uint64) *normal {
	return &normal{pcg: rand.NewPCG(seed, scramble(purpose<<56|uint64(head)<<48|index))}
}

// next returns the next value.
func (s *normal) next() float64 {
	if s.full {
		s.full = false
		return s.spare
	}
	radius := math.Sqrt(-2 * math.Log(s.uniform()))
	sin, cos := math.Sincos(2 * math.Pi * s.uniform())
	s.spare, s.full = radius*sin, true
	return radius * cos
}

// uniform returns a value in (0, 1], a multiple of 2⁻⁵³: never 0, whose
// logarithm next could not take.
func (s *normal) uniform() float64 {
	return float64(s.pcg.Uint64()>>11+1) / (1 << 53)
}

// scramble spreads neighbouring numbers over all 64 bits (SplitMix64's last
// step), so that the streams of neighbouring indices start far apart.
func scramble(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
