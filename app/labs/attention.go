package labs

import (
	"context"
	"encoding/json"
	"time"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// attentionPanel is the lab "attention": softmax(QKᵀ/√d_k)V on the learner's
// text, every matrix drawn, every cell explained.
type attentionPanel struct {
	goapp.Compo
	Props Props

	// home is the panel's own context. That of an event belongs to an element,
	// and dies with it: an editor's field is gone when the answer comes.
	home goapp.Context

	begun    bool
	lab      registry.Lab
	defaults attentionState
	state    attentionState
	faults   []fault
	notice   string
	palette  *palette
	stop     []func()
	address

	status   status
	err      *engine.Error
	progress *engine.Progressed
	// asked counts requests; answered is the newest one whose result is shown.
	asked, answered int
	cancel          func()
	// result belongs to shown, which lags behind state while running.
	result  engine.AttentionOutput
	tensors []engine.Tensor
	shown   attentionState

	// revealed is the stage whose tab was last brought into view.
	revealed string

	// hover is the cell under the pointer; it goes before the cell chosen.
	hover *cell
	// why explains the cell whyAt.
	why    *engine.Explanation
	whyAt  cell
	whyAsk int
	// allOperands unfolds the list of operands.
	allOperands bool
	editing     bool
	// wrongValue says what is wrong with the number typed for a cell.
	wrongValue string

	table      bool
	guess      string // "", "sharper", "flatter", "same" or "skipped"
	entropy    *engine.Figure
	entropyErr *engine.Error
	entropyAsk int
}

// CompoID keeps go-app from turning one placed lab into another in place.
func (p *attentionPanel) CompoID() string {
	return p.Props.Key + " " + StaticKey(p.Props.Name, p.Props.Params)
}

// begin sets the state up once; Render may come before any event.
func (p *attentionPanel) begin() {
	if p.begun {
		return
	}
	p.begun = true
	p.lab, _ = registry.Find(p.Props.Name)
	p.defaults, p.faults = attentionFromParams(p.Props.Params)
	p.state, p.shown = p.defaults, p.defaults
	p.status = loading
	if f, mine := p.Props.linked(); mine {
		p.restore(f)
	}
}

// restore takes the state from a fragment, if it is a lab's.
func (p *attentionPanel) restore(fragment string) {
	s, present, faults := decodePermalink(p.Props.Name, attentionFields, p.defaults, fragment)
	p.written = fragment
	if present {
		p.state, p.faults = s, faults
	}
}

// OnMount starts the lab in the browser.
func (p *attentionPanel) OnMount(ctx goapp.Context) {
	p.begin()
	p.home = ctx
	p.stop = append(p.stop,
		watchTheme(func() {
			ctx.Dispatch(func(ctx goapp.Context) {
				p.palette = readPalette()
				p.repaint()
			})
		}),
		p.Props.Env.Host.Watch(func() { ctx.Dispatch(p.hostChanged) }))
	p.ask()
}

// hostChanged shows how far the engine has come.
func (p *attentionPanel) hostChanged(ctx goapp.Context) {
	if p.status != loading {
		ctx.PreventUpdate()
	}
}

// OnNav follows a fragment that was typed or gone back to.
func (p *attentionPanel) OnNav(ctx goapp.Context) {
	p.begin()
	p.home = ctx
	if f, mine := p.Props.linked(); mine && f != p.written {
		p.restore(f)
		p.ask()
	}
}

// OnResize repaints at the new size.
func (p *attentionPanel) OnResize(ctx goapp.Context) { p.repaint() }

// OnDismount gives up what was asked for and stops listening.
func (p *attentionPanel) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
	p.stop = nil
	if p.cancel != nil {
		p.cancel()
	}
}

// change applies an edit of the state by the learner and asks for what follows.
func (p *attentionPanel) change(f func(*attentionState)) {
	text := p.state.text
	f(&p.state)
	if p.state.text != text || p.state.source == "" {
		p.state.modelRows, p.state.modelDK = 0, 0
	}
	p.state.settle()
	p.faults, p.notice, p.hover = nil, "", nil
	p.editing, p.wrongValue = false, ""
	p.remember()
	p.ask()
}

// remember writes the state into the address of the lab's own page.
func (p *attentionPanel) remember() {
	if p.Props.Page {
		p.address.schedule(p.home, p.fragment)
	}
}

func (p *attentionPanel) fragment() string {
	return encodePermalink(p.Props.Name, attentionFields, p.state)
}

// link is the lab's own page in the present state.
func (p *attentionPanel) link() string { return route.Lab(p.Props.Name) + "#" + p.fragment() }

// do asks the engine in a queue of this panel and hands replies to the UI.
func (p *attentionPanel) do(queue, op string, input any, on func(goapp.Context, engine.Reply)) func() {
	if p.Props.Env == nil || p.Props.Env.Engine == nil {
		return func() {}
	}
	return p.Props.Env.Engine.Do(context.Background(), p.Props.Key+"/"+queue, op, input, func(r engine.Reply) {
		if r.Kind == engine.Started || r.Kind == engine.Cancelled {
			return // nothing to show: a superseding request is on its way
		}
		p.home.Dispatch(func(ctx goapp.Context) { on(ctx, r) })
	})
}

