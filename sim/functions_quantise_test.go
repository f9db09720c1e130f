package sim

import (
	"math"
	"testing"
)

func TestGroupedBytesByHand(t *testing.T) {
	for _, c := range []struct{ params, bits, group, scale, want float64 }{
		{7e9, 4, 32, 16, 3.9375e9}, // 4.5 bits a weight, as llama.cpp's q4_0
		{8e9, 8, 128, 16, 8.125e9},
		{1e6, 4, 64, 0, 5e5},
	} {
		q, err := Functions()["grouped-bytes"].Eval(map[string]float64{"params": c.params, "bits": c.bits, "group": c.group, "scale_bits": c.scale})
		if err != nil || math.Abs(q.Value-c.want) > 1e-6*c.want {
			t.Errorf("%+v: %v, %v", c, q.Value, err)
		}
	}
}
