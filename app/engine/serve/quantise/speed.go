package quantise

import (
	"context"
	"fmt"
	"math"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/quantise"
	"courselab/attention/verse"
)

// poem is what one version writes with the learner's seed.
type poem struct {
	version string
	text    string
	form    float64 // verse.Form of it
}

// temperature of the verse that is put side by side.
const temperature = 0.8

func (r *measurement) writePoems(ctx context.Context) error {
	type writer struct {
		name    string
		model   *attention.Model
		backend attention.Backend
	}
	writers := []writer{{"原来（fp32）", r.model, r.backend}, {name(r.chosen.scheme), r.model8.Model, r.backend}}
	if !r.set.scheme.Float() && r.countsIntegers() {
		b, err := r.model8.Integers(r.backend)
		if err != nil {
			return err
		}
		writers = append(writers, writer{"同上，整数乘法", r.model8.Model, b})
	}
	var poems []poem
	for _, w := range writers {
		s, err := attention.NewSampler(attention.Sampling{Temperature: temperature, TopP: 1, RepetitionPenalty: 1, Seed: r.set.seed}, w.model.Config.Vocab)
		if err != nil {
			return err
		}
		d, err := attention.NewDecoder(w.model, w.backend, w.model.Config.Context)
		if err != nil {
			return err
		}
		ids, _, err := attention.Generate(ctx, d, s, r.prompt, w.model.Config.Context-len(r.prompt), nil)
		if err != nil {
			return err
		}
		text := r.set.prompt + r.tokenizer.Decode(ids)
		poems = append(poems, poem{w.name, text, verse.Form(text).Value})
		if err := r.in.Pause(); err != nil {
			return err
		}
	}
	r.poems = poems
	return nil
}

// speed is a rate in floats and in integers.
type speed struct {
	what             string
	weights          int64   // bytes in float32
	floats, integers float64 // seconds of one
}

// products are one row by matrices beyond a processor's near caches.
var products = []engine.BenchSize{{Rows: 1, Cols: 2048, Depth: 2048}, {Rows: 1, Cols: 2048, Depth: 5632}}

// speedBytes is what the larger of products takes, in both forms.
const speedBytes = 5 * 2048 * 5632

// speedTime is how long each figure is measured, speedBatch how long a batch is at
// least: clocks of browsers tick in up to 0.1 ms.
const (
	speedTime  = 120 * time.Millisecond
	speedBatch = 4 * time.Millisecond
)

// fastest is the time of one run of work, in seconds, in the quickest batch.
// pause is called between batches.
func fastest(pause func() error, work func() error) (float64, error) {
	best, n := math.Inf(1), 1
	for begun := time.Now(); ; {
		if err := pause(); err != nil {
			return 0, err
		}
		start := time.Now()
		for range n {
			if err := work(); err != nil {
				return 0, err
			}
		}
		took := time.Since(start)
		if took < speedBatch && n < 1<<20 {
			n *= 2
			continue
		}
		best = math.Min(best, took.Seconds()/float64(n))
		if time.Since(begun) >= speedTime {
			return best, nil
		}
	}
}

// eight is the model in 8-bit integers: the chosen one where it is of integers.
func (r *measurement) eight(ctx context.Context) (*quantise.Model, error) {
	if !r.set.scheme.Float() {
		return r.model8, nil
	}
	return quantise.Quantise(ctx, r.model, quantise.Options{Scheme: quantise.Scheme{Bits: 8}, Pause: r.pause})
}

// measureModelSpeed writes the model's own context, token by token.
func (r *measurement) measureModelSpeed(ctx context.Context) error {
	if !r.countsIntegers() {
		return nil
	}
	q, err := r.eight(ctx)
	if err != nil {
		return err
	}
	out := speed{what: "“诗芽”逐字写（每字）"}
	for _, p := range r.model.Parameters() {
		out.weights += 4 * int64(len(p.Values))
	}
	b, err := q.Integers(r.backend)
	if err != nil {
		return err
	}
	text := r.held[len(r.held)-1]
	decode := func(m *attention.Model, b attention.Backend) (float64, error) {
		d, err := attention.NewDecoder(m, b, m.Config.Context)
		if err != nil {
			return 0, err
		}
		return fastest(r.in.Pause, func() error {
			if d.Len() == d.Capacity() {
				d.Truncate(0)
			}
			_, err := d.Next(ctx, text[d.Len()%len(text):][:1])
			return err
		})
	}
	if out.floats, err = decode(r.model, r.backend); err != nil {
		return err
	}
	if out.integers, err = decode(q.Model, b); err != nil {
		return err
	}
	r.speeds = append(r.speeds, out)
	return nil
}

// measureProduct multiplies a row by a matrix.
func (r *measurement) measureProduct(s engine.BenchSize) func(context.Context) error {
	return func(context.Context) error {
		b, ok := r.backend.(attention.IntegerBackend)
		if !ok {
			return nil
		}
		x, y, w := attention.NewMatrix(s.Rows, s.Depth), attention.NewMatrix(s.Rows, s.Cols), attention.NewMatrix(s.Cols, s.Depth)
		q := attention.Int8Matrix{Rows: s.Cols, Cols: s.Depth, Group: s.Depth, Data: make([]int8, s.Cols*s.Depth), Scales: make([]float32, s.Cols)}
		for i := range w.Data {
			w.Data[i], q.Data[i] = float32(i%255-127)/127, int8(i%255-127)
		}
		for i := range q.Scales {
			q.Scales[i] = 1.0 / 127
		}
		for i := range x.Data {
			x.Data[i] = float32(i%17)/8 - 1
		}
		out := speed{what: fmt.Sprintf("1×%d 乘 %d×%d（每次）", s.Depth, s.Depth, s.Cols), weights: 4 * int64(len(w.Data))}
		var err error
		if out.floats, err = fastest(r.in.Pause, func() error { b.MatMulT(y, x, w); return nil }); err != nil {
			return err
		}
		if out.integers, err = fastest(r.in.Pause, func() error { b.MatMulT8(y, x, q); return nil }); err != nil {
			return err
		}
		r.speeds = append(r.speeds, out)
		return nil
	}
}
