package kernel

import (
	"math/rand/v2"
	"testing"

	"courselab/attention"
)

func random(seed uint64, rows, cols int) attention.Matrix {
	r := rand.New(rand.NewPCG(seed, 1))
	m := attention.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(r.Float64()*8 - 4)
	}
	return m
}

// integers returns weights of the whole range with scales of both signs.
func integers(seed uint64, rows, cols, group int) attention.Int8Matrix {
	r := rand.New(rand.NewPCG(seed, 2))
	w := attention.Int8Matrix{Rows: rows, Cols: cols, Group: group, Data: make([]int8, rows*cols)}
	for i := range w.Data {
		w.Data[i] = int8(r.IntN(256) - 128)
	}
	w.Scales = random(seed+1, rows, w.Groups()).Data
	return w
}

// testIntegers goes through every tail of the products with 8-bit weights: of
// rows, of columns, of groups.
func testIntegers(t *testing.T, k attention.IntegerBackend, step int) {
	t.Helper()
	for _, m := range []int{0, 1, 2, 5} {
		for n := 0; n <= 9; n += step {
			for _, inner := range []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 33, 259} {
				for _, group := range []int{1, 7, 16, 32, 300} {
					if err := attention.CompareIntegerToReference(t.Context(), k, random(1, m, inner), integers(2, n, inner, group)); err != nil {
						t.Errorf("m %d, n %d, k %d, groups of %d: %v", m, n, inner, group, err)
					}
				}
			}
		}
	}
	// A row of zeros, of the smallest numbers, of large ones, of what counts as zeros.
	a := attention.Matrix{Rows: 4, Cols: 17, Data: make([]float32, 68)}
	a.Data[17], a.Data[18], a.Data[34], a.Data[50], a.Data[51] = 2e-30, -3e-30, 1e30, -1e30, 1e-40
	if err := attention.CompareIntegerToReference(t.Context(), k, a, integers(3, 5, 17, 8)); err != nil {
		t.Error(err)
	}
}

// testConformance goes through small sizes, so through every tail, and compares
// each operation with the reference. step leaves sizes out: of several
// remainders of four none is left out.
func testConformance(t *testing.T, k attention.TrainingBackend, step int) {
	t.Helper()
	testIntegers(t, k.(attention.IntegerBackend), step)
	for _, m := range []int{0, 1, 2, 3, 5, 7, 8, 9, 11} {
		for n := 0; n <= 21; n += step {
			for _, inner := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 17, 259} {
				err := attention.CompareToReference(t.Context(), k, random(1, m, inner), random(2, inner, n), random(3, n, inner))
				if err != nil {
					t.Errorf("m %d, n %d, k %d: %v", m, n, inner, err)
				}
			}
		}
	}
	for rows := 1; rows <= 3; rows++ {
		for _, past := range []int{0, 1, 2, 3, 5, 8} {
			for _, heads := range [][2]int{{1, 1}, {2, 1}, {4, 2}, {3, 3}} {
				for h := 2; h <= 38; h += 2 * step {
					s := attention.LayerShape{Rows: rows, Past: past, Heads: heads[0], KVHeads: heads[1], HeadDim: h, Width: 1 + (past*7+h)%21}
					if err := attention.CompareLayersToReference(t.Context(), k, s, uint64(h)); err != nil {
						t.Error(err)
					}
					if err := attention.CompareTrainingToReference(t.Context(), k, s, uint64(h)); err != nil {
						t.Error(err)
					}
				}
			}
		}
	}
}
