package train

import (
	"context"
	"fmt"

	"courselab/attention"
)

// Reader reads whole texts with a model, without gradients: what a model that
// sees both sides is asked with. It is used by one goroutine at a time.
type Reader struct {
	// Pause is as in Trainer.
	Pause func(context.Context) error

	pass     pass
	unmasked bool
}

// Place is a position of one of the texts that are read.
type Place struct{ Text, At int }

// NewReader returns a reader. Where unmasked is set every position sees the
// whole text, else what stands up to it.
func NewReader(m *attention.Model, b attention.Backend, unmasked bool) *Reader {
	return &Reader{pass: pass{model: m, backend: attention.ForTraining(b)}, unmasked: unmasked}
}

// Logits reads texts, each of 1 to Context tokens, and returns the logits at
// places, (len(places), V). The matrix is the reader's own until its next call.
func (r *Reader) Logits(ctx context.Context, texts [][]int, places []Place) (attention.Matrix, error) {
	p := &r.pass
	c := p.model.Config
	p.pause = r.Pause
	p.begin(r.unmasked)
	for i, tokens := range texts {
		if len(tokens) == 0 || len(tokens) > c.Context {
			return attention.Matrix{}, fmt.Errorf("read text %d: %d tokens, not in 1 … %d", i+1, len(tokens), c.Context)
		}
		for _, token := range tokens {
			if token < 0 || token >= c.Vocab {
				return attention.Matrix{}, fmt.Errorf("read text %d: token %d is not in 0 … %d", i+1, token, c.Vocab-1)
			}
		}
		p.lay(tokens)
	}
	for _, place := range places {
		if place.Text < 0 || place.Text >= len(texts) || place.At < 0 || place.At >= len(texts[place.Text]) {
			return attention.Matrix{}, fmt.Errorf("read texts: no position %d in text %d", place.At, place.Text)
		}
		p.scored = append(p.scored, p.documents[place.Text].from+place.At)
	}
	p.ready()
	if err := p.forward(ctx); err != nil {
		return attention.Matrix{}, fmt.Errorf("read texts on %s: %w", p.backend.Name(), err)
	}
	d := span{to: len(p.scored)}
	shape(&p.logits, d.to, c.Vocab)
	if d.to > 0 {
		p.backend.MatMulT(p.logits, p.normed(d), p.model.Output)
	}
	if err := p.backend.Sync(ctx); err != nil {
		return attention.Matrix{}, fmt.Errorf("read texts on %s: %w", p.backend.Name(), err)
	}
	return p.logits, nil
}

// Weights returns the attention weights of a layer in a text of the last call,
// (n·H, n): row i·H+a is what position i looks at in head a.
func (r *Reader) Weights(layer, text int) attention.Matrix {
	return r.pass.documents[text].matrix(r.pass.layers[layer].weights, r.pass.model.Config.Heads)
}
