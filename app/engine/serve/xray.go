package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/attention"
)

// xrayLab answers the operations of the lab "xray". It keeps the last pass: most
// of what is asked is about what stands on the screen.
type xrayLab struct {
	backends *backends
	model    *shiya

	// Guarded by backends.busy.
	key  string // of last; empty: none
	last *xrayPass
	// whole is the likeliest of the model without ablations, by text.
	wholeText string
	whole     []float64 // (V)
}

// xrayPass is one traced pass.
type xrayPass struct {
	*attention.ModelTrace
	model   *heldModel
	backend attention.Backend
	chosen  engine.Backend
	reading engine.NextReading
	next    []float64 // (V), softmax of the last position's logits
	took    time.Duration
}

func registerXray(s *Server, b *backends, model *shiya) {
	lab := &xrayLab{backends: b, model: model}
	s.Register(engine.OpXray, onPass(lab, engine.OpXray, whole, lab.trace))
	s.Register(engine.OpXrayTensor, onPass(lab, engine.OpXrayTensor, func(in *engine.XrayTensorInput) *engine.XrayInput { return &in.Xray }, lab.tensor))
	s.Register(engine.OpXrayExplain, onPass(lab, engine.OpXrayExplain, func(in *engine.XrayCellInput) *engine.XrayInput { return &in.Xray }, lab.explain))
	s.Register(engine.OpXrayStatic, onPass(lab, engine.OpXrayStatic, func(in *engine.XrayCellInput) *engine.XrayInput { return &in.Xray }, lab.static))
	lab.registerMore(s)
}

// checkXray returns the first fault of in that needs no model, or nil.
func checkXray(op string, in engine.XrayInput) error {
	bad := func(field, format string, args ...any) error {
		return &engine.Error{Code: engine.BadInput, Op: op, Field: field, Message: fmt.Sprintf(format, args...)}
	}
	n := utf8.RuneCountInString(in.Text)
	if n == 0 || n > engine.MaxXrayText {
		return bad("text", "文字有 %d 个字；请输入 1 到 %d 个", n, engine.MaxXrayText)
	}
	next := engine.NextInput{Text: in.Text, Temperature: in.Temperature, TopP: 1, Penalty: 1, Backend: in.Backend}
	return checkNext(op, next)
}

// pass returns the traced pass of an input, computed anew where the last was
// another. The caller holds backends.busy.
func (lab *xrayLab) pass(ctx context.Context, op string, in engine.XrayInput, m *heldModel) (*xrayPass, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	if key := string(text); lab.key == key && lab.last.model == m {
		return lab.last, nil
	}
	ablations, err := ablationsOf(op, in.Ablate, m.Config)
	if err != nil {
		return nil, err
	}
	tokens, reading := m.nextReading(in.Text)
	if len(tokens) == 0 {
		return nil, unreadable(op)
	}
	by, err := lab.backends.forModel(ctx, m, in.Backend)
	if err != nil {
		return nil, err
	}
	p := &xrayPass{model: m, chosen: by.chosen, reading: reading}
	for _, b := range by.Backends() {
		began := time.Now()
		p.ModelTrace, err = m.trace(ctx, b, tokens, ablations, in)
		p.backend, p.took = b, time.Since(began)
		if !errors.As(err, new(*attention.BackendError)) {
			break
		}
		p.chosen.Reason = backendTitles[b.Name()] + " 中途停下（" + backendReason(err) + "），换下一个后端"
	}
	if err != nil {
		return nil, modelError(op, err)
	}
	p.chosen.Name = p.backend.Name()
	p.chosen.Title = backendTitles[p.chosen.Name]
	trace := p.ModelTrace
	logits, _ := trace.Tensor("logits")
	p.next = softmaxed(logits.Matrix.Row(logits.Matrix.Rows - 1))
	lab.key, lab.last = string(text), p
	if len(ablations) == 0 {
		lab.wholeText, lab.whole = in.Text, p.next
	}
	return p, nil
}

// trace carries a pass out on one backend.
func (m *heldModel) trace(ctx context.Context, b attention.Backend, tokens []int, cut []attention.Ablation, in engine.XrayInput) (*attention.ModelTrace, error) {
	sampler, err := attention.NewSampler(attention.Sampling{Temperature: in.Temperature, TopP: 1, RepetitionPenalty: 1, Seed: in.Seed}, m.Config.Vocab)
	if err != nil {
		return nil, err
	}
	return attention.TraceModel(ctx, b, m.Model, tokens, attention.TraceOptions{Ablate: cut, Sampler: sampler, Symbol: m.symbol})
}

