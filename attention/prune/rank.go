package prune

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Unit is a head or a column.
type Unit struct {
	Layer, Index int
	Importance   float64
}

// Rank lists the units of all layers, the least important first, of equals the
// earlier.
func Rank(importances [][]float64) []Unit {
	var out []Unit
	for layer, values := range importances {
		for i, v := range values {
			out = append(out, Unit{layer, i, v})
		}
	}
	slices.SortStableFunc(out, func(a, b Unit) int { return cmp.Compare(a.Importance, b.Importance) })
	return out
}

// CutHeads takes the first n of ranked out.
func (s Structure) CutHeads(ranked []Unit, n int) error {
	if n < 0 || n > len(ranked) {
		return fmt.Errorf("cut heads: %d: not in 0 … %d", n, len(ranked))
	}
	for _, u := range ranked[:n] {
		s.Heads[u.Layer][u.Index] = false
	}
	return nil
}

// CutColumns takes the least important round(share·f) columns out of each layer,
// the same number in each, so that the layers keep one shape.
func (s Structure) CutColumns(importances [][]float64, share float64) error {
	if !(share >= 0 && share <= 1) {
		return fmt.Errorf("cut columns: share %v: not in 0 … 1", share)
	}
	for layer, values := range importances {
		n := int(math.Round(share * float64(len(values))))
		for _, u := range Rank([][]float64{values})[:n] {
			s.Columns[layer][u.Index] = false
		}
	}
	return nil
}
