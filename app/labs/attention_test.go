package labs

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// probe is the lab with the context that go-app gives it: natively go-app calls
// neither OnMount nor event handlers, so that a test calls them.
type probe struct {
	attentionPanel
	ctx goapp.Context
}

func (p *probe) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

// bench is a lab on a test engine, with a server behind it.
type bench struct {
	*probe
	t      *testing.T
	engine goapp.TestEngine
}

func place(t *testing.T, s *serve.Server, props Props) bench {
	t.Helper()
	client := engine.NewClient(serve.InProcess(s), engine.Options{})
	t.Cleanup(client.Stop)
	props.Key, props.Name = "attention-1", "attention"
	props.Env = &env.Env{Engine: client, Progress: &progress.Store{}, Static: map[string]string{}}
	b := bench{probe: &probe{attentionPanel: attentionPanel{Props: props}}, t: t, engine: goapp.NewTestEngine()}
	if err := b.engine.Load(b.probe); err != nil {
		t.Fatal(err)
	}
	b.engine.ConsumeAll()
	b.OnMount(b.ctx)
	return b
}

// until runs the page until a condition holds.
func (b bench) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		b.engine.ConsumeAll()
		if ok() {
			return
		}
	}
	b.t.Fatalf("waited in vain for %s: status %s, error %v", what, b.status, b.err)
}

func (b bench) html() string { return goapp.HTMLString(b.Render()) }

func (b bench) mustShow(texts ...string) {
	b.t.Helper()
	html := b.html()
	for _, text := range texts {
		if !strings.Contains(html, text) {
			b.t.Errorf("the page lacks %q", text)
		}
	}
}

// stub answers with matrices of the right shapes: cell [r,c] of head h holds
// 100h + 10r + c, or the edit of it.
func stub() *serve.Server {
	s := serve.New()
	s.Register(engine.OpAttention, func(ctx context.Context, in json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		var a engine.AttentionInput
		if err := json.Unmarshal(in, &a); err != nil {
			return nil, nil, err
		}
		if a.Backend == "webgpu" {
			return nil, nil, &engine.Error{Code: engine.BadInput, Field: "backend", Message: "WebGPU 没有可用的适配器"}
		}
		out := engine.AttentionOutput{Backend: engine.Backend{Name: "cpu", Title: "CPU", Reason: "测试"}}
		for _, r := range a.Text {
			out.Tokens = append(out.Tokens, string(r))
		}
		n := len(out.Tokens)
		var tensors []engine.Tensor
		for h := range a.Heads {
			for _, name := range attentionMatrices {
				cols, axis := n, engine.AxisToken
				if editable(name) || name == "output" {
					cols, axis = a.DK, engine.AxisDimension
				}
				t := engine.Tensor{Rows: n, Cols: cols, Data: make([]float32, n*cols)}
				for i := range t.Data {
					t.Data[i] = float32(100*h + 10*(i/cols) + i%cols)
					if name == "masked" && a.Causal && i%cols > i/cols {
						t.Data[i] = float32(math.Inf(-1))
					}
				}
				for _, e := range a.Edits {
					if e.Matrix == name && e.Head == h {
						t.Data[e.Row*cols+e.Col] = e.Value
					}
				}
				out.Matrices = append(out.Matrices, engine.Matrix{Name: name, Head: h, Title: "标题" + name, Rows: engine.AxisToken, Cols: axis,
					Editable: editable(name), Sequential: name == "weights", Min: 0, Max: 500, Tensor: len(tensors)})
				tensors = append(tensors, t)
			}
		}
		return out, tensors, nil
	})
	s.Register(engine.OpAttentionExplain, func(ctx context.Context, in json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		var a engine.AttentionExplainInput
		if err := json.Unmarshal(in, &a); err != nil {
			return nil, nil, err
		}
		return engine.Explanation{Title: "解释 " + formatCell(cell{a.Matrix, a.Head, a.Row, a.Col}), Formula: "F", Working: "W", Result: 1.5, Text: "一句话",
			Operands: []engine.Operand{
				{Symbol: "Q[1,0]", Value: 2, Matrix: "q", Head: a.Head, Row: 1, Col: 0},
				{Symbol: "√d_k", Value: 3},
			}}, nil, nil
	})
	s.Register(engine.OpAttentionEntropy, func(ctx context.Context, in json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		return engine.Figure{SVG: `<svg data-figure="entropy"></svg>`, Title: "熵", Table: engine.Table{Columns: []engine.Column{{Name: "d_k"}}, Rows: [][]string{{"8"}}}}, nil, nil
	})
	return s
}

