package labs

import (
	"context"
	"math"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"
)

// TestLabWithEngine drives the lab against the engine that the course ships.
func TestLabWithEngine(t *testing.T) {
	b := place(t, serve.Default(), Props{})
	b.until("the first result", func() bool { return b.status == ready && b.why != nil })
	for _, name := range attentionMatrices {
		for h := range b.state.heads {
			m, tensor, ok := b.matrix(name, h)
			rows, cols, _ := b.state.size(name)
			if !ok || tensor.Rows != rows || tensor.Cols != cols {
				t.Errorf("%s of head %d: %v, (%d, %d), want (%d, %d)", name, h, ok, tensor.Rows, tensor.Cols, rows, cols)
			}
			if m.Editable != editable(name) {
				t.Errorf("%s: editable %v on one side only", name, m.Editable)
			}
			if m.Sequential != (name == "weights") {
				t.Errorf("%s: sequential %v", name, m.Sequential)
			}
		}
	}
	for _, name := range attentionMatrices {
		b.look(cell{name, 1, 2, 3})
		b.until("why "+name, func() bool { return b.why != nil && b.whyAt == b.state.at })
		value, _ := b.value(b.state.at)
		if math.Abs(value-b.why.Result) > 1e-5 {
			t.Errorf("%s: %v is drawn, %v explained", name, value, b.why.Result)
		}
		for _, source := range attentionSources[name] {
			lit := 0
			for _, q := range b.pictures() {
				if q.canvas == b.stageID(source) {
					lit = len(q.operands)
				}
			}
			if lit == 0 {
				t.Errorf("%s: nothing lit in its source %s", name, source)
			}
		}
	}
	b.change(func(s *attentionState) { s.causal = true; s.edit(cell{"k", 0, 0, 0}, 5) })
	b.until("mask and edit", func() bool { return b.status == ready })
	if v, _ := b.value(cell{"masked", 0, 0, 1}); !math.IsInf(v, -1) {
		t.Errorf("masked cell is %v", v)
	}
	if v, _ := b.value(cell{"k", 0, 0, 0}); v != 5 {
		t.Errorf("edited cell is %v", v)
	}
	b.answer("sharper")
	b.until("the entropy figure", func() bool { return b.entropy != nil || b.entropyErr != nil })
	if b.entropy == nil || !strings.Contains(b.entropy.SVG, "<svg") || len(b.entropy.Table.Rows) == 0 {
		t.Errorf("entropy figure: %v", b.entropyErr)
	}
}

// TestEveryStateIsAccepted holds that the bounds of the lab are the engine's.
func TestEveryStateIsAccepted(t *testing.T) {
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	smallest, largest := defaultAttention(), defaultAttention()
	smallest.text, smallest.heads, smallest.dk, smallest.seed = "月", 1, 2, 0
	largest.text, largest.heads, largest.dk, largest.seed = strings.Repeat("🌕", 64), 4, 64, maxSeed
	largest.edit(cell{"v", 3, 63, 63}, maxCellValue)
	for _, s := range []attentionState{smallest, largest} {
		var out engine.AttentionOutput
		tensors, err := client.CallTensors(context.Background(), engine.OpAttention, s.input(), &out)
		if err != nil || !fits(out, tensors) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	op, input, ok, _ := Static("attention", map[string]string{"dk": "16"}, nil)
	var figure engine.Figure
	if err := client.Call(context.Background(), op, input, &figure); err != nil || !ok {
		t.Fatal(err)
	}
	if html := figureHTML(figure); !strings.Contains(html, "<svg") || strings.Contains(html, "style=") {
		t.Errorf("static figure: %.200s", html)
	}
}
