package serve

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/kernel"
)

func usualInput() engine.AttentionInput {
	return engine.AttentionInput{Text: "床前明月光，疑是地上霜", Heads: 2, DK: 8, Causal: true, Scale: true, Seed: 1}
}

// repliesTo sends one request through s and returns all replies.
func repliesTo(t testing.TB, ctx context.Context, s *Server, op string, input any) []engine.Reply {
	t.Helper()
	raw, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	var replies []engine.Reply
	s.Handle(ctx, engine.Request{Version: engine.Version, ID: 1, Op: op, Input: raw}, func(r engine.Reply) {
		replies = append(replies, r)
	})
	return replies
}

// result decodes the final reply, which must be Done.
func result(t testing.TB, s *Server, op string, input, out any) engine.Reply {
	t.Helper()
	replies := repliesTo(t, context.Background(), s, op, input)
	last := replies[len(replies)-1]
	if last.Kind != engine.Done {
		t.Fatalf("%s: %s %v", op, last.Kind, last.Error)
	}
	if err := json.Unmarshal(last.Output, out); err != nil {
		t.Fatal(err)
	}
	return last
}

func TestAttentionMatrices(t *testing.T) {
	in := usualInput()
	in.Edits = []engine.CellEdit{{Matrix: "q", Head: 1, Row: 2, Col: 3, Value: 7}}
	var out engine.AttentionOutput
	reply := result(t, Default(), engine.OpAttention, in, &out)
	if got := strings.Join(out.Tokens, ""); got != in.Text || len(out.Tokens) != 11 {
		t.Errorf("tokens %q", out.Tokens)
	}
	if out.Backend.Name != "cpu" || !strings.Contains(out.Backend.Reason, "纯 Go") {
		t.Errorf("backend %+v", out.Backend)
	}
	trace, err := attention.Run(context.Background(), attention.Go{}, attentionConfig(in))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, m := range out.Matrices {
		order = append(order, fmt.Sprint(m.Name, m.Head))
		got := reply.Tensors[m.Tensor]
		want, _ := trace.Matrix(attention.Name(m.Name), m.Head)
		if got.Rows != want.Rows || got.Cols != want.Cols {
			t.Fatalf("%s: shape (%d, %d)", m.Name, got.Rows, got.Cols)
		}
		low, high := float32(math.Inf(1)), float32(math.Inf(-1))
		for i, v := range got.Data {
			if v != want.Data[i] {
				t.Fatalf("%s head %d: value %d is %v, want %v", m.Name, m.Head, i, v, want.Data[i])
			}
			if !math.IsInf(float64(v), 0) {
				low, high = min(low, v), max(high, v)
			}
		}
		if m.Min != low || m.Max != high {
			t.Errorf("%s: range %v to %v, want %v to %v", m.Name, m.Min, m.Max, low, high)
		}
		if m.Title == "" || m.Formula == "" || m.Editable != (m.Name == "q" || m.Name == "k" || m.Name == "v") || m.Sequential != (m.Name == "weights") {
			t.Errorf("%+v", m)
		}
	}
	if got := strings.Join(order, " "); got != "q0 k0 v0 scores0 scaled0 masked0 weights0 output0 q1 k1 v1 scores1 scaled1 masked1 weights1 output1" {
		t.Errorf("order %s", got)
	}
}

