package serve

import (
	"context"
	"fmt"

	"courselab/app/engine"
	"courselab/attention"
)

// take has the course's model read the text and takes Q, K and V from the head
// that the input names. It returns what to compute with them.
func (r *attentionRun) take(ctx context.Context, op string, b attention.Backend, m *heldModel) (attention.Config, error) {
	var none attention.Config
	c := m.Config
	switch {
	case r.in.Layer < 0 || r.in.Layer >= c.Layers:
		return none, badAttention(op, "layer", "诗芽没有第 %d 层；可用 0 到 %d", r.in.Layer, c.Layers-1)
	case r.in.Head < 0 || r.in.Head >= c.Heads:
		return none, badAttention(op, "head", "诗芽没有头 %d；可用 0 到 %d", r.in.Head, c.Heads-1)
	}
	tokens, reading := m.nextReading(r.in.Text)
	if len(tokens) == 0 {
		return none, unreadable(op)
	}
	r.in.Heads, r.in.DK = 1, c.HeadDim
	for i, e := range r.in.Edits {
		if err := checkEdit(op, fmt.Sprintf("edits[%d]", i), i+1, len(tokens), r.in, e); err != nil {
			return none, err
		}
	}
	trace, err := attention.TraceModel(ctx, b, m.Model, tokens, attention.TraceOptions{Symbol: m.symbol})
	if err != nil {
		return none, modelError(op, err)
	}
	given, err := trace.HeadInput(r.in.Layer, r.in.Head)
	if err != nil {
		return none, err
	}
	r.source, r.reading, r.labels = &xrayPass{ModelTrace: trace, model: m, backend: b, chosen: r.chosen, reading: reading}, reading, nil
	for _, token := range tokens {
		r.labels = append(r.labels, m.symbol(token))
	}
	config := attentionConfig(r.in)
	config.Tokens, config.Given = make([]rune, len(tokens)), []attention.GivenHead{given}
	return config, nil
}

// fromModel explains a cell of Q, K or V by the pass that it comes from; ok is
// false where the trace has more to say: that the cell was edited, or is computed
// here.
func (r *attentionRun) fromModel(x attention.Explanation) (e engine.Explanation, ok bool, err error) {
	if r.source == nil || x.Kind != attention.Given {
		return e, false, nil
	}
	at, _ := r.source.HeadCell(x.Cell.Matrix, r.in.Layer, r.in.Head, x.Cell.Row, x.Cell.Col)
	why, err := r.source.Explain(at.Matrix, at.Row, at.Col)
	if err != nil {
		return e, false, err
	}
	tensor, _ := r.source.Tensor(at.Matrix)
	e = engine.Explanation{
		Title:   fmt.Sprintf("%s %s[%d,%d]，诗芽第 %d 层 头 %d", matrixNouns[x.Cell.Matrix], x.Cell.Matrix.Symbol(), x.Cell.Row, x.Cell.Col, r.in.Layer, r.in.Head),
		Formula: why.Formula, Working: why.Working, Result: why.Result, Text: r.source.sentence(tensor, why),
		Xray: &engine.XrayCell{Tensor: string(at.Matrix), Row: at.Row, Col: at.Col},
	}
	for _, o := range why.Operands {
		e.Operands = append(e.Operands, engine.Operand{Symbol: o.Symbol, Value: o.Value, Matrix: string(o.Cell.Matrix), Head: o.Cell.Head, Row: o.Cell.Row, Col: o.Cell.Col})
	}
	return e, true, nil
}

// headEntropy is the mean entropy of the rows of weights, in nats, that the head
// has with and without the division by √d_k, mask and edits as they are.
func (r *attentionRun) headEntropy(ctx context.Context, b attention.Backend) (with, without float64, err error) {
	for _, scale := range []bool{true, false} {
		config := r.Config
		config.Scale = scale
		t, err := attention.Run(ctx, b, config)
		if err != nil {
			return 0, 0, err
		}
		var mean float64
		for i := range t.Heads[0].Weights.Rows {
			mean += attention.Entropy(t.Heads[0].Weights.Row(i)) / float64(t.Heads[0].Weights.Rows)
		}
		if scale {
			with = mean
		} else {
			without = mean
		}
	}
	return with, without, nil
}
