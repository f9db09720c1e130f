package sim

import (
	"math"
	"testing"
)

func TestShrinkFunctionsByHand(t *testing.T) {
	for _, c := range []struct {
		name string
		in   map[string]float64
		want float64
	}{
		// 8 billion weights, half of them zero: 1 GB of bitmap and 8 GB of values.
		{"bitmap-bytes", map[string]float64{"params": 8e9, "bits": 16, "sparsity": 0.5}, 9e9},
		{"bitmap-bytes", map[string]float64{"params": 800, "bits": 16, "sparsity": 0}, 1700},
		{"bitmap-bytes", map[string]float64{"params": 800, "bits": 8, "sparsity": 1}, 100},
		// exp 3, 1, 0: 20.086, 2.718, 1; over 2: 4.482, 1.649, 1.
		{"soft-target", map[string]float64{"s1": 3, "s2": 1, "s3": 0, "temperature": 1, "key": 2}, 2.71828 / 23.8038},
		{"soft-target", map[string]float64{"s1": 3, "s2": 1, "s3": 0, "temperature": 2, "key": 2}, 1.64872 / 7.13041},
		{"soft-target", map[string]float64{"s1": 3, "s2": 1, "s3": 0, "temperature": 1000, "key": 3}, 0.33289},
	} {
		q, err := Functions()[c.name].Eval(c.in)
		if err != nil || math.Abs(q.Value-c.want) > 1e-5*math.Max(1, c.want) {
			t.Errorf("%s %v: %v, %v; want %v", c.name, c.in, q.Value, err, c.want)
		}
	}
}
