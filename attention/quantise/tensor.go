package quantise

import (
	"encoding/binary"
	"fmt"
	"math"

	"courselab/attention"
	"courselab/attention/safetensors"
)

// Tensor is a quantised matrix. Of floats only Values is set, of integers all
// but it.
type Tensor struct {
	Scheme     Scheme
	Rows, Cols int
	Q          []int8    // (Rows, Cols)
	Scales     []float32 // one, or (Rows, groups); each a float16
	Zeros      []int8    // one to a scale; nil where symmetric
	Values     []float32 // (Rows, Cols)
}

// newTensor returns room for a matrix.
func newTensor(s Scheme, rows, cols int) *Tensor {
	t := &Tensor{Scheme: s, Rows: rows, Cols: cols}
	if s.Float() {
		t.Values = make([]float32, rows*cols)
		return t
	}
	t.Q, t.Scales = make([]int8, rows*cols), make([]float32, s.scales(rows, cols))
	if s.Asymmetric {
		t.Zeros = make([]int8, len(t.Scales))
	}
	return t
}

// Bytes is what Pack writes.
func (t *Tensor) Bytes() int { return t.Scheme.Bytes(t.Rows, t.Cols) }

// scale is the place of the scale of cell [i,j].
func (t *Tensor) scale(i, j int) int {
	if t.Scheme.Group == Whole {
		return 0
	}
	g := t.Scheme.group(t.Cols)
	return i*((t.Cols+g-1)/g) + j/g
}

// fit sets scale u for weights between low and high, zero among them.
func (t *Tensor) fit(u int, low, high float32) {
	least, most := t.Scheme.limits()
	low, high = min(low, 0), max(high, 0)
	if !t.Scheme.Asymmetric {
		t.Scales[u] = half(max(high, -low) / float32(most))
		return
	}
	t.Scales[u] = half((high - low) / float32(most-least))
	if s := t.Scales[u]; s > 0 {
		zero := math.RoundToEven(float64(-low/s)) + float64(least)
		t.Zeros[u] = int8(max(float64(least), min(float64(most), zero)))
	}
}

// half is the float16 nearest to v that is no less than the smallest and finite.
// A scale of zero is that of zeros.
func half(v float32) float32 {
	if v == 0 {
		return 0
	}
	const smallest, largest = 1.0 / (1 << 24), 65504
	return roundHalf(max(smallest, min(largest, v)))
}

func roundHalf(v float32) float32 { return safetensors.FromHalf(safetensors.ToHalf(v)) }

// round returns the integer for w under scale u, and what it stands for.
func (t *Tensor) round(u int, w float32) (int8, float32) {
	s := t.Scales[u]
	var zero float64
	if t.Zeros != nil {
		zero = float64(t.Zeros[u])
	}
	if s == 0 {
		return int8(zero), 0
	}
	least, most := t.Scheme.limits()
	q := math.RoundToEven(float64(w/s)) + zero
	q = max(float64(least), min(float64(most), q))
	return int8(q), s * float32(q-zero)
}

// Matrix returns what the tensor stands for.
func (t *Tensor) Matrix() attention.Matrix {
	out := attention.NewMatrix(t.Rows, t.Cols)
	if t.Scheme.Float() {
		copy(out.Data, t.Values)
		return out
	}
	for i := range t.Rows {
		for j := range t.Cols {
			u, q := t.scale(i, j), int(t.Q[i*t.Cols+j])
			if t.Zeros != nil {
				q -= int(t.Zeros[u])
			}
			out.Data[i*t.Cols+j] = t.Scales[u] * float32(q)
		}
	}
	return out
}

// Round rounds each weight of w to the nearest that s has.
func Round(w attention.Matrix, s Scheme) (*Tensor, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("round matrix: %w", err)
	}
	t := newTensor(s, w.Rows, w.Cols)
	switch s.Bits {
	case 32:
		copy(t.Values, w.Data)
		return t, nil
	case 16:
		for i, v := range w.Data {
			t.Values[i] = roundHalf(max(-65504, min(65504, v)))
		}
		return t, nil
	}
	t.fitAll(w)
	for i := range w.Rows {
		for j, v := range w.Row(i) {
			t.Q[i*w.Cols+j], _ = t.round(t.scale(i, j), v)
		}
	}
	return t, nil
}

// fitAll sets every scale by the weights that share it.
func (t *Tensor) fitAll(w attention.Matrix) {
	low, high := make([]float32, len(t.Scales)), make([]float32, len(t.Scales))
	for i := range w.Rows {
		for j, v := range w.Row(i) {
			u := t.scale(i, j)
			low[u], high[u] = min(low[u], v), max(high[u], v)
		}
	}
	for u := range t.Scales {
		t.fit(u, low[u], high[u])
	}
}

// Pack writes the tensor as package quantise says, little-endian, the first
// integer in the lowest bits.
func (t *Tensor) Pack() []byte {
	out := make([]byte, 0, t.Bytes())
	if t.Scheme.Float() {
		for _, v := range t.Values {
			if t.Scheme.Bits == 32 {
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
			} else {
				out = binary.LittleEndian.AppendUint16(out, safetensors.ToHalf(v))
			}
		}
		return out
	}
	for i := range t.Rows {
		out = append(out, pack(t.Q[i*t.Cols:(i+1)*t.Cols], t.Scheme.Bits)...)
	}
	for _, s := range t.Scales {
		out = binary.LittleEndian.AppendUint16(out, safetensors.ToHalf(s))
	}
	return append(out, pack(t.Zeros, t.Scheme.Bits)...)
}

// Unpack reads what Pack wrote of a matrix (rows, cols).
func Unpack(s Scheme, rows, cols int, data []byte) (*Tensor, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("unpack matrix: %w", err)
	}
	if rows < 0 || cols < 0 || rows > 1<<20 || cols > 1<<20 || len(data) != s.Bytes(rows, cols) {
		return nil, fmt.Errorf("unpack matrix: %d bytes are not a matrix (%d, %d) of %d bits", len(data), rows, cols, s.Bits)
	}
	t := newTensor(s, rows, cols)
	if s.Float() {
		for i := range t.Values {
			if s.Bits == 32 {
				t.Values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
			} else {
				t.Values[i] = safetensors.FromHalf(binary.LittleEndian.Uint16(data[2*i:]))
			}
		}
		return t, nil
	}
	row := (cols*s.Bits + 7) / 8
	for i := range rows {
		unpack(t.Q[i*cols:(i+1)*cols], data[i*row:], s.Bits)
	}
	data = data[rows*row:]
	for i := range t.Scales {
		t.Scales[i] = safetensors.FromHalf(binary.LittleEndian.Uint16(data[2*i:]))
	}
	unpack(t.Zeros, data[2*len(t.Scales):], s.Bits)
	return t, nil
}

// pack writes the lowest bits of integers one behind the other.
func pack(q []int8, bits int) []byte {
	out := make([]byte, (len(q)*bits+7)/8)
	for i, v := range q {
		for b := range bits {
			if v>>b&1 == 1 {
				out[(i*bits+b)/8] |= 1 << ((i*bits + b) % 8)
			}
		}
	}
	return out
}

// unpack is the inverse of pack.
func unpack(q []int8, data []byte, bits int) {
	for i := range q {
		v := 0
		for b := range bits {
			v |= int(data[(i*bits+b)/8]>>((i*bits+b)%8)&1) << b
		}
		q[i] = int8(v<<(8-bits)) >> (8 - bits) // the highest bit is the sign
	}
}
