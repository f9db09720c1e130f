package serve

import (
	"context"
	"fmt"

	"courselab/app/engine"
	"courselab/attention"
)

// reader reads texts with a model and keeps what it has read between requests:
// of a text that begins as the one before only the rest is read. A backend that
// fails on the way hands over to the next.
type reader struct {
	relay *attention.Relay
	model *heldModel
	on    string // name of the backend it began with
	read  []int
	// lost says what failed on the way, for the learner; empty: nothing.
	lost string
}

// open makes the reader one for a model on a ranking of backends, if it is not.
func (r *reader) open(m *heldModel, by ranking) error {
	if r.relay != nil && r.model == m && r.on == by.chosen.Name {
		return nil
	}
	relay, err := attention.NewRelay(m.Model, by.Backends(), m.Config.Context, func(h attention.Handover) {
		r.lost = fmt.Sprintf("%s 中途停下（%s），从第 %d 个位置起由 %s 接着算", backendTitles[h.From], backendReason(h.Err), h.Tokens+1, backendTitles[h.To])
	})
	if err != nil {
		return err
	}
	*r = reader{relay: relay, model: m, on: by.chosen.Name}
	return nil
}

// next returns the logits (V) of what follows tokens, until the next call.
func (r *reader) next(ctx context.Context, m *heldModel, by ranking, tokens []int) ([]float32, error) {
	if err := r.open(m, by); err != nil {
		return nil, err
	}
	common := 0
	for common < len(tokens)-1 && common < r.relay.Len() && r.read[common] == tokens[common] {
		common++
	}
	r.relay.Truncate(common)
	logits, err := r.relay.Next(ctx, tokens[common:])
	r.read = append(r.read[:common], tokens[common:]...)
	return logits, err
}

// backend is what computes now, and why.
func (r *reader) backend(by ranking) engine.Backend {
	now := by.chosen
	if r.lost != "" {
		now.Name = r.relay.Backend()
		now.Title = backendTitles[now.Name]
		now.Reason = r.lost
	}
	return now
}