// ablationsOf checks the parts that are to be taken out.
func ablationsOf(op string, parts []engine.XrayPart, c attention.ModelConfig) ([]attention.Ablation, error) {
	var out []attention.Ablation
	for i, p := range parts {
		a := attention.Ablation{Part: attention.Part(p.Part), Layer: p.Layer, Head: p.Head}
		if err := a.Check(c); err != nil {
			return nil, &engine.Error{Code: engine.BadInput, Op: op, Field: fmt.Sprintf("ablate[%d]", i),
				Message: fmt.Sprintf("关不掉第 %d 处（%s，层 %d，头 %d）：诗芽有 %d 层，每层 %d 个头", i+1, p.Part, p.Layer, p.Head, c.Layers, c.Heads)}
		}
		out = append(out, a)
	}
	return out, nil
}

// softmaxed returns the softmax of a row, in float64.
func softmaxed(row []float32) []float64 {
	high := float64(slices.Max(row))
	sum := attention.SumExp(row, high)
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = math.Exp(float64(v)-high) / sum
	}
	return out
}

// begin decodes, checks, and brings the model.
func beginXray[T any](ctx context.Context, lab *xrayLab, op string, raw json.RawMessage, emit func(engine.Reply), of func(*T) *engine.XrayInput) (T, *heldModel, error) {
	var in T
	if err := json.Unmarshal(raw, &in); err != nil {
		return in, nil, undecodable(op, err)
	}
	if err := checkXray(op, *of(&in)); err != nil {
		return in, nil, err
	}
	m, err := lab.model.get(ctx, emit)
	return in, m, err
}

// onPass is the handler of what is read off a pass: it makes the pass that its
// input asks for, and has the backends to itself meanwhile.
func onPass[T any](lab *xrayLab, op string, of func(*T) *engine.XrayInput, answer func(context.Context, T, *xrayPass) (any, []engine.Tensor, error)) Handler {
	return func(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		in, m, err := beginXray(ctx, lab, op, raw, emit, of)
		if err != nil {
			return nil, nil, err
		}
		lab.backends.busy.Lock()
		defer lab.backends.busy.Unlock()
		p, err := lab.pass(ctx, op, *of(&in), m)
		if err != nil {
			return nil, nil, err
		}
		return answer(ctx, in, p)
	}
}

// whole is the input that asks for a pass and no more.
func whole(in *engine.XrayInput) *engine.XrayInput { return in }

// trace answers engine.OpXray.
func (lab *xrayLab) trace(ctx context.Context, in engine.XrayInput, p *xrayPass) (any, []engine.Tensor, error) {
	const op = engine.OpXray
	m := p.model
	out := engine.XrayOutput{Backend: p.chosen, Model: m.info(), Reading: p.reading, Tensors: p.tensors(),
		MS: float64(p.took) / float64(time.Millisecond)}
	for i := range p.Tokens {
		out.Tokens = append(out.Tokens, p.Label(attention.Axis{Kind: attention.AxisPosition}, i))
	}
	if len(in.Ablate) == 0 {
		out.Now = p.chances(p.next, likeliest(p.next, xrayChances))
		return out, nil, nil
	}
	if lab.wholeText != in.Text || len(lab.whole) != len(p.next) {
		d, err := attention.NewDecoder(m.Model, p.backend, m.Config.Context)
		if err != nil {
			return nil, nil, err
		}
		logits, err := d.Next(ctx, p.Tokens)
		if err != nil {
			return nil, nil, modelError(op, err)
		}
		lab.wholeText, lab.whole = in.Text, softmaxed(logits)
	}
	// The likeliest of either, in the order of the whole model.
	listed := likeliest(lab.whole, xrayChances)
	for _, token := range likeliest(p.next, xrayChances) {
		if !slices.Contains(listed, token) {
			listed = append(listed, token)
		}
	}
	out.Now, out.Whole = p.chances(p.next, listed), p.chances(lab.whole, listed)
	for i, q := range lab.whole {
		if q > 0 {
			out.Divergence += q * (math.Log(q) - math.Log(max(p.next[i], math.SmallestNonzeroFloat64)))
		}
	}
	out.Divergence = max(out.Divergence, 0)
	return out, nil, nil
}

// xrayChances is how many likeliest symbols are listed.
const xrayChances = 8

// likeliest returns the n tokens of the greatest probabilities, in order.
func likeliest(p []float64, n int) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] > p[b]:
			return -1
		case p[a] < p[b]:
			return 1
		}
		return 0
	})
	return order[:min(n, len(order))]
}

func (p *xrayPass) chances(of []float64, tokens []int) []engine.XrayChance {
	out := make([]engine.XrayChance, len(tokens))
	for i, token := range tokens {
		rank := 0
		for other, v := range of {
			if v > of[token] || v == of[token] && other < token {
				rank++
			}
		}
		out[i] = engine.XrayChance{Symbol: p.model.symbol(token), Token: token, Rank: rank, Probability: of[token]}
	}
	return out
}

// tensors describes every tensor of the pass.
func (p *xrayPass) tensors() []engine.XrayTensor {
	out := make([]engine.XrayTensor, len(p.Tensors))
	for i, t := range p.Tensors {
		look := lookOf(t)
		low, high := finiteRange(t.Matrix.Data)
		out[i] = engine.XrayTensor{
			Name: string(t.Name), Symbol: t.Symbol, Title: look.title, Formula: look.formula, Op: string(t.Op), Group: look.group,
			Layer: t.Layer, Head: t.Head, Rows: t.Matrix.Rows, Cols: t.Matrix.Cols,
			RowAxis: axisWords(t.Rows), ColAxis: axisWords(t.Cols), Sequential: look.sequential, Min: low, Max: high,
		}
		for _, name := range t.Inputs {
			out[i].Inputs = append(out[i].Inputs, string(name))
		}
	}
	return out
}

// tensor answers engine.OpXrayTensor.
func (lab *xrayLab) tensor(ctx context.Context, in engine.XrayTensorInput, p *xrayPass) (any, []engine.Tensor, error) {
	const op = engine.OpXrayTensor
	var out engine.XrayTensorOutput
	var tensors []engine.Tensor
	for _, c := range in.Cells {
		t, err := p.cell(op, c)
		if err != nil {
			return nil, nil, err
		}
		block, values := p.block(t, c.Row, c.Col)
		out.Blocks, tensors = append(out.Blocks, block), append(tensors, values)
	}
	return out, tensors, nil
}

// cell returns the tensor that a cell lies in.
func (p *xrayPass) cell(op string, c engine.XrayCell) (*attention.Tensor, error) {
	t, ok := p.Tensor(attention.Name(c.Tensor))
	if !ok {
		return nil, &engine.Error{Code: engine.BadInput, Op: op, Field: "tensor", Message: "这一趟计算里没有名为“" + c.Tensor + "”的张量"}
	}
	if !t.Matrix.Has(c.Row, c.Col) {
		return nil, &engine.Error{Code: engine.BadInput, Op: op, Field: "cell",
			Message: fmt.Sprintf("%s 有 %d 行 %d 列，没有 [%d,%d] 这一格", c.Tensor, t.Matrix.Rows, t.Matrix.Cols, c.Row, c.Col)}
	}
	return t, nil
}

// block returns the block of t that holds a cell. It is a copy: the trace stays
// here, the values go away.
func (p *xrayPass) block(t *attention.Tensor, row, col int) (engine.XrayTensorBlock, engine.Tensor) {
	const side = engine.XrayBlock
	b := engine.XrayTensorBlock{Tensor: string(t.Name), Row: row / side * side, Col: col / side * side}
	rows, cols := min(side, t.Matrix.Rows-b.Row), min(side, t.Matrix.Cols-b.Col)
	values := engine.Tensor{Rows: rows, Cols: cols, Data: make([]float32, 0, rows*cols)}
	for r := range rows {
		values.Data = append(values.Data, t.Matrix.Row(b.Row + r)[b.Col:b.Col+cols]...)
		b.RowLabels = append(b.RowLabels, p.label(t.Rows, b.Row+r))
	}
	for c := range cols {
		b.ColLabels = append(b.ColLabels, p.label(t.Cols, b.Col+c))
	}
	return b, values
}

// label is what stands beside an index; nothing says its number. The mark that
// begins a text has the width of one character, as all the others.
func (p *xrayPass) label(a attention.Axis, i int) string {
	if s := p.Label(a, i); s == p.model.symbol(p.Config.BOS) && p.Config.BOS >= 0 && a.Kind == attention.AxisPosition {
		return "▷"
	} else if s != "" {
		return s
	}
	return fmt.Sprint(i)
}

// explain answers engine.OpXrayExplain.
func (lab *xrayLab) explain(ctx context.Context, in engine.XrayCellInput, p *xrayPass) (any, []engine.Tensor, error) {
	const op = engine.OpXrayExplain
	t, err := p.cell(op, in.Cell)
	if err != nil {
		return nil, nil, err
	}
	x, err := p.Explain(t.Name, in.Cell.Row, in.Cell.Col)
	if err != nil {
		return nil, nil, err
	}
	return p.explanation(t, x), nil, nil
}

// explanation puts x into words and cuts the list of operands.
func (p *xrayPass) explanation(t *attention.Tensor, x attention.Explanation) engine.XrayExplanation {
	out := engine.XrayExplanation{Count: len(x.Operands)}
	e := &out.Explanation
	e.Title = fmt.Sprintf("%s[%d,%d]", lookOf(t).title, x.Cell.Row, x.Cell.Col)
	e.Formula, e.Working, e.Result, e.Text = x.Formula, x.Working, x.Result, p.sentence(t, x)
	for _, o := range x.Operands[:min(len(x.Operands), engine.MaxXrayOperands)] {
		e.Operands = append(e.Operands, engine.Operand{Symbol: o.Symbol, Value: o.Value, Matrix: string(o.Cell.Matrix),
			Head: o.Cell.Head, Row: o.Cell.Row, Col: o.Cell.Col})
	}
	for _, r := range x.Regions() {
		out.Regions = append(out.Regions, engine.XrayRegion{Tensor: string(r.Matrix), Row: r.Row, Col: r.Col, LastRow: r.LastRow, LastCol: r.LastCol})
	}
	return out
}
