package safetensors

import "math"

// FromHalf returns the value of an IEEE 754 binary16 number: sign, five bits of
// exponent (bias 15), ten of fraction.
func FromHalf(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, int(h>>10&31), uint32(h&1023)
	switch exponent {
	case 31: // infinite or not a number
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	case 0: // zero or subnormal: fraction·2⁻²⁴, exact in float32
		v := float32(fraction) / (1 << 24)
		return math.Float32frombits(sign | math.Float32bits(v))
	}
	return math.Float32frombits(sign | uint32(exponent-15+127)<<23 | fraction<<13)
}

// ToHalf returns the binary16 number nearest to v, ties to even; beyond 65,504
// by half a step or more it is infinite.
func ToHalf(v float32) uint16 {
	bits := math.Float32bits(v)
	sign, exponent, fraction := uint16(bits>>31)<<15, int(bits>>23&255)-127, bits&(1<<23-1)
	switch {
	case exponent == 128 && fraction != 0:
		return sign | 31<<10 | 1<<9
	case exponent > 15:
		return sign | 31<<10
	case exponent < -25:
		return sign
	case exponent < -14: // subnormal: count steps of 2⁻²⁴
		return sign | uint16(roundShift(fraction|1<<23, uint(-exponent-14+13)))
	}
	// A carry out of the fraction runs into the exponent, as it should.
	return sign + uint16(exponent+15)<<10 + uint16(roundShift(fraction, 13))
}

// fromBrain returns the value of a bfloat16 number: the upper half of a float32.
func fromBrain(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

// toBrain returns the bfloat16 number nearest to v, ties to even.
func toBrain(v float32) uint16 {
	bits := math.Float32bits(v)
	if v != v {
		return uint16(bits>>16) | 1<<6 // stays not a number when cut
	}
	return uint16((uint64(bits) + 0x7fff + uint64(bits>>16&1)) >> 16)
}

// roundShift returns x / 2ⁿ rounded to the nearest integer, ties to even.
func roundShift(x uint32, n uint) uint32 {
	whole, rest, half := x>>n, x&(1<<n-1), uint32(1)<<(n-1)
	if rest > half || rest == half && whole&1 == 1 {
		whole++
	}
	return whole
}
