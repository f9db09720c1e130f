package serve

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/attention"
)

func xrayInput() engine.XrayInput {
	return engine.XrayInput{Text: "床前明月光，疑是", Temperature: 0.9, Seed: 1}
}

// traced returns the same pass as the engine's, computed here.
func traced(t *testing.T, in engine.XrayInput) (*attention.ModelTrace, *heldModel) {
	t.Helper()
	m, err := testModel(t).get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var cut []attention.Ablation
	for _, p := range in.Ablate {
		cut = append(cut, attention.Ablation{Part: attention.Part(p.Part), Layer: p.Layer, Head: p.Head})
	}
	tokens, _ := m.nextReading(in.Text)
	sampler, _ := attention.NewSampler(attention.Sampling{Temperature: in.Temperature, TopP: 1, RepetitionPenalty: 1, Seed: in.Seed}, m.Config.Vocab)
	trace, err := attention.TraceModel(t.Context(), attention.Go{}, m.Model, tokens, attention.TraceOptions{Ablate: cut, Sampler: sampler, Symbol: m.symbol})
	if err != nil {
		t.Fatal(err)
	}
	return trace, m
}

// TestXrayTensors compares every value that is sent with the pass, and holds
// that every tensor has a title of its own.
func TestXrayTensors(t *testing.T) {
	s := modelServer()
	in := xrayInput()
	trace, _ := traced(t, in)
	var out engine.XrayOutput
	result(t, s, engine.OpXray, in, &out)
	if len(out.Tensors) != len(trace.Tensors) || strings.Join(out.Tokens[1:], "") != in.Text || out.Backend.Name != "cpu" {
		t.Fatalf("%d tensors, want %d; %v", len(out.Tensors), len(trace.Tensors), out.Tokens)
	}
	titles := map[string]bool{}
	for i, info := range out.Tensors {
		want := trace.Tensors[i].Matrix
		if info.Name != string(trace.Tensors[i].Name) || info.Rows != want.Rows || info.Cols != want.Cols {
			t.Errorf("%+v", info)
		}
		if info.Title == info.Name || titles[info.Title] || info.Formula == "" || info.Group == "" {
			t.Errorf("%s: title %q, formula %q, group %q", info.Name, info.Title, info.Formula, info.Group)
		}
		titles[info.Title] = true
		var got engine.XrayTensorOutput
		reply := result(t, s, engine.OpXrayTensor, engine.XrayTensorInput{Xray: in, Cells: []engine.XrayCell{{Tensor: info.Name}}}, &got)
		values := reply.Tensors[0]
		if values.Rows != min(want.Rows, engine.XrayBlock) || len(got.Blocks[0].RowLabels) != values.Rows || len(got.Blocks[0].ColLabels) != values.Cols {
			t.Fatalf("%s: (%d, %d)", info.Name, values.Rows, values.Cols)
		}
		for k, v := range values.Data {
			if w := want.At(k/values.Cols, k%values.Cols); v != w {
				t.Fatalf("%s: value %d is %v, want %v", info.Name, k, v, w)
			}
		}
	}
}

// TestXrayExplains asks about a cell of every tensor: the result is the value,
// the regions lie in the tensors named, and the words are there.
func TestXrayExplains(t *testing.T) {
	s := modelServer()
	in := xrayInput()
	in.Ablate = []engine.XrayPart{{Part: "head", Layer: 1, Head: 2}}
	trace, _ := traced(t, in)
	said := map[string]int{}
	for _, tensor := range trace.Tensors {
		for _, c := range [][2]int{{0, 0}, {tensor.Matrix.Rows - 1, tensor.Matrix.Cols - 1}, {tensor.Matrix.Rows / 2, tensor.Matrix.Cols / 2}, {0, tensor.Matrix.Cols - 1}} {
			var got engine.XrayExplanation
			result(t, s, engine.OpXrayExplain, engine.XrayCellInput{Xray: in, Cell: engine.XrayCell{Tensor: string(tensor.Name), Row: c[0], Col: c[1]}}, &got)
			x := got.Explanation
			if got, want := x.Result, float64(tensor.Matrix.At(c[0], c[1])); got != want {
				t.Errorf("%s%v: %v explained, is %v", tensor.Name, c, got, want)
			}
			if x.Text == "" || x.Formula == "" || x.Working == "" || got.Count < len(x.Operands) || len(x.Operands) > engine.MaxXrayOperands {
				t.Errorf("%s%v: %s, %s, %d of %d", tensor.Name, c, x.Text, x.Formula, len(x.Operands), got.Count)
			}
			said[strings.SplitN(x.Text, "，", 2)[0]]++
			for _, r := range got.Regions {
				from, ok := trace.Tensor(attention.Name(r.Tensor))
				if !ok || !from.Matrix.Has(r.Row, r.Col) || !from.Matrix.Has(r.LastRow, r.LastCol) {
					t.Errorf("%s%v: region %+v", tensor.Name, c, r)
				}
			}
		}
	}
	if len(said) < 20 {
		t.Errorf("only %d different beginnings of sentences", len(said))
	}
}

