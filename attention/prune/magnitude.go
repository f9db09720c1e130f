package prune

import (
	"fmt"
	"math"

	"courselab/attention"
)

// Scope is what weights are compared with when the smallest are cut.
type Scope int

// The scopes.
const (
	// Global compares all matrices of all layers: some lose more than others.
	Global Scope = iota
	// PerMatrix cuts the same share of each matrix.
	PerMatrix
	// TwoOfFour keeps the two largest of each four neighbours in a row, which
	// NVIDIA's sparse tensor cores can skip (Mishra et al. 2021, "Accelerating
	// Sparse Deep Neural Networks"). Sparsity is a half, whatever is asked.
	TwoOfFour
)

// Magnitude cuts the weights of the smallest absolute value (Han et al. 2015,
// "Learning both Weights and Connections for Efficient Neural Networks", without
// their retraining): round(sparsity·n) of each n that scope compares, of equals
// the earlier first; under TwoOfFour the later. Only matrices of the layers are cut; see Prunable.
func Magnitude(m *attention.Model, scope Scope, sparsity float64) (*Mask, error) {
	if !(sparsity >= 0 && sparsity <= 1) {
		return nil, fmt.Errorf("prune by magnitude: sparsity %v: not in 0 … 1", sparsity)
	}
	k, parameters := newMask(m), m.Parameters()
	indices := prunable(parameters)
	var values [][]float32
	for _, i := range indices {
		k.kept[i] = all(len(parameters[i].Values))
		values = append(values, parameters[i].Values)
	}
	switch scope {
	case Global:
		kept := make([][]bool, len(indices))
		for n, i := range indices {
			kept[n] = k.kept[i]
		}
		cutSmallest(values, kept, sparsity)
	case PerMatrix:
		for n, i := range indices {
			cutSmallest(values[n:n+1], k.kept[i:i+1], sparsity)
		}
	case TwoOfFour:
		for _, i := range indices {
			cutTwoOfFour(parameters[i].Values, k.kept[i], parameters[i].Shape[1])
		}
	default:
		return nil, fmt.Errorf("prune by magnitude: scope %d: unknown", scope)
	}
	return k, nil
}

// magnitude is a number that grows with |v|: its bits without the sign.
func magnitude(v float32) uint32 { return math.Float32bits(v) &^ (1 << 31) }

// cutSmallest cuts round(sparsity·n) of the n values. It finds the greatest
// magnitude that is cut by counting, upper half of the bits first, in two passes.
func cutSmallest(values [][]float32, kept [][]bool, sparsity float64) {
	n := 0
	for _, v := range values {
		n += len(v)
	}
	cut := int(math.Round(sparsity * float64(n)))
	if cut == 0 {
		return
	}
	upper, below := countTo(values, cut, 0, func(bits uint32) (uint32, bool) { return bits >> 16, true })
	lower, less := countTo(values, cut, below, func(bits uint32) (uint32, bool) { return bits & 0xffff, bits>>16 == upper })
	threshold, ties := upper<<16|lower, cut-less
	for i, v := range values {
		for j, x := range v {
			switch bits := magnitude(x); {
			case bits < threshold:
				kept[i][j] = false
			case bits == threshold && ties > 0:
				kept[i][j] = false
				ties--
			}
		}
	}
}

// countTo counts the values by the key that of gives their magnitude, and returns
// the key at which the count, begun at before, reaches cut, and the count below it.
func countTo(values [][]float32, cut, before int, of func(bits uint32) (key uint32, ok bool)) (at uint32, below int) {
	counts := make([]int, 1<<16)
	for _, v := range values {
		for _, x := range v {
			if key, ok := of(magnitude(x)); ok {
				counts[key]++
			}
		}
	}
	below = before
	for at, n := range counts {
		if below+n >= cut {
			return uint32(at), below
		}
		below += n
	}
	return 1<<16 - 1, below
}

// cutTwoOfFour leaves the two largest of each four in a row, of equals the
// earlier; of a rest of two or fewer both stay.
func cutTwoOfFour(values []float32, kept []bool, cols int) {
	for from := 0; from < len(values); from += cols {
		for at := from; at < from+cols; at += 4 {
			four := values[at:min(at+4, from+cols)]
			for j, v := range four {
				larger := 0
				for l, w := range four {
					if magnitude(w) > magnitude(v) || magnitude(w) == magnitude(v) && l < j {
						larger++
					}
				}
				kept[at+j] = larger < 2
			}
		}
	}
}
