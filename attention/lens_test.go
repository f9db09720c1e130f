package attention

import (
	"fmt"
	"math"
	"testing"
)

// TestLensAgainstNaive compares every depth with a model that ends there.
func TestLensAgainstNaive(t *testing.T) {
	for i, c := range configs()[:4] {
		m := lively(t, c, uint64(i))
		tokens := someTokens(c, 4, uint64(i))
		trace := traceOf(t, Go{}, m, tokens, plain)
		depths, err := trace.Lens(t.Context(), newDistant(t), c.Vocab)
		if err != nil {
			t.Fatal(err)
		}
		if len(depths) != c.Layers+1 {
			t.Fatalf("%d depths of %d layers", len(depths), c.Layers)
		}
		n := newNaive(m)
		for layers, depth := range depths {
			if depth.Layers != layers || depth.Stream != Residual(layers) || len(depth.Top) != len(tokens) || len(depth.Following) != len(tokens)-1 {
				t.Fatalf("depth %d: %+v", layers, depth)
			}
			n.c.Layers = layers
			for at := range tokens {
				want := softmaxOf(n.logits(tokens[:at+1]), 1)
				last := math.Inf(1)
				for _, g := range depth.Top[at] {
					if math.Abs(g.Probability-want[g.Token]) > 1e-5 || g.Probability > last {
						t.Fatalf("%+v after %d layers at %d: %+v, want %v", c, layers, at, g, want[g.Token])
					}
					last = g.Probability
				}
				if at+1 < len(tokens) && math.Abs(depth.Following[at]-want[tokens[at+1]]) > 1e-5 {
					t.Errorf("after %d layers at %d: %v for what follows, want %v", layers, at, depth.Following[at], want[tokens[at+1]])
				}
			}
		}
		short, err := trace.Lens(t.Context(), Go{}, 2)
		if err != nil || len(short[0].Top[0]) != 2 || short[0].Top[0][0] != depths[0].Top[0][0] {
			t.Errorf("top 2: %+v, %v", short[0].Top[0], err)
		}
	}
}

func TestLensRefuses(t *testing.T) {
	trace := traceOf(t, Go{}, lively(t, configs()[0], 1), []int{1}, plain)
	for _, k := range []int{0, 12} {
		_, err := trace.Lens(t.Context(), Go{}, k)
		says(t, "top", err, fmt.Sprintf("top %d", k), "1 … 11")
	}
	_, err := trace.Lens(t.Context(), &failing{err: fmt.Errorf("device lost")}, 1)
	says(t, "lost backend", err, "device lost")
}
