package labs

import (
	"math"
	"testing"

	"courselab/app/engine"
)

func testPalette() *palette {
	p := &palette{}
	for i := range stops {
		p.sequential[i] = [3]byte{0, 0, byte(i * 30)}
		p.diverging[i] = [3]byte{byte(i * 30), 0, 0}
	}
	return p
}

func TestSpan(t *testing.T) {
	all := []engine.Matrix{
		{Name: "q", Head: 0, Min: -1, Max: 3}, {Name: "q", Head: 1, Min: -4, Max: 2},
		{Name: "weights", Sequential: true, Min: 0.1, Max: 0.5},
		{Name: "zero"},
	}
	for name, want := range map[string]span{
		"q": {-4, 4, false}, "weights": {0, 0.5, true}, "zero": {-1, 1, false}, "absent": {-1, 1, false},
	} {
		if got := spanOf(all, name); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestPixels(t *testing.T) {
	inf := float32(math.Inf(-1))
	p := testPalette()
	got, hatched := rgba(engine.Tensor{Rows: 1, Cols: 4, Data: []float32{-2, 0, 2, inf}}, span{low: -2, high: 2}, p)
	if !hatched {
		t.Error("−∞ not hatched")
	}
	for i, want := range [][4]byte{{0, 0, 0, 255}, {120, 0, 0, 255}, {240, 0, 0, 255}, {0, 0, 0, 0}} {
		if [4]byte(got[4*i:4*i+4]) != want {
			t.Errorf("cell %d: %v, want %v", i, got[4*i:4*i+4], want)
		}
	}
	got, hatched = rgba(engine.Tensor{Rows: 1, Cols: 2, Data: []float32{0, 0.5}}, span{high: 0.5, sequential: true}, p)
	if hatched || got[2] != 0 || got[6] != 240 {
		t.Errorf("sequential: %v, hatched %v", got, hatched)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", -0.00000001: "−1e−08", 0.5: "0.500", -1.25: "−1.250", 12.345: "12.35", 1234.4: "1234",
		0.0123: "0.0123", math.Inf(-1): "−∞", 1: "1.000",
	} {
		if got := number(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