func TestLabAnswers(t *testing.T) {
	b := place(t, stub(), Props{})
	b.until("the first result", func() bool { return b.status == ready && b.why != nil })
	b.mustShow(`data-lab="attention"`, `data-state="ready"`, "data-live", "由 CPU 计算：测试",
		"解释 weights0.0.0 = 1.500", "一句话", "Q[1,0] = 2", "√d_k = 3", "标题weights")
	b.change(func(s *attentionState) { s.dk, s.heads = 16, 4 })
	if b.status != running {
		t.Errorf("status %s after a change, want running", b.status)
	}
	b.until("the second result", func() bool { return b.status == ready })
	if _, m, ok := b.matrix("q", 3); !ok || m.Cols != 16 {
		t.Errorf("q of head 3: %v, %d columns", ok, m.Cols)
	}
}

// TestNewestWins holds that of many changes the last one is shown, and that an
// overtaken result never comes after a newer one.
func TestNewestWins(t *testing.T) {
	b := place(t, stub(), Props{})
	for dk := 2; dk <= 64; dk++ {
		b.change(func(s *attentionState) { s.dk = dk })
		before := b.answered
		b.engine.ConsumeAll()
		if b.answered < before {
			t.Fatalf("result %d shown after %d", b.answered, before)
		}
	}
	b.until("the last result", func() bool { return b.status == ready })
	if b.shown.dk != 64 {
		t.Errorf("d_k %d shown, want 64", b.shown.dk)
	}
}

func TestEdit(t *testing.T) {
	b := place(t, stub(), Props{Params: map[string]string{"matrix": "q"}})
	b.until("the first result", func() bool { return b.status == ready })
	b.look(cell{"q", 1, 2, 3})
	b.open()
	if !b.editing {
		t.Fatal("no editor on a cell of Q")
	}
	b.put("abc")
	if b.wrongValue == "" || len(b.state.edits) > 0 {
		t.Errorf("a word was taken for a number: %v", b.state.edits)
	}
	b.put("-7.5")
	b.until("the edit", func() bool { return b.status == ready })
	if v, _ := b.value(cell{"q", 1, 2, 3}); v != -7.5 {
		t.Errorf("cell is %v, want -7.5", v)
	}
	b.mustShow("撤销修改（1）", "还原 Q[2,3]")
	if q, _ := b.picture("", "q", 1, true); len(q.edited) != 1 || q.edited[0] != [2]int{2, 3} {
		t.Errorf("marked as edited: %v", q.edited)
	}
	b.undo(cell{"q", 1, 2, 3})
	b.until("the undoing", func() bool { return b.status == ready })
	if v, _ := b.value(cell{"q", 1, 2, 3}); v != 123 {
		t.Errorf("cell is %v, want 123", v)
	}
	b.look(cell{"weights", 0, 0, 0})
	b.open()
	if b.editing {
		t.Error("an editor on a computed cell")
	}
}

func TestOperandsAreLit(t *testing.T) {
	b := place(t, stub(), Props{})
	b.until("an explanation", func() bool { return b.status == ready && b.why != nil })
	var lit []string
	for _, q := range b.pictures() {
		if len(q.operands) > 0 {
			lit = append(lit, q.canvas)
		}
	}
	if want := "attention-1-stage-q"; len(lit) != 1 || lit[0] != want {
		t.Errorf("lit canvases %v, want %s", lit, want)
	}
	// While the explanation of another cell is on its way nothing is lit.
	b.look(cell{"scores", 0, 1, 1})
	for _, q := range b.pictures() {
		if len(q.operands) > 0 {
			t.Errorf("%s lit for a cell that is left", q.canvas)
		}
	}
}

func TestFailureKeepsResult(t *testing.T) {
	b := place(t, stub(), Props{})
	b.until("the first result", func() bool { return b.status == ready })
	b.change(func(s *attentionState) { s.backend = "webgpu" })
	b.until("the failure", func() bool { return b.status == failed })
	b.mustShow(`data-state="failed"`, "WebGPU 没有可用的适配器", "data-live", "由 CPU 计算")
	b.change(func(s *attentionState) { s.backend = "" })
	b.until("recovery", func() bool { return b.status == ready })
}

// absent is the transport of a browser that cannot run the engine.
type absent struct{}

