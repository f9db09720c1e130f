package attention

import (
	"context"
	"fmt"
	"math"
)

// Entropy returns −Σ w·ln w of a row of weights in nats: 0 where all weight
// lies on one key, ln n where n keys share it evenly. Zero weights add nothing.
func Entropy(weights []float32) float64 {
	var h float64
	for _, w := range weights {
		if w > 0 {
			h -= float64(w) * math.Log(float64(w))
		}
	}
	return max(h, 0)
}

// Bits turns nats into bits.
func Bits(nats float64) float64 { return nats / math.Ln2 }

// EntropyConfig states the experiment "entropy of the weights against d_k":
// the weights of Tokens for each d_k, with and without the division by √d_k.
type EntropyConfig struct {
	Tokens []rune // at least one
	Causal bool   // mask the keys after the query
	Seed   uint64 // of the first draw; the others take the seeds that follow
	Draws  int    // how many independent pairs W_Q, W_K, and embeddings with them
	DK     []int  // the values of d_k, each at least one
}

// EntropyDK are the values of d_k that the lab draws.
var EntropyDK = []int{2, 4, 8, 16, 32, 64, 128, 256}

// EntropyPoint is the outcome for one d_k, over all rows and draws. Entropies
// are in nats.
type EntropyPoint struct {
	DK               int
	Scaled, Unscaled float64 // mean entropy of a row, with and without 1/√d_k
	// ScaledSD and UnscaledSD are the standard deviations, between draws, of the
	// mean over rows.
	ScaledSD, UnscaledSD float64
	// ScoreVariance is the mean square of q·k: about d_k.
	ScoreVariance float64
}

// MaxEntropy returns the mean, over the rows, of the greatest entropy possible:
// ln of the number of keys that the row's query sees. n is the number of tokens.
func MaxEntropy(n int, causal bool) float64 {
	if !causal {
		return math.Log(float64(n))
	}
	var sum float64
	for seen := 1; seen <= n; seen++ {
		sum += math.Log(float64(seen))
	}
	return sum / float64(n)
}

// EntropyByDK carries the experiment out on b and returns a point for each of
// c.DK. After each draw of each d_k it calls progress, if not nil, with how many
// of how many are done; progress may wait, to let other work in. It stops with
// ctx's error when ctx is cancelled.
func EntropyByDK(ctx context.Context, b Backend, c EntropyConfig, progress func(done, total int)) ([]EntropyPoint, error) {
	if c.Draws < 1 {
		return nil, fmt.Errorf("measure entropy: draws %d: fewer than one", c.Draws)
	}
	points := make([]EntropyPoint, 0, len(c.DK))
	for _, dk := range c.DK {
		// The learner's edits stay out: they belong to one d_k, and this is
		// about what happens on average.
		point := EntropyPoint{DK: dk}
		var on, off spread
		for draw := range c.Draws {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("measure entropy at d_k %d: %w", dk, err)
			}
			config := Config{Tokens: c.Tokens, Heads: 1, DK: dk, Causal: c.Causal, Seed: c.Seed + uint64(draw)}
			if err := config.Check(); err != nil {
				return nil, fmt.Errorf("measure entropy at d_k %d: %w", dk, err)
			}
			scores, err := score(ctx, b, config)
			if err != nil {
				return nil, fmt.Errorf("measure entropy at d_k %d: %w", dk, err)
			}
			var square float64
			for _, s := range scores.Data {
				square += float64(s) * float64(s)
			}
			point.ScoreVariance += square / float64(len(scores.Data)) / float64(c.Draws)
			for _, scale := range []bool{true, false} {
				weights := NewMatrix(scores.Rows, scores.Cols)
				b.SoftmaxRows(weights, masked(scaled(scores, scale, dk), c.Causal))
				if err := b.Sync(ctx); err != nil {
					return nil, fmt.Errorf("measure entropy at d_k %d: %w", dk, err)
				}
				if mean := meanEntropy(weights); scale {
					on.add(mean)
				} else {
					off.add(mean)
				}
			}
			if progress != nil {
				progress(len(points)*c.Draws+draw+1, len(c.DK)*c.Draws)
			}
		}
		point.Scaled, point.ScaledSD = on.result()
		point.Unscaled, point.UnscaledSD = off.result()
		points = append(points, point)
	}
	return points, nil
}

// score returns QKᵀ (n, n) of head 0 of c, unedited.
func score(ctx context.Context, b Backend, c Config) (Matrix, error) {
	n := len(c.Tokens)
	x := Embed(c.Tokens, c.Seed)
	q, k, s := NewMatrix(n, c.DK), NewMatrix(n, c.DK), NewMatrix(n, n)
	b.MatMul(q, x, Project(c.Seed, Q, 0, c.DK))
	b.MatMul(k, x, Project(c.Seed, K, 0, c.DK))
	b.MatMulT(s, q, k)
	return s, b.Sync(ctx)
}

// meanEntropy returns the mean of the entropies of all rows.
func meanEntropy(weights Matrix) float64 {
	var sum float64
	for i := range weights.Rows {
		sum += Entropy(weights.Row(i))
	}
	return sum / float64(weights.Rows)
}

// spread gathers a mean and a standard deviation (Welford's method, which does
// not take the difference of two large sums).
type spread struct {
	n          int
	mean, rest float64
}

func (s *spread) add(v float64) {
	s.n++
	step := v - s.mean
	s.mean += step / float64(s.n)
	s.rest += step * (v - s.mean)
}

func (s *spread) result() (mean, sd float64) {
	if s.n < 2 {
		return s.mean, 0
	}
	return s.mean, math.Sqrt(s.rest / float64(s.n-1))
}
