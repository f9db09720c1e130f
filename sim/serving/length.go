package serving

import "math"

// Shape is a distribution of lengths.
type Shape string

const (
	Fixed       Shape = "fixed"
	Exponential Shape = "exponential" // rounded up to whole tokens
	LogNormal   Shape = "lognormal"   // long tails, as of real prompts
)

// Length is how many tokens a prompt or an answer has: at least 1, at most Max.
// The cut at Max lowers the mean a little; Result says what it was.
type Length struct {
	Shape Shape
	Mean  float64 // tokens, before the cut
	// CV is the standard deviation over the mean, of LogNormal only.
	CV  float64
	Max int // tokens
}

func (l Length) check(field string) error {
	if err := first(
		within(field+" max", float64(l.Max), 1, maxLength),
		within(field+" mean", l.Mean, 1, float64(l.Max)),
	); err != nil {
		return err
	}
	switch l.Shape {
	case Fixed, Exponential:
		return nil
	case LogNormal:
		return within(field+" cv", l.CV, 0, 10)
	}
	return unknown(field+" shape", string(l.Shape))
}

func (l Length) draw(r *random) int32 {
	v := l.Mean
	switch l.Shape {
	case Exponential:
		v = math.Ceil(l.Mean * r.exponential())
	case LogNormal:
		variance := math.Log1p(l.CV * l.CV)
		v = l.Mean * math.Exp(math.Sqrt(variance)*r.normal()-variance/2)
	}
	return int32(math.Min(math.Max(1, math.Round(v)), float64(l.Max)))
}
