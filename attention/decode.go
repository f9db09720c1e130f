package attention

import (
	"context"
	"fmt"
	"slices"
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
	text     []int // tokens read

	// Memory for room positions, at most capacity; it grows with the text. Like
	// all of a decoder's memory but the logits it is placed as Device.
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

	// What Ablate took out.
	whole   *Model            // as given to NewDecoder; model is what is left of it
	ablated []Ablation        // what is missing
	cut     map[Ablation]bool // the residual connections among it
	zeros   Matrix            // (rows, d), in place of a stream that is cut; empty where none is
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

// BackendError says that a backend could not carry out a pass: there is nothing
// wrong with the text, and on another backend it can be read.
type BackendError struct {
	Backend string // its name
	Err     error
}

// Error implements error.
func (e *BackendError) Error() string { return fmt.Sprintf("forward on %s: %v", e.Backend, e.Err) }

// Unwrap returns the backend's own error.
func (e *BackendError) Unwrap() error { return e.Err }

// NewDecoder returns a Decoder for texts of up to capacity tokens, at most the
// model's context. It places the model's weights on b as Constant: who changes
// weights in place then places them as Host and makes a new Decoder.
func NewDecoder(m *Model, b Backend, capacity int) (*Decoder, error) {
	c := m.Config
	if capacity < 1 || capacity > c.Context {
		return nil, fmt.Errorf("new decoder: capacity %d: not in 1 … %d, the model's context", capacity, c.Context)
	}
	m.Place(b, Constant)
	return &Decoder{
		model: m, whole: m, backend: ForLayers(b), capacity: capacity,
		keys: make([]Matrix, c.Layers), values: make([]Matrix, c.Layers),
	}, nil
}

// Len returns the number of tokens read.
func (s *Decoder) Len() int { return len(s.text) }

// Text returns the tokens read, until the next call.
func (s *Decoder) Text() []int { return s.text }

// Capacity returns the number of tokens that fit.
func (s *Decoder) Capacity() int { return s.capacity }

// Config returns the model's configuration.
func (s *Decoder) Config() ModelConfig { return s.model.Config }

// Truncate forgets all but the first n tokens read; n beyond them changes
// nothing, below zero counts as zero.
func (s *Decoder) Truncate(n int) { s.text = s.text[:max(0, min(n, len(s.text)))] }

// Forward reads tokens and returns the logits (len(tokens), V) of each: row i
// scores what follows tokens[i]. They stay until the next call. After an error
// nothing counts as read; a *ContextError says that they do not fit, a
// *BackendError that the backend failed.
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
	if err := s.check(tokens); err != nil {
		return Matrix{}, err
	}
	before := len(s.text)
	if err := s.reserve(ctx, min(len(tokens), prefillRows), before+len(tokens)); err != nil {
		return Matrix{}, err
	}
	logits := sized(&s.logits, wanted, c.Vocab)
	for at := 0; at < len(tokens); at += prefillRows {
		part := tokens[at:min(at+prefillRows, len(tokens))]
		err := s.live(ctx)
		if err == nil {
			s.layers(part)
			first := len(tokens) - wanted // the first token whose logits are wanted
			if end := at + len(part); end > first {
				s.score(top(logits, end-first).from(max(at-first, 0)), len(part))
			}
			err = s.sync(ctx)
		}
		if err != nil {
			s.Truncate(before)
			return Matrix{}, err
		}
		s.text = append(s.text, part...)
	}
	return logits, nil
}

// check returns an error unless tokens can be read.
func (s *Decoder) check(tokens []int) error {
	if len(tokens) == 0 {
		return fmt.Errorf("forward tokens: none")
	}
	for i, token := range tokens {
		if token < 0 || token >= s.model.Config.Vocab {
			return fmt.Errorf("forward token %d (number %d): not in 0 … %d", token, i, s.model.Config.Vocab-1)
		}
	}
	if read := len(s.text); len(tokens) > s.capacity-read {
		return &ContextError{Read: read, Tokens: len(tokens), Capacity: s.capacity}
	}
	return nil
}

// sync waits for the backend. Its failure is a *BackendError unless the caller
// gave up.
func (s *Decoder) sync(ctx context.Context) error {
	err := s.backend.Sync(ctx)
	if gone := s.live(ctx); gone != nil {
		return gone
	}
	if err != nil {
		return &BackendError{Backend: s.backend.Name(), Err: err}
	}
	return nil
}

