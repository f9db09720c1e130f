package attention

import (
	"context"
	"fmt"
	"math"
)

// prefillRows is how many positions go through the layers at once: the weights
// of attention, rows × heads × positions, are what takes the memory.
const prefillRows = 128

// Decoder runs a model over a growing text. It keeps the keys and values of
// what it has read (the KV cache), so that a further token costs one row through
// the layers. It is used by one goroutine at a time.
type Decoder struct {
	model    *Model
	backend  LayerBackend
	capacity int
	length   int // tokens read

	// Memory for room positions, at most capacity; it grows with the text.
	room         int
	keys, values []Matrix // per layer, (room, G·h); the first length rows are filled
	cos, sin     Matrix   // (room, h/2), of each position's angles

	// Scratch of the pass, for at most rows positions.
	rows         int
	x, norm, add Matrix // (rows, d): residual stream, normed, to be added
	q, mixed     Matrix // (rows, H·h): queries, weighted values
	weights      Matrix // (rows·H, room)
	gate, up     Matrix // (rows, f)
	logits       Matrix // (as many as asked for, V)
}

// ContextError says that a text does not fit.
type ContextError struct {
	Read     int // tokens read before
	Tokens   int // tokens to be read now
	Capacity int // tokens that fit
}

// Error implements error.
func (e *ContextError) Error() string {
	return fmt.Sprintf("context of %d tokens: %d after %d do not fit", e.Capacity, e.Tokens, e.Read)
}

// NewDecoder returns a Decoder for texts of up to capacity tokens, at most the
// model's context.
func NewDecoder(m *Model, b Backend, capacity int) (*Decoder, error) {
	c := m.Config
	if capacity < 1 || capacity > c.Context {
		return nil, fmt.Errorf("new decoder: capacity %d: not in 1 … %d, the model's context", capacity, c.Context)
	}
	return &Decoder{
		model: m, backend: ForLayers(b), capacity: capacity,
		keys: make([]Matrix, c.Layers), values: make([]Matrix, c.Layers),
	}, nil
}

// Len returns the number of tokens read.
func (s *Decoder) Len() int { return s.length }

// Capacity returns the number of tokens that fit.
func (s *Decoder) Capacity() int { return s.capacity }

// Truncate forgets all but the first n tokens read; n beyond them changes
// nothing, below zero counts as zero.
func (s *Decoder) Truncate(n int) { s.length = max(0, min(n, s.length)) }

// Forward reads tokens and returns the logits (len(tokens), V) of each: row i
// scores what follows tokens[i]. They stay until the next call. After an error
// nothing counts as read; a *ContextError says that they do not fit.
func (s *Decoder) Forward(ctx context.Context, tokens []int) (Matrix, error) {
	return s.read(ctx, tokens, len(tokens))
}

// Next reads tokens and returns the logits (V) of what follows the last; in all
// else it is Forward.
func (s *Decoder) Next(ctx context.Context, tokens []int) ([]float32, error) {
	logits, err := s.read(ctx, tokens, 1)
	if err != nil {
		return nil, err
	}
	return logits.Data, nil
}

// read reads tokens and returns the logits of the last wanted of them.
func (s *Decoder) read(ctx context.Context, tokens []int, wanted int) (Matrix, error) {
	c := s.model.Config
	if len(tokens) == 0 {
		return Matrix{}, fmt.Errorf("forward tokens: none")
	}
	for i, token := range tokens {
		if token < 0 || token >= c.Vocab {
			return Matrix{}, fmt.Errorf("forward token %d (number %d): not in 0 … %d", token, i, c.Vocab-1)
		}
	}
	if len(tokens) > s.capacity-s.length {
		return Matrix{}, &ContextError{Read: s.length, Tokens: len(tokens), Capacity: s.capacity}
	}
	s.reserve(min(len(tokens), prefillRows), s.length+len(tokens))
	logits := sized(&s.logits, wanted, c.Vocab)
	before := s.length
	for at := 0; at < len(tokens); at += prefillRows {
		part := tokens[at:min(at+prefillRows, len(tokens))]
		err := ctx.Err()
		if err == nil {
			s.layers(part)
			first := len(tokens) - wanted // the first token whose logits are wanted
			if end := at + len(part); end > first {
				s.score(top(logits, end-first).from(max(at-first, 0)), len(part))
			}
			err = s.backend.Sync(ctx)
		}
		if err != nil {
			s.length = before
			return Matrix{}, fmt.Errorf("forward on %s: %w", s.backend.Name(), err)
		}
		s.length += len(part)
	}
	return logits, nil
}

