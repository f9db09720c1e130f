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
// computation: the explanations asked for are mostly of what is on the screen. It
// keeps the last entropy figure too, which most of the controls do not change.
type attentionLab struct {
	backends *backends
	model    *shiya

	// mu guards the fields below and the backends, of which each serves one
	// goroutine at a time; it is theirs.
	mu      *sync.Mutex
	key     string // of last; empty: none
	last    *attentionRun
	entropy entropyFigure
}

// attentionRun is one computation of the lab.
type attentionRun struct {
	*attention.Trace
	in     engine.AttentionInput // with Heads and DK as they are
	chosen engine.Backend
	labels []string // of the tokens
	// source is the pass that Q, K and V come from; nil: drawn.
	source  *xrayPass
	reading engine.NextReading
}

// registerAttention adds the lab's operations.
func registerAttention(s *Server, b *backends, model *shiya) {
	lab := &attentionLab{backends: b, mu: &b.busy, model: model}
	s.Register(engine.OpAttention, lab.matrices)
	s.Register(engine.OpAttentionExplain, lab.explain)
	s.Register(engine.OpAttentionEntropy, lab.entropyByDK)
	s.Register(engine.OpAttentionStatic, lab.static)
}

// run returns the computation of a checked input, which op asked for. While the
// model is on its way emit tells how far it has come.
func (lab *attentionLab) run(ctx context.Context, op string, in engine.AttentionInput, emit func(engine.Reply)) (*attentionRun, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var m *heldModel
	if in.Source != "" {
		if m, err = lab.model.get(ctx, emit); err != nil {
			return nil, err
		}
	}
	lab.mu.Lock()
	defer lab.mu.Unlock()
	key := string(text)
	if lab.key == key && (m == nil || lab.last.source.model == m) {
		return lab.last, nil
	}
	backend, chosen := lab.backends.choose(ctx, in.Backend)
	run := &attentionRun{in: in, chosen: chosen, labels: tokenLabels(in.Text)}
	config := attentionConfig(in)
	if m != nil {
		if config, err = run.take(ctx, op, backend, m); err != nil {
			return nil, err
		}
	}
	if run.Trace, err = attention.Run(ctx, backend, config); err != nil {
		return nil, err
	}
	lab.key, lab.last = key, run
	return run, nil
}

func attentionConfig(in engine.AttentionInput) attention.Config {
	c := attention.Config{Tokens: []rune(in.Text), Heads: in.Heads, DK: in.DK, Causal: in.Causal, Scale: in.Scale, Seed: in.Seed}
	for _, e := range in.Edits {
		c.Edits = append(c.Edits, attention.Edit{Matrix: attention.Name(e.Matrix), Head: e.Head, Row: e.Row, Col: e.Col, Value: e.Value})
	}
	return c
}

// matrices answers engine.OpAttention.
func (lab *attentionLab) matrices(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	in, err := decodeAttention(engine.OpAttention, raw)
	if err != nil {
		return nil, nil, err
	}
	trace, err := lab.run(ctx, engine.OpAttention, in, emit)
	if err != nil {
		return nil, nil, err
	}
	out := engine.AttentionOutput{Tokens: trace.labels, Backend: trace.chosen}
	if trace.source != nil {
		out.Model = &engine.AttentionModel{Info: trace.source.model.info(), Reading: trace.reading}
	}
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
	q, k, v := "Q = X·W_Q", "K = X·W_K", "V = X·W_V"
	if in.Source != "" {
		q, k, v = "Q = RoPE(N·W_Q)", "K = RoPE(N·W_K)", "V = N·W_V"
	}
	return []attentionLook{
		{attention.Q, "查询 Q", q, engine.AxisDimension, true},
		{attention.K, "键 K", k, engine.AxisDimension, true},
		{attention.V, "值 V", v, engine.AxisDimension, true},
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
