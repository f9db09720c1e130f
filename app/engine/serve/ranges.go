package serve

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// rangeOf is what a parameter of a computed question is drawn from: a list of
// choices, or Count steps from First.
type rangeOf struct {
	choices []float64
	first   float64
	step    float64
	count   int
}

// maxSteps bounds the values of one range.
const maxSteps = 1_000_000

// parseRange reads "8", "32 | 40 | 80" or "4096..32768 step 4096". Without a
// step, whole numbers step by one; others must state it. The upper bound is
// drawn only where a step lands on it.
func parseRange(s string, whole bool) (rangeOf, error) {
	if strings.Contains(s, "..") {
		return parseSteps(s, whole)
	}
	var r rangeOf
	for _, part := range strings.Split(s, "|") {
		v, err := parseNumber(part)
		if err != nil {
			return rangeOf{}, err
		}
		r.choices = append(r.choices, v)
	}
	return r, nil
}

func parseSteps(s string, whole bool) (rangeOf, error) {
	bounds, stepText, stepped := strings.Cut(s, "step")
	from, to, _ := strings.Cut(bounds, "..")
	lo, err := parseNumber(from)
	if err != nil {
		return rangeOf{}, err
	}
	hi, err := parseNumber(to)
	if err != nil {
		return rangeOf{}, err
	}
	step := 1.0
	switch {
	case stepped:
		if step, err = parseNumber(stepText); err != nil {
			return rangeOf{}, err
		}
	case !whole:
		return rangeOf{}, fmt.Errorf("parse range %q: no step", s)
	}
	count := math.Floor((hi-lo)/step*(1+1e-12)) + 1
	switch {
	case step <= 0:
		return rangeOf{}, fmt.Errorf("parse range %q: step must be above zero", s)
	case hi < lo:
		return rangeOf{}, fmt.Errorf("parse range %q: ends before it begins", s)
	case !(count <= maxSteps): // NaN included
		return rangeOf{}, fmt.Errorf("parse range %q: more than %d values", s, maxSteps)
	}
	return rangeOf{first: lo, step: step, count: int(count)}, nil
}

// parseNumber reads a finite decimal number, such as 4096, −0.5 or 7e9.
func parseNumber(s string) (float64, error) {
	text := strings.Replace(strings.TrimSpace(s), "−", "-", 1)
	for _, r := range text {
		// ParseFloat alone would take "inf", hexadecimals and underscores.
		if !strings.ContainsRune("0123456789.eE+-", r) {
			return 0, fmt.Errorf("parse number %q: not decimal", s)
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("parse number %q: not decimal", s)
	}
	return v, nil
}

// ends returns the least and the greatest value that draw can give.
func (r rangeOf) ends() (lo, hi float64) {
	if r.choices == nil {
		return r.first, r.at(r.count - 1)
	}
	lo, hi = r.choices[0], r.choices[0]
	for _, v := range r.choices {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	return lo, hi
}

// at returns step i, freed of the error that adding decimal fractions leaves:
// 0.1..0.9 step 0.1 contains 0.3, not 0.30000000000000004.
func (r rangeOf) at(i int) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(r.first+float64(i)*r.step, 'g', 14, 64), 64)
	if err != nil {
		return r.first
	}
	return v
}

func (r rangeOf) draw(from *rand.Rand) float64 {
	if r.choices != nil {
		return r.choices[from.IntN(len(r.choices))]
	}
	return r.at(from.IntN(r.count))
}

// shown writes a drawn value for a prompt. Large round numbers take Chinese
// units: 70 亿, 1.4 万亿. What is shown is the value exactly.
func shown(v float64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{" 万亿", 1e12}, {" 亿", 1e8}} {
		scaled := strconv.FormatFloat(v/unit.size, 'f', -1, 64)
		if back, err := strconv.ParseFloat(scaled, 64); math.Abs(v) >= unit.size && len(scaled) <= 8 && err == nil && back*unit.size == v {
			return strings.Replace(scaled, "-", "−", 1) + unit.name
		}
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "-", "−", 1)
}