// layers takes tokens through the layers: the residual stream is in the first
// rows of s.x, their keys and values are in the cache.
func (s *Decoder) layers(tokens []int) {
	m, b, n, eps := s.model, s.backend, len(tokens), s.model.Config.NormEps
	end := s.length + n
	cos, sin := top(s.cos, end).from(s.length), top(s.sin, end).from(s.length) // (n, h/2)
	x, norm, add := top(s.x, n), top(s.norm, n), top(s.add, n)                 // (n, d)
	q, mixed := top(s.q, n), top(s.mixed, n)                                   // (n, H·h)
	gate, up := top(s.gate, n), top(s.up, n)                                   // (n, f)
	heads := m.Config.Heads
	weights := Matrix{Rows: n * heads, Cols: end, Data: s.weights.Data[:n*heads*end]}

	b.Gather(x, m.Embedding, tokens)
	for i := range m.Layers {
		layer := &m.Layers[i]
		keys, values := top(s.keys[i], end), top(s.values[i], end) // (end, G·h)
		k, v := keys.from(s.length), values.from(s.length)         // (n, G·h)

		b.RMSNorm(norm, x, layer.AttentionNorm, eps)
		b.MatMulT(q, norm, layer.WQ)
		b.MatMulT(k, norm, layer.WK)
		b.MatMulT(v, norm, layer.WV)
		b.RoPE(q, cos, sin)
		b.RoPE(k, cos, sin)
		b.Attend(mixed, weights, q, keys, values, heads)
		b.MatMulT(add, mixed, layer.WO)
		b.Add(x, x, add)

		b.RMSNorm(norm, x, layer.FFNNorm, eps)
		b.MatMulT(gate, norm, layer.WGate)
		b.MatMulT(up, norm, layer.WUp)
		b.SiLUGate(gate, gate, up)
		b.MatMulT(add, gate, layer.WDown)
		b.Add(x, x, add)
	}
}

// score fills logits (wanted, V) for the last of the n rows of s.x.
func (s *Decoder) score(logits Matrix, n int) {
	x := top(s.x, n).from(n - logits.Rows)
	norm := top(s.norm, logits.Rows)
	s.backend.RMSNorm(norm, x, s.model.Norm, s.model.Config.NormEps)
	s.backend.MatMulT(logits, norm, s.model.Output)
}

// firstRoom is for how many positions a decoder takes memory at first: a short
// context is then never moved.
const firstRoom = 128

// reserve makes memory for passes of n positions and a text of end tokens.
func (s *Decoder) reserve(n, end int) {
	c := s.model.Config
	if n <= s.rows && end <= s.room {
		return
	}
	if end > s.room {
		s.room = min(s.capacity, max(end, 2*s.room, firstRoom))
		for i := range s.keys {
			s.keys[i] = taller(s.keys[i], s.room, c.KVHeads*c.HeadDim)
			s.values[i] = taller(s.values[i], s.room, c.KVHeads*c.HeadDim)
		}
		s.angles()
	}
	if n > s.rows {
		s.rows = n
		for _, m := range []*Matrix{&s.x, &s.norm, &s.add} {
			*m = NewMatrix(n, c.Width)
		}
		s.q, s.mixed = NewMatrix(n, c.Heads*c.HeadDim), NewMatrix(n, c.Heads*c.HeadDim)
		s.gate, s.up = NewMatrix(n, c.FFN), NewMatrix(n, c.FFN)
	}
	s.weights = NewMatrix(s.rows*c.Heads, s.room)
}

// angles fills cos and sin: pair j of a head turns by i·theta^(−2j/h) at
// position i.
func (s *Decoder) angles() {
	c := s.model.Config
	half := c.HeadDim / 2
	s.cos, s.sin = NewMatrix(s.room, half), NewMatrix(s.room, half)
	for j := range half {
		frequency := math.Pow(c.RopeTheta, -2*float64(j)/float64(c.HeadDim))
		for i := range s.room {
			sin, cos := math.Sincos(float64(i) * frequency)
			s.sin.Set(i, j, float32(sin))
			s.cos.Set(i, j, float32(cos))
		}
	}
}

// taller returns a matrix of more rows that begins with m's.
func taller(m Matrix, rows, cols int) Matrix {
	out := NewMatrix(rows, cols)
	copy(out.Data, m.Data)
	return out
}

// sized returns a matrix of a shape in m's memory, or in new memory that m then
// keeps.
func sized(m *Matrix, rows, cols int) Matrix {
	if rows*cols > len(m.Data) {
		*m = NewMatrix(rows, cols)
	}
	return Matrix{Rows: rows, Cols: cols, Data: m.Data[:rows*cols]}
}

// top returns the first n rows; they share memory with m.
func top(m Matrix, n int) Matrix { return Matrix{Rows: n, Cols: m.Cols, Data: m.Data[:n*m.Cols]} }

// from returns the rows from n on; they share memory with m.
func (m Matrix) from(n int) Matrix {
	return Matrix{Rows: m.Rows - n, Cols: m.Cols, Data: m.Data[n*m.Cols:]}
}
