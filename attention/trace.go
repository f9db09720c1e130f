package attention

import (
	"context"
	"fmt"
	"math"
)

// Name names a matrix of a Trace.
type Name string

// The matrices of a Trace, in the order in which they arise.
const (
	X       Name = "x"       // (n, DModel), shared by all heads
	WQ      Name = "wq"      // (DModel, d_k)
	WK      Name = "wk"      // (DModel, d_k)
	WV      Name = "wv"      // (DModel, d_k)
	Q       Name = "q"       // (n, d_k)
	K       Name = "k"       // (n, d_k)
	V       Name = "v"       // (n, d_k)
	Scores  Name = "scores"  // (n, n)
	Scaled  Name = "scaled"  // (n, n)
	Masked  Name = "masked"  // (n, n)
	Weights Name = "weights" // (n, n)
	Output  Name = "output"  // (n, d_k)
)

// Names lists the matrices of one head in the order in which they arise.
var Names = []Name{WQ, WK, WV, Q, K, V, Scores, Scaled, Masked, Weights, Output}

// Config is all that a computation depends on.
type Config struct {
	Tokens []rune // at least one
	Heads  int    // at least one
	DK     int    // d_k, at least one
	Causal bool   // mask the keys after the query
	Scale  bool   // divide the scores by √d_k
	Seed   uint64
	// Given are queries, keys and values from elsewhere, such as a trained model's,
	// one for each head: nothing is drawn or projected then, and X and the
	// projections are not there.
	Given []GivenHead
	// Edits are carried out after projection, in order: of two to one cell the
	// later one stays.
	Edits []Edit
}

// GivenHead is what a head computes with: each (n, d_k).
type GivenHead struct{ Q, K, V Matrix }

// Edit replaces one cell of Q, K or V of a head.
type Edit struct {
	Matrix   Name // Q, K or V
	Head     int
	Row, Col int
	Value    float32 // finite
}

// Check returns an error that names the field when c cannot be computed.
func (c Config) Check() error {
	switch {
	case len(c.Tokens) == 0:
		return fmt.Errorf("check tokens: none")
	case c.Heads < 1:
		return fmt.Errorf("check heads %d: fewer than one", c.Heads)
	case c.DK < 1:
		return fmt.Errorf("check d_k %d: less than one", c.DK)
	case c.Given != nil && len(c.Given) != c.Heads:
		return fmt.Errorf("check given: %d heads of %d", len(c.Given), c.Heads)
	}
	for h, g := range c.Given {
		for _, m := range []Matrix{g.Q, g.K, g.V} {
			if m.Rows != len(c.Tokens) || m.Cols != c.DK {
				return fmt.Errorf("check given head %d: (%d, %d), want (%d, %d)", h, m.Rows, m.Cols, len(c.Tokens), c.DK)
			}
		}
	}
	for i, e := range c.Edits {
		switch v := float64(e.Value); {
		case e.Matrix != Q && e.Matrix != K && e.Matrix != V:
			return fmt.Errorf("check edit %d: matrix %q is not q, k or v", i, e.Matrix)
		case e.Head < 0 || e.Head >= c.Heads:
			return fmt.Errorf("check edit %d: head %d of %d", i, e.Head, c.Heads)
		case e.Row < 0 || e.Row >= len(c.Tokens) || e.Col < 0 || e.Col >= c.DK:
			return fmt.Errorf("check edit %d: cell [%d,%d] of (%d, %d)", i, e.Row, e.Col, len(c.Tokens), c.DK)
		case math.IsNaN(v) || math.IsInf(v, 0):
			return fmt.Errorf("check edit %d: value %v is not finite", i, v)
		}
	}
	return nil
}

// Trace keeps every matrix of one computation.
type Trace struct {
	Config Config
	X      Matrix // (n, DModel); empty where Q, K and V are given
	Heads  []Head
}

// Head holds the matrices of one head; shapes stand beside the Names.
type Head struct {
	WQ, WK, WV                      Matrix
	Q, K, V                         Matrix
	Scores, Scaled, Masked, Weights Matrix
	Output                          Matrix
}

// Run computes attention over c.Tokens on b.
func Run(ctx context.Context, b Backend, c Config) (*Trace, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("run attention: %w", err)
	}
	t := &Trace{Config: c, Heads: make([]Head, c.Heads)}
	if c.Given == nil {
		t.X = Embed(c.Tokens, c.Seed)
	}
	for h := range t.Heads {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("run attention head %d: %w", h, err)
		}
		if err := t.head(ctx, b, h); err != nil {
			return nil, fmt.Errorf("run attention head %d on %s: %w", h, b.Name(), err)
		}
	}
	return t, nil
}

