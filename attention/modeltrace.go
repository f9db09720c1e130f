package attention

import (
	"context"
	"fmt"
	"strconv"
)

// Op is the operation that made a Tensor. Beside each stand its Inputs.
type Op string

// The operations of a model's pass. Of the fused ones of a LayerBackend (Attend,
// SiLUGate, RMSNorm) the steps stand here one by one.
const (
	OpGiven     Op = "given"     // token ids, zeros: no inputs
	OpParameter Op = "parameter" // a learned weight: no inputs
	OpCosine    Op = "cosine"    // cos(i·θ^(−2j/h)): no inputs
	OpSine      Op = "sine"      // sin(i·θ^(−2j/h)): no inputs
	OpGather    Op = "gather"    // rows of a table: table, token ids
	OpRMS       Op = "rms"       // √(mean of squares + ε) of each row: x
	OpNorm      Op = "norm"      // x / rms · gain: x, rms, gain
	OpMatMul    Op = "matmul"    // x·Wᵀ: x, W
	OpRotate    Op = "rotate"    // RoPE: x, cosines, sines
	OpScores    Op = "scores"    // QKᵀ of a head: all queries, all keys
	OpScale     Op = "scale"     // divided by √h: scores
	OpMask      Op = "mask"      // −∞ after the query: scaled scores
	OpSoftmax   Op = "softmax"   // of each row: masked scores, or scaled logits
	OpMix       Op = "mix"       // weights·V of a head: weights, all values
	OpConcat    Op = "concat"    // heads side by side: the output of each
	OpAdd       Op = "add"       // cell by cell: a, b
	OpSiLU      Op = "silu"      // x/(1 + exp(−x)): x
	OpMultiply  Op = "multiply"  // cell by cell: a, b

	OpPenalise    Op = "penalise"    // repetition penalty: logits
	OpTemperature Op = "temperature" // (z − max z)/T: penalised logits
	OpCut         Op = "cut"         // top-k, top-p, min-p: probabilities
	OpRenormalise Op = "renormalise" // divided by their sum: what was kept
	OpDraw        Op = "draw"        // a token's id: what it is drawn from
)

// AxisKind says what the rows or the columns of a Tensor stand for.
type AxisKind string

// The kinds of axes.
const (
	AxisSingle     AxisKind = "single"     // there is but one
	AxisPosition   AxisKind = "position"   // index i is the i-th token of the text
	AxisVocabulary AxisKind = "vocabulary" // index i is the token with id i
	AxisDimension  AxisKind = "dimension"  // of the residual stream, of Width
	AxisHead       AxisKind = "head"       // dimensions of Heads heads side by side
	AxisHidden     AxisKind = "hidden"     // of the feed-forward's middle, of FFN
	AxisPair       AxisKind = "pair"       // pairs that RoPE turns, of HeadDim/2
)

// Axis says what the rows or the columns of a Tensor stand for.
type Axis struct {
	Kind  AxisKind
	Heads int // of AxisHead: index i is dimension i mod HeadDim of head i div HeadDim
}

// Tensor is one matrix of a ModelTrace.
type Tensor struct {
	// Name tells it from all others, in every trace of a model alike:
	// "layers.0.heads.2.weights", and a parameter's Hugging Face name.
	Name   Name
	Symbol string // in formulas: "A"
	Op     Op
	Layer  int    // −1: of no layer
	Head   int    // −1: of no head, or of all
	Inputs []Name // tensors that stand before it, in the order that Op states
	Rows   Axis
	Cols   Axis
	Matrix Matrix

	from []*Tensor // Inputs
	role string    // of a parameter: its name in the layer
}

// ModelTrace keeps every tensor of one pass of a model over a text, from the
// token ids to the next token drawn.
type ModelTrace struct {
	Config  ModelConfig
	Tokens  []int
	Ablated []Ablation
	// Tensors in the order in which they arise, parameters where first used:
	//
	//	tokens (n, 1) · rope.cos, rope.sin (n, h/2)
	//	embedding (n, d)
	//	layers.L.attention_norm (n, d), .rms (n, 1) before it
	//	layers.L.q (n, H·h), k, v (n, G·h) · q_rotated, k_rotated
	//	layers.L.heads.A.scores, scaled, masked, weights (n, n) · mixed (n, h)
	//	layers.L.mixed (n, H·h) · attention_output, attention_residual (n, d)
	//	layers.L.ffn_norm (n, d), .rms (n, 1) before it
	//	layers.L.gate, up, silu, gated (n, f) · ffn_output, ffn_residual (n, d)
	//	final_norm.rms (n, 1), final_norm (n, d), logits (n, V)
	//	sampling.penalised, scaled, probabilities, kept, final (1, V)
	//	sampling.token (1, 1)
	//
	// The sampling's are there where a Sampler was given, and without scaled to
	// final at temperature 0.
	Tensors []*Tensor

	byName   map[Name]*Tensor
	model    *Model // whole
	symbol   func(int) string
	sampling samplingSteps
}

