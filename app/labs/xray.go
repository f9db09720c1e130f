package labs

import (
	"encoding/json"
	"slices"

	"courselab/app/engine"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// xrayPanel is the lab "xray": the whole pass of the course's model over the
// learner's text, any tensor of it drawn, any cell explained.
type xrayPanel struct {
	goapp.Compo
	Props Props

	core
	begun           bool
	defaults, state xrayState
	palette         *palette

	answered bool
	asked    int // counts passes asked for
	pass     engine.XrayOutput
	passText string // that pass belongs to

	// blocks are the parts of tensors that have come, by tensor name.
	blocks map[string]xrayBlock
	looked int // counts cells asked for
	hover  *engine.XrayCell
	why    *engine.XrayExplanation
	whyAt  engine.XrayCell
	// version of the pass that blocks and why belong to.
	version int

	heads      *engine.XrayHeads
	lens       *engine.XrayLens
	work       *engine.XrayWork
	contest    *engine.XrayBackends
	viewErr    *engine.Error
	table      bool
	allWorking bool
	guess      string
	guessed    map[string]float64 // divergence by part
}

// xrayBlock is a block of a tensor as it came.
type xrayBlock struct {
	engine.XrayTensorBlock
	values engine.Tensor
}

// CompoID keeps go-app from turning one placed lab into another in place.
func (p *xrayPanel) CompoID() string {
	return p.Props.Key + " " + StaticKey(p.Props.Name, p.Props.Params)
}

func (p *xrayPanel) begin() {
	if p.begun {
		return
	}
	p.begun = true
	p.core.begin(p.Props)
	p.blocks = map[string]xrayBlock{}
	p.defaults, p.faults = xrayFromParams(p.Props.Params)
	p.state = p.defaults
	if f, mine := p.Props.linked(); mine {
		p.restore(f)
	}
}

// restore takes the state from a fragment, if it is a lab's.
func (p *xrayPanel) restore(fragment string) {
	s, present, faults := decodePermalink(p.Props.Name, xrayFields, p.defaults, fragment)
	p.written = fragment
	if present {
		p.state, p.faults, p.wanted = s, faults, p.Props.Page || p.wanted
	}
}

// OnMount starts the lab in the browser.
func (p *xrayPanel) OnMount(ctx goapp.Context) {
	p.begin()
	p.mount(ctx, func() {
		p.palette = readPalette()
		p.repaint()
	})
	p.start()
}

// start computes, or waits for the learner's word where that would fetch the
// model.
func (p *xrayPanel) start() {
	if !p.wanted {
		p.status = ready
		return
	}
	p.ask()
}

// OnNav follows a fragment that was typed or gone back to.
func (p *xrayPanel) OnNav(ctx goapp.Context) {
	p.begin()
	p.home = ctx
	if f, mine := p.Props.linked(); mine && f != p.written {
		p.restore(f)
		p.ask()
	}
}

// OnResize repaints at the new size.
func (p *xrayPanel) OnResize(ctx goapp.Context) { p.repaint() }

// OnDismount gives up what was asked for and stops listening.
func (p *xrayPanel) OnDismount() { p.dismount() }

// change applies an edit of what the pass depends on, and computes it anew.
func (p *xrayPanel) change(f func(*xrayState)) {
	f(&p.state)
	p.faults, p.notice, p.hover, p.wanted = nil, "", nil, true
	p.remember(p.fragment)
	p.ask()
}

func (p *xrayPanel) fragment() string {
	return encodePermalink(p.Props.Name, xrayFields, p.state)
}

// ask requests a pass.
func (p *xrayPanel) ask() {
	p.asked++
	id, text := p.asked, p.state.text
	p.begins(p.answered)
	p.do("pass", engine.OpXray, p.state.input(), func(ctx goapp.Context, r engine.Reply) {
		if id != p.asked {
			ctx.PreventUpdate()
			return
		}
		switch r.Kind {
		case engine.Progress:
			p.progress = r.Progress
		case engine.Failed:
			p.fails(r.Error)
		case engine.Done:
			var out engine.XrayOutput
			if json.Unmarshal(r.Output, &out) != nil || len(out.Tensors) == 0 {
				p.fails(garbled())
				return
			}
			p.pass, p.passText, p.backend = out, text, out.Backend
			p.answered, p.status, p.err, p.progress = true, ready, nil, nil
			p.version++
			p.blocks, p.why = map[string]xrayBlock{}, nil
			p.heads, p.lens, p.work, p.contest, p.viewErr = nil, nil, nil, nil, nil
			p.settle()
			p.show()
			p.askView()
		}
	})
}

// info returns what is known of a tensor.
func (p *xrayPanel) info(name string) (engine.XrayTensor, bool) {
	i := slices.IndexFunc(p.pass.Tensors, func(t engine.XrayTensor) bool { return t.Name == name })
	if i < 0 {
		return engine.XrayTensor{}, false
	}
	return p.pass.Tensors[i], true
}

// settle brings the cell looked at back into the tensors that there are.
func (p *xrayPanel) settle() {
	t, ok := p.info(p.state.tensor)
	if !ok {
		p.notice = "这一趟里没有张量“" + shorten(p.state.tensor) + "”，改看默认的一个。"
		p.state.tensor = p.defaults.tensor
		if t, ok = p.info(p.state.tensor); !ok {
			p.state.tensor = p.pass.Tensors[0].Name
			t = p.pass.Tensors[0]
		}
	}
	p.state.row, p.state.col = clamp(p.state.row, 0, t.Rows-1), clamp(p.state.col, 0, t.Cols-1)
	p.state.position = clamp(p.state.position, 0, len(p.pass.Tokens)-1)
}

// look moves the cell looked at.
func (p *xrayPanel) look(c engine.XrayCell) {
	p.state.tensor, p.state.row, p.state.col = c.Tensor, c.Row, c.Col
	p.hover = nil
	p.settle()
	p.remember(p.fragment)
	p.show()
}

// focused is the cell that is explained: under the pointer, or chosen.
func (p *xrayPanel) focused() engine.XrayCell {
	if p.hover != nil {
		return *p.hover
	}
	return p.state.cell()
}

// holds reports whether the block that a cell lies in has come.
func (p *xrayPanel) holds(c engine.XrayCell) bool {
	b, ok := p.blocks[c.Tensor]
	return ok && c.Row >= b.Row && c.Row < b.Row+b.values.Rows && c.Col >= b.Col && c.Col < b.Col+b.values.Cols
}

// show asks for the block of the cell looked at and for how the focused cell
// came about; the blocks that its operands stand in follow.
func (p *xrayPanel) show() {
	if !p.answered {
		return
	}
	if c := p.state.cell(); !p.holds(c) {
		p.fetch([]engine.XrayCell{c})
	}
	p.looked++
	id, at := p.looked, p.focused()
	p.do("explain", engine.OpXrayExplain, engine.XrayCellInput{Xray: p.state.input(), Cell: at}, func(ctx goapp.Context, r engine.Reply) {
		if id != p.looked {
			ctx.PreventUpdate()
			return
		}
		var why engine.XrayExplanation
		if r.Kind != engine.Done || json.Unmarshal(r.Output, &why) != nil {
			p.why = nil
			return
		}
		p.why, p.whyAt = &why, at
		var wanted []engine.XrayCell
		for _, region := range why.Regions[:min(len(why.Regions), maxSources)] {
			if c := (engine.XrayCell{Tensor: region.Tensor, Row: region.Row, Col: region.Col}); !p.holds(c) {
				wanted = append(wanted, c)
			}
		}
		if len(wanted) > 0 {
			p.fetch(wanted)
		}
		p.repaint()
	})
	p.repaint()
}

// maxSources is how many tensors are drawn beside the large one.
const maxSources = 4

// fetch asks for blocks of tensors.
func (p *xrayPanel) fetch(cells []engine.XrayCell) {
	version := p.version
	// A queue of its own for the large tensor: sources must not hold it up.
	queue := "block"
	if cells[0] != p.state.cell() {
		queue = "sources"
	}
	p.do(queue, engine.OpXrayTensor, engine.XrayTensorInput{Xray: p.state.input(), Cells: cells}, func(ctx goapp.Context, r engine.Reply) {
		var out engine.XrayTensorOutput
		if version != p.version || r.Kind != engine.Done || json.Unmarshal(r.Output, &out) != nil || len(out.Blocks) != len(r.Tensors) {
			ctx.PreventUpdate()
			return
		}
		for i, b := range out.Blocks {
			if t := r.Tensors[i]; t.Rows == len(b.RowLabels) && t.Cols == len(b.ColLabels) {
				p.blocks[b.Tensor] = xrayBlock{b, t}
			}
		}
		p.repaint()
	})
}

// chooseView shows another analysis of the pass.
func (p *xrayPanel) chooseView(view string) {
	p.state.view, p.viewErr = view, nil
	p.remember(p.fragment)
	p.askView()
}

// askView asks for the analysis that is open, unless it is there.
func (p *xrayPanel) askView() {
	if !p.answered {
		return
	}
	version := p.version
	ask := func(op string, input any, take func(json.RawMessage) error) {
		p.do("view", op, input, func(ctx goapp.Context, r engine.Reply) {
			switch {
			case version != p.version || r.Kind == engine.Progress:
				ctx.PreventUpdate()
			case r.Kind == engine.Failed:
				p.viewErr = r.Error
			case r.Kind == engine.Done && take(r.Output) != nil:
				p.viewErr = garbled()
			case r.Kind == engine.Done:
				p.viewErr = nil
			}
		})
	}
	in := p.state.input()
	switch {
	case p.state.view == "heads" && p.heads == nil:
		ask(engine.OpXrayHeads, in, func(raw json.RawMessage) error { return into(&p.heads, raw) })
	case p.state.view == "lens" && (p.lens == nil || p.lens.Position != p.state.position):
		ask(engine.OpXrayLens, engine.XrayLensInput{Xray: in, Position: p.state.position}, func(raw json.RawMessage) error { return into(&p.lens, raw) })
	case p.state.view == "cache" && (p.work == nil || p.work.Count != p.state.count):
		ask(engine.OpXrayWork, engine.XrayWorkInput{Xray: in, Count: p.state.count}, func(raw json.RawMessage) error { return into(&p.work, raw) })
	case p.state.view == "backends" && p.contest == nil:
		ask(engine.OpXrayBackends, in, func(raw json.RawMessage) error { return into(&p.contest, raw) })
	}
}

// into decodes raw into a fresh value.
func into[T any](to **T, raw json.RawMessage) error {
	v := new(T)
	if err := json.Unmarshal(raw, v); err != nil {
		return err
	}
	*to = v
	return nil
}

// ablate takes a part out, or puts it back.
func (p *xrayPanel) ablate(part engine.XrayPart) {
	p.change(func(s *xrayState) { s.ablate = toggled(s.ablate, part) })
}

// guessParts are what the question before the comparison names.
var guessParts = []struct {
	name, text string
	part       engine.XrayPart
}{
	{"head", "第 2 层的一个注意力头（头 2）", engine.XrayPart{Part: "head", Layer: 2, Head: 2}},
	{"ffn", "第 2 层的前馈网络", engine.XrayPart{Part: "ffn", Layer: 2}},
	{"residual", "第 2 层前馈的残差连接", engine.XrayPart{Part: "ffn_residual", Layer: 2}},
}

// answer takes the guess and computes the comparison.
func (p *xrayPanel) answer(guess string) {
	p.guess, p.guessed, p.wanted = guess, map[string]float64{}, true
	if !p.answered {
		p.ask()
	}
	for _, g := range guessParts {
		in := p.state.input()
		part := g.part
		part.Layer = min(part.Layer, max(p.pass.Model.Layers-1, 0))
		in.Ablate = []engine.XrayPart{part}
		p.do("guess-"+g.name, engine.OpXray, in, func(ctx goapp.Context, r engine.Reply) {
			var out engine.XrayOutput
			if r.Kind == engine.Done && json.Unmarshal(r.Output, &out) == nil {
				p.guessed[g.name] = out.Divergence
			}
		})
	}
}

// retry starts the engine again where it is gone, and asks again.
func (p *xrayPanel) retry(ctx goapp.Context, e goapp.Event) {
	p.revive()
	p.ask()
}

// apply sets the lab up for an experiment: the defaults with its parameters.
func (p *xrayPanel) apply(e registry.Experiment) goapp.EventHandler {
	return func(goapp.Context, goapp.Event) {
		s, _ := fromParams(p.defaults, xrayFields, e.Params)
		p.change(func(now *xrayState) { *now = s })
		p.notice = "已照“试一试”设好。"
	}
}