// live returns an error when the caller has given up.
func (s *Decoder) live(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("forward on %s: %w", s.backend.Name(), err)
	}
	return nil
}

// layers takes tokens through the layers: the residual stream is in the first
// rows of s.x, their keys and values are in the cache.
func (s *Decoder) layers(tokens []int) {
	m, b, n, eps := s.model, s.backend, len(tokens), s.model.Config.NormEps
	read := len(s.text)
	end := read + n
	cos, sin := top(s.cos, end).from(read), top(s.sin, end).from(read) // (n, h/2)
	x, norm, add := top(s.x, n), top(s.norm, n), top(s.add, n)         // (n, d)
	q, mixed := top(s.q, n), top(s.mixed, n)                           // (n, H·h)
	gate, up := top(s.gate, n), top(s.up, n)                           // (n, f)
	heads := m.Config.Heads
	weights := Matrix{Rows: n * heads, Cols: end, Data: s.weights.Data[:n*heads*end]}

	b.Gather(x, m.Embedding, tokens)
	for i := range m.Layers {
		layer := &m.Layers[i]
		keys, values := top(s.keys[i], end), top(s.values[i], end) // (end, G·h)
		k, v := keys.from(read), values.from(read)                 // (n, G·h)

		b.RMSNorm(norm, x, layer.AttentionNorm, eps)
		b.MatMulT(q, norm, layer.WQ)
		b.MatMulT(k, norm, layer.WK)
		b.MatMulT(v, norm, layer.WV)
		b.RoPE(q, cos, sin)
		b.RoPE(k, cos, sin)
		b.Attend(mixed, weights, q, keys, values, heads)
		b.MatMulT(add, mixed, layer.WO)
		b.Add(x, s.carried(x, i, PartAttentionResidual), add)

		b.RMSNorm(norm, x, layer.FFNNorm, eps)
		b.MatMulT(gate, norm, layer.WGate)
		b.MatMulT(up, norm, layer.WUp)
		b.SiLUGate(gate, gate, up)
		b.MatMulT(add, gate, layer.WDown)
		b.Add(x, s.carried(x, i, PartFFNResidual), add)
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
// After an error all is as before.
func (s *Decoder) reserve(ctx context.Context, n, end int) error {
	c := s.model.Config
	if n <= s.rows && end <= s.room {
		return nil
	}
	if end > s.room {
		if err := s.grow(ctx, min(s.capacity, max(end, 2*s.room, firstRoom))); err != nil {
			return err
		}
	}
	if n > s.rows {
		s.rows = n
		for _, m := range []*Matrix{&s.x, &s.norm, &s.add} {
			*m = NewMatrix(n, c.Width)
		}
		s.q, s.mixed = NewMatrix(n, c.Heads*c.HeadDim), NewMatrix(n, c.Heads*c.HeadDim)
		s.gate, s.up = NewMatrix(n, c.FFN), NewMatrix(n, c.FFN)
		if len(s.cut) > 0 {
			s.zeros = NewMatrix(n, c.Width)
			Place(s.backend, Constant, s.zeros.Data)
		}
	}
	s.weights = NewMatrix(s.rows*c.Heads, s.room)
	for _, m := range []Matrix{s.x, s.norm, s.add, s.q, s.mixed, s.gate, s.up, s.weights} {
		Place(s.backend, Device, m.Data)
	}
	return nil
}

// grow moves keys and values to memory for room positions. The backend copies
// them, since the host does not see them.
func (s *Decoder) grow(ctx context.Context, room int) error {
	c := s.model.Config
	positions := make([]int, len(s.text))
	for i := range positions {
		positions[i] = i
	}
	taller := func(old []Matrix) []Matrix {
		all := make([]Matrix, len(old))
		for i := range all {
			all[i] = NewMatrix(room, c.KVHeads*c.HeadDim)
			Place(s.backend, Device, all[i].Data)
			if len(positions) > 0 {
				s.backend.Gather(top(all[i], len(positions)), old[i], positions)
			}
		}
		return all
	}
	keys, values := taller(s.keys), taller(s.values)
	if err := s.sync(ctx); err != nil {
		return err
	}
	for i := range keys {
		Place(s.backend, Host, s.keys[i].Data, s.values[i].Data)
	}
	s.room, s.keys, s.values = room, keys, values
	s.text = slices.Grow(s.text, room-len(s.text))
	s.cos, s.sin = Rotations(c, room)
	Place(s.backend, Constant, s.cos.Data, s.sin.Data)
	return nil
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