// ask requests the matrices of the present state, and with them the entropy and
// the explanation that are open.
func (p *attentionPanel) ask() {
	p.asked++
	id, state := p.asked, p.state
	if p.answered == 0 {
		p.status = loading
	} else {
		p.status = running
	}
	p.progress = nil
	p.cancel = p.do("matrices", engine.OpAttention, state.input(), func(ctx goapp.Context, r engine.Reply) {
		p.reply(ctx, id, state, r)
	})
	p.askEntropy()
	p.askWhyLater()
}

// settled is how long a state must stand before its cell is explained: while a
// slider is dragged nobody reads explanations, and the matrices come first.
const settled = 60 * time.Millisecond

// askWhyLater explains the focused cell once the state has settled.
func (p *attentionPanel) askWhyLater() {
	id := p.asked
	p.home.After(settled, func(ctx goapp.Context) {
		ctx.PreventUpdate()
		if id == p.asked {
			p.askWhy()
		}
	})
}

// reply shows a result unless a newer one stands already.
func (p *attentionPanel) reply(ctx goapp.Context, id int, asked attentionState, r engine.Reply) {
	if id < p.answered {
		ctx.PreventUpdate()
		return
	}
	switch r.Kind {
	case engine.Progress:
		p.progress = r.Progress
	case engine.Partial, engine.Done:
		var out engine.AttentionOutput
		if err := json.Unmarshal(r.Output, &out); err != nil || !fits(out, r.Tensors) {
			p.fail(&engine.Error{Code: engine.Internal, Message: "引擎的回答读不懂：页面与引擎的版本可能不同，请重新载入。"}, id)
			return
		}
		p.result, p.tensors, p.shown, p.answered = out, r.Tensors, asked, id
		if id == p.asked {
			p.status, p.err = ready, nil
			p.fitModel()
		}
		p.repaint()
	case engine.Failed:
		p.fail(r.Error, id)
	}
}

// fitModel takes the shape that the model's matrices have for this text, and
// brings what is looked at and edited inside.
func (p *attentionPanel) fitModel() {
	m := p.result.Model
	if m == nil || p.state.source == "" {
		return
	}
	p.state.modelRows, p.state.modelDK = len(p.result.Tokens), m.Info.HeadDim
	at, edits := p.state.at, len(p.state.edits)
	p.state.settle()
	p.shown = p.state
	if p.state.at != at || len(p.state.edits) != edits {
		p.remember()
		p.askWhyLater()
	}
}

func (p *attentionPanel) fail(err *engine.Error, id int) {
	if id != p.asked {
		return
	}
	p.status, p.err = failed, err
	if err == nil {
		p.err = &engine.Error{Code: engine.Internal}
	}
}

// fits reports whether every matrix has its tensor, whole.
func fits(out engine.AttentionOutput, tensors []engine.Tensor) bool {
	for _, m := range out.Matrices {
		if m.Tensor < 0 || m.Tensor >= len(tensors) {
			return false
		}
		t := tensors[m.Tensor]
		rows, cols := len(out.Tokens), t.Cols
		if m.Cols == engine.AxisToken {
			cols = len(out.Tokens)
		}
		if t.Rows != rows || t.Cols != cols || t.Cols < 1 || len(t.Data) != rows*cols {
			return false
		}
	}
	return len(out.Matrices) > 0
}

// retry starts the engine again where it is gone, and asks again.
func (p *attentionPanel) retry(ctx goapp.Context, e goapp.Event) {
	if gone(p.err) {
		if h := p.Props.Env.Host; h != nil && h.RetryEngine != nil {
			h.RetryEngine()
		} else if c := p.Props.Env.Engine; c != nil {
			c.Retry()
		}
	}
	p.ask()
}

// focused is the cell that is explained: under the pointer, or chosen.
func (p *attentionPanel) focused() cell {
	if p.hover != nil {
		return *p.hover
	}
	return p.state.at
}

// askWhy requests the explanation of the focused cell.
func (p *attentionPanel) askWhy() {
	p.whyAsk++
	id, at := p.whyAsk, p.focused()
	input := engine.AttentionExplainInput{Attention: p.state.input(), Matrix: at.matrix, Head: at.head, Row: at.row, Col: at.col}
	p.do("explain", engine.OpAttentionExplain, input, func(ctx goapp.Context, r engine.Reply) {
		if id != p.whyAsk {
			ctx.PreventUpdate()
			return
		}
		var why engine.Explanation
		if r.Kind != engine.Done || json.Unmarshal(r.Output, &why) != nil {
			p.why = nil
			return
		}
		p.why, p.whyAt = &why, at
		p.repaint()
	})
}

// askEntropy requests the entropy figure once the learner has guessed.
func (p *attentionPanel) askEntropy() {
	if p.guess == "" {
		return
	}
	p.entropyAsk++
	id := p.entropyAsk
	p.do("entropy", engine.OpAttentionEntropy, p.state.input(), func(ctx goapp.Context, r engine.Reply) {
		if id < p.entropyAsk && r.Kind != engine.Done {
			ctx.PreventUpdate()
			return
		}
		switch r.Kind {
		case engine.Done:
			var f engine.Figure
			if err := json.Unmarshal(r.Output, &f); err == nil {
				p.entropy, p.entropyErr = &f, nil
			}
		case engine.Failed:
			p.entropyErr = r.Error
		}
	})
}
