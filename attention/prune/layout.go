package prune

import (
	"encoding/binary"
	"fmt"
	"math"

	"courselab/attention"
	"courselab/attention/safetensors"
)

// Layout is how a tensor of float16 values lies in a file. Sizes that both sides
// know, such as the tensor's, are not counted.
type Layout int

// The layouts.
const (
	// Dense writes every value, zeros too: 2 bytes each.
	Dense Layout = iota
	// Bitmap writes one bit a value, 1 where it is not zero, filled up to whole
	// bytes, then the values that are not zero.
	Bitmap
	// Packed writes, of each four neighbours in a row, the two that may differ
	// from zero, and two bits for the place of each: 2:4 as sparse tensor cores
	// read it. It needs at least two zeros in every four, and takes as much as a
	// Bitmap of which half is zero: what the pattern buys is speed.
	Packed
)

// valueBytes is the size of a float16.
const valueBytes = 2

// Bytes returns the size of n values of which some are not zero.
func (l Layout) Bytes(n, nonzero int) int {
	switch l {
	case Bitmap:
		return (n+7)/8 + valueBytes*nonzero
	case Packed:
		pairs := (n + 3) / 4
		return 2*valueBytes*pairs + (pairs+1)/2
	}
	return valueBytes * n
}

// Smallest returns the layout that takes the least bytes for a tensor of n values,
// and those bytes: a Bitmap where more than one value in sixteen is zero. A file
// then says of each tensor which it has, in the name of its type.
func Smallest(n, nonzero int) (Layout, int) {
	if b := Bitmap.Bytes(n, nonzero); b < Dense.Bytes(n, nonzero) {
		return Bitmap, b
	}
	return Dense, Dense.Bytes(n, nonzero)
}

// Size is what a model takes and does.
type Size struct {
	Dense  int // bytes with every zero written
	Sparse int // bytes with each tensor in its smallest layout
	Zeros  int // weights that are zero, of Weights
	// Weights are all parameters of the model.
	Weights int
	// Products are the multiplications by weights that one position takes: one a
	// weight of a matrix, the embedding looked up and the output matrix multiplied.
	// NonzeroProducts leaves those by zero out, which only a program made for the
	// layout can.
	Products, NonzeroProducts int
}

// Measure counts a model's weights.
func Measure(m *attention.Model) Size {
	var s Size
	for _, p := range m.Parameters() {
		n, nonzero := len(p.Values), 0
		for _, v := range p.Values {
			if v != 0 {
				nonzero++
			}
		}
		_, bytes := Smallest(n, nonzero)
		s.Dense += Dense.Bytes(n, nonzero)
		s.Sparse += bytes
		s.Weights += n
		s.Zeros += n - nonzero
		looked := p.Name == "model.embed_tokens.weight" && !m.Config.Tied
		if len(p.Shape) == 2 && !looked {
			s.Products += n
			s.NonzeroProducts += nonzero
		}
	}
	return s
}

// Encode writes values as float16 in a layout, little-endian. cols is the length of
// a row; Packed needs a multiple of four.
func (l Layout) Encode(values []float32, cols int) ([]byte, error) {
	var out []byte
	half := func(v float32) { out = binary.LittleEndian.AppendUint16(out, safetensors.ToHalf(v)) }
	switch l {
	case Dense:
		for _, v := range values {
			half(v)
		}
	case Bitmap:
		out = make([]byte, (len(values)+7)/8)
		for i, v := range values {
			if v != 0 {
				out[i/8] |= 1 << (i % 8)
				half(v)
			}
		}
	case Packed:
		if cols <= 0 || cols%4 != 0 || len(values)%cols != 0 {
			return nil, fmt.Errorf("encode 2:4: %d values in rows of %d: not a multiple of four", len(values), cols)
		}
		var places []byte
		for at := 0; at < len(values); at += 4 {
			first, second, err := pair(values[at : at+4])
			if err != nil {
				return nil, fmt.Errorf("encode 2:4: value %d: %w", at, err)
			}
			half(values[at+first])
			half(values[at+second])
			if bits := byte(first | second<<2); at/4%2 == 0 {
				places = append(places, bits)
			} else {
				places[len(places)-1] |= bits << 4
			}
		}
		out = append(out, places...)
	}
	return out, nil
}

// pair returns the places, in order, of the values that differ from zero; where
// there are fewer than two, of zeros beside them.
func pair(four []float32) (first, second int, err error) {
	var at []int
	for j, v := range four {
		if v != 0 {
			at = append(at, j)
		}
	}
	if len(at) > 2 {
		return 0, 0, fmt.Errorf("%d of four are not zero", len(at))
	}
	for j := 0; len(at) < 2; j++ {
		if four[j] == 0 {
			at = append(at, j)
		}
	}
	return min(at[0], at[1]), max(at[0], at[1]), nil
}

// Decode reads n values that Encode wrote.
func (l Layout) Decode(data []byte, n int) ([]float32, error) {
	out := make([]float32, n)
	half := func(i int) float32 { return safetensors.FromHalf(binary.LittleEndian.Uint16(data[i:])) }
	wrong := func(want int) error { return fmt.Errorf("decode %d values: %d bytes, want %d", n, len(data), want) }
	switch l {
	case Dense:
		if len(data) != valueBytes*n {
			return nil, wrong(valueBytes * n)
		}
		for i := range out {
			out[i] = half(valueBytes * i)
		}
	case Bitmap:
		at := (n + 7) / 8
		for i := range out {
			if at > len(data) {
				return nil, wrong(at)
			}
			if data[i/8]>>(i%8)&1 == 1 {
				if at+valueBytes > len(data) {
					return nil, wrong(at + valueBytes)
				}
				out[i] = half(at)
				at += valueBytes
			}
		}
		if at != len(data) {
			return nil, wrong(at)
		}
	case Packed:
		if want := l.Bytes(n, 0); n%4 != 0 || len(data) != want {
			return nil, wrong(want)
		}
		places := data[valueBytes*n/2:]
		for i := range n / 4 {
			bits := places[i/2] >> (4 * (i % 2))
			out[4*i+int(bits&3)] = half(4 * i)
			out[4*i+int(bits>>2&3)] = half(4*i + valueBytes)
		}
	}
	return out, nil
}

// Halve rounds every weight to float16, as a file keeps it.
func Halve(m *attention.Model) error {
	for _, p := range m.Parameters() {
		for i, v := range p.Values {
			r := safetensors.FromHalf(safetensors.ToHalf(v))
			if math.IsInf(float64(r), 0) || r != r {
				return fmt.Errorf("round %s: value %d is %v: too large for float16", p.Name, i, v)
			}
			p.Values[i] = r
		}
	}
	return nil
}