// TestXrayAblates holds that before and after are those of the two models.
func TestXrayAblates(t *testing.T) {
	s := modelServer()
	in := xrayInput()
	var whole, cut engine.XrayOutput
	result(t, s, engine.OpXray, in, &whole)
	if whole.Divergence != 0 || len(whole.Whole) != 0 {
		t.Errorf("%+v", whole)
	}
	in.Ablate = []engine.XrayPart{{Part: "layer", Layer: 0}, {Part: "attention_residual", Layer: 1}}
	for _, server := range []*Server{s, modelServer()} { // with and without the whole model's pass before it
		result(t, server, engine.OpXray, in, &cut)
		if cut.Divergence <= 0 || len(cut.Whole) != len(cut.Now) || cut.Whole[0] != whole.Now[0] {
			t.Errorf("%+v", cut)
		}
		trace, _ := traced(t, in)
		logits, _ := trace.Tensor("logits")
		next := softmaxed(logits.Matrix.Row(logits.Matrix.Rows - 1))
		for _, c := range cut.Now {
			if math.Abs(c.Probability-next[c.Token]) > 1e-9 {
				t.Errorf("%s: %v, want %v", c.Symbol, c.Probability, next[c.Token])
			}
		}
		if i := slices.IndexFunc(cut.Now, func(c engine.XrayChance) bool { return c.Rank == 0 }); i < 0 {
			t.Error("the likeliest now is not listed")
		}
	}
}

func TestXrayRefusals(t *testing.T) {
	s := modelServer()
	good := xrayInput()
	for field, in := range map[string]engine.XrayInput{
		"text":        {Text: "", Temperature: 1},
		"temperature": {Text: "月", Temperature: -1},
		"backend":     {Text: "月", Backend: "tpu"},
		"ablate[1]":   {Text: "月", Ablate: []engine.XrayPart{{Part: "ffn"}, {Part: "head", Layer: 9}}},
		"ablate[0]":   {Text: "月", Ablate: []engine.XrayPart{{Part: "soul"}}},
	} {
		replies := repliesTo(t, context.Background(), s, engine.OpXray, in)
		if e := replies[len(replies)-1].Error; e == nil || e.Code != engine.BadInput || e.Field != field {
			t.Errorf("%s: %+v", field, e)
		}
	}
	for field, c := range map[string]engine.XrayCell{"tensor": {Tensor: "layers.9.q"}, "cell": {Tensor: "layers.0.q", Row: 0, Col: 99}} {
		for op, input := range map[string]any{
			engine.OpXrayTensor:  engine.XrayTensorInput{Xray: good, Cells: []engine.XrayCell{c}},
			engine.OpXrayExplain: engine.XrayCellInput{Xray: good, Cell: c},
		} {
			replies := repliesTo(t, context.Background(), s, op, input)
			if e := replies[len(replies)-1].Error; e == nil || e.Code != engine.BadInput || e.Field != field {
				t.Errorf("%s %s: %+v", op, field, e)
			}
		}
	}
	long := good
	long.Text = strings.Repeat("春江潮水", 20)
	var out engine.XrayOutput
	result(t, s, engine.OpXray, long, &out)
	if out.Reading.Dropped == 0 || len(out.Tokens) != 24 {
		t.Errorf("%d dropped, %d read", out.Reading.Dropped, len(out.Tokens))
	}
}

func TestXrayStatic(t *testing.T) {
	for _, c := range []engine.XrayCell{{Tensor: "layers.0.heads.1.weights", Row: 3, Col: 2}, {Tensor: "embedding"}, {Tensor: "layers.1.heads.0.masked"}, {Tensor: "layers.9.q"}, {Tensor: "layers.0.heads.0.weights", Row: 99, Col: 99}} {
		var f engine.Figure
		result(t, modelServer(), engine.OpXrayStatic, engine.XrayCellInput{Xray: xrayInput(), Cell: c}, &f)
		if !strings.Contains(f.SVG, "<svg") || len(f.Table.Rows) == 0 || !strings.Contains(f.Desc, "最看好") {
			t.Errorf("%s: %.100s", c.Tensor, f.Desc)
		}
	}
}
