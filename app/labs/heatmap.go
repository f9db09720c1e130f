package labs

import (
	"math"
	"strconv"
	"strings"

	"courselab/app/engine"
)

// stops is how many colours each scale of the page has (--seq-0 … --seq-8).
const stops = 9

// palette is the page's colours in the present theme, as a canvas needs them.
type palette struct {
	// generation grows with every reading: what was painted with an older one
	// is painted anew.
	generation int
	sequential [stops][3]byte
	diverging  [stops][3]byte
	// CSS colours and the font family.
	text, line, hatch, paper, accent, focus, warn, font string
}

// span is what a colour scale runs over.
type span struct {
	low, high  float64
	sequential bool
}

// spanOf returns the scale of a matrix: from zero for probabilities, otherwise
// centred at zero. Matrices of one name share it over all heads, so that heads
// can be compared.
func spanOf(all []engine.Matrix, name string) span {
	var s span
	for _, m := range all {
		if m.Name != name {
			continue
		}
		s.sequential = m.Sequential
		most := math.Max(math.Abs(float64(m.Min)), math.Abs(float64(m.Max)))
		s.high = math.Max(s.high, most)
	}
	if s.high == 0 || math.IsInf(s.high, 0) || math.IsNaN(s.high) {
		s.high = 1
	}
	if !s.sequential {
		s.low = -s.high
	}
	return s
}

// rgba returns a matrix as pixels, four bytes a cell. Cells that are not finite
// are left transparent, for the hatching below to show.
func rgba(t engine.Tensor, s span, p *palette) (pixels []byte, hatched bool) {
	table := &p.diverging
	if s.sequential {
		table = &p.sequential
	}
	pixels = make([]byte, 4*len(t.Data))
	for i, v := range t.Data {
		x := float64(v)
		if math.IsInf(x, 0) || math.IsNaN(x) {
			hatched = true
			continue
		}
		c := colour(table, (x-s.low)/(s.high-s.low))
		copy(pixels[4*i:], c[:])
		pixels[4*i+3] = 255
	}
	return pixels, hatched
}

// colour returns the colour at f (0 to 1) between the stops of a scale.
func colour(table *[stops][3]byte, f float64) [3]byte {
	f = math.Max(0, math.Min(f, 1)) * (stops - 1)
	i := min(int(f), stops-2)
	f -= float64(i)
	var c [3]byte
	for k := range c {
		a, b := float64(table[i][k]), float64(table[i+1][k])
		c[k] = byte(a + (b-a)*f + 0.5)
	}
	return c
}

// number writes a value for the learner: four significant digits, a true minus
// sign, −∞ for what is masked.
func number(v float64) string {
	switch {
	case math.IsInf(v, -1):
		return "−∞"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsNaN(v):
		return "非数"
	}
	s := strconv.FormatFloat(v, 'g', 4, 64)
	if a := math.Abs(v); a >= 1e-4 && a < 1e6 {
		s = strconv.FormatFloat(v, 'f', digitsAfter(a), 64)
	}
	if strings.Trim(s, "-0.") == "" {
		return "0"
	}
	return minus(s)
}

// digitsAfter returns how many digits after the point four significant ones
// take.
func digitsAfter(a float64) int {
	switch {
	case a >= 1000:
		return 0
	case a >= 100:
		return 1
	case a >= 10:
		return 2
	case a >= 0.1:
		return 3
	case a >= 0.01:
		return 4
	}
	return 5
}

// painting is one matrix as it is to stand on its canvas.
type painting struct {
	canvas string // id
	// signature is equal for equal pictures; a canvas that bears it already is
	// left alone.
	signature  string
	rows, cols int
	tensor     engine.Tensor // (rows, cols)
	span       span
	rowLabels  []string // nil: a small picture without labels
	colLabels  []string
	edited     [][2]int
	operands   [][2]int
	areas      [][4]int // blocks of operands: first row and column, last row and column
	active     [][2]int
}

// labelled reports whether rows and columns are labelled.
func (p painting) labelled() bool { return p.rowLabels != nil }

// minus writes the sign of a number as typography wants it.
func minus(s string) string { return strings.ReplaceAll(s, "-", "−") }
