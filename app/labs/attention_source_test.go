package labs

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/engine/serve"
	"courselab/app/modeltest"
)

// TestAttentionOfModel takes a head of the model, edits it and goes back.
func TestAttentionOfModel(t *testing.T) {
	b := place(t, serve.WithModel(serve.ModelFolder(modeltest.Files(1))), Props{})
	b.until("the drawn heads", func() bool { return b.status == ready })
	b.change(func(s *attentionState) { s.text = "床前x明月"; s.edit(cell{"q", 0, 0, 0}, 3) })
	b.until("the edit", func() bool { return b.status == ready })
	b.switchTo("model", 1, 3)
	if b.notice == "" || len(b.state.edits) > 0 || !b.state.causal || !b.state.scale {
		t.Errorf("switched: %q, %+v", b.notice, b.state)
	}
	b.until("the model's head", func() bool { return b.status == ready && b.why != nil && b.result.Model != nil })
	b.mustShow("诗芽读作 5 个位置", "诗芽没见过“x”", "第 1 层 头 3", "共用一份 K、V")
	for _, name := range attentionMatrices {
		_, tensor, ok := b.matrix(name, 0)
		rows, cols, _ := b.state.size(name)
		if !ok || tensor.Rows != rows || tensor.Cols != cols {
			t.Errorf("%s: %v, (%d, %d), want (%d, %d)", name, ok, tensor.Rows, tensor.Cols, rows, cols)
		}
		b.look(cell{name, 0, 4, 2})
		b.until("why "+name, func() bool { return b.why != nil && b.whyAt == b.state.at })
		value, _ := b.value(b.state.at)
		if math.Abs(value-b.why.Result) > 1e-5 {
			t.Errorf("%s: %v is drawn, %v explained", name, value, b.why.Result)
		}
		if leads := strings.Contains(b.html(), "tensor=layers.1."); leads != editable(name) {
			t.Errorf("%s: leads to xray: %v", name, leads)
		}
	}
	b.change(func(s *attentionState) { s.edit(cell{"v", 0, 1, 3}, 7) })
	b.until("an edit of the model's", func() bool { return b.status == ready })
	if v, _ := b.value(cell{"v", 0, 1, 3}); v != 7 {
		t.Errorf("edited cell is %v", v)
	}
	// A longer text than the context is read from its end, and edits outside fall
	// away with what they were in.
	b.change(func(s *attentionState) { s.text = strings.Repeat("明月", 20) })
	b.until("a long text", func() bool { return b.status == ready && b.shown.modelRows > 0 })
	b.mustShow("上下文只有 24 个位置：最前面的 17 个字放不下")
	b.switchTo("", 0, 0)
	b.until("the drawn heads again", func() bool { return b.status == ready })
	if b.result.Model != nil || b.state.headCount() != 2 || len(b.result.Tokens) != 40 {
		t.Errorf("%d heads, %d tokens", b.state.headCount(), len(b.result.Tokens))
	}
}

// Links of drawn heads are as they were; links of the model's carry its place.
func TestAttentionSourceInLinks(t *testing.T) {
	old := encodePermalink("attention", attentionFields, defaultAttention())
	for _, name := range []string{"source", "layer", "mhead"} {
		if strings.Contains(old, name+"=") {
			t.Errorf("%s in the link of drawn heads: %s", name, old)
		}
	}
	s := defaultAttention()
	s.take("model", 2, 1)
	s.edit(cell{"k", 0, 11, 40}, -2)
	s.at = cell{"weights", 0, 11, 11}
	got, present, faults := decodePermalink("attention", attentionFields, defaultAttention(), encodePermalink("attention", attentionFields, s))
	if !present || len(faults) > 0 || !reflect.DeepEqual(got, s) {
		t.Errorf("%+v, %v; want %+v", got, faults, s)
	}
	if in := s.input(); in.Source != "model" || in.Layer != 2 || in.Head != 1 {
		t.Errorf("input %+v", in)
	}
}

// TestAttentionWithoutModel holds that the lab stays usable.
func TestAttentionWithoutModel(t *testing.T) {
	b := place(t, serve.WithModel(serve.ModelFolder(fstest.MapFS{})), Props{})
	b.until("the drawn heads", func() bool { return b.status == ready })
	b.switchTo("model", 0, 0)
	b.until("the failure", func() bool { return b.status == failed })
	b.mustShow("没有放诗芽的文件", "data-live")
	b.switchTo("", 0, 0)
	b.until("recovery", func() bool { return b.status == ready })
}
