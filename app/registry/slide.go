package registry

import (
	"math"
	"strconv"
)

// Places is how many steps the slider of a Number has: its places run from 0 to
// Places.
func (p Param) Places() int {
	switch p.Scale {
	case Doubling:
		return max(1, int(math.Floor(math.Log2(p.Max/p.Min)+1e-9)))
	case Log:
		return 120
	}
	return max(1, int(math.Round((p.Max-p.Min)/p.step())))
}

func (p Param) step() float64 {
	switch {
	case p.Step > 0:
		return p.Step
	case p.Whole:
		return 1
	}
	return (p.Max - p.Min) / 100
}

// At returns the value at a place of the slider, within Min and Max.
func (p Param) At(place int) float64 {
	n := p.Places()
	place = max(0, min(place, n))
	var v float64
	switch p.Scale {
	case Doubling:
		v = p.Min * math.Exp2(float64(place))
	case Log:
		switch {
		case place == n:
			return p.Max
		case place == 0:
			return p.Min
		}
		v = digits(p.low()*math.Pow(p.Max/p.low(), float64(place)/float64(n)), 2)
	default:
		v = digits(p.Min+float64(place)*p.step(), 12) // freed of 0.30000000000000004
	}
	if p.Whole {
		v = math.Round(v)
	}
	return math.Max(p.Min, math.Min(v, p.Max))
}

// low is where a logarithmic slider begins: Min, or a step above a Min of zero.
func (p Param) low() float64 {
	switch {
	case p.Min > 0:
		return p.Min
	case p.Step > 0:
		return p.Step
	case p.Whole:
		return 1
	}
	return p.Max / 1e6
}

// Place returns the place of the slider that is nearest to a value.
func (p Param) Place(v float64) int {
	n := float64(p.Places())
	var at float64
	switch p.Scale {
	case Doubling:
		at = math.Log2(v / p.Min)
	case Log:
		if v <= p.Min {
			return 0
		}
		at = math.Max(1, n*math.Log(v/p.low())/math.Log(p.Max/p.low()))
	default:
		at = (v - p.Min) / p.step()
	}
	if math.IsNaN(at) {
		return 0
	}
	return int(math.Round(math.Max(0, math.Min(at, n))))
}

// digits rounds v to n significant digits.
func digits(v float64, n int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', n-1, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// Number reads the value of a Number; zero where it is empty.
func (p Param) Number(value string) float64 {
	v, _ := parseNumber(value)
	return v
}
