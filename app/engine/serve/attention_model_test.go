package serve

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/engine"
	"courselab/app/modeltest"
	"courselab/attention"
)

func modelInput() engine.AttentionInput {
	return engine.AttentionInput{Text: "床前明月光，疑是", Source: "model", Layer: 1, Head: 2, Causal: true, Scale: true, Seed: 1}
}

// Every matrix of a head of the model, and every cell of it, is explained: what
// comes from the model by its pass, the rest by the lab's own.
func TestAttentionFromModel(t *testing.T) {
	s := WithModel(ModelFolder(modeltest.Files(1)))
	in := modelInput()
	in.Edits = []engine.CellEdit{{Matrix: "k", Row: 2, Col: 1, Value: 3}}
	var out engine.AttentionOutput
	reply := result(t, s, engine.OpAttention, in, &out)
	if out.Model == nil || out.Model.Info.Heads != modeltest.Config.Heads || len(out.Tokens) != 9 || out.Tokens[0] != "〈始〉" || out.Tokens[4] != "月" {
		t.Fatalf("%+v, tokens %q", out.Model, out.Tokens)
	}
	if len(out.Matrices) != 8 {
		t.Fatalf("%d matrices, want those of one head", len(out.Matrices))
	}
	for _, m := range out.Matrices {
		tensor := reply.Tensors[m.Tensor]
		for r := range tensor.Rows {
			for c := range tensor.Cols {
				var why engine.Explanation
				result(t, s, engine.OpAttentionExplain, engine.AttentionExplainInput{Attention: in, Matrix: m.Name, Row: r, Col: c}, &why)
				v := float64(tensor.At(r, c))
				if why.Result != v && !(math.Abs(why.Result-v) < 1e-6) || why.Text == "" || why.Formula == "" || len(why.Operands) == 0 {
					t.Fatalf("%s[%d,%d] is %v: %+v", m.Name, r, c, v, why)
				}
				edited := m.Name == "k" && r == 2 && c == 1
				if fromThere := m.Editable && !edited; (why.Xray != nil) != fromThere {
					t.Errorf("%s[%d,%d]: leads to %+v", m.Name, r, c, why.Xray)
				}
				if why.Xray == nil {
					continue
				}
				var there engine.XrayExplanation
				x := engine.XrayInput{Text: in.Text, Temperature: 1, Seed: 1}
				result(t, s, engine.OpXrayExplain, engine.XrayCellInput{Xray: x, Cell: *why.Xray}, &there)
				if there.Explanation.Result != why.Result {
					t.Errorf("%s[%d,%d] is %v, in xray %v", m.Name, r, c, why.Result, there.Explanation.Result)
				}
			}
		}
	}
}

// What the model does not know, or has no room for, is told and not read.
func TestAttentionFromModelReads(t *testing.T) {
	s := WithModel(ModelFolder(modeltest.Files(1)))
	in := modelInput()
	in.Text = "床前xy月"
	var out engine.AttentionOutput
	result(t, s, engine.OpAttention, in, &out)
	if got := strings.Join(out.Tokens, ""); got != "〈始〉床前月" || out.Model.Reading.Unseen != 2 {
		t.Errorf("%q, %+v", got, out.Model.Reading)
	}
	in.Text = strings.Repeat("明月", 20)
	result(t, s, engine.OpAttention, in, &out)
	if len(out.Tokens) != modeltest.Config.Context || out.Model.Reading.Dropped != 40+1-modeltest.Config.Context {
		t.Errorf("%d tokens, %d dropped", len(out.Tokens), out.Model.Reading.Dropped)
	}
	in.Text = "xyz"
	if result(t, s, engine.OpAttention, in, &out); len(out.Tokens) != 1 {
		t.Errorf("tokens %q", out.Tokens)
	}
}

func TestAttentionFromModelRefusals(t *testing.T) {
	s := WithModel(ModelFolder(modeltest.Files(1)))
	for field, spoil := range map[string]func(*engine.AttentionInput){
		"source":         func(in *engine.AttentionInput) { in.Source = "oracle" },
		"layer":          func(in *engine.AttentionInput) { in.Layer = 2 },
		"head":           func(in *engine.AttentionInput) { in.Head = 4 },
		"edits[0].col":   func(in *engine.AttentionInput) { in.Edits = []engine.CellEdit{{Matrix: "q", Col: 4}} },
		"edits[0].head":  func(in *engine.AttentionInput) { in.Edits = []engine.CellEdit{{Matrix: "q", Head: 1}} },
		"edits[0].value": func(in *engine.AttentionInput) { in.Edits = []engine.CellEdit{{Matrix: "q", Value: 1e9}} },
	} {
		in := modelInput()
		spoil(&in)
		replies := repliesTo(t, context.Background(), s, engine.OpAttention, in)
		if e := replies[len(replies)-1].Error; e == nil || e.Code != engine.BadInput || e.Field != field {
			t.Errorf("%s: %+v", field, e)
		}
	}
	replies := repliesTo(t, context.Background(), WithModel(ModelFolder(fstest.MapFS{})), engine.OpAttention, modelInput())
	if e := replies[len(replies)-1].Error; e == nil || e.Code != engine.NoModel {
		t.Errorf("without a model: %+v", e)
	}
}

// The figures have the head's own numbers.
func TestAttentionFromModelFigures(t *testing.T) {
	s := WithModel(ModelFolder(modeltest.Files(1)))
	in := modelInput()
	var f engine.Figure
	result(t, s, engine.OpAttentionEntropy, in, &f)
	wellFormed(t, "entropy", f.SVG)
	var rows [2]float64
	for i, scale := range []bool{true, false} {
		in.Scale = scale
		var out engine.AttentionOutput
		reply := result(t, s, engine.OpAttention, in, &out)
		w := reply.Tensors[out.Matrices[6].Tensor]
		for r := range w.Rows {
			rows[i] += attention.Entropy(w.Data[r*w.Cols:(r+1)*w.Cols]) / float64(w.Rows)
		}
	}
	last := f.Table.Rows[len(f.Table.Rows)-1]
	if !strings.Contains(last[0], "诗芽") || last[1] != strconv.FormatFloat(rows[0], 'f', 3, 64) || last[3] != strconv.FormatFloat(rows[1], 'f', 3, 64) {
		t.Errorf("%q, want entropies %v", last, rows)
	}
	result(t, s, engine.OpAttentionStatic, in, &f)
	wellFormed(t, "static", f.SVG)
	if len(f.Table.Rows) != 9 || !strings.Contains(f.Desc, "第 1 层头 2") {
		t.Errorf("%d rows, %s", len(f.Table.Rows), f.Desc)
	}
}
