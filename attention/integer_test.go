package attention

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestGoMultipliesIntegers(t *testing.T) {
	if err := SelfTestInteger(t.Context(), Go{}); err != nil {
		t.Error(err)
	}
}

// TestSelfTestIntegerCatches spoils one integer of a backend.
func TestSelfTestIntegerCatches(t *testing.T) {
	if err := SelfTestInteger(t.Context(), spoiltIntegers{}); err == nil {
		t.Error("a backend that reads a wrong integer passes")
	}
}

type spoiltIntegers struct{ Go }

func (s spoiltIntegers) MatMulT8(dst, a Matrix, w Int8Matrix) {
	spoilt := w
	spoilt.Data = append([]int8(nil), w.Data...)
	spoilt.Data[len(spoilt.Data)-1] ^= 1
	s.Go.MatMulT8(dst, a, spoilt)
}

// TestIntegersAreWeights multiplies by what the integers stand for: rounding the
// activations is all that may differ.
func TestIntegersAreWeights(t *testing.T) {
	a, w := testValues(3, 70, 1), testIntegers(5, 70, 32, 2)
	plain := NewMatrix(w.Rows, w.Cols)
	for i := range w.Rows {
		for j := range w.Cols {
			plain.Set(i, j, float32(w.Data[i*w.Cols+j])*w.Scales[i*w.Groups()+j/w.Group])
		}
	}
	got, want := NewMatrix(3, 5), NewMatrix(3, 5)
	Go{}.MatMulT8(got, a, w)
	Reference{}.MatMulT(want, a, plain)
	for i := range a.Rows {
		var high float64
		for _, v := range a.Row(i) {
			high = max(high, math.Abs(float64(v)))
		}
		for j := range w.Rows {
			var reach float64 // half a step for each weight
			for _, v := range plain.Row(j) {
				reach += math.Abs(float64(v)) * high / 127 / 2
			}
			if d := math.Abs(float64(got.At(i, j) - want.At(i, j))); d > reach*1.001 {
				t.Errorf("cell [%d,%d] differs by %v, rounding reaches %v", i, j, d, reach)
			}
		}
	}
}

func FuzzRoundRow(f *testing.F) {
	f.Add(uint64(1), uint8(5), int16(0))
	f.Add(uint64(2), uint8(1), int16(-44))
	f.Add(uint64(3), uint8(40), int16(38))
	f.Fuzz(func(t *testing.T, seed uint64, n uint8, power int16) {
		r := rand.New(rand.NewPCG(seed, 1))
		a, q := make([]float32, n), make([]int8, n)
		unit := math.Pow(10, float64(power%38))
		var high float64
		for i := range a {
			a[i] = float32((r.Float64()*2 - 1) * unit)
			high = max(high, math.Abs(float64(a[i])))
		}
		scale := RoundRow(q, a)
		if high <= 1e-30 {
			if scale != 0 {
				t.Errorf("scale %v of numbers up to %v", scale, high)
			}
			return
		}
		for i, v := range a {
			if d := math.Abs(float64(q[i])*float64(scale) - float64(v)); d > high/127*0.50001 || q[i] == -128 {
				t.Errorf("%v becomes %d·%v", v, q[i], scale)
			}
		}
	})
}
