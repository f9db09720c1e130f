package serve

import (
	"context"
	"encoding/json"
	"math"
	"sync"

	"courselab/app/engine"
	"courselab/attention"
)

// attentionLab answers the operations of the lab "attention". It keeps the last
// trace: the explanations asked for are mostly of what is on the screen. It
// keeps the last entropy figure too, which most of the controls do not change.
type attentionLab struct {
	backends *backends

	// mu guards the fields below and the backends, of which each serves one
	// goroutine at a time; it is theirs.
	mu      *sync.Mutex
	key     string // of trace; empty: none
	trace   *attention.Trace
	chosen  engine.Backend
	entropy entropyFigure
}

// registerAttention adds the lab's operations.
func registerAttention(s *Server, b *backends) {
	lab := &attentionLab{backends: b, mu: &b.busy}
	s.Register(engine.OpAttention, lab.matrices)
	s.Register(engine.OpAttentionExplain, lab.explain)
	s.Register(engine.OpAttentionEntropy, lab.entropyByDK)
	s.Register(engine.OpAttentionStatic, lab.static)
}

// run returns the trace of a checked input.
func (lab *attentionLab) run(ctx context.Context, in engine.AttentionInput) (*attention.Trace, engine.Backend, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return nil, engine.Backend{}, err
	}
	lab.mu.Lock()
	defer lab.mu.Unlock()
	if key := string(text); lab.key != key {
		backend, chosen := lab.backends.choose(ctx, in.Backend)
		trace, err := attention.Run(ctx, backend, attentionConfig(in))
		if err != nil {
			return nil, engine.Backend{}, err
		}
		lab.key, lab.trace, lab.chosen = key, trace, chosen
	}
	return lab.trace, lab.chosen, nil
}

func attentionConfig(in engine.AttentionInput) attention.Config {
	c := attention.Config{Tokens: []rune(in.Text), Heads: in.Heads, DK: in.DK, Causal: in.Causal, Scale: in.Scale, Seed: in.Seed}
	for _, e := range in.Edits {
		c.Edits = append(c.Edits, attention.Edit{Matrix: attention.Name(e.Matrix), Head: e.Head, Row: e.Row, Col: e.Col, Value: e.Value})
	}
	return c
}

// matrices answers engine.OpAttention.
func (lab *attentionLab) matrices(ctx context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	in, err := decodeAttention(engine.OpAttention, raw)
	if err != nil {
		return nil, nil, err
	}
	trace, chosen, err := lab.run(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	out := engine.AttentionOutput{Tokens: tokenLabels(in.Text), Backend: chosen}
	var tensors []engine.Tensor
	for h := range trace.Heads {
		for _, look := range attentionLooks(in) {
			m, _ := trace.Matrix(look.name, h)
			low, high := finiteRange(m.Data)
			out.Matrices = append(out.Matrices, engine.Matrix{
				Name: string(look.name), Head: h, Title: look.title, Formula: look.formula,
				Rows: engine.AxisToken, Cols: look.cols, Editable: look.editable, Sequential: look.name == attention.Weights,
				Min: low, Max: high, Tensor: len(tensors),
			})
			// The trace stays here, the tensor goes away.
			tensors = append(tensors, engine.Tensor{Rows: m.Rows, Cols: m.Cols, Data: append([]float32(nil), m.Data...)})
		}
	}
	return out, tensors, nil
}

// attentionLook is how a matrix is presented.
type attentionLook struct {
	name           attention.Name
	title, formula string
	cols           engine.Axis
	editable       bool
}

// attentionLooks lists the matrices of a head that the lab shows.
func attentionLooks(in engine.AttentionInput) []attentionLook {
	scaled := attentionLook{name: attention.Scaled, title: "缩放后 S′ = QKᵀ/√d_k", formula: "S′ = S / √d_k", cols: engine.AxisToken}
	if !in.Scale {
		scaled.title, scaled.formula = "未缩放 S′ = QKᵀ", "S′ = S"
	}
	masked := attentionLook{name: attention.Masked, title: "因果掩码后 M", formula: "M[i,j] = S′[i,j]（j ≤ i），否则 −∞", cols: engine.AxisToken}
	if !in.Causal {
		masked.title, masked.formula = "未加掩码 M", "M = S′"
	}
	return []attentionLook{
		{attention.Q, "查询 Q", "Q = X·W_Q", engine.AxisDimension, true},
		{attention.K, "键 K", "K = X·W_K", engine.AxisDimension, true},
		{attention.V, "值 V", "V = X·W_V", engine.AxisDimension, true},
		{attention.Scores, "分数 S = QKᵀ", "S = Q·Kᵀ", engine.AxisToken, false},
		scaled,
		masked,
		{attention.Weights, "权重 A = softmax(M)", "A[i,·] = softmax(M[i,·])", engine.AxisToken, false},
		{attention.Output, "输出 O = A·V", "O = A·V", engine.AxisDimension, false},
	}
}

// finiteRange returns the least and greatest of the finite values, or zeros.
func finiteRange(data []float32) (low, high float32) {
	found := false
	for _, v := range data {
		if math.IsInf(float64(v), 0) || math.IsNaN(float64(v)) {
			continue
		}
		if !found {
			low, high, found = v, v, true
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// tokenLabels returns one string per character.
func tokenLabels(text string) []string {
	var labels []string
	for _, r := range text {
		labels = append(labels, string(r))
	}
	return labels
}
