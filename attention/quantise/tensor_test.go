package quantise

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"courselab/attention"
)

func random(seed uint64, rows, cols int) attention.Matrix {
	r := rand.New(rand.NewPCG(seed, 1))
	m := attention.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(r.NormFloat64())
	}
	return m
}

// TestRoundByHand follows two rows through the formulas of the package.
func TestRoundByHand(t *testing.T) {
	w := attention.Matrix{Rows: 2, Cols: 4, Data: []float32{0.7, -0.35, 0.04, 0, 1.5, 0.5, -0.5, 0.2}}
	symmetric, err := Round(w, Scheme{Bits: 4})
	if err != nil {
		t.Fatal(err)
	}
	// s = 0.7/7 and 1.5/7, to float16.
	if want := []int8{7, -4, 0, 0, 7, 2, -2, 1}; !slices.Equal(symmetric.Q, want) { // −0.35/0.09998 = −3.5006
		t.Errorf("symmetric %v, want %v", symmetric.Q, want)
	}
	asymmetric, err := Round(w, Scheme{Bits: 4, Asymmetric: true})
	if err != nil {
		t.Fatal(err)
	}
	// s = 1.05/15 = 0.07 and 2/15 = 0.1333; z = 5 and 4, less 8.
	if want := []int8{-3, -4}; !slices.Equal(asymmetric.Zeros, want) {
		t.Errorf("zeros %v, want %v", asymmetric.Zeros, want)
	}
	if want := []int8{7, -8, -2, -3, 7, 0, -8, -2}; !slices.Equal(asymmetric.Q, want) {
		t.Errorf("asymmetric %v, want %v", asymmetric.Q, want)
	}
	if got := symmetric.Bytes(); got != 2*2+2*2 {
		t.Errorf("symmetric takes %d bytes, want 8", got)
	}
	if got := asymmetric.Bytes(); got != 2*2+2*2+1 {
		t.Errorf("asymmetric takes %d bytes, want 9", got)
	}
}

func schemes() []Scheme {
	var all []Scheme
	for _, bits := range []int{32, 16, 8, 5, 4, 3, 2} {
		for _, group := range []int{Whole, Channel, 8, 32} {
			for _, asymmetric := range []bool{false, true} {
				all = append(all, Scheme{Bits: bits, Group: group, Asymmetric: asymmetric})
			}
		}
	}
	return all
}

// TestRoundIsNearest wants no weight further than half a step from what stands
// for it, and nothing at the ends of its range cut by more than float16's
// rounding of the scale.
func TestRoundIsNearest(t *testing.T) {
	w := random(1, 7, 37)
	for _, s := range schemes() {
		q, err := Round(w, s)
		if err != nil {
			t.Fatal(err)
		}
		got := q.Matrix()
		for i := range w.Rows {
			for j, v := range w.Row(i) {
				step := math.Abs(float64(v)) / 1024
				if !s.Float() {
					scale := float64(q.Scales[q.scale(i, j)])
					step = scale * 1.01
					if s.Bits == 8 {
						step = scale * 1.2 // 127 scales, each rounded to 11 bits
					}
					if s.Asymmetric {
						step += scale // the zero point is rounded too, and may cut an end
					}
				}
				if d := math.Abs(float64(got.At(i, j) - v)); d > step/2 {
					t.Errorf("%+v: %v becomes %v, step %v", s, v, got.At(i, j), step)
				}
			}
		}
	}
}

func TestMoreBitsAreNearer(t *testing.T) {
	w := random(2, 16, 64)
	for _, group := range []int{Whole, Channel, 32} {
		last := math.Inf(1)
		for bits := 2; bits <= 8; bits++ {
			q, err := Round(w, Scheme{Bits: bits, Group: group})
			if err != nil {
				t.Fatal(err)
			}
			d := Distance(w, q.Matrix())
			if !(d < last) {
				t.Errorf("%d bits, group %d: error %v after %v", bits, group, d, last)
			}
			last = d
		}
	}
}

func TestSchemesAreChecked(t *testing.T) {
	for _, s := range []Scheme{{}, {Bits: 1}, {Bits: 9}, {Bits: 64}, {Bits: 4, Group: -2}, {Bits: 4, Group: 1 << 21}} {
		if _, err := Round(random(1, 2, 2), s); err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
}

// TestOfZeros keeps a matrix of zeros zero, in each scheme.
func TestOfZeros(t *testing.T) {
	for _, s := range schemes() {
		q, err := Round(attention.NewMatrix(3, 5), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range q.Matrix().Data {
			if v != 0 {
				t.Errorf("%+v: zero becomes %v", s, v)
			}
		}
	}
}

func FuzzPack(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(7), uint8(4), int8(0), true, float32(1))
	f.Add(uint64(2), uint8(5), uint8(33), uint8(3), int8(8), false, float32(1e-6))
	f.Add(uint64(3), uint8(1), uint8(1), uint8(16), int8(-1), false, float32(1e6))
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols, bits uint8, group int8, asymmetric bool, unit float32) {
		if math.IsNaN(float64(unit)) || math.IsInf(float64(unit), 0) {
			return
		}
		w := random(seed, int(rows%20), int(cols%70))
		for i := range w.Data {
			w.Data[i] = max(-1e30, min(1e30, w.Data[i]*unit))
		}
		s := Scheme{Bits: int(bits), Group: int(group), Asymmetric: asymmetric}
		q, err := Round(w, s)
		if err != nil {
			return
		}
		data := q.Pack()
		if len(data) != q.Bytes() {
			t.Fatalf("%+v: %d bytes, said to be %d", s, len(data), q.Bytes())
		}
		back, err := Unpack(s, w.Rows, w.Cols, data)
		if err != nil {
			t.Fatal(err)
		}
		got, want := back.Matrix(), q.Matrix()
		for i, v := range want.Data {
			if got.Data[i] != v || math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("%+v: %v comes back as %v", s, v, got.Data[i])
			}
		}
		if len(data) > 0 {
			if _, err := Unpack(s, w.Rows, w.Cols, data[1:]); err == nil {
				t.Error("a byte less is taken")
			}
		}
	})
}