func TestAttentionRefusals(t *testing.T) {
	edit := func(e engine.CellEdit) func(*engine.AttentionInput) {
		return func(in *engine.AttentionInput) {
			in.Edits = []engine.CellEdit{{Matrix: "k", Value: 1}, e}
		}
	}
	s := Default()
	for name, c := range map[string]struct {
		spoil func(*engine.AttentionInput)
		field string
		says  []string
	}{
		"empty text":   {func(in *engine.AttentionInput) { in.Text = "" }, "text", []string{"1 到 64"}},
		"long text":    {func(in *engine.AttentionInput) { in.Text = strings.Repeat("长", 65) }, "text", []string{"65", "64"}},
		"newline":      {func(in *engine.AttentionInput) { in.Text = "上\n下" }, "text", []string{"第 2 个", "U+000A"}},
		"no heads":     {func(in *engine.AttentionInput) { in.Heads = 0 }, "heads", []string{"0", "1 到 4"}},
		"many heads":   {func(in *engine.AttentionInput) { in.Heads = 5 }, "heads", []string{"5", "1 到 4"}},
		"narrow":       {func(in *engine.AttentionInput) { in.DK = 1 }, "dk", []string{"1", "2 到 64"}},
		"wide":         {func(in *engine.AttentionInput) { in.DK = 65 }, "dk", []string{"65", "2 到 64"}},
		"backend":      {func(in *engine.AttentionInput) { in.Backend = "tpu" }, "backend", []string{"tpu", "simd"}},
		"edit matrix":  {edit(engine.CellEdit{Matrix: "weights"}), "edits[1].matrix", []string{"第 2 处", "weights", "q、k、v"}},
		"edit head":    {edit(engine.CellEdit{Matrix: "q", Head: 2}), "edits[1].head", []string{"头 2", "0 到 1"}},
		"edit row":     {edit(engine.CellEdit{Matrix: "q", Row: 11}), "edits[1].row", []string{"11", "0 到 10"}},
		"edit col":     {edit(engine.CellEdit{Matrix: "q", Col: -1}), "edits[1].col", []string{"-1", "0 到 7"}},
		"edit value":   {edit(engine.CellEdit{Matrix: "q", Value: -1001}), "edits[1].value", []string{"−1001", "1000"}},
		"huge value":   {edit(engine.CellEdit{Matrix: "v", Value: math.MaxFloat32}), "edits[1].value", []string{"1000"}},
		"corrupt text": {func(in *engine.AttentionInput) { in.Text = "a\xff" }, "text", []string{"U+FFFD"}},
	} {
		in := usualInput()
		c.spoil(&in)
		for _, op := range []string{engine.OpAttention, engine.OpAttentionExplain, engine.OpAttentionEntropy, engine.OpAttentionStatic} {
			var input any = in
			if op == engine.OpAttentionExplain {
				input = engine.AttentionExplainInput{Attention: in, Matrix: "q"}
			}
			replies := repliesTo(t, context.Background(), s, op, input)
			e := replies[len(replies)-1].Error
			if e == nil || e.Code != engine.BadInput || e.Field != c.field || e.Op != op {
				t.Errorf("%s, %s: %+v, want field %s", name, op, e, c.field)
				continue
			}
			for _, word := range c.says {
				if !strings.Contains(e.Message, word) {
					t.Errorf("%s, %s: %q does not say %q", name, op, e.Message, word)
				}
			}
		}
	}
}

// TestAttentionUnreadable sends what no Go client can: wrong types, numbers that
// overflow, NaN.
func TestAttentionUnreadable(t *testing.T) {
	s := Default()
	for raw, field := range map[string]string{
		`{"text":3}`:     "text",
		`{"heads":1.5}`:  "heads",
		`{"seed":-1}`:    "seed",
		`{"edits":"no"}`: "edits",
		`{"edits":[{"matrix":"q","value":1e99}]}`: "edits.value",
		`{"edits":[{"matrix":"q","value":NaN}]}`:  "",
		`[]`:                                      "",
		`{`:                                       "",
		``:                                        "",
	} {
		_, _, err := s.handlers[engine.OpAttention](context.Background(), json.RawMessage(raw), nil)
		var e *engine.Error
		if !errors.As(err, &e) || e.Code != engine.BadInput || !strings.HasPrefix(e.Field, field) || e.Message == "" {
			t.Errorf("%s: %v, want field %q", raw, err, field)
		}
	}
}

