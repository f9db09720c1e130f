package attention

import (
	"context"
	"errors"
	"fmt"
)

// Reader reads a text token by token and says what may follow: a Decoder, or a
// Relay of several.
type Reader interface {
	// Next reads tokens and returns the logits (V) of what follows the last.
	Next(ctx context.Context, tokens []int) ([]float32, error)
	Len() int      // tokens read
	Capacity() int // tokens that fit
	Config() ModelConfig
}

// Handover says that a backend failed and another one goes on.
type Handover struct {
	From, To string // names of the backends
	Err      error  // why From is given up
	Tokens   int    // the text so far, which To reads anew
}

// Relay is a Decoder that outlives its backend. When the backend fails, a new
// Decoder on the next one reads the text so far again, since a lost device takes
// the keys and values with it, and the same step is carried out there. It is
// used by one goroutine at a time.
type Relay struct {
	model    *Model
	capacity int
	rest     []Backend // those not yet used
	report   func(Handover)
	current  *Decoder
	text     []int // before the step under way
}

// NewRelay returns a Relay that begins on the first of backends; Ranking has
// them in order. report is called for each handover before it begins, and may be
// nil. Capacity is a Decoder's.
func NewRelay(m *Model, backends []Backend, capacity int, report func(Handover)) (*Relay, error) {
	if len(backends) == 0 {
		return nil, fmt.Errorf("new relay: no backend")
	}
	d, err := NewDecoder(m, backends[0], capacity)
	if err != nil {
		return nil, err
	}
	return &Relay{model: m, capacity: capacity, rest: backends[1:], report: report, current: d}, nil
}

// Do carries out a step on the present decoder. Fails its backend within it, the
// step is carried out again, from the text that was there before, on the next: a
// step must not keep anything of its first run. An error that is no
// *BackendError, or the last backend's, is returned as it is.
func (r *Relay) Do(ctx context.Context, step func(*Decoder) error) error {
	r.text = append(r.text[:0], r.current.Text()...)
	err := step(r.current)
	for errors.As(err, new(*BackendError)) && len(r.rest) > 0 {
		if err = r.handOver(ctx, err); err == nil {
			err = step(r.current)
		}
	}
	return err
}

// handOver makes the next backend's decoder the present one. After any error but
// a *BackendError the present one stays.
func (r *Relay) handOver(ctx context.Context, why error) error {
	next, err := NewDecoder(r.model, r.rest[0], r.capacity)
	if err != nil {
		return err
	}
	if len(r.current.ablated) > 0 {
		if err := next.Ablate(r.current.ablated...); err != nil {
			return err
		}
	}
	if r.report != nil {
		r.report(Handover{From: r.current.backend.Name(), To: next.backend.Name(), Err: why, Tokens: len(r.text)})
	}
	if len(r.text) > 0 {
		_, err = next.Next(ctx, r.text)
	}
	if err == nil || errors.As(err, new(*BackendError)) {
		r.current, r.rest = next, r.rest[1:]
	}
	return err
}

// Next implements Reader.
func (r *Relay) Next(ctx context.Context, tokens []int) (logits []float32, err error) {
	err = r.Do(ctx, func(d *Decoder) error {
		logits, err = d.Next(ctx, tokens)
		return err
	})
	return logits, err
}

// Forward is a Decoder's Forward.
func (r *Relay) Forward(ctx context.Context, tokens []int) (logits Matrix, err error) {
	err = r.Do(ctx, func(d *Decoder) error {
		logits, err = d.Forward(ctx, tokens)
		return err
	})
	return logits, err
}

// Len implements Reader.
func (r *Relay) Len() int { return r.current.Len() }

// Text is a Decoder's Text.
func (r *Relay) Text() []int { return r.current.Text() }

// Capacity implements Reader.
func (r *Relay) Capacity() int { return r.capacity }

// Config implements Reader.
func (r *Relay) Config() ModelConfig { return r.model.Config }

// Truncate is a Decoder's Truncate.
func (r *Relay) Truncate(n int) { r.current.Truncate(n) }

// Ablate is a Decoder's Ablate; the decoders that follow lack the same parts.
func (r *Relay) Ablate(parts ...Ablation) error { return r.current.Ablate(parts...) }

// Backend returns the name of the backend in use.
func (r *Relay) Backend() string { return r.current.backend.Name() }
