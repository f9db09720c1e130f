package caching

import (
	"math"
	"sort"
)

// Cumulative returns the cumulative probabilities of n items of which the r-th
// is asked for in proportion to r^−skew (Zipf's law): element i is that of the
// items 0 … i, and the last is 1.
func Cumulative(n int, skew float64) []float64 {
	sums := make([]float64, n)
	total := 0.0
	for i := range sums {
		total += math.Pow(float64(i+1), -skew)
		sums[i] = total
	}
	for i := range sums {
		sums[i] /= total
	}
	if n > 0 {
		sums[n-1] = 1
	}
	return sums
}

// Draw returns the item that a value u in (0, 1] falls on.
func Draw(cumulative []float64, u float64) int {
	return min(sort.SearchFloat64s(cumulative, u), len(cumulative)-1)
}
