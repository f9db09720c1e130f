package attention

import (
	"math"
	"testing"
)

func TestExp32(t *testing.T) {
	for x := -87.25; x < 88.7; x += 1.0 / 1024 {
		v := float32(x)
		got, want := float64(Exp32(v)), math.Exp(float64(v))
		if math.Abs(got-want) > 3e-7*want {
			t.Fatalf("e^%v is %v, want %v", v, got, want)
		}
	}
	inf := float32(math.Inf(1))
	for x, want := range map[float32]float32{0: 1, -inf: 0, inf: inf, -100: 0, 100: inf, 88.72: float32(math.Inf(1))} {
		if got := Exp32(x); got != want {
			t.Errorf("e^%v is %v, want %v", x, got, want)
		}
	}
	if got := Exp32(float32(math.NaN())); got == got {
		t.Errorf("e^NaN is %v", got)
	}
}

func BenchmarkExp32(b *testing.B) {
	var sum float32
	for i := 0; b.Loop(); i++ {
		sum += Exp32(float32(i&63) - 60)
	}
	_ = sum
}
