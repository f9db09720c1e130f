package attention

import (
	"context"
	"fmt"
	"math"
)

// Int8Matrix is a matrix (Rows, Cols) of 8-bit integers. Neighbours in a row
// share a scale, Group of them at most: with g = ⌈Cols/Group⌉ groups in a row,
// cell [i,j] stands for Data[i·Cols+j] · Scales[i·g+j/Group].
type Int8Matrix struct {
	Rows, Cols int
	Group      int
	Data       []int8    // (Rows, Cols)
	Scales     []float32 // (Rows, g)
}

// Groups returns how many scales a row has.
func (w Int8Matrix) Groups() int {
	if w.Cols == 0 {
		return 0
	}
	return (w.Cols-1)/w.Group + 1
}

// IntegerBackend is a Backend that multiplies by weights of eight bits without
// turning them into floats. The rules of Backend hold.
type IntegerBackend interface {
	Backend
	// MatMulT8: dst (m, n) = a (m, k) · wᵀ, with w (n, k). Each row of a is
	// rounded to eight bits as RoundRow says; products of integers are summed
	// exactly, and each group's sum is scaled.
	MatMulT8(dst, a Matrix, w Int8Matrix)
}

// integerCols bounds k of MatMulT8, so that sums of products fit into 32 bits.
const integerCols = 1 << 17

// roundLevels is the greatest magnitude of a rounded activation; roundLeast is
// what a row must exceed, so that the inverse of its scale is finite.
const (
	roundLevels = 127
	roundLeast  = 1e-30
)

// RoundRow rounds a row to integers between −127 and 127, ties to even, and
// returns their scale: q[i]·scale ≈ a[i], scale = max |a| / 127. A row of nothing
// above 1e-30 counts as zeros, with scale 0. It is dynamic quantisation,
// symmetric, per row.
func RoundRow(q []int8, a []float32) (scale float32) {
	var high float32
	for _, v := range a {
		high = max(high, float32(math.Abs(float64(v))))
	}
	if !(high > roundLeast) {
		clear(q)
		return 0
	}
	inverse := roundLevels / high
	for i, v := range a {
		q[i] = int8(math.RoundToEven(float64(v * inverse)))
	}
	return high / roundLevels
}

// CheckMatMulT8 panics unless the shapes of MatMulT8 fit.
func CheckMatMulT8(dst, a Matrix, w Int8Matrix) {
	if a.Cols != w.Cols || dst.Rows != a.Rows || dst.Cols != w.Rows || w.Group < 1 || w.Cols > integerCols ||
		len(dst.Data) != dst.Rows*dst.Cols || len(a.Data) != a.Rows*a.Cols || len(w.Data) != w.Rows*w.Cols || len(w.Scales) != w.Rows*w.Groups() {
		panic(fmt.Sprintf("matmul8: (%d, %d) = (%d, %d) · (%d, %d)ᵀ, groups of %d", dst.Rows, dst.Cols, a.Rows, a.Cols, w.Rows, w.Cols, w.Group))
	}
}

// MatMulT8 implements IntegerBackend.
func (Go) MatMulT8(dst, a Matrix, w Int8Matrix) {
	CheckMatMulT8(dst, a, w)
	q, groups := make([]int8, a.Cols), w.Groups()
	for i := range a.Rows {
		unit := RoundRow(q, a.Row(i))
		for j := range w.Rows {
			row := w.Data[j*w.Cols : (j+1)*w.Cols]
			var sum float32
			for g := range groups {
				from, to := g*w.Group, min((g+1)*w.Group, w.Cols)
				part := int32(0)
				x := q[from:to]
				for l, y := range row[from:to] {
					part += int32(x[l]) * int32(y)
				}
				sum += float32(part) * w.Scales[j*groups+g]
			}
			dst.Data[i*dst.Cols+j] = sum * unit
		}
	}
}

// MatMulT8 implements IntegerBackend.
func (Reference) MatMulT8(dst, a Matrix, w Int8Matrix) {
	CheckMatMulT8(dst, a, w)
	q := make([]int8, a.Cols)
	for i := range a.Rows {
		unit := float64(RoundRow(q, a.Row(i)))
		for j := range w.Rows {
			var sum float64
			for l := range w.Cols {
				sum += unit * float64(q[l]) * float64(w.Data[j*w.Cols+l]) * float64(w.Scales[j*w.Groups()+l/w.Group])
			}
			dst.Set(i, j, float32(sum))
		}
	}
}

// SelfTestInteger computes known answers of MatMulT8 on b and returns an error
// at the first that is wrong.
func SelfTestInteger(ctx context.Context, b IntegerBackend) error {
	for i, shape := range selfTestShapes {
		m, n, k := shape[0], shape[1], shape[2]
		for _, group := range []int{k, 32, 5} {
			if err := CompareIntegerToReference(ctx, b, testValues(m, k, 1), testIntegers(n, k, group, uint64(i))); err != nil {
				return fmt.Errorf("self-test %s: %w", b.Name(), err)
			}
		}
	}
	return nil
}

// CompareIntegerToReference computes a·wᵀ on b and returns an error that names
// the first cell that departs from Reference. The values must be finite.
func CompareIntegerToReference(ctx context.Context, b IntegerBackend, a Matrix, w Int8Matrix) error {
	got, want, size := NewMatrix(a.Rows, w.Rows), NewMatrix(a.Rows, w.Rows), NewMatrix(a.Rows, w.Rows)
	for i := range got.Data {
		got.Data[i] = float32(math.NaN())
	}
	b.MatMulT8(got, a, w)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	Reference{}.MatMulT8(want, a, w)
	whole := w
	whole.Data, whole.Scales = make([]int8, len(w.Data)), make([]float32, len(w.Scales))
	for i, v := range w.Data {
		whole.Data[i] = int8(max(-roundLevels, min(v, -v, 0))) // −|v|, which −128 has too
	}
	for i, v := range w.Scales {
		whole.Scales[i] = -float32(math.Abs(float64(v)))
	}
	Reference{}.MatMulT8(size, magnitude(a), whole)
	return near("a·wᵀ of integers", got, want, size, productTolerance)
}

// testIntegers fills a matrix with integers of the whole range, and scales that
// differ, none of which ever change.
func testIntegers(rows, cols, group int, salt uint64) Int8Matrix {
	w := Int8Matrix{Rows: rows, Cols: cols, Group: max(group, 1), Data: make([]int8, rows*cols)}
	for i := range w.Data {
		w.Data[i] = int8(scramble(uint64(i)<<8|salt) >> 56)
	}
	w.Scales = testValues(rows, w.Groups(), salt+1).Data
	return w
}
