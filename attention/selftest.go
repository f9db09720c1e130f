package attention

import (
	"context"
	"fmt"
	"math"
)

// Tolerance of a product summed in float32 against one summed in float64:
// relative to the sum of the terms' magnitudes, for sums of up to 4096 terms.
const productTolerance = 2e-5

// weightTolerance is the greatest difference allowed between two softmax
// weights, relative to the weight.
const weightTolerance = 2e-5

// selfTestShapes are m, n, k with every remainder of the blocks of 2, 3, 4 and
// 8 in which kernels work, and the one row of a token-by-token pass.
var selfTestShapes = [][3]int{
	{1, 1, 1}, {1, 7, 13}, {2, 3, 4}, {3, 5, 7}, {4, 8, 16}, {5, 6, 3}, {7, 13, 9}, {1, 64, 33}, {16, 16, 64}, {13, 9, 300}, {8, 16, 12}, {11, 19, 6},
}

// SelfTest computes known answers on b and returns an error at the first that
// is wrong. A backend that can be missing or faulty on a machine is used only
// after it.
func SelfTest(ctx context.Context, b Backend) error {
	for _, shape := range selfTestShapes {
		m, n, k := shape[0], shape[1], shape[2]
		if err := CompareToReference(ctx, b, testValues(m, k, 1), testValues(k, n, 2), testValues(n, k, 3)); err != nil {
			return fmt.Errorf("self-test %s: %w", b.Name(), err)
		}
	}
	return nil
}

// selfTestLayers are shapes of a text's beginning, of a later token and of
// several at once; heads alone, shared and of odd number.
var selfTestLayers = []LayerShape{
	{Rows: 3, Past: 0, Heads: 1, KVHeads: 1, HeadDim: 2, Width: 5},
	{Rows: 1, Past: 70, Heads: 4, KVHeads: 2, HeadDim: 32, Width: 128},
	{Rows: 5, Past: 3, Heads: 3, KVHeads: 1, HeadDim: 6, Width: 67},
	{Rows: 3, Past: 2, Heads: 2, KVHeads: 2, HeadDim: 18, Width: 10},
}

// SelfTestLayers is SelfTest, and the same for the operations of layers.
func SelfTestLayers(ctx context.Context, b LayerBackend) error {
	if err := SelfTest(ctx, b); err != nil {
		return err
	}
	for i, shape := range selfTestLayers {
		if err := CompareLayersToReference(ctx, b, shape, uint64(i)); err != nil {
			return fmt.Errorf("self-test: %w", err)
		}
	}
	return nil
}

// SelfTestTraining is SelfTestLayers, and the same for the operations of
// training.
func SelfTestTraining(ctx context.Context, b TrainingBackend) error {
	if err := SelfTestLayers(ctx, b); err != nil {
		return err
	}
	for i, shape := range selfTestLayers {
		if err := CompareTrainingToReference(ctx, b, shape, uint64(i)); err != nil {
			return fmt.Errorf("self-test: %w", err)
		}
	}
	return nil
}

// CompareToReference computes a·bn, a·btᵀ and softmax(a) on b and returns an
// error that names the first cell that departs from Reference. The values must
// be finite. a is (m, k), bn (k, n), bt (n, k).
func CompareToReference(ctx context.Context, b Backend, a, bn, bt Matrix) error {
	var ref Reference
	nn, nt, soft := NewMatrix(a.Rows, bn.Cols), NewMatrix(a.Rows, bt.Rows), NewMatrix(a.Rows, a.Cols)
	// A kernel that leaves a cell out must not pass by a zero found there.
	for _, m := range []Matrix{nn, nt, soft} {
		for i := range m.Data {
			m.Data[i] = float32(math.NaN())
		}
	}
	b.MatMul(nn, a, bn)
	b.MatMulT(nt, a, bt)
	b.SoftmaxRows(soft, a)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	wantNN, wantNT, wantSoft := NewMatrix(nn.Rows, nn.Cols), NewMatrix(nt.Rows, nt.Cols), NewMatrix(soft.Rows, soft.Cols)
	ref.MatMul(wantNN, a, bn)
	ref.MatMulT(wantNT, a, bt)
	ref.SoftmaxRows(wantSoft, a)
	sizeNN, sizeNT := NewMatrix(nn.Rows, nn.Cols), NewMatrix(nt.Rows, nt.Cols)
	ref.MatMul(sizeNN, magnitude(a), magnitude(bn))
	ref.MatMulT(sizeNT, magnitude(a), magnitude(bt))
	if err := near("a·b", nn, wantNN, sizeNN, productTolerance); err != nil {
		return err
	}
	if err := near("a·bᵀ", nt, wantNT, sizeNT, productTolerance); err != nil {
		return err
	}
	return near("softmax", soft, wantSoft, wantSoft, weightTolerance)
}

// near returns an error unless got is within tolerance·size of want, cell by
// cell. The smallest normal number is let pass for rounding near zero.
func near(what string, got, want, size Matrix, tolerance float64) error {
	const tiny = 1.2e-38
	for i := range want.Data {
		g, w := float64(got.Data[i]), float64(want.Data[i])
		if !(math.Abs(g-w) <= tolerance*float64(size.Data[i])+tiny) {
			return fmt.Errorf("%s (%d, %d): cell [%d,%d] is %v, want %v", what, want.Rows, want.Cols, i/want.Cols, i%want.Cols, g, w)
		}
	}
	return nil
}

// magnitude returns the absolute values of m.
func magnitude(m Matrix) Matrix {
	out := NewMatrix(m.Rows, m.Cols)
	for i, v := range m.Data {
		out.Data[i] = float32(math.Abs(float64(v)))
	}
	return out
}

// testValues fills a matrix with values of both signs between −4 and 4 that
// never change.
func testValues(rows, cols int, salt uint64) Matrix {
	m := NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(int64(scramble(uint64(i)<<8|salt)>>40)-1<<23) / (1 << 21)
	}
	return m
}
