package attention

import (
	"context"
	"errors"
	"math"
	"testing"
)

func TestEntropy(t *testing.T) {
	for _, c := range []struct {
		weights []float32
		want    float64
	}{
		{[]float32{1, 0, 0}, 0},
		{[]float32{0.25, 0.25, 0.25, 0.25}, math.Log(4)},
		{[]float32{0.5, 0.5, 0}, math.Ln2},
		{[]float32{0.75, 0.25}, -0.75*math.Log(0.75) - 0.25*math.Log(0.25)},
		{nil, 0},
	} {
		if got := Entropy(c.weights); math.Abs(got-c.want) > 1e-7 {
			t.Errorf("entropy of %v = %v, want %v", c.weights, got, c.want)
		}
	}
	if got := Bits(math.Log(8)); math.Abs(got-3) > 1e-12 {
		t.Errorf("ln 8 nats = %v bits, want 3", got)
	}
}

func TestMaxEntropy(t *testing.T) {
	if got := MaxEntropy(5, false); math.Abs(got-math.Log(5)) > 1e-12 {
		t.Errorf("unmasked: %v", got)
	}
	if got, want := MaxEntropy(3, true), (math.Log(1)+math.Log(2)+math.Log(3))/3; math.Abs(got-want) > 1e-12 {
		t.Errorf("causal: %v, want %v", got, want)
	}
}

// TestEntropyByDK checks each point against the traces of the same draws, and
// the point of the experiment: without the division the weights collapse as d_k
// grows, with it they do not.
func TestEntropyByDK(t *testing.T) {
	c := EntropyConfig{Tokens: []rune("床前明月光，疑是地上霜"), Seed: 1, Draws: 6, DK: EntropyDK}
	var calls, total int
	points, err := EntropyByDK(context.Background(), Go{}, c, func(done, of int) {
		calls++
		total = of
		if done != calls {
			t.Errorf("progress %d at call %d", done, calls)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls != len(EntropyDK)*c.Draws || total != calls {
		t.Errorf("%d calls of progress, total %d", calls, total)
	}
	for i, p := range points {
		for scale, got := range map[bool]float64{true: p.Scaled, false: p.Unscaled} {
			var want float64
			for draw := range c.Draws {
				trace := run(t, Config{Tokens: c.Tokens, Heads: 1, DK: p.DK, Scale: scale, Seed: c.Seed + uint64(draw)})
				for r := range trace.Heads[0].Weights.Rows {
					want += Entropy(trace.Heads[0].Weights.Row(r))
				}
			}
			if want /= float64(c.Draws * len(c.Tokens)); math.Abs(got-want) > 1e-6 {
				t.Errorf("d_k %d scaled %v: %v, want %v", p.DK, scale, got, want)
			}
		}
		if i > 0 && p.Unscaled >= points[i-1].Unscaled {
			t.Errorf("d_k %d: unscaled entropy %v does not fall from %v", p.DK, p.Unscaled, points[i-1].Unscaled)
		}
		if p.Scaled < p.Unscaled || p.Scaled > MaxEntropy(len(c.Tokens), false) {
			t.Errorf("d_k %d: scaled %v, unscaled %v", p.DK, p.Scaled, p.Unscaled)
		}
	}
	first, last := points[0], points[len(points)-1]
	if math.Abs(last.Scaled-first.Scaled) > 0.25*first.Scaled || last.Unscaled > 0.4*first.Unscaled {
		t.Errorf("from d_k %d to %d: scaled %v to %v, unscaled %v to %v", first.DK, last.DK,
			first.Scaled, last.Scaled, first.Unscaled, last.Unscaled)
	}
}

func TestEntropyByDKCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := EntropyConfig{Tokens: []rune("ab"), Draws: 2, DK: []int{2, 4}}
	calls := 0
	_, err := EntropyByDK(ctx, Go{}, c, func(int, int) { calls++; cancel() })
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("error %v after %d calls, want context.Canceled after one", err, calls)
	}
	for _, bad := range []EntropyConfig{{Tokens: []rune("a"), DK: []int{2}}, {Draws: 1, DK: []int{2}}, {Tokens: []rune("a"), Draws: 1, DK: []int{0}}} {
		if _, err := EntropyByDK(context.Background(), Go{}, bad, nil); err == nil {
			t.Errorf("%+v accepted", bad)
		}
	}
}
