package attention

import (
	"math"
	"strconv"
	"strings"
)

// shownTerms is how many terms of a sum are written out: all of a short sum,
// else the first three and the last.
const shownTerms = 8

// Recompute puts the operands together as Kind says, in float64. It equals
// Result up to the rounding of float32.
func (x Explanation) Recompute() float64 {
	v := func(i int) float64 { return x.Operands[i].Value }
	switch x.Kind {
	case Drawn:
		return v(0) * v(1)
	case Embedded:
		return v(0) * (v(1) + v(2))
	case Product:
		var sum float64
		for i := 0; i < len(x.Operands); i += 2 {
			sum += v(i) * v(i+1)
		}
		return sum
	case Quotient:
		return v(0) / v(1)
	case Hidden:
		return math.Inf(-1)
	case Softmaxed:
		high, sum := x.softmaxTerms()
		return math.Exp(v(x.Cell.Col)-high) / sum
	case Copied, Replaced, Given, Looked:
		return v(0)
	}
	return x.recomputeModel(v)
}

// softmaxTerms returns the greatest operand and the sum of the exponentials
// below it.
func (x Explanation) softmaxTerms() (high, sum float64) {
	high = math.Inf(-1)
	for _, o := range x.Operands {
		high = math.Max(high, o.Value)
	}
	for _, o := range x.Operands {
		sum += math.Exp(o.Value - high)
	}
	return high, sum
}

// working writes the formula's right side with the operands put in.
func (x Explanation) working() string {
	n := func(i int) string { return Number(x.Operands[i].Value) }
	switch x.Kind {
	case Drawn:
		return n(0) + " × " + n(1)
	case Embedded:
		return n(0) + " × (" + n(1) + " + " + inner(x.Operands[2].Value) + ")"
	case Product:
		return sumOf(len(x.Operands)/2, func(i int) string {
			return inner(x.Operands[2*i].Value) + "×" + inner(x.Operands[2*i+1].Value)
		})
	case Quotient:
		return n(0) + " / " + n(1)
	case Hidden:
		return "−∞"
	case Softmaxed:
		high, sum := x.softmaxTerms()
		return "exp(" + n(x.Cell.Col) + " − " + inner(high) + ") / " + Number(sum)
	case Copied, Replaced, Given, Looked:
		return n(0)
	}
	return x.workingModel(n)
}

// sumOf writes a sum of n terms; a long one is cut.
func sumOf(n int, term func(i int) string) string {
	var terms []string
	for i := range n {
		switch {
		case n <= shownTerms || i < 3 || i == n-1:
			terms = append(terms, term(i))
		case i == 3:
			terms = append(terms, "…")
		}
	}
	return strings.Join(terms, " + ")
}

// Number writes v with four significant digits, a true minus sign and ∞.
func Number(v float64) string {
	switch {
	case math.IsInf(v, -1):
		return "−∞"
	case math.IsInf(v, 1):
		return "∞"
	}
	return strings.ReplaceAll(strconv.FormatFloat(v, 'g', 4, 64), "-", "−")
}

// inner is Number for the middle of a formula: a negative one in brackets.
func inner(v float64) string {
	if v < 0 {
		return "(" + Number(v) + ")"
	}
	return Number(v)
}
