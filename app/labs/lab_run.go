package labs

import (
	"context"
	"encoding/json"
	"strconv"

	"courselab/app/engine"
	"courselab/app/format"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// runDesk is what the panel of a lab that runs for long knows of its run. The run
// itself is the engine's, and stays there when the panel goes.
type runDesk struct {
	state  engine.RunState
	sheet  engine.Sheet // of the run, as it was shown last
	going  bool         // a request to go on is under way
	at     *engine.Progressed
	fault  string
	said   string // what happened last, read out: "已暂停。"
	asked  int    // counts requests: replies to older ones are passed over
	cancel func()
}

// onRun reports whether the run was made with the values that the controls show,
// but for those that may change under way.
func (p *sheetPanel) onRun() bool {
	if p.lab.Run == nil || !p.run.state.Exists {
		return false
	}
	now := p.state.byName()
	for name, was := range p.run.state.Values {
		if now[name] != was && !p.lab.Run.IsLive(name) {
			return false
		}
	}
	return true
}

// runInput is what a request about the run carries; data: with the texts of the
// files.
func (p *sheetPanel) runInput(data bool) engine.RunInput {
	return engine.RunInput{LabInput: engine.LabInput{Lab: p.lab.Name, Values: p.state.byName(), Data: marked(p.files, data), Width: p.width}}
}

// goOn starts the run, or goes on with it: steps of it, 0 for all.
func (p *sheetPanel) goOn(steps int, fresh bool) {
	if p.readsData() && p.files == nil {
		return
	}
	p.wanted, p.touched = true, true
	p.run.going, p.run.fault, p.run.at = true, "", nil
	p.run.said = "正在运行。"
	in := p.runInput(false)
	in.Steps, in.Fresh = steps, fresh
	p.askRun(engine.OpRun, in)
}

// pause has the run rest where it is.
func (p *sheetPanel) pause() {
	if !p.run.going {
		return
	}
	p.run.going, p.run.said = false, "已暂停，可以继续。"
	p.run.cancel()
	p.look()
}

// look asks how the run stands: there may be one from before.
func (p *sheetPanel) look() { p.askRun(engine.OpRunLook, p.runInput(false)) }

// drop gives the run up.
func (p *sheetPanel) drop() {
	if p.run.going {
		p.run.cancel()
	}
	p.run.going, p.run.said = false, "已清除。"
	p.askRun(engine.OpRunDrop, p.runInput(false))
}

// askRun sends a request about the run.
func (p *sheetPanel) askRun(op string, in engine.RunInput) { p.askRunWith(op, in, false) }

// askRunWith is askRun; texts: in carries those of the files, which the engine
// keeps.
func (p *sheetPanel) askRunWith(op string, in engine.RunInput, texts bool) {
	if p.Props.Env == nil || p.Props.Env.Engine == nil {
		return
	}
	p.run.asked++
	id := p.run.asked
	p.run.cancel = p.Props.Env.Engine.Do(context.Background(), p.Props.Key+"/run", op, in, func(r engine.Reply) {
		if r.Kind == engine.Started || r.Kind == engine.Cancelled {
			return
		}
		p.home.Dispatch(func(ctx goapp.Context) {
			if id != p.run.asked {
				ctx.PreventUpdate()
				return
			}
			if r.Kind == engine.Failed && r.Error != nil && r.Error.Code == engine.NeedsData && !texts {
				in.Data = marked(p.files, true)
				p.askRunWith(op, in, true)
				return
			}
			p.runReply(op, r)
		})
	})
}

func (p *sheetPanel) runReply(op string, r engine.Reply) {
	switch r.Kind {
	case engine.Progress:
		p.run.at = r.Progress
	case engine.Partial, engine.Done:
		var out engine.RunOutput
		if err := json.Unmarshal(r.Output, &out); err != nil {
			p.run.going, p.run.fault = false, garbled().Message
			return
		}
		p.takeRun(op, out, r.Kind == engine.Done)
	case engine.Failed:
		p.run.going = false
		if r.Error != nil && op != engine.OpRunLook {
			p.run.fault = p.runFault(r.Error)
		}
		if r.Error != nil && r.Error.Code == engine.Crashed {
			p.look()
		}
	}
}

// runFault puts the engine's error into words; the field is named as its control
// is.
func (p *sheetPanel) runFault(e *engine.Error) string {
	if param, ok := p.lab.Input(e.Field); ok {
		return "“" + param.Label + "”" + e.Message
	}
	return e.Message
}

// takeRun shows how the run stands; done: the request is over.
func (p *sheetPanel) takeRun(op string, out engine.RunOutput, done bool) {
	was := p.run.state
	p.run.state, p.run.sheet = out.Run, out.Sheet
	if out.Run.Exists {
		at := out.Run.At
		p.run.at = &at
	}
	if done {
		p.run.going = false
		if op == engine.OpRun {
			p.run.said = "已停在" + runAt(out.Run.At) + "。"
			if out.Run.Ended {
				p.run.said = "已完成。"
			}
		}
	}
	switch {
	case p.onRun():
		p.showRun()
		if op == engine.OpRun && done && out.Run.Ended && p.Props.Env.Interactive() {
			// A value too large to be kept costs the learner nothing but that.
			_ = p.Props.Env.Progress.SetLab(p.lab.Name, p.state.byName(), out.Sheet.Verdict.Text)
		}
	case was.Exists && !out.Run.Exists:
		p.ask() // what stands before a run
	}
}

// showRun puts the run's sheet in the place of what was computed from the inputs
// alone.
func (p *sheetPanel) showRun() {
	if p.run.sheet.Empty() {
		return
	}
	p.asked++ // what was asked of the inputs alone is passed over
	p.place(p.run.sheet, nil)
	p.answered = p.asked
	p.status, p.err, p.progress, p.inputFaults = ready, nil, nil, nil
}

// shownStatus is the state of the figures, with that of the run.
func (p *sheetPanel) shownStatus() status {
	if p.run.going && p.status == ready {
		return running
	}
	return p.status
}

// followRun has the run follow a change of the inputs: it goes on with those that
// may change under way, and rests at another.
func (p *sheetPanel) followRun() {
	if !p.run.going {
		return
	}
	if p.onRun() {
		p.run.cancel()
		p.goOn(0, false)
		return
	}
	p.pause()
	p.run.said = "参数改了，运行已暂停；换回原来的参数可以继续。"
}

// runBar is the row of buttons of a run, with how far it has come; nil for a lab
// that has none.
func (p *sheetPanel) runBar() goapp.UI {
	about := p.lab.Run
	if about == nil {
		return nil
	}
	s := p.run.state
	off := p.off() || p.readsData() && p.files == nil
	same := p.onRun()
	var main goapp.UI
	switch {
	case p.run.going:
		main = button("暂停", off, func(goapp.Context, goapp.Event) { p.pause() }, "run-pause")
	case same && !s.Ended:
		main = button("继续", off, func(goapp.Context, goapp.Event) { p.goOn(0, false) }, "run-on")
	case same:
		main = button("重新开始", off, func(goapp.Context, goapp.Event) { p.goOn(0, true) }, "run-again")
	default:
		main = button(about.Start, off, func(goapp.Context, goapp.Event) { p.goOn(0, s.Exists) }, "run-start")
	}
	buttons := []goapp.UI{main}
	if about.Step != "" {
		buttons = append(buttons, button(about.Step, off || p.run.going || same && s.Ended, func(goapp.Context, goapp.Event) { p.goOn(1, s.Exists && !same) }, "run-step"))
	}
	buttons = append(buttons,
		button("从头再来", off || !same || s.Ended, func(goapp.Context, goapp.Event) { p.restart() }, "run-restart"),
		button("清除运行", off || !s.Exists, func(goapp.Context, goapp.Event) { p.drop() }, "run-drop"),
		button("回到运行的参数", off || !s.Exists || same, func(goapp.Context, goapp.Event) { p.toRun() }, "run-back"),
	)
	return goapp.Div().Class("lab-run").Role("group").Aria("label", "运行").Body(
		goapp.P().Class("lab-words").Text(about.About),
		goapp.Div().Class("lab-run-buttons").Body(buttons...),
		p.fileBar(),
		p.runMeter(),
		goapp.P().Class("lab-words").Role("status").Text(p.run.said),
		goapp.P().Class("lab-wrong").Role("alert").Text(p.run.fault),
	)
}

// restart begins the run anew from where it is, under way or not.
func (p *sheetPanel) restart() {
	if p.run.going {
		p.run.cancel()
	}
	p.goOn(0, true)
}

// toRun puts the run's values into the controls.
func (p *sheetPanel) toRun() {
	v, _ := valuesFrom(&p.lab, p.defaults, p.run.state.Values)
	p.replace(v, "已换回运行所用的参数。")
}

// runMeter shows how far the run has come. It moves with the run and is not read
// out each time.
func (p *sheetPanel) runMeter() goapp.UI {
	box := goapp.Div().Class("lab-run-meter")
	at := p.run.at
	if at == nil || at.Total <= 0 || !p.run.going && !p.run.state.Exists {
		return box.Hidden(true)
	}
	text := runAt(*at)
	if s := p.run.state; s.Exists {
		text += "，已算 " + format.Value(s.Seconds, "s") + "，占内存 " + bytesText(s.Bytes) + "（上限 " + bytesText(s.Limit) + "）"
	}
	return box.Body(
		goapp.Progress().Class("lab-run-bar").Max(at.Total).Value(at.Done).Aria("label", at.What),
		goapp.P().Class("lab-words").Text(text),
	)
}

// runAt says how far a run has come: "训练：120 / 300 步".
func runAt(at engine.Progressed) string {
	n := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return at.What + "：" + n(at.Done) + " / " + n(at.Total) + " " + at.Unit
}

func bytesText(n int64) string { return format.Value(float64(n), "B") }
