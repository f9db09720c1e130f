package attention

import "math"

// Exp32 is e^x within 2 units in the last place, several times faster than
// math.Exp: x = n·ln 2 + r with |r| ≤ ½ ln 2, e^r by a polynomial of degree 6,
// and n put into the exponent. Below −87.3, where the result is no normal number
// any more, it is 0, also for −∞; above 88.7 it is +∞.
func Exp32(x float32) float32 {
	if x < -87.3 {
		return 0
	}
	if x > 88.7 {
		return float32(math.Inf(1))
	}
	const magic = 3 << 22 // adding it rounds a small number to an integer
	n := float32(x*1.44269504+magic) - magic
	// ln 2 in two parts: n times the first is exact.
	r := float32(x-float32(n*0.693359375)) + float32(n*2.12194440e-4)
	p := float32(1.0 / 720)
	p = p*r + 1.0/120
	p = p*r + 1.0/24
	p = p*r + 1.0/6
	p = p*r + 0.5
	p = p*r + 1
	p = p*r + 1
	// 2^n in two steps: n may be 128, for which there is no exponent.
	whole := int32(n)
	half := whole >> 1
	return p * power(half) * power(whole-half)
}

// power returns 2^n for −126 ≤ n ≤ 127.
func power(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }
