package attention

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// traceOf traces a text; every trace of these tests has a draw.
func traceOf(t testing.TB, b Backend, m *Model, tokens []int, s Sampling, ablate ...Ablation) *ModelTrace {
	t.Helper()
	sampler, err := NewSampler(s, m.Config.Vocab)
	if err != nil {
		t.Fatal(err)
	}
	trace, err := TraceModel(context.Background(), b, m, tokens, TraceOptions{Ablate: ablate, Sampler: sampler})
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// samplings are draws of all kinds, in which each cut takes something away.
var samplings = []Sampling{
	plain,
	{Temperature: 0.7, TopK: 4, TopP: 1, RepetitionPenalty: 1.3, Seed: 3},
	{Temperature: 1.4, TopP: 0.6, RepetitionPenalty: 0.8, Seed: 4},
	{Temperature: 1, TopK: 5, TopP: 0.8, MinP: 0.3, RepetitionPenalty: 1, Seed: 5},
	{Temperature: 0.9, TopP: 1, MinP: 0.2, RepetitionPenalty: 1.1, Seed: 6},
	{TopP: 1, RepetitionPenalty: 1.5},
}

// TestModelExplanationsRecompute is the promise of the trace: for every cell of
// every tensor, the operands named, and nothing else, make its value.
func TestModelExplanationsRecompute(t *testing.T) {
	cells, kinds := 0, map[Kind]int{}
	for i, c := range configs() {
		m := lively(t, c, uint64(i))
		n := []int{5, 1, 3, 2}[i%4]
		var ablate []Ablation
		if i%3 == 2 {
			ablate = []Ablation{
				{PartHead, 0, c.Heads - 1}, {Part: PartFFN, Layer: c.Layers - 1}, {Part: PartAttentionResidual, Layer: c.Layers - 1},
				{Part: PartFFNResidual}, {Part: PartAttention, Layer: c.Layers - 1},
			}
		}
		for j, s := range samplings {
			if j != i%len(samplings) && i > 1 {
				continue
			}
			trace := traceOf(t, Go{}, m, someTokens(c, n, uint64(i)), s, ablate...)
			checkModelTrace(t, trace, kinds)
			for _, tensor := range trace.Tensors {
				cells += len(tensor.Matrix.Data)
			}
		}
	}
	for _, k := range []Kind{Product, Quotient, Copied, Hidden, Softmaxed, Given, Ablated, Cosine, Sine, Looked, RootMeanSquare, Normed, Rotated,
		Sum, SiLU, Tempered, BeyondTopK, BeyondTopP, BelowMinP, Share, Greatest, Chosen} {
		if kinds[k] == 0 {
			t.Errorf("no cell is %s", k)
		}
	}
	t.Logf("%d cells", cells)
}

func checkModelTrace(t testing.TB, trace *ModelTrace, kinds map[Kind]int) {
	t.Helper()
	before := map[Name]bool{}
	for _, tensor := range trace.Tensors {
		if before[tensor.Name] {
			t.Fatalf("%s stands there twice", tensor.Name)
		}
		for _, input := range tensor.Inputs {
			if !before[input] {
				t.Errorf("%s: input %s does not stand before it", tensor.Name, input)
			}
		}
		before[tensor.Name] = true
		checkAxis(t, trace, tensor, tensor.Rows, tensor.Matrix.Rows)
		checkAxis(t, trace, tensor, tensor.Cols, tensor.Matrix.Cols)
		for r := range tensor.Matrix.Rows {
			for c := range tensor.Matrix.Cols {
				x, err := trace.Explain(tensor.Name, r, c)
				if err != nil {
					t.Fatal(err)
				}
				kinds[x.Kind]++
				checkModelExplanation(t, trace, tensor, x)
			}
		}
	}
}

// checkAxis holds the size of an axis against what it is said to stand for.
func checkAxis(t testing.TB, trace *ModelTrace, tensor *Tensor, a Axis, size int) {
	t.Helper()
	c := trace.Config
	want := map[AxisKind]int{
		AxisSingle: 1, AxisPosition: len(trace.Tokens), AxisVocabulary: c.Vocab, AxisDimension: c.Width,
		AxisHead: a.Heads * c.HeadDim, AxisHidden: c.FFN, AxisPair: c.HeadDim / 2,
	}[a.Kind]
	if want != size {
		t.Errorf("%s: an axis %+v of %d, want %d", tensor.Name, a, size, want)
	}
}

func checkModelExplanation(t testing.TB, trace *ModelTrace, tensor *Tensor, x Explanation) {
	t.Helper()
	where := fmt.Sprintf("%s[%d,%d]", x.Cell.Matrix, x.Cell.Row, x.Cell.Col)
	if x.Formula == "" || x.Working == "" || len(x.Operands) == 0 || x.Cell.Head != tensor.Head {
		t.Errorf("%s: incomplete: %+v", where, x)
	}
	// Relative to the result; where a sum's terms cancel, to the terms.
	size := math.Abs(x.Result)
	switch x.Kind {
	case Product:
		size = 0
		for i := 0; i < len(x.Operands); i += 2 {
			size += math.Abs(x.Operands[i].Value * x.Operands[i+1].Value)
		}
	case Rotated:
		size = math.Abs(x.Operands[0].Value*x.Operands[1].Value) + math.Abs(x.Operands[2].Value*x.Operands[3].Value)
	case Sum:
		size = math.Abs(x.Operands[0].Value) + math.Abs(x.Operands[1].Value)
	case Cosine, Sine:
		size = 1
	case Tempered:
		size = (math.Abs(x.Operands[0].Value) + math.Abs(x.Operands[1].Value)) / x.Operands[2].Value
	case Softmaxed:
		// An error of a score is one of its exponent.
		size *= 10
	}
	again := x.Recompute()
	if again != x.Result && !(math.Abs(again-x.Result) <= 1e-5*size+1e-37) {
		t.Errorf("%s: operands make %v, cell is %v: %s = %s", where, again, x.Result, x.Formula, x.Working)
	}
	for _, o := range x.Operands {
		if o.Cell.Matrix == "" {
			continue
		}
		from, ok := trace.Tensor(o.Cell.Matrix)
		if !ok || !from.Matrix.Has(o.Cell.Row, o.Cell.Col) || float64(from.Matrix.At(o.Cell.Row, o.Cell.Col)) != o.Value || from.Head != o.Cell.Head {
			t.Errorf("%s: operand %+v is not where it says", where, o)
			continue
		}
		if !slices.Contains(tensor.Inputs, from.Name) {
			t.Errorf("%s: operand of %s, which is no input", where, from.Name)
		}
		if want := fmt.Sprintf("%s[%d,%d]", from.Symbol, o.Cell.Row, o.Cell.Col); o.Symbol != want {
			t.Errorf("%s: operand called %s, stands at %s", where, o.Symbol, want)
		}
	}
}

// late carries nothing out before Sync, as a device that takes a whole step in
// one submission.
type late struct {
	Go
	queue []func()
	syncs int
}

func (l *late) later(f func()) { l.queue = append(l.queue, f) }
func (l *late) Sync(context.Context) error {
	for _, f := range l.queue {
		f()
	}
	l.queue, l.syncs = nil, l.syncs+1
	return nil
}
func (l *late) MatMulT(dst, a, b Matrix)           { l.later(func() { l.Go.MatMulT(dst, a, b) }) }
func (l *late) Gather(dst, table Matrix, at []int) { l.later(func() { l.Go.Gather(dst, table, at) }) }
func (l *late) RMSNorm(dst, x Matrix, g []float32, e float64) {
	l.later(func() { l.Go.RMSNorm(dst, x, g, e) })
}
func (l *late) RoPE(x, cos, sin Matrix)    { l.later(func() { l.Go.RoPE(x, cos, sin) }) }
func (l *late) Add(dst, a, b Matrix)       { l.later(func() { l.Go.Add(dst, a, b) }) }
func (l *late) SiLUGate(dst, g, up Matrix) { l.later(func() { l.Go.SiLUGate(dst, g, up) }) }
func (l *late) Attend(dst, weights, q, keys, values Matrix, heads int) {
	l.later(func() { l.Go.Attend(dst, weights, q, keys, values, heads) })
}

// TestTraceIsThePass compares a trace with the decoder, bit by bit, on backends
// that compute at once, late, in part, and far away.
func TestTraceIsThePass(t *testing.T) {
	for i, c := range configs() {
		m := lively(t, c, uint64(i))
		tokens := someTokens(c, 6, uint64(i))
		one := &late{}
		for _, b := range []Backend{Go{}, one, struct{ Backend }{Go{}}, newDistant(t)} {
			trace := traceOf(t, b, m, tokens, plain)
			logits, _ := trace.Tensor("logits")
			if want := forward(t, m, Go{}, tokens); !slices.Equal(logits.Matrix.Data, want.Data) {
				t.Errorf("%+v: other logits than the decoder's", c)
			}
			if i < 3 {
				checkModelTrace(t, trace, map[Kind]int{})
			}
		}
		if one.syncs != 1 {
			t.Errorf("%d syncs in a trace", one.syncs)
		}
	}
}

// TestTraceLongText asks for a text of more rows than a pass of the decoder.
func TestTraceLongText(t *testing.T) {
	c := configs()[0]
	c.Context = 200
	m := lively(t, c, 1)
	tokens := someTokens(c, 150, 1)
	trace := traceOf(t, Go{}, m, tokens, plain)
	logits, _ := trace.Tensor("logits")
	want := forward(t, m, Go{}, tokens)
	values := 0
	for _, tensor := range trace.Tensors {
		if tensor.Op != OpParameter && !strings.HasPrefix(string(tensor.Name), "sampling.") {
			values += len(tensor.Matrix.Data)
		}
	}
	// The estimate holds, and is not far off: the weights of all heads at once and
	// the zeros of the rotations are in it too.
	if most := traceValues(c, len(tokens)); float64(values) > most || float64(values) < 0.7*most {
		t.Errorf("%d values kept, %v expected", values, most)
	}
	for i := range tokens {
		closeRow(t, fmt.Sprint("token ", i), logits.Matrix.Row(i), wide(want.Row(i)))
	}
}

// TestTraceDraws compares the drawn token and its distribution with a sampler.
func TestTraceDraws(t *testing.T) {
	m := lively(t, configs()[0], 1)
	for i, s := range samplings {
		tokens := someTokens(m.Config, 5, uint64(i))
		logits := forward(t, m, Go{}, tokens)
		want, candidates := sample(t, s, logits.Row(4), tokens...)
		trace := traceOf(t, Go{}, m, tokens, s)
		if got, ok := trace.Drawn(); !ok || got != want {
			t.Errorf("%+v: drawn %d, want %d", s, got, want)
		}
		if s.Temperature == 0 {
			continue
		}
		final, _ := trace.Tensor("sampling.final")
		probabilities := make([]float32, m.Config.Vocab)
		for _, c := range candidates {
			probabilities[c.Token] = float32(c.Probability)
		}
		for id, want := range probabilities {
			if got := final.Matrix.Data[id]; math.Abs(float64(got-want)) > 1e-6 {
				t.Errorf("%+v: token %d has %v, want %v", s, id, got, want)
			}
		}
	}
}

func TestTraceLabels(t *testing.T) {
	m := lively(t, configs()[0], 1)
	symbols := strings.Split("甲乙丙丁戊己庚辛壬癸子", "")
	trace, err := TraceModel(t.Context(), Go{}, m, []int{2, 0, 2}, TraceOptions{Symbol: func(id int) string { return symbols[id] }})
	if err != nil {
		t.Fatal(err)
	}
	if _, drawn := trace.Drawn(); drawn {
		t.Error("a draw without a sampler")
	}
	for _, tt := range []struct {
		name     Name
		col      int
		row, top string
	}{
		{HeadName(1, 3, "weights"), 1, "丙", "甲"}, {"logits", 10, "丙", "子"}, {LayerName(0, "q"), 3, "丙", "1·1"},
		{HeadName(0, 1, "mixed"), 1, "丙", "1"}, {Residual(2), 7, "丙", "7"}, {Residual(0), 0, "丙", "0"}, {"final_norm.rms", 0, "丙", ""},
	} {
		tensor, ok := trace.Tensor(tt.name)
		if !ok {
			t.Fatalf("no tensor %s", tt.name)
		}
		if row, col := trace.Label(tensor.Rows, 2), trace.Label(tensor.Cols, tt.col); row != tt.row || col != tt.top {
			t.Errorf("%s: labels %q and %q, want %q and %q", tt.name, row, col, tt.row, tt.top)
		}
	}
	x, err := trace.Explain(LayerName(1, "q"), 2, 5)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Region{{LayerName(1, "attention_norm"), -1, 2, 0, 2, 7}, {"model.layers.1.self_attn.q_proj.weight", -1, 5, 0, 5, 7}}; !slices.Equal(x.Regions(), want) {
		t.Errorf("regions %v, want %v", x.Regions(), want)
	}
}

func TestTraceRefuses(t *testing.T) {
	m := lively(t, configs()[0], 1)
	_, err := TraceModel(t.Context(), Go{}, m, nil, TraceOptions{})
	says(t, "no tokens", err, "tokens: none")
	_, err = TraceModel(t.Context(), Go{}, m, []int{1, -1}, TraceOptions{})
	says(t, "an unseen character", err, "token -1 (number 1)", "0 … 10")
	_, err = TraceModel(t.Context(), Go{}, m, make([]int, 17), TraceOptions{})
	var full *ContextError
	if !errors.As(err, &full) || *full != (ContextError{Tokens: 17, Capacity: 16}) {
		t.Errorf("beyond the context: %v", err)
	}
	_, err = TraceModel(t.Context(), &failing{err: fmt.Errorf("device lost")}, m, []int{1}, TraceOptions{})
	says(t, "lost backend", err, "device lost")
	_, err = TraceModel(t.Context(), Go{}, m, []int{1}, TraceOptions{Ablate: []Ablation{{Part: PartLayer, Layer: 2}}})
	says(t, "ablation", err, "layer 2", "0 … 1")
	wide := *m
	wide.Config.Context = 1 << 20
	_, err = TraceModel(t.Context(), Go{}, &wide, make([]int, 5000), TraceOptions{})
	says(t, "too long", err, "5000 tokens", "values to keep")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := TraceModel(cancelled, Go{}, m, []int{1}, TraceOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	trace := traceOf(t, Go{}, m, []int{1, 2}, plain)
	for _, cell := range []Cell{{Matrix: "z"}, {Matrix: "logits", Row: 2}, {Matrix: "logits", Col: 11}, {Matrix: "logits", Row: -1}} {
		if _, err := trace.Explain(cell.Matrix, cell.Row, cell.Col); err == nil || !strings.Contains(err.Error(), string(cell.Matrix)) {
			t.Errorf("explained %+v, which is not there: %v", cell, err)
		}
	}
}

// TestRecorderRefuses lets a pass read what it never wrote.
func TestRecorderRefuses(t *testing.T) {
	m := lively(t, configs()[0], 1)
	for name, op := range map[string]func(r *recorder){
		"operand": func(r *recorder) { r.Add(NewMatrix(1, 8), NewMatrix(1, 8), NewMatrix(1, 8)) },
		"matmul":  func(r *recorder) { r.MatMul(Matrix{}, Matrix{}, Matrix{}) },
		"softmax": func(r *recorder) { r.SoftmaxRows(Matrix{}, Matrix{}) },
	} {
		r := newRecorder(Go{}, m, []int{1}, TraceOptions{})
		op(r)
		says(t, name, r.Sync(t.Context()), "record", name)
	}
}
