package serve

import (
	"context"

	"courselab/attention"
)

// reader reads texts with a model and keeps the decoder between requests: of a
// text that begins as the one before only the rest is read. When the graphics
// card fails, the text goes on on the CPU.
type reader struct {
	relay   *attention.Relay
	model   *attention.Model
	backend string // name of what the relay began with
}

// on returns the relay for a model on a backend, a new one if need be.
func (r *reader) on(ctx context.Context, m *attention.Model, b *backends, first attention.Backend) (*attention.Relay, error) {
	if r.relay == nil || r.model != m || r.backend != first.Name() {
		relay, err := attention.NewRelay(m, b.line(ctx, first), m.Config.Context, func(h attention.Handover) { b.card.lose(h.From, h.Err) })
		if err != nil {
			return nil, err
		}
		r.relay, r.model, r.backend = relay, m, first.Name()
	}
	return r.relay, nil
}

// next returns the logits (V) of what follows tokens, until the next call. read
// is how many tokens went through the layers.
func (r *reader) next(ctx context.Context, m *attention.Model, b *backends, first attention.Backend, tokens []int) (logits []float32, read int, err error) {
	d, err := r.on(ctx, m, b, first)
	if err != nil {
		return nil, 0, err
	}
	common, text := 0, d.Text()
	for common < len(tokens)-1 && common < len(text) && text[common] == tokens[common] {
		common++
	}
	d.Truncate(common)
	logits, err = d.Next(ctx, tokens[common:])
	return logits, len(tokens) - common, err
}
