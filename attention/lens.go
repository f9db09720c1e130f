package attention

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// LensDepth is what a model would predict if it ended after some of its layers.
type LensDepth struct {
	Layers int  // so many have added to the stream; 0 is the embedding alone
	Stream Name // the tensor that is read
	// Top holds, per position, the likeliest next tokens, the likeliest first,
	// of equals the lower token.
	Top [][]Candidate
	// Following is, per position but the last, the probability of the token that
	// follows in the text.
	Following []float64
}

// Lens applies the final norm and the output matrix to the residual stream after
// each layer, and before the first (the logit lens; nostalgebraist 2020), on b.
// It keeps the k likeliest tokens of each position. The last depth is what the
// model predicts. A failure of b is a *BackendError.
func (t *ModelTrace) Lens(ctx context.Context, b Backend, k int) ([]LensDepth, error) {
	m, n, v := t.model, len(t.Tokens), t.Config.Vocab
	if k < 1 || k > v {
		return nil, fmt.Errorf("logit lens: top %d: not in 1 … %d", k, v)
	}
	m.Place(b, Constant)
	layers := ForLayers(b)
	norm, logits, soft := NewMatrix(n, t.Config.Width), NewMatrix(n, v), NewMatrix(n, v)
	order := make([]int, v)
	var out []LensDepth
	for depth := range t.Config.Layers + 1 {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("logit lens after layer %d: %w", depth, err)
		}
		d := LensDepth{Layers: depth, Stream: Residual(depth)}
		layers.RMSNorm(norm, t.byName[d.Stream].Matrix, m.Norm, t.Config.NormEps)
		layers.MatMulT(logits, norm, m.Output)
		layers.SoftmaxRows(soft, logits)
		if err := layers.Sync(ctx); err != nil {
			return nil, fmt.Errorf("logit lens after layer %d: %w", depth, &BackendError{Backend: b.Name(), Err: err})
		}
		for i := range n {
			d.Top = append(d.Top, likeliest(order, soft.Row(i), k))
			if i+1 < n {
				d.Following = append(d.Following, float64(soft.At(i, t.Tokens[i+1])))
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// likeliest returns the k greatest of a row of probabilities; order is scratch
// of the same length.
func likeliest(order []int, row []float32, k int) []Candidate {
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(row[b], row[a]), a-b) })
	out := make([]Candidate, k)
	for i, token := range order[:k] {
		out[i] = Candidate{Token: token, Probability: float64(row[token])}
	}
	return out
}