func (absent) Start(on func(engine.Event)) {
	on(engine.Event{Kind: engine.Absent, Reason: "这里没有引擎"})
}
func (absent) Send(engine.Message) {}
func (absent) Stop()               {}

func TestNoEngine(t *testing.T) {
	client := engine.NewClient(absent{}, engine.Options{})
	defer client.Stop()
	key := StaticKey("attention", nil)
	p := &probe{attentionPanel: attentionPanel{Props: Props{Key: "k", Name: "attention",
		Env: &env.Env{Engine: client, Progress: &progress.Store{}, Static: map[string]string{key: "<svg></svg>"}}}}}
	b := bench{probe: p, t: t, engine: goapp.NewTestEngine()}
	if err := b.engine.Load(p); err != nil {
		t.Fatal(err)
	}
	b.engine.ConsumeAll()
	b.OnMount(b.ctx)
	b.until("the failure", func() bool { return b.status == failed })
	b.mustShow("重试", "静态图仍可阅读", `data-static="attention"`, "<svg>")
	if strings.Contains(b.html(), "data-live") {
		t.Error("the static figure is hidden without a result")
	}
}

func TestGuessComesFirst(t *testing.T) {
	b := place(t, stub(), Props{})
	b.until("the first result", func() bool { return b.status == ready })
	b.mustShow("先猜一猜")
	if strings.Contains(b.html(), `data-figure="entropy"`) || b.entropy != nil {
		t.Error("the answer stands there before the guess")
	}
	b.answer("flatter")
	b.until("the figure", func() bool { return b.entropy != nil })
	b.mustShow("你猜：越来越平均", "正好不是这样", `data-figure="entropy"`)
}

func TestTableIsTheMatrix(t *testing.T) {
	b := place(t, stub(), Props{Params: map[string]string{"text": "明月", "causal": "true", "matrix": "masked"}})
	b.until("the first result", func() bool { return b.status == ready })
	b.table = true
	b.mustShow("<th scope=\"row\">0 明</th><td>0</td><td>−∞</td>", "<th scope=\"row\">1 月</th><td>10.00</td><td>11.00</td>")
	table, _ := b.shownTable(true)
	if got := table.Rows[0][2]; got != "-Inf" {
		t.Errorf("CSV of −∞: %q", got)
	}
}

func TestPrerenderedLab(t *testing.T) {
	params := map[string]string{"dk": "16"}
	key := StaticKey("attention", params)
	html := goapp.HTMLString(Panel(Props{Key: "attention-1", Name: "attention", Params: params,
		Env: &env.Env{Static: map[string]string{key: "<svg data-default></svg>"}}}))
	for _, want := range []string{`data-state="loading"`, `data-static="attention dk=16"`, "<svg data-default>", "给老师", "试一试", "静态图"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, input := range strings.Split(html, "<input")[1:] {
		tag, _, _ := strings.Cut(input, ">")
		if !strings.Contains(tag, "disabled") {
			t.Errorf("an input that nothing stands behind: %s", tag)
		}
	}
	for _, bad := range []string{"style=", `checked="false"`, `disabled="false"`} {
		if strings.Contains(html, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func TestEveryLabHasAPanel(t *testing.T) {
	for _, lab := range append(registry.Labs(), registry.Lab{Name: "no-such-lab"}) {
		html := goapp.HTMLString(Panel(Props{Key: "k", Name: lab.Name, Env: &env.Env{}}))
		if !strings.Contains(html, `data-lab="`+lab.Name+`"`) {
			t.Errorf("%s: no root element: %.80s", lab.Name, html)
		}
		if lab.Coming && (!strings.Contains(html, lab.Title) || !strings.Contains(html, "准备中")) {
			t.Errorf("%s is not announced", lab.Name)
		}
	}
}

// TestParametersAreKnown holds that the panel takes what the registry offers.
func TestParametersAreKnown(t *testing.T) {
	lab, _ := registry.Find("attention")
	known := map[string]bool{"matrix": true, "head": true}
	for _, f := range attentionFields {
		known[f.name] = true
	}
	for name := range lab.Params {
		if !known[name] {
			t.Errorf("parameter %s is registered and does nothing", name)
		}
	}
	for i, e := range lab.TryIt {
		if _, faults := attentionFromParams(e.Params); len(faults) > 0 {
			t.Errorf("experiment %d: %v", i+1, faults)
		}
		for name := range e.Params {
			if _, ok := lab.Params[name]; !ok {
				t.Errorf("experiment %d sets unknown %s", i+1, name)
			}
		}
	}
}
