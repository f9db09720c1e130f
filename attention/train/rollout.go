package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"courselab/attention"
)

// Rollout is a text that a model went on with from a prompt.
type Rollout struct {
	Document Document // the prompt, then what was drawn; the end mark where it was
	Prompt   int      // tokens of the prompt: Document[Prompt] is the first drawn
	// LogP is log p of each token drawn, in nats, of the distribution that it was
	// drawn from.
	LogP  []float64
	Ended bool // by the end mark, not by the end of the context
}

// Drawn returns the tokens drawn, without the end mark.
func (r Rollout) Drawn() []int {
	drawn := r.Document[r.Prompt:]
	if r.Ended {
		drawn = drawn[:len(drawn)-1]
	}
	return drawn
}

// Writer lets a model write many texts at once: a step reads one token of each,
// so that products run over all their rows, and each text has keys and values of
// its own (the KV cache). It is used by one goroutine at a time, and reads the
// model's weights as they are at each call.
type Writer struct {
	// Pause is as that of a Trainer.
	Pause func(context.Context) error

	model   *attention.Model
	backend attention.LayerBackend

	// Memory for size texts, of context positions each.
	size         int
	keys, values []attention.Matrix  // per layer, (size·context, G·h)
	table        [2]attention.Matrix // (context, h/2)

	// Scratch, (B, …) for the B texts under way.
	cos, sin, x, norm, add, q, k, v, mixed, gate, up, logits, probabilities attention.Matrix
	weights                                                                 []float32
}

// NewWriter returns a writer.
func NewWriter(m *attention.Model, b attention.Backend) *Writer {
	w := &Writer{model: m, backend: attention.ForLayers(b)}
	w.table[0], w.table[1] = attention.Rotations(m.Config, m.Config.Context)
	return w
}

// text is one text under way: where in the caches it lies, and its own stream
// of random numbers.
type text struct {
	slot   int
	random *rand.Rand
	*Rollout
}

// Write goes on with each prompt until the model ends the text or the context is
// full, drawing from softmax(logits/temperature). What prompt i becomes depends
// on seed and i alone, not on its neighbours; rounding may differ between
// backends.
func (w *Writer) Write(ctx context.Context, prompts []Document, temperature float64, seed uint64) ([]Rollout, error) {
	c := w.model.Config
	if !(temperature > 0 && temperature < 1e3) {
		return nil, fmt.Errorf("write: temperature %v: not above 0 and below 1000", temperature)
	}
	rollouts, active := make([]Rollout, len(prompts)), make([]text, len(prompts))
	for i, prompt := range prompts {
		if len(prompt) == 0 || len(prompt) > c.Context {
			return nil, fmt.Errorf("write: prompt %d: %d tokens, not in 1 … %d", i+1, len(prompt), c.Context)
		}
		for _, token := range prompt {
			if token < 0 || token >= c.Vocab {
				return nil, fmt.Errorf("write: prompt %d: token %d is not in 0 … %d", i+1, token, c.Vocab-1)
			}
		}
		rollouts[i] = Rollout{Document: slices.Clone(prompt), Prompt: len(prompt)}
		active[i] = text{i, rand.New(rand.NewPCG(seed, uint64(i))), &rollouts[i]}
	}
	w.reserve(len(prompts))
	for at := 0; len(active) > 0; at++ {
		if err := w.read(ctx, active, at); err != nil {
			return nil, fmt.Errorf("write: %w", err)
		}
		if err := w.draw(ctx, active, at, temperature); err != nil {
			return nil, fmt.Errorf("write: %w", err)
		}
		active = slices.DeleteFunc(active, func(t text) bool { return t.Ended || len(t.Document) > c.Context })
	}
	return rollouts, nil
}

// reserve makes memory for size texts.
func (w *Writer) reserve(size int) {
	if size <= w.size {
		return
	}
	c := w.model.Config
	w.size, w.keys, w.values = size, nil, nil
	for range c.Layers {
		w.keys = append(w.keys, attention.NewMatrix(size*c.Context, c.KVHeads*c.HeadDim))
		w.values = append(w.values, attention.NewMatrix(size*c.Context, c.KVHeads*c.HeadDim))
	}
}

// Bytes is the memory that writing size texts at once takes, beside the model.
func (w *Writer) Bytes(size int) int64 {
	c := w.model.Config
	cache := 2 * c.Layers * c.Context * c.KVHeads * c.HeadDim
	row := 3*c.Width + 2*(c.Heads+c.KVHeads)*c.HeadDim + 2*c.FFN + 2*c.Vocab + c.HeadDim
	return 4 * int64(size) * int64(cache+row)
}