func TestAttentionExplain(t *testing.T) {
	s := Default()
	in := usualInput()
	in.Edits = []engine.CellEdit{{Matrix: "k", Head: 1, Row: 0, Col: 0, Value: -2.5}}
	why := func(matrix string, head, row, col int) engine.Explanation {
		t.Helper()
		var e engine.Explanation
		result(t, s, engine.OpAttentionExplain, engine.AttentionExplainInput{Attention: in, Matrix: matrix, Head: head, Row: row, Col: col}, &e)
		if e.Title == "" || e.Formula == "" || e.Working == "" || e.Text == "" || len(e.Operands) == 0 {
			t.Errorf("%s: incomplete: %+v", matrix, e)
		}
		return e
	}
	if e := why("weights", 0, 3, 1); e.Title != "权重 A[3,1]，头 0" || len(e.Operands) != 11 || !strings.Contains(e.Text, "第 4 个字“月”") || !strings.Contains(e.Text, "第 2 个字“前”") {
		t.Errorf("weights: %+v", e)
	}
	if e := why("masked", 0, 0, 5); !math.IsInf(e.Result, -1) || e.Working != "−∞" {
		t.Errorf("masked: %+v", e)
	}
	if e := why("weights", 0, 0, 5); e.Result != 0 || !math.IsInf(e.Operands[5].Value, -1) || !strings.Contains(e.Text, "遮住") {
		t.Errorf("hidden weight: %+v", e)
	}
	if e := why("k", 1, 0, 0); e.Result != -2.5 || !strings.Contains(e.Text, "你改的") || e.Operands[0].Symbol != "你填的数" {
		t.Errorf("edited: %+v", e)
	}
	if e := why("scores", 1, 4, 0); e.Operands[1].Value != -2.5 || e.Operands[1].Matrix != "k" || e.Operands[1].Head != 1 {
		t.Errorf("scores do not name the edited operand: %+v", e.Operands[1])
	}
	for _, matrix := range []string{"wq", "wk", "wv", "q", "v", "scaled", "output"} {
		why(matrix, 1, 2, 1)
	}
	if e := why("x", -1, 2, 63); e.Title != "输入 X[2,63]" {
		t.Errorf("x: %+v", e)
	}

	for field, at := range map[string]engine.AttentionExplainInput{
		"matrix": {Matrix: "z"}, "head": {Matrix: "q", Head: 2}, "row": {Matrix: "q", Row: 11}, "col": {Matrix: "q", Col: 8},
	} {
		at.Attention = in
		replies := repliesTo(t, context.Background(), s, engine.OpAttentionExplain, at)
		if e := replies[len(replies)-1].Error; e == nil || e.Code != engine.BadInput || e.Field != field {
			t.Errorf("%s: %+v", field, e)
		}
	}
}

// TestAttentionKeepsLastTrace counts what is computed.
func TestAttentionKeepsLastTrace(t *testing.T) {
	s := New()
	counted := &counting{}
	registerAttention(s, &backends{load: func(context.Context) (attention.Backend, error) { return counted, nil }}, &shiya{})
	in := usualInput()
	var out engine.AttentionOutput
	result(t, s, engine.OpAttention, in, &out)
	once := counted.products
	if once == 0 || out.Backend.Name != "simd" {
		t.Fatalf("%d products on %+v", once, out.Backend)
	}
	var e engine.Explanation
	result(t, s, engine.OpAttentionExplain, engine.AttentionExplainInput{Attention: in, Matrix: "q"}, &e)
	if counted.products != once {
		t.Error("an explanation of the last trace computed it again")
	}
	in.Seed++
	result(t, s, engine.OpAttentionExplain, engine.AttentionExplainInput{Attention: in, Matrix: "q"}, &e)
	if counted.products != 2*once {
		t.Error("an explanation of another input did not compute it")
	}
}

type counting struct {
	attention.Go
	products int
}

func (c *counting) MatMul(dst, a, b attention.Matrix) {
	c.products++
	c.Go.MatMul(dst, a, b)
}

func TestBackendChoice(t *testing.T) {
	tries := 0
	choose := func(err error, forced string) engine.Backend {
		b := &backends{load: func(context.Context) (attention.Backend, error) {
			tries++
			if err != nil {
				return nil, fmt.Errorf("load: %w", err)
			}
			return attention.Go{}, nil
		}}
		_, first := b.choose(context.Background(), forced)
		if _, again := b.choose(context.Background(), forced); again != first {
			t.Errorf("chose %+v, then %+v", first, again)
		}
		return first
	}
	for _, c := range []struct {
		err        error
		forced     string
		name, says string
		tried      int
	}{
		{nil, "", "simd", "自检通过", 1},
		{nil, "simd", "simd", "设置", 1},
		{nil, "cpu", "cpu", "设置", 0},
		{nil, "webgpu", "simd", "WebGPU：本实验没有这个后端", 1},
		{kernel.ErrNoSIMD, "", "cpu", "不支持 WebAssembly SIMD", 1},
		{kernel.ErrSelfTest, "simd", "cpu", "自检答案不对", 1},
		{kernel.ErrFetch, "", "cpu", "取不到", 2}, // the network may be back
		{context.DeadlineExceeded, "webgpu", "cpu", "迟迟", 2},
	} {
		tries = 0
		got := choose(c.err, c.forced)
		if got.Name != c.name || !strings.Contains(got.Reason, c.says) || got.Title == "" || tries != c.tried {
			t.Errorf("%v, forced %q: %+v after %d tries", c.err, c.forced, got, tries)
		}
	}
}

