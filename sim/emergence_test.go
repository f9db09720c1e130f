package sim

import (
	"errors"
	"math"
	"testing"
)

// The table of lesson m1: eight tokens, three rulers.
func TestEmergenceOfTheLesson(t *testing.T) {
	for p, want := range map[float64][3]float64{
		0.5: {0.0039, 4, 0.693}, 0.6: {0.0168, 3.2, 0.511}, 0.7: {0.0576, 2.4, 0.357}, 0.8: {0.168, 1.6, 0.223},
		0.9: {0.430, 0.8, 0.105}, 0.95: {0.663, 0.4, 0.051}, 0.99: {0.923, 0.08, 0.010},
	} {
		exact, err := ExactMatch(p, 8)
		if err != nil {
			t.Fatal(err)
		}
		// The family at the size whose tokens are right with probability p.
		e := Emergence{Scale: 1e9, Exponent: 0.5, Tokens: 8}
		s, err := e.At(1e9 / math.Pow(-math.Log(p), 2))
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(exact.Value-want[0]) > 6e-4 || math.Abs(s.Exact-exact.Value) > 1e-12 || math.Abs(s.PerToken-p) > 1e-12 ||
			math.Abs(s.Wrong-want[1]) > 1e-9 || math.Abs(s.Loss-want[2]) > 6e-4 {
			t.Errorf("p = %v: %v, %+v; want %v", p, exact.Value, s, want)
		}
	}
	// "Not one of 100 right": 68 %.
	zero, err := ZeroScore(math.Pow(0.5, 8), 100)
	if err != nil || math.Abs(zero.Value-0.676) > 1e-3 {
		t.Errorf("%v, %v", zero.Value, err)
	}
}

// SizeFor inverts At, and longer answers move it.
func TestEmergenceSize(t *testing.T) {
	last := 0.0
	for _, tokens := range []float64{1, 2, 8, 40} {
		e := Emergence{Scale: 3e9, Exponent: 0.7, Tokens: tokens}
		n, err := e.SizeFor(0.5)
		if err != nil {
			t.Fatal(err)
		}
		s, err := e.At(n.Value)
		if err != nil || math.Abs(s.Exact-0.5) > 1e-12 || n.Value <= last {
			t.Errorf("%v tokens: half at %v, where %v are right; %v", tokens, n.Value, s.Exact, err)
		}
		last = n.Value
	}
	var field *FieldError
	if _, err := (Emergence{Scale: 1, Exponent: 1, Tokens: 1.5}).At(10); !errors.As(err, &field) || field.Field != "tokens" {
		t.Errorf("%v", err)
	}
}
