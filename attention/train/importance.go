package train

import (
	"context"
	"fmt"
	"math"

	"courselab/attention"
)

// Importance says how much the loss would move if a part's output were scaled a
// little: a gate ξ = 1 multiplies what the part gives, and its importance is the
// mean over documents of |∂L/∂ξ|, with L a document's mean loss in nats per
// token.
//
// For attention heads this is the head importance score of Michel, Levy and
// Neubig 2019 ("Are Sixteen Heads Really Better than One?"); for the columns of a
// feed-forward the same derivative is the first-order Taylor criterion of Molchanov
// et al. 2017 ("Pruning Convolutional Neural Networks for Resource Efficient
// Inference"). Both papers divide by the ℓ2 norm of a layer's scores before they
// compare layers, which Scaled does.
type Importance struct {
	Heads   [][]float64 // by layer, by head of queries
	Columns [][]float64 // by layer, by column of the middle
}

// Scaled divides each layer's importances by their ℓ2 norm; a layer of zeros stays.
func Scaled(importances [][]float64) [][]float64 {
	out := make([][]float64, len(importances))
	for i, layer := range importances {
		var squares float64
		for _, v := range layer {
			squares += v * v
		}
		out[i] = make([]float64, len(layer))
		if norm := math.Sqrt(squares); norm > 0 {
			for j, v := range layer {
				out[i][j] = v / norm
			}
		}
	}
	return out
}

// gates gathers the derivatives of a pass by the gates of its parts.
type gates struct {
	sums Importance
}

// Importances computes the importance of every head and column over documents. It
// changes nothing. pause may be nil; progress, which may be nil too, is told how
// many documents are done.
func Importances(ctx context.Context, m *attention.Model, b attention.Backend, documents []Document, rows int, pause func(context.Context) error, progress func(done int)) (Importance, error) {
	if len(documents) == 0 {
		return Importance{}, fmt.Errorf("importances: no documents")
	}
	if err := checkDocuments(documents, m.Config); err != nil {
		return Importance{}, fmt.Errorf("importances: %w", err)
	}
	c := m.Config
	g := &gates{}
	for range c.Layers {
		g.sums.Heads = append(g.sums.Heads, make([]float64, c.Heads))
		g.sums.Columns = append(g.sums.Columns, make([]float64, c.FFN))
	}
	// The gradients of the weights come along and are thrown away.
	p := pass{model: m, gradient: m.Zeros(), backend: attention.ForTraining(b), pause: pause, gates: g}
	for from := 0; from < len(documents); {
		to := fill(documents, from, rows)
		p.load(documents[from:to])
		if err := p.forward(ctx); err != nil {
			return Importance{}, fmt.Errorf("importances on %s: %w", b.Name(), err)
		}
		if err := p.score(ctx, true); err != nil {
			return Importance{}, fmt.Errorf("importances on %s: %w", b.Name(), err)
		}
		if err := p.backward(ctx); err != nil {
			return Importance{}, fmt.Errorf("importances on %s: %w", b.Name(), err)
		}
		if _, err := p.meanLoss(); err != nil {
			return Importance{}, fmt.Errorf("importances on %s: %w", b.Name(), err)
		}
		if from = to; progress != nil {
			progress(from)
		}
	}
	n := float64(len(documents))
	for _, part := range [][][]float64{g.sums.Heads, g.sums.Columns} {
		for _, layer := range part {
			for j := range layer {
				layer[j] /= n
			}
		}
	}
	return g.sums, nil
}

// fill returns the end of the documents from from on that are read together: rows
// of them at most, one at least.
func fill(documents []Document, from, rows int) (to int) {
	to, n := from, 0
	for to < len(documents) && (to == from || n+documents[to].rows() <= rows) {
		n += documents[to].rows()
		to++
	}
	return to
}

// heads adds those of a layer's heads: Σ mixed·∂L/∂mixed over a head's width.
func (g *gates) heads(ctx context.Context, p *pass, layer int) error {
	if g == nil {
		return nil
	}
	return g.add(ctx, p, g.sums.Heads[layer], p.layers[layer].mixed, p.dmixed)
}

// columns adds those of a layer's feed-forward; dup holds the gradient by the
// product.
func (g *gates) columns(ctx context.Context, p *pass, layer int) error {
	if g == nil {
		return nil
	}
	return g.add(ctx, p, g.sums.Columns[layer], p.layers[layer].product, p.dup)
}

// add adds |Σ x·dx| of each document to the sums; a gate scales as many columns
// as x has for each sum. The batch's gradient is that of the mean over all its
// rows, a document's loss that over its own.
func (g *gates) add(ctx context.Context, p *pass, sums []float64, x, dx attention.Matrix) error {
	if err := p.backend.Sync(ctx); err != nil {
		return err
	}
	width := x.Cols / len(sums)
	derivatives := make([]float64, len(sums))
	for _, d := range p.documents {
		clear(derivatives)
		for i := d.from; i < d.to; i++ {
			value, slope := x.Row(i), dx.Row(i)
			for j := range value {
				derivatives[j/width] += float64(value[j]) * float64(slope[j])
			}
		}
		scale := float64(len(p.inputs)) / float64(d.to-d.from)
		for j, v := range derivatives {
			sums[j] += math.Abs(v) * scale
		}
	}
	return nil
}