// TraceOptions is what a trace may have beside a model and a text.
type TraceOptions struct {
	Ablate []Ablation
	// Sampler draws the token after the text, if not nil; it goes on as after a
	// Sample.
	Sampler *Sampler
	// Symbol names a token in labels. Without it the id does: "#7".
	Symbol func(id int) string
}

// traceLimit bounds the values that a trace keeps: 256 MB.
const traceLimit = 1 << 26

// traceValues returns how many values a trace of n tokens keeps at most, short of
// the draw: in floating point, where no size overflows.
func traceValues(c ModelConfig, n int) float64 {
	perHead, perLayer := float64(5*n+5*c.HeadDim), float64(6*c.Width+4*c.FFN+4*c.KVHeads*c.HeadDim+2)
	return float64(n) * (float64(c.Layers)*(float64(c.Heads)*perHead+perLayer) + float64(3*c.Width+2*c.Vocab+c.HeadDim+2))
}

// TraceModel reads tokens with m on b and keeps every tensor. The pass is
// Decoder's; every tensor has memory of its own, and b is synchronised once. A
// text longer than the model's context is a *ContextError, a failure of b a
// *BackendError.
func TraceModel(ctx context.Context, b Backend, m *Model, tokens []int, o TraceOptions) (*ModelTrace, error) {
	c, n := m.Config, len(tokens)
	if n > c.Context {
		return nil, fmt.Errorf("trace model: %w", &ContextError{Tokens: n, Capacity: c.Context})
	}
	if values := traceValues(c, n); values > traceLimit {
		return nil, fmt.Errorf("trace model: %d tokens: %.0f values to keep, more than %d", n, values, traceLimit)
	}
	r := newRecorder(ForLayers(b), m, tokens, o)
	d, err := NewDecoder(m, r, max(n, 1))
	if err == nil {
		err = d.Ablate(o.Ablate...)
	}
	if err == nil {
		err = d.check(tokens)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("trace model: %w", err)
	}
	if err := d.reserve(ctx, n, n); err != nil {
		return nil, fmt.Errorf("trace model: %w", err)
	}
	r.begin(d)
	d.layers(tokens)
	d.score(NewMatrix(n, c.Vocab), n)
	if err := d.sync(ctx); err != nil {
		return nil, fmt.Errorf("trace model: %w", err)
	}
	if o.Sampler != nil {
		if err := r.trace.sample(o.Sampler); err != nil {
			return nil, fmt.Errorf("trace model: %w", err)
		}
	}
	return r.trace, nil
}

// Tensor returns a tensor by name and reports whether there is one.
func (t *ModelTrace) Tensor(name Name) (*Tensor, bool) {
	tensor, ok := t.byName[name]
	return tensor, ok
}

// LayerName returns the name of a tensor of a layer: LayerName(0, "q").
func LayerName(layer int, what string) Name { return Name(fmt.Sprintf("layers.%d.%s", layer, what)) }

// HeadName returns the name of a tensor of a head: HeadName(0, 2, "weights").
func HeadName(layer, head int, what string) Name {
	return Name(fmt.Sprintf("layers.%d.heads.%d.%s", layer, head, what))
}

// Residual returns the name of the residual stream (n, d) after a number of
// layers: after none it is the embedding.
func Residual(layers int) Name {
	if layers == 0 {
		return "embedding"
	}
	return LayerName(layers-1, "ffn_residual")
}

// Label returns what stands beside index i of an axis: the symbol of a token,
// "2·5" for dimension 5 of head 2 where there are several heads, else the index.
func (t *ModelTrace) Label(a Axis, i int) string {
	h := t.Config.HeadDim
	switch {
	case a.Kind == AxisSingle:
		return ""
	case a.Kind == AxisPosition && i >= 0 && i < len(t.Tokens):
		return t.symbol(t.Tokens[i])
	case a.Kind == AxisVocabulary:
		return t.symbol(i)
	case a.Kind == AxisHead && a.Heads > 1:
		return fmt.Sprintf("%d·%d", i/h, i%h)
	}
	return strconv.Itoa(i)
}

// Drawn returns the token that the trace's sampler drew, and whether it had one.
func (t *ModelTrace) Drawn() (token int, ok bool) {
	tensor, ok := t.byName["sampling.token"]
	if !ok {
		return 0, false
	}
	return int(tensor.Matrix.At(0, 0)), true
}

// add takes a new tensor in.
func (t *ModelTrace) add(tensor Tensor, from ...*Tensor) *Tensor {
	for _, f := range from {
		tensor.Inputs = append(tensor.Inputs, f.Name)
	}
	tensor.from = from
	t.Tensors = append(t.Tensors, &tensor)
	t.byName[tensor.Name] = &tensor
	return &tensor
}
