package chart

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// linearTicks returns about n ticks at multiples of 1, 2 or 5 times a power of
// ten that cover [lo, hi]; the first is at most lo, the last at least hi.
func linearTicks(lo, hi float64, n int) []plot.Tick {
	raw := (hi - lo) / float64(n)
	power := math.Floor(math.Log10(raw))
	step := 0.0
	for _, f := range []float64{1, 2, 5, 10} {
		step = f * math.Pow(10, power)
		if step >= raw*(1-1e-9) {
			break
		}
	}
	first, last := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	var ticks []plot.Tick
	for i := first; i <= last && len(ticks) < 100; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: tickLabel(i*step, step)})
	}
	return ticks
}

// tickLabel writes v with as many decimals as step needs; from 10⁵ on, and for
// steps below 10⁻⁴, with a power of ten.
func tickLabel(v, step float64) string {
	if v == 0 {
		return "0"
	}
	size := math.Abs(v)
	if size >= 1e5 || step < 1e-4 {
		power := math.Floor(math.Log10(size) + 1e-12)
		decimals := int(math.Max(0, power-math.Floor(math.Log10(step)+1e-9)))
		mantissa := minus(trimZeros(strconv.FormatFloat(v/math.Pow(10, power), 'f', min(decimals, 6), 64)))
		if mantissa == "1" {
			return "10" + raised(int(power))
		}
		return mantissa + "×10" + raised(int(power))
	}
	decimals := int(math.Max(0, -math.Floor(math.Log10(step)+1e-9)))
	return minus(strconv.FormatFloat(v, 'f', decimals, 64))
}

// valueLabel writes v with three significant digits.
func valueLabel(v float64) string {
	if v == 0 {
		return "0"
	}
	size := math.Abs(v)
	if size >= 1e5 || size < 1e-3 {
		power := math.Floor(math.Log10(size) + 1e-12)
		return minus(trimZeros(strconv.FormatFloat(v/math.Pow(10, power), 'f', 2, 64))) + "×10" + raised(int(power))
	}
	decimals := int(math.Max(0, 2-math.Floor(math.Log10(size))))
	return minus(trimZeros(strconv.FormatFloat(v, 'f', decimals, 64)))
}

// logTicks returns ticks at powers of base that cover [lo, hi], thinned to about
// eight labels. Within two decades of base 10 the twos and fives are labelled
// too, and the range is rounded to those.
func logTicks(lo, hi float64, base int) []plot.Tick {
	b := float64(base)
	logOf := math.Log10
	if base == 2 {
		logOf = math.Log2
	}
	first, last := math.Floor(logOf(lo)+1e-9), math.Ceil(logOf(hi)-1e-9)
	if base == 10 && logOf(hi/lo) <= 2 {
		return decadeTicks(lo, hi, int(first), int(last))
	}
	stride := math.Max(1, math.Ceil((last-first)/8))
	var ticks []plot.Tick
	for k := first; k <= last; k++ {
		t := plot.Tick{Value: math.Pow(b, k)}
		if math.Mod(k-first, stride) == 0 {
			t.Label = powerLabel(base, int(k))
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// decadeTicks labels 1, 2 and 5 of every decade from the last at most lo to the
// first at least hi.
func decadeTicks(lo, hi float64, first, last int) []plot.Tick {
	var all []plot.Tick
	for k := first; k <= last; k++ {
		for _, f := range []float64{1, 2, 5} {
			v := f * math.Pow(10, float64(k))
			all = append(all, plot.Tick{Value: v, Label: tickLabel(v, math.Pow(10, float64(k)))})
		}
	}
	from, to := 0, len(all)-1
	for from+1 < len(all) && all[from+1].Value <= lo*(1+1e-9) {
		from++
	}
	for to > from+1 && all[to-1].Value >= hi*(1-1e-9) {
		to--
	}
	return all[from : to+1]
}

// powerLabel writes base^k in full while it is short, else with an exponent;
// powers of two from 2¹⁰ on in K, M and G of 1024, as contexts are spoken of.
func powerLabel(base, k int) string {
	if base == 2 && k >= 10 && k < 40 {
		return strconv.Itoa(1<<(k%10)) + []string{"K", "M", "G"}[k/10-1]
	}
	v := math.Pow(float64(base), float64(k))
	if v >= 1e-3 && v < 1e5 && (base == 10 || k >= -3) {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.Itoa(base) + raised(k)
}

var superscripts = []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")

func raised(n int) string {
	var b strings.Builder
	for _, r := range strconv.Itoa(n) {
		if r == '-' {
			b.WriteRune('⁻')
			continue
		}
		b.WriteRune(superscripts[r-'0'])
	}
	return b.String()
}

func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
