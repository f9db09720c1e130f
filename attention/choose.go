package attention

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Contender is a backend that may be there or not.
type Contender struct {
	Name string // of the backend: "webgpu", "simd", "cpu"
	// Open finds the backend, or says why there is none. Forced tells that it
	// was asked for by name: then a slow one is better than another.
	Open func(ctx context.Context, forced bool) (Backend, error)
}

// Standing is what became of a contender.
type Standing struct {
	Name    string
	Backend LayerBackend  // nil where it was rejected
	Time    time.Duration // the trial's shortest run; 0 where there was no trial
	Err     error         // why it was rejected
}

// Ranking holds the standings of all contenders: first those that can be used,
// the one to use at the head, then the rejected.
type Ranking []Standing

// Backends returns those that can be used, in order. It has at least one.
func (r Ranking) Backends() []Backend {
	var out []Backend
	for _, s := range r {
		if s.Backend != nil {
			out = append(out, s.Backend)
		}
	}
	return out
}

// Rejected returns why a contender was rejected, or nil.
func (r Ranking) Rejected(name string) error {
	for _, s := range r {
		if s.Name == name {
			return s.Err
		}
	}
	return nil
}

// trialRuns is how often a trial is timed, after one run that nobody times.
const trialRuns = 3

// Choose opens every contender, checks it by SelfTestLayers, times trial on it
// and ranks by that time: which backend is the fastest depends on the machine
// and the model, not on its name. Without a trial the order is that of the
// contenders. Where a name is forced, that contender comes first, whatever its
// time, and those listed before it are passed over. Only where nothing can be
// used, forced names no contender, or the caller gives up, is there an error.
//
// What was opened and then rejected is closed if it is an io.Closer.
func Choose(ctx context.Context, contenders []Contender, forced string, trial func(context.Context, LayerBackend) error) (Ranking, error) {
	if forced != "" {
		at := slices.IndexFunc(contenders, func(c Contender) bool { return c.Name == forced })
		if at < 0 {
			names := make([]string, len(contenders))
			for i, c := range contenders {
				names[i] = c.Name
			}
			return nil, fmt.Errorf("choose backend %q: unknown (%s)", forced, strings.Join(names, ", "))
		}
		contenders = contenders[at:]
	}
	var usable, rejected Ranking
	for _, c := range contenders {
		s := c.audition(ctx, c.Name == forced, trial)
		if s.Err == nil {
			usable = append(usable, s)
		} else {
			rejected = append(rejected, s)
		}
		if err := ctx.Err(); err != nil {
			for _, s := range usable {
				release(s.Backend)
			}
			return nil, fmt.Errorf("choose backend: %w", err)
		}
	}
	if len(usable) == 0 {
		var why []error
		for _, s := range rejected {
			why = append(why, fmt.Errorf("%s: %w", s.Name, s.Err))
		}
		return nil, fmt.Errorf("choose backend: none can be used: %w", errors.Join(why...))
	}
	slices.SortStableFunc(usable, func(a, b Standing) int {
		if a.Name != b.Name && (a.Name == forced || b.Name == forced) {
			if a.Name == forced {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Time, b.Time)
	})
	return append(usable, rejected...), nil
}

// audition opens, checks and times a contender.
func (c Contender) audition(ctx context.Context, forced bool, trial func(context.Context, LayerBackend) error) Standing {
	b, err := c.Open(ctx, forced)
	if err != nil {
		return Standing{Name: c.Name, Err: err}
	}
	whole := ForLayers(b)
	took, err := time.Duration(0), SelfTestLayers(ctx, whole)
	if err == nil && trial != nil {
		took, err = shortest(ctx, whole, trial)
	}
	if err != nil {
		release(b)
		return Standing{Name: c.Name, Err: err}
	}
	return Standing{Name: c.Name, Backend: whole, Time: took}
}

func shortest(ctx context.Context, b LayerBackend, trial func(context.Context, LayerBackend) error) (time.Duration, error) {
	var least time.Duration
	for i := range 1 + trialRuns {
		began := time.Now()
		if err := trial(ctx, b); err != nil {
			return 0, fmt.Errorf("trial on %s: %w", b.Name(), err)
		}
		if took := max(time.Since(began), 1); i == 1 || i > 1 && took < least {
			least = took
		}
	}
	return least, nil
}

// release closes a backend that can be closed.
func release(b Backend) {
	if c, ok := b.(*completed); ok {
		b = c.Backend
	}
	if c, ok := b.(io.Closer); ok {
		// There is nothing to be done about a backend that does not close.
		_ = c.Close()
	}
}

// DecodingTrial is a trial for Choose: a model reads a prompt of prompt tokens
// and then steps further ones one by one, as it does when it writes.
func DecodingTrial(m *Model, prompt, steps int) func(context.Context, LayerBackend) error {
	tokens := make([]int, prompt+steps)
	for i := range tokens {
		tokens[i] = i % m.Config.Vocab
	}
	return func(ctx context.Context, b LayerBackend) error {
		d, err := NewDecoder(m, b, len(tokens))
		if err != nil {
			return err
		}
		if _, err := d.Next(ctx, tokens[:prompt]); err != nil {
			return err
		}
		for i := range steps {
			if _, err := d.Next(ctx, tokens[prompt+i:prompt+i+1]); err != nil {
				return err
			}
		}
		return nil
	}
}