// read takes token number at of each text through the layers.
func (w *Writer) read(ctx context.Context, active []text, at int) error {
	m, b, c := w.model, w.backend, w.model.Config
	n := len(active)
	tokens := make([]int, n)
	for _, s := range []struct {
		m    *attention.Matrix
		cols int
	}{
		{&w.cos, c.HeadDim / 2}, {&w.sin, c.HeadDim / 2}, {&w.x, c.Width}, {&w.norm, c.Width}, {&w.add, c.Width},
		{&w.q, c.Heads * c.HeadDim}, {&w.mixed, c.Heads * c.HeadDim}, {&w.k, c.KVHeads * c.HeadDim}, {&w.v, c.KVHeads * c.HeadDim},
		{&w.gate, c.FFN}, {&w.up, c.FFN},
	} {
		shape(s.m, n, s.cols)
	}
	w.weights = lengthen(w.weights, c.Heads*c.Context)
	for i, t := range active {
		tokens[i] = t.Document[at]
		copy(w.cos.Row(i), w.table[0].Row(at))
		copy(w.sin.Row(i), w.table[1].Row(at))
	}
	weights := attention.Matrix{Rows: c.Heads, Cols: at + 1, Data: w.weights[:c.Heads*(at+1)]}
	b.Gather(w.x, m.Embedding, tokens)
	for i := range m.Layers {
		l := &m.Layers[i]
		b.RMSNorm(w.norm, w.x, l.AttentionNorm, c.NormEps)
		b.MatMulT(w.q, w.norm, l.WQ)
		b.MatMulT(w.k, w.norm, l.WK)
		b.MatMulT(w.v, w.norm, l.WV)
		b.RoPE(w.q, w.cos, w.sin)
		b.RoPE(w.k, w.cos, w.sin)
		if err := b.Sync(ctx); err != nil { // the host copies
			return err
		}
		for j, t := range active {
			from := t.slot * c.Context
			copy(w.keys[i].Row(from+at), w.k.Row(j))
			copy(w.values[i].Row(from+at), w.v.Row(j))
			seen, row := span{from: from, to: from + at + 1}, span{from: j, to: j + 1}
			b.Attend(row.rows(w.mixed), weights, row.rows(w.q), seen.rows(w.keys[i]), seen.rows(w.values[i]), c.Heads)
		}
		b.MatMulT(w.add, w.mixed, l.WO)
		b.Add(w.x, w.x, w.add)
		b.RMSNorm(w.norm, w.x, l.FFNNorm, c.NormEps)
		b.MatMulT(w.gate, w.norm, l.WGate)
		b.MatMulT(w.up, w.norm, l.WUp)
		b.SiLUGate(w.gate, w.gate, w.up)
		b.MatMulT(w.add, w.gate, l.WDown)
		b.Add(w.x, w.x, w.add)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.Pause == nil {
		return nil
	}
	return w.Pause(ctx)
}

// draw adds a token to each text whose prompt has been read.
func (w *Writer) draw(ctx context.Context, active []text, at int, temperature float64) error {
	m, b, c := w.model, w.backend, w.model.Config
	var drawing []int // rows of active
	for i, t := range active {
		if at+1 == len(t.Document) {
			drawing = append(drawing, i)
		}
	}
	if len(drawing) == 0 {
		return b.Sync(ctx)
	}
	shape(&w.add, len(drawing), c.Width)
	shape(&w.norm, len(drawing), c.Width)
	shape(&w.logits, len(drawing), c.Vocab)
	shape(&w.probabilities, len(drawing), c.Vocab)
	b.Gather(w.add, w.x, drawing)
	b.RMSNorm(w.norm, w.add, m.Norm, c.NormEps)
	b.MatMulT(w.logits, w.norm, m.Output)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	if temperature != 1 {
		inverse := float32(1 / temperature)
		for i := range w.logits.Data {
			w.logits.Data[i] *= inverse
		}
	}
	b.SoftmaxRows(w.probabilities, w.logits)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	for i, row := range drawing {
		t := active[row]
		token, err := pick(w.probabilities.Row(i), t.random.Float64())
		if err != nil {
			return err
		}
		t.Document = append(t.Document, token)
		t.LogP = append(t.LogP, math.Log(float64(w.probabilities.Row(i)[token])))
		t.Ended = slices.Contains(c.EOS, token)
	}
	return nil
}

// pick returns the token at which the probabilities' sum passes u of their total.
func pick(probabilities []float32, u float64) (int, error) {
	var total float64
	for _, p := range probabilities {
		total += float64(p)
	}
	if !(total > 0.5 && total < 1.5) {
		return 0, fmt.Errorf("probabilities sum to %v", total)
	}
	rest, last := u*total, 0
	for i, p := range probabilities {
		if p == 0 {
			continue
		}
		last = i
		if rest -= float64(p); rest < 0 {
			break
		}
	}
	return last, nil
}