// head computes head h.
func (t *Trace) head(ctx context.Context, b Backend, h int) error {
	c, n, dk := t.Config, len(t.Config.Tokens), t.Config.DK
	head := &t.Heads[h]
	if c.Given != nil {
		g := c.Given[h]
		head.Q, head.K, head.V = copied(g.Q), copied(g.K), copied(g.V)
	} else if err := t.project(ctx, b, h); err != nil {
		return err
	}
	for _, e := range c.Edits {
		if e.Head == h {
			m, _ := head.matrix(e.Matrix)
			m.Set(e.Row, e.Col, e.Value)
		}
	}
	head.Scores = NewMatrix(n, n)
	b.MatMulT(head.Scores, head.Q, head.K)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	head.Scaled = scaled(head.Scores, c.Scale, dk)
	head.Masked = masked(head.Scaled, c.Causal)
	head.Weights = NewMatrix(n, n)
	b.SoftmaxRows(head.Weights, head.Masked)
	head.Output = NewMatrix(n, dk)
	b.MatMul(head.Output, head.Weights, head.V)
	return b.Sync(ctx)
}

// project computes the queries, keys and values of head h from X.
func (t *Trace) project(ctx context.Context, b Backend, h int) error {
	c, n, dk := t.Config, len(t.Config.Tokens), t.Config.DK
	head := &t.Heads[h]
	head.WQ = Project(c.Seed, Q, h, dk) // (DModel, d_k)
	head.WK = Project(c.Seed, K, h, dk)
	head.WV = Project(c.Seed, V, h, dk)
	head.Q, head.K, head.V = NewMatrix(n, dk), NewMatrix(n, dk), NewMatrix(n, dk)
	b.MatMul(head.Q, t.X, head.WQ)
	b.MatMul(head.K, t.X, head.WK)
	b.MatMul(head.V, t.X, head.WV)
	return b.Sync(ctx)
}

func copied(m Matrix) Matrix {
	out := NewMatrix(m.Rows, m.Cols)
	copy(out.Data, m.Data)
	return out
}

// scaled returns scores/√dk, or a copy of scores where on is false.
func scaled(scores Matrix, on bool, dk int) Matrix {
	out := NewMatrix(scores.Rows, scores.Cols)
	root := 1.0
	if on {
		root = math.Sqrt(float64(dk))
	}
	for i, s := range scores.Data {
		out.Data[i] = float32(float64(s) / root)
	}
	return out
}

// masked returns in with −∞ above the diagonal, or a copy where causal is
// false.
func masked(in Matrix, causal bool) Matrix {
	out := NewMatrix(in.Rows, in.Cols)
	copy(out.Data, in.Data)
	if causal {
		for i := range out.Rows {
			for j := i + 1; j < out.Cols; j++ {
				out.Set(i, j, float32(math.Inf(-1)))
			}
		}
	}
	return out
}

// Matrix returns a matrix by name; head counts for all but X. It reports
// whether there is such a matrix.
func (t *Trace) Matrix(name Name, head int) (Matrix, bool) {
	_, projects := projected[name]
	if t.Config.Given != nil && (name == X || projects) {
		return Matrix{}, false
	}
	if name == X {
		return t.X, true
	}
	if head < 0 || head >= len(t.Heads) {
		return Matrix{}, false
	}
	return t.Heads[head].matrix(name)
}

func (h *Head) matrix(name Name) (Matrix, bool) {
	switch name {
	case WQ:
		return h.WQ, true
	case WK:
		return h.WK, true
	case WV:
		return h.WV, true
	case Q:
		return h.Q, true
	case K:
		return h.K, true
	case V:
		return h.V, true
	case Scores:
		return h.Scores, true
	case Scaled:
		return h.Scaled, true
	case Masked:
		return h.Masked, true
	case Weights:
		return h.Weights, true
	case Output:
		return h.Output, true
	}
	return Matrix{}, false
}

// Edited returns the edit that put a cell's value there, if one did.
func (t *Trace) Edited(name Name, head, row, col int) (Edit, bool) {
	for i := len(t.Config.Edits) - 1; i >= 0; i-- {
		if e := t.Config.Edits[i]; e.Matrix == name && e.Head == head && e.Row == row && e.Col == col {
			return e, true
		}
	}
	return Edit{}, false
}
