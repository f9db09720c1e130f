package serve

import (
	"context"

	"courselab/attention"
)

// reader reads texts with a model and keeps the decoder between requests: of a
// text that begins as the one before only the rest is read.
type reader struct {
	decoder *attention.Decoder
	model   *attention.Model
	backend string // name of what the decoder computes with
}

// on returns the decoder for a model on a backend, a new one if need be.
func (r *reader) on(m *attention.Model, b attention.Backend) (*attention.Decoder, error) {
	if r.decoder == nil || r.model != m || r.backend != b.Name() {
		decoder, err := attention.NewDecoder(m, b, m.Config.Context)
		if err != nil {
			return nil, err
		}
		r.decoder, r.model, r.backend = decoder, m, b.Name()
	}
	return r.decoder, nil
}

// next returns the logits (V) of what follows tokens, until the next call. read
// is how many tokens went through the layers.
func (r *reader) next(ctx context.Context, m *attention.Model, b attention.Backend, tokens []int) (logits []float32, read int, err error) {
	d, err := r.on(m, b)
	if err != nil {
		return nil, 0, err
	}
	common := 0
	for common < len(tokens)-1 && common < d.Len() && d.Text()[common] == tokens[common] {
		common++
	}
	d.Truncate(common)
	logits, err = d.Next(ctx, tokens[common:])
	return logits, len(tokens) - common, err
}
