package train

import (
	"context"
	"fmt"
	"math/rand/v2"

	"courselab/attention"
)

// HeldOut returns the mean loss over documents, in nats per predicted token,
// and changes nothing.
func HeldOut(ctx context.Context, m *attention.Model, b attention.Backend, documents []Document, rows int) (float64, error) {
	losses, err := Losses(ctx, m, b, documents, rows, nil)
	if err != nil {
		return 0, err
	}
	return MeanLoss(losses, documents), nil
}

// Losses returns the loss of each document: the sum of −log p over its predicted
// tokens, in nats. About rows tokens are read at a time. It calls pause between
// layers, where it is set, and changes nothing.
func Losses(ctx context.Context, m *attention.Model, b attention.Backend, documents []Document, rows int, pause func(context.Context) error) ([]float64, error) {
	return Task{}.Losses(ctx, m, b, documents, rows, pause)
}

// HeldOut returns the mean loss of the task over documents, in nats per predicted
// token; Losses says the rest.
func (t Task) HeldOut(ctx context.Context, m *attention.Model, b attention.Backend, documents []Document, rows int, pause func(context.Context) error) (float64, error) {
	losses, err := t.Losses(ctx, m, b, documents, rows, pause)
	if err != nil {
		return 0, err
	}
	var sum float64
	count := 0
	for i, l := range losses {
		sum += l
		count += t.Predicted(documents[i].rows())
	}
	return sum / float64(count), nil
}

// Losses is the function Losses for any task. What is hidden of a document depends
// on its place among documents alone, so that two losses are of the same questions.
func (t Task) Losses(ctx context.Context, m *attention.Model, b attention.Backend, documents []Document, rows int, pause func(context.Context) error) ([]float64, error) {
	if len(documents) == 0 {
		return nil, fmt.Errorf("held-out loss: no documents")
	}
	if err := checkDocuments(documents, m.Config); err != nil {
		return nil, fmt.Errorf("held-out loss: %w", err)
	}
	if err := t.fits(m.Config); err != nil {
		return nil, fmt.Errorf("held-out loss: %w", err)
	}
	p := pass{model: m, backend: attention.ForTraining(b), pause: pause}
	out := make([]float64, 0, len(documents))
	for from := 0; from < len(documents); {
		to := fill(documents, from, rows)
		t.load(&p, documents[from:to], func(i int) *rand.Rand { return hiding(heldOutSeed, uint64(from+i)) })
		if err := p.forward(ctx); err != nil {
			return nil, fmt.Errorf("held-out loss on %s: %w", b.Name(), err)
		}
		if err := p.score(ctx, false); err != nil {
			return nil, fmt.Errorf("held-out loss on %s: %w", b.Name(), err)
		}
		if _, err := p.meanLoss(); err != nil {
			return nil, fmt.Errorf("held-out loss on %s: %w", b.Name(), err)
		}
		at := 0
		for _, d := range p.documents {
			n := t.Predicted(d.to - d.from)
			var sum float64
			for _, l := range p.losses[at : at+n] {
				sum += float64(l)
			}
			out, at = append(out, sum), at+n
		}
		from = to
	}
	return out, nil
}

// MeanLoss returns the mean loss in nats per predicted token, given that of each
// document. Its exponential is the perplexity.
func MeanLoss(losses []float64, documents []Document) float64 {
	var sum float64
	count := 0
	for i, l := range losses {
		sum += l
		count += documents[i].rows()
	}
	return sum / float64(count)
}
