package labs

import (
	"encoding/json"
	"strconv"

	"courselab/app/engine"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// nextPanel is the lab "next-token": the course's model predicts and writes, the
// settings cut its distribution in view, and the text can be led elsewhere at
// any character.
type nextPanel struct {
	goapp.Compo
	Props Props

	core
	begun           bool
	defaults, state nextState

	// What stands on the page: the characters written after the text, with how
	// each was drawn (nil for those kept), and what may follow at the place
	// looked at.
	path       []pathStep
	result     engine.NextWritten // of the last writing; its Steps are in path
	prediction *engine.NextPrediction
	// answered says that something has been computed; asked and looked count
	// requests, so that an answer to an older one is told.
	answered      bool
	asked, looked int
	predicted     int // place that prediction belongs to
	predictErr    *engine.Error

	table bool
	// guess is the answer to the question that comes before the comparison.
	guess   string
	compare [2]*engine.NextPrediction // at temperature 1 and at 2
}

// pathStep is one character after the text.
type pathStep struct {
	symbol string
	drawn  *engine.NextStep // nil: it stood already
}

// CompoID keeps go-app from turning one placed lab into another in place.
func (p *nextPanel) CompoID() string {
	return p.Props.Key + " " + StaticKey(p.Props.Name, p.Props.Params)
}

func (p *nextPanel) begin() {
	if p.begun {
		return
	}
	p.begun = true
	p.core.begin(p.Props)
	p.defaults, p.faults = nextFromParams(p.Props.Params)
	p.state = p.defaults
	if f, mine := p.Props.linked(); mine {
		p.restore(f)
	}
}

// restore takes the state from a fragment, if it is a lab's.
func (p *nextPanel) restore(fragment string) {
	s, present, faults := decodePermalink(p.Props.Name, nextFields, p.defaults, fragment)
	p.written = fragment
	if present {
		p.state, p.faults, p.wanted = s, faults, p.Props.Page || p.wanted
	}
}

// OnMount starts the lab in the browser.
func (p *nextPanel) OnMount(ctx goapp.Context) {
	p.begin()
	p.mount(ctx, func() {})
	p.start()
}

// start computes, or waits for the learner's word where that would fetch the
// model.
func (p *nextPanel) start() {
	if !p.wanted {
		p.status = ready
		return
	}
	p.write()
}

// OnNav follows a fragment that was typed or gone back to.
func (p *nextPanel) OnNav(ctx goapp.Context) {
	p.begin()
	p.home = ctx
	if f, mine := p.Props.linked(); mine && f != p.written {
		p.restore(f)
		p.write()
	}
}

// OnDismount gives up what was asked for and stops listening.
func (p *nextPanel) OnDismount() { p.dismount() }

// change applies an edit of the state by the learner and writes anew.
func (p *nextPanel) change(f func(*nextState)) {
	f(&p.state)
	p.faults, p.notice, p.wanted = nil, "", true
	p.remember(p.fragment)
	p.write()
}

func (p *nextPanel) fragment() string {
	return encodePermalink(p.Props.Name, nextFields, p.state)
}

// write has the text written after what is kept.
func (p *nextPanel) write() {
	p.asked++
	id := p.asked
	p.begins(p.answered)
	p.compare = [2]*engine.NextPrediction{}
	p.do("write", engine.OpNextWrite, p.state.input(p.state.kept), func(ctx goapp.Context, r engine.Reply) {
		if id != p.asked {
			ctx.PreventUpdate()
			return
		}
		p.wrote(r)
	})
	if p.guess != "" {
		p.askCompare()
	}
}

// wrote takes one reply to a writing.
func (p *nextPanel) wrote(r engine.Reply) {
	switch r.Kind {
	case engine.Progress:
		p.progress = r.Progress
		return
	case engine.Failed:
		p.fails(r.Error)
		return
	}
	var part engine.NextWritten
	if json.Unmarshal(r.Output, &part) != nil {
		p.fails(garbled())
		return
	}
	p.backend, p.result, p.answered, p.progress = part.Backend, part, true, nil
	if part.From == 0 {
		p.path = p.path[:0]
		for _, c := range p.state.kept {
			p.path = append(p.path, pathStep{symbol: string(c)})
		}
	}
	for _, s := range part.Steps {
		p.path = append(p.path, pathStep{symbol: s.Symbol, drawn: &s})
	}
	if part.From == 0 {
		p.look(p.state.at)
	}
	if r.Kind == engine.Done {
		p.status, p.err = ready, nil
		p.look(p.state.at)
	}
}

// halt stops the writing; what has been written stays.
func (p *nextPanel) halt() {
	p.asked++
	p.giveUp("write")
	p.status = ready
	p.result.Why = "已停下。"
	p.look(p.state.at)
}

// places is how many places can be looked at: one for each character, and the
// one after the last, unless the text has ended.
func (p *nextPanel) places() int {
	n := len(p.path)
	if n > 0 && p.path[n-1].drawn != nil && p.path[n-1].drawn.Mark {
		return n
	}
	return n + 1
}

// before returns the characters written before a place.
func (p *nextPanel) before(at int) string {
	text := ""
	for _, s := range p.path[:min(at, len(p.path))] {
		text += s.symbol
	}
	return text
}

// look asks for the distribution at a place.
func (p *nextPanel) look(at int) {
	at = clamp(at, 0, p.places()-1)
	if p.status == ready {
		p.state.at = at
		p.remember(p.fragment)
	}
	p.looked++
	id := p.looked
	p.do("predict", engine.OpNextPredict, p.state.input(p.before(at)), func(ctx goapp.Context, r engine.Reply) {
		if id != p.looked {
			ctx.PreventUpdate()
			return
		}
		switch r.Kind {
		case engine.Done:
			var out engine.NextPrediction
			if json.Unmarshal(r.Output, &out) == nil {
				p.prediction, p.predicted, p.predictErr = &out, at, nil
			}
		case engine.Failed:
			p.predictErr = r.Error
		default:
			ctx.PreventUpdate()
		}
	})
}

// fork takes another character at the place looked at and writes on from there.
func (p *nextPanel) fork(c engine.NextCandidate) {
	at := p.predicted
	if c.Mark {
		p.notice = "选了“结束”：诗到这里为止。"
		kept := p.before(at)
		p.change(func(s *nextState) { s.kept, s.count = kept, at })
		return
	}
	kept := p.before(at) + c.Symbol
	p.change(func(s *nextState) {
		s.kept, s.at = kept, at+1
		s.count = max(s.count, at+1)
	})
	p.notice = "已在第 " + strconv.Itoa(at+1) + " 个字改走“" + c.Symbol + "”，从这里往下重写。"
}

// hold keeps the characters before the place looked at.
func (p *nextPanel) hold() {
	kept := p.before(p.state.at)
	p.change(func(s *nextState) { s.kept = kept })
	p.notice = "前 " + strconv.Itoa(runeCount(kept)) + " 个字固定不动；换种子只重写后面的。"
}

// free lets every character after the text be drawn again.
func (p *nextPanel) free() {
	p.change(func(s *nextState) { s.kept, s.at = "", 0 })
}

// askCompare asks for the distribution at the place looked at under temperature
// 1 and 2, everything else as it is.
func (p *nextPanel) askCompare() {
	for i, temperature := range []float64{1, 2} {
		in := p.state.input(p.before(p.state.at))
		in.Temperature, in.Rows = temperature, 1
		p.do("compare"+strconv.Itoa(i), engine.OpNextPredict, in, func(ctx goapp.Context, r engine.Reply) {
			var out engine.NextPrediction
			if r.Kind == engine.Done && json.Unmarshal(r.Output, &out) == nil {
				p.compare[i] = &out
			}
		})
	}
}

// retry starts the engine again where it is gone, and asks again.
func (p *nextPanel) retry(ctx goapp.Context, e goapp.Event) {
	p.revive()
	p.write()
}

// apply sets the lab up for an experiment: the defaults with its parameters.
func (p *nextPanel) apply(e registry.Experiment) goapp.EventHandler {
	return func(goapp.Context, goapp.Event) {
		s, _ := fromParams(p.defaults, nextFields, e.Params)
		p.change(func(now *nextState) { *now = s })
		p.notice = "已照“试一试”设好。"
	}
}
