package attention

import (
	"math"
	"strconv"
)

// recomputeModel is Recompute for the kinds that only a ModelTrace has; v(i) is
// the value of operand i. A condition that does not hold gives NaN.
func (x Explanation) recomputeModel(v func(int) float64) float64 {
	if !x.holds(v) {
		return math.NaN()
	}
	last := len(x.Operands) - 1
	switch x.Kind {
	case Cosine:
		return math.Cos(v(0) * math.Pow(v(1), v(2)))
	case Sine:
		return math.Sin(v(0) * math.Pow(v(1), v(2)))
	case RootMeanSquare:
		var sum float64
		for i := range last {
			sum += v(i) * v(i)
		}
		return math.Sqrt(sum/float64(last) + v(last))
	case Normed:
		return v(0) / v(1) * v(2)
	case Rotated:
		return v(0)*v(1) - v(2)*v(3)
	case Sum:
		return v(0) + v(1)
	case SiLU:
		return v(0) / (1 + math.Exp(-v(0)))
	case Tempered:
		if v(0) == v(1) {
			return 0
		}
		return (v(0) - v(1)) / v(2)
	case Share:
		return v(0) / x.sumFrom(1)
	case Greatest:
		best := 0
		for i := range x.Operands {
			if v(i) > v(best) {
				best = i
			}
		}
		return float64(x.Operands[best].Cell.Col)
	case Chosen:
		return float64(x.Operands[3].Cell.Col)
	case Ablated, BeyondTopK, BeyondTopP, BelowMinP:
		return 0
	}
	return math.NaN()
}

// holds reports whether the condition under which Kind applies is met, with a
// little room for rounding; most have none.
func (x Explanation) holds(v func(int) float64) bool {
	const room = 1e-6
	switch x.Kind {
	case BeyondTopK:
		return v(1) >= v(2)
	case BeyondTopP:
		return v(1) >= v(2)*(1-room)
	case BelowMinP:
		// What underflows to zero is dropped with the rest.
		return v(0) < v(1)*v(2)*(1+room) || v(0) == 0
	case Chosen:
		return v(1)-room*room <= v(0) && v(0) < v(2)+room*room
	}
	return true
}

// sumFrom adds the operands from number i on.
func (x Explanation) sumFrom(i int) (sum float64) {
	for _, o := range x.Operands[i:] {
		sum += o.Value
	}
	return sum
}

// workingModel is working for the kinds that only a ModelTrace has; n(i) writes
// operand i.
func (x Explanation) workingModel(n func(int) string) string {
	in := func(i int) string { return inner(x.Operands[i].Value) }
	switch x.Kind {
	case Cosine, Sine:
		name := map[Kind]string{Cosine: "cos", Sine: "sin"}[x.Kind]
		return name + "(" + n(0) + "×" + n(1) + "^" + in(2) + ")"
	case RootMeanSquare:
		last := len(x.Operands) - 1
		return "√((" + sumOf(last, func(i int) string { return in(i) + "²" }) + ")/" + strconv.Itoa(last) + " + " + n(last) + ")"
	case Normed:
		return n(0) + " / " + n(1) + " × " + in(2)
	case Rotated:
		return n(0) + "×" + in(1) + " − " + in(2) + "×" + in(3)
	case Sum:
		return n(0) + " + " + in(1)
	case SiLU:
		return n(0) + " / (1 + exp(" + Number(-x.Operands[0].Value) + "))"
	case Tempered:
		return "(" + n(0) + " − " + in(1) + ") / " + n(2)
	case BeyondTopK, BeyondTopP:
		return "0 (" + n(1) + " ≥ " + n(2) + ")"
	case BelowMinP:
		return "0 (" + n(0) + " < " + n(1) + " × " + n(2) + ")"
	case Share:
		return n(0) + " / " + Number(x.sumFrom(1))
	case Greatest:
		return "argmax"
	case Chosen:
		return n(1) + " ≤ " + n(0) + " < " + n(2)
	}
	return "0" // Ablated
}