func TestAttentionFigures(t *testing.T) {
	s := Default()
	in := usualInput()
	in.Text = `<月>&"光`
	for _, op := range []string{engine.OpAttentionEntropy, engine.OpAttentionStatic} {
		var f engine.Figure
		result(t, s, op, in, &f)
		wellFormed(t, op, f.SVG)
		if f.Title == "" || f.Desc == "" || len(f.Table.Rows) == 0 {
			t.Errorf("%s: %+v", op, f)
		}
		for _, row := range f.Table.Rows {
			if len(row) != len(f.Table.Columns) {
				t.Errorf("%s: row %q under %d columns", op, row, len(f.Table.Columns))
			}
		}
		var again engine.Figure
		result(t, Default(), op, in, &again)
		if again.SVG != f.SVG {
			t.Errorf("%s: two drawings differ", op)
		}
	}
	var f engine.Figure
	result(t, s, engine.OpAttentionStatic, in, &f)
	if len(f.Table.Rows) != 2*6 {
		t.Errorf("%d rows of weights, want 2 heads of 6", len(f.Table.Rows))
	}
}

// TestAttentionFigureLimits draws the smallest and the largest input.
func TestAttentionFigureLimits(t *testing.T) {
	for _, in := range []engine.AttentionInput{
		{Text: "人", Heads: 1, DK: 2},
		{Text: strings.Repeat("字🌱", 32), Heads: 4, DK: 64, Causal: true},
	} {
		for _, op := range []string{engine.OpAttentionEntropy, engine.OpAttentionStatic} {
			var f engine.Figure
			result(t, Default(), op, in, &f)
			wellFormed(t, op, f.SVG)
		}
	}
}

func wellFormed(t testing.TB, what, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
	}
}

// TestEntropyCancelled gives the request up at its first sign of progress, and
// lets another one in meanwhile.
func TestEntropyCancelled(t *testing.T) {
	s := Default()
	in := usualInput()
	in.Text = strings.Repeat("慢", 64)
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var last engine.Reply
	s.Handle(ctx, engine.Request{Version: engine.Version, ID: 1, Op: engine.OpAttentionEntropy, Input: raw}, func(r engine.Reply) {
		if r.Kind == engine.Progress {
			if r.Progress.Total <= 0 || r.Progress.Done > r.Progress.Total {
				t.Errorf("progress %+v", r.Progress)
			}
			cancel()
		}
		last = r
	})
	if last.Kind != engine.Cancelled {
		t.Errorf("ended with %s, want cancelled", last.Kind)
	}
	var out engine.AttentionOutput
	result(t, s, engine.OpAttention, usualInput(), &out)
}

func FuzzAttentionInput(f *testing.F) {
	usual, err := json.Marshal(usualInput())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(usual)
	f.Add([]byte(`{"text":"月","heads":1,"dk":2,"edits":[{"matrix":"v","value":-1e3}]}`))
	f.Add([]byte(`{"text":"\u0000","heads":99999999999}`))
	s := Default()
	f.Fuzz(func(t *testing.T, raw []byte) {
		output, tensors, err := s.handlers[engine.OpAttention](context.Background(), raw, nil)
		var e *engine.Error
		switch {
		case err != nil && !(errors.As(err, &e) && e.Code == engine.BadInput && e.Message != ""):
			t.Fatalf("%s: %v", raw, err)
		case err == nil && len(output.(engine.AttentionOutput).Matrices) != len(tensors):
			t.Fatalf("%s: %d tensors", raw, len(tensors))
		}
		if err == nil {
			for i, tensor := range tensors {
				for _, v := range tensor.Data {
					if math.IsNaN(float64(v)) || math.IsInf(float64(v), 1) {
						t.Fatalf("%s: tensor %d holds %v", raw, i, v)
					}
				}
			}
		}
	})
}

// BenchmarkAttention is a slider's move at the size of the budget: 4 heads, 16
// characters, with encoding.
func BenchmarkAttention(b *testing.B) {
	s := Default()
	in := engine.AttentionInput{Text: "床前明月光疑是地上霜举头望明月低", Heads: 4, DK: 64, Scale: true, Causal: true}
	for b.Loop() {
		in.Seed++
		var out engine.AttentionOutput
		result(b, s, engine.OpAttention, in, &out)
	}
}

func BenchmarkEntropy(b *testing.B) {
	s := Default()
	in := usualInput()
	for b.Loop() {
		in.Seed++
		var f engine.Figure
		result(b, s, engine.OpAttentionEntropy, in, &f)
	}
}
