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

// sheetPanel is a lab that is described by its parameters: it draws their
// controls, asks the engine for the sheet that follows, and shows that.
type sheetPanel struct {
	goapp.Compo
	Props Props

	// home is the panel's own context. That of an event belongs to an element,
	// and dies with it.
	home goapp.Context

	begun    bool
	lab      registry.Lab
	fields   []field[values]
	defaults values
	state    values
	faults   []fault           // of the link
	wrong    map[string]string // what was typed last and is not accepted, by parameter: why
	notice   string
	touched  bool // by the learner or a link: worth keeping
	stop     []func()
	address
	unstored func() // stores what was computed last; nil when that is done

	status   status
	err      *engine.Error
	progress *engine.Progressed
	// asked counts requests; answered is the newest one whose result is shown.
	asked, answered int
	// ended is the newest request whose last reply has been seen: what was held back
	// for the first figure's sake may come after it.
	ended  int
	cancel func()
	sheet  engine.Sheet
	// stale marks the parts of sheet that belong to earlier inputs; drawn counts
	// the sheets shown.
	stale []bool
	drawn int
	// inputFaults are those that the engine named in what was asked last.
	inputFaults []engine.Fault

	// files are the course's data that the lab computes with, with their texts;
	// marks tells their versions.
	files     map[string]engine.DataFile
	marks     string
	dataFault string
	choices   *engine.LabChoices // replaced, never changed

	// wanted says that the language model may be fetched for this lab.
	wanted bool
	run    runDesk

	guess string // the Value guessed, or "skipped"; empty: not yet
	width int    // of the figures, in CSS pixels; 0: not measured
}

// CompoID keeps go-app from turning one placed lab into another in place.
func (p *sheetPanel) CompoID() string {
	return p.Props.Key + " " + StaticKey(p.Props.Name, p.Props.Params)
}

// begin sets the state up once; Render may come before any event.
func (p *sheetPanel) begin() {
	if p.begun {
		return
	}
	p.begun = true
	p.lab, _ = registry.Find(p.Props.Name)
	p.fields = labFields(&p.lab)
	p.defaults, p.faults = valuesFrom(&p.lab, defaultValues(&p.lab), p.Props.Params)
	p.state, p.status = p.defaults, loading
	p.wrong = map[string]string{}
	p.choices = &engine.LabChoices{}
	if f, mine := p.Props.linked(); mine {
		p.restore(f)
	}
}

// restore takes the state from a fragment, if it is a lab's.
func (p *sheetPanel) restore(fragment string) {
	v, present, faults := decodePermalink(p.Props.Name, p.fields, p.defaults, fragment)
	p.written = fragment
	if present {
		p.state, p.faults, p.touched, p.wanted = v, faults, true, p.Props.Page || p.wanted
		p.guess = "skipped" // whoever gives a link away shows what it leads to
	}
}

// OnMount starts the lab in the browser.
func (p *sheetPanel) OnMount(ctx goapp.Context) {
	p.begin()
	p.home = ctx
	p.measure()
	p.stop = append(p.stop, p.Props.Env.Host.Watch(func() { ctx.Dispatch(p.hostChanged) }))
	p.wanted = p.wanted || freeModel(p.Props)
	p.load(ctx)
	if p.lab.Run != nil {
		p.look() // there may be a run from before
	}
}

// hostChanged looks whether the course's data is another than before, and shows
// how far the engine has come.
func (p *sheetPanel) hostChanged(ctx goapp.Context) {
	if p.status != loading {
		ctx.PreventUpdate()
	}
	if p.readsData() {
		p.load(ctx)
	}
}

// OnNav follows a fragment that was typed or gone back to.
func (p *sheetPanel) OnNav(ctx goapp.Context) {
	p.begin()
	p.home = ctx
	if f, mine := p.Props.linked(); mine && f != p.written {
		p.restore(f)
		p.put()
		p.ask()
	}
}

// OnResize asks for figures of the new width.
func (p *sheetPanel) OnResize(ctx goapp.Context) {
	if p.measure() && p.answered > 0 {
		p.ask()
	}
}

// measure reads the width that figures have and reports whether it changed.
func (p *sheetPanel) measure() bool {
	if !p.lab.Wide {
		return false
	}
	const grain = 80 // pixels: a scroll bar more or less changes nothing
	w := widthOf(p.Props.Key+"-result") / grain * grain
	changed := w != p.width
	p.width = w
	return changed
}

// OnDismount gives up what was asked for and stops listening.
func (p *sheetPanel) OnDismount() {
	p.store()
	for _, stop := range p.stop {
		stop()
	}
	p.stop = nil
	for _, cancel := range []func(){p.cancel, p.run.cancel} {
		if cancel != nil {
			cancel()
		}
	}
}

// set takes a value as the learner gives it. One that is not accepted is named
// beside its control, and the state stays.
func (p *sheetPanel) set(param registry.Param, text string) (accepted bool) {
	v, ok := param.Canonical(text)
	if n := runeCount(text); !ok && (param.Kind == registry.Text || param.Kind == registry.LongText) && float64(n) > param.Max {
		p.wrong[param.Name] = tooLong(param, n)
		return false
	}
	if !ok {
		p.wrong[param.Name] = "“" + shorten(text) + "”不能用，应为" + param.Want() + "；仍按“" + shorten(param.Shown(p.state.get(param.Name))) + "”计算。"
		return false
	}
	delete(p.wrong, param.Name)
	p.change(p.state.with(param.Name, v))
	return true
}

// change takes a state and asks for what follows.
func (p *sheetPanel) change(v values) {
	p.state, p.touched, p.wanted = v, true, true
	p.faults, p.notice = nil, ""
	p.remember()
	p.followRun()
	p.ask()
}

// replace takes a state that no control gave, and puts it into the controls.
func (p *sheetPanel) replace(v values, notice string) {
	p.wrong = map[string]string{}
	p.change(v)
	p.notice = notice
	p.put()
}

// put writes the state into the fields that the learner types in: what was typed
// there stays otherwise.
func (p *sheetPanel) put() {
	for _, param := range p.lab.Inputs {
		switch param.Kind {
		case registry.Text, registry.LongText, registry.Number:
			setValue(p.controlID(param.Name), p.fieldText(param))
			setValue(p.typedID(param.Name), p.state.get(param.Name))
		}
	}
}

// remember writes the state into the address of the lab's own page.
func (p *sheetPanel) remember() {
	if p.Props.Page {
		p.address.schedule(p.home, p.fragment)
	}
}

func (p *sheetPanel) fragment() string {
	return encodePermalink(p.Props.Name, p.fields, p.state)
}

// link is the lab's own page in the present state.
func (p *sheetPanel) link() string { return route.Lab(p.Props.Name) + "#" + p.fragment() }

// ask requests the sheet of the present state.
func (p *sheetPanel) ask() {
	if p.readsData() && p.files == nil {
		return // load asks when the data is there
	}
	if p.lab.Shiya && !p.wanted {
		p.status = ready // the static sheet, until the learner says so
		return
	}
	p.asked++
	if p.onRun() {
		p.showRun()
		return
	}
	p.status = running
	if p.answered == 0 {
		p.status = loading
	}
	p.progress = nil
	p.request(p.asked, false)
}

// request sends the question number id; data: with the texts of the files, which
// the engine keeps.
func (p *sheetPanel) request(id int, data bool) {
	if p.Props.Env == nil || p.Props.Env.Engine == nil {
		return
	}
	input := engine.LabInput{Lab: p.lab.Name, Values: p.state.byName(), Data: marked(p.files, data), Width: p.width}
	asked := p.state
	fresh := p.answered == 0
	var first time.Time // when the first figure came
	p.cancel = p.Props.Env.Engine.Do(context.Background(), p.Props.Key+"/lab", engine.OpLab, input, func(r engine.Reply) {
		if r.Kind == engine.Started || r.Kind == engine.Cancelled {
			return // nothing to show: a superseding request is on its way
		}
		show := func() {
			p.home.Dispatch(func(ctx goapp.Context) {
				if r.Kind == engine.Failed && r.Error != nil && r.Error.Code == engine.NeedsData && !data {
					if id == p.asked {
						p.request(id, true)
					}
					return
				}
				p.reply(ctx, id, asked, r)
			})
		}
		if r.Kind == engine.Partial && fresh {
			time.AfterFunc(staticTime, show)
			return
		}
		if r.Kind == engine.Partial && first.IsZero() {
			first = time.Now()
		} else if early := paintTime - time.Since(first); early > 0 {
			time.AfterFunc(early, show)
			return
		}
		show()
	})
}

// staticTime is how long the static figure, which is whole, stands while there is
// only the first part of a live one.
const staticTime = 300 * time.Millisecond

// paintTime is what the first figure is given to be drawn and painted before the
// page turns to what follows, which takes longer than a frame.
const paintTime = 24 * time.Millisecond

// reply shows a result unless a newer one stands already.
func (p *sheetPanel) reply(ctx goapp.Context, id int, asked values, r engine.Reply) {
	if id < p.answered || id <= p.ended {
		ctx.PreventUpdate()
		return
	}
	if r.Kind.Final() {
		p.ended = id
	}
	switch r.Kind {
	case engine.Progress:
		if id == p.asked {
			p.progress = r.Progress
		}
	case engine.Partial, engine.Done:
		var s engine.Sheet
		if err := json.Unmarshal(r.Output, &s); err != nil {
			p.fail(&engine.Error{Code: engine.Internal, Message: "引擎的回答读不懂：页面与引擎的版本可能不同，请重新载入。"}, id)
			return
		}
		p.show(id, asked, s, r.Kind == engine.Done)
	case engine.Failed:
		p.fail(r.Error, id)
	}
}

// show takes a sheet; done: it is the whole one.
func (p *sheetPanel) show(id int, asked values, s engine.Sheet, done bool) {
	if id == p.asked {
		p.inputFaults = s.Faults
	}
	if s.Empty() {
		// What stood before stays; the inputs at fault are named.
		p.fail(&engine.Error{Code: engine.BadInput, Message: p.faultText(s.Faults)}, id)
		return
	}
	stale := []bool(nil)
	if !done {
		s, stale = over(p.sheet, s)
	}
	p.place(s, stale)
	p.answered = id
	if id != p.asked || !done {
		return
	}
	p.status, p.err, p.progress = ready, nil, nil
	if p.touched && p.Props.Env.Interactive() {
		p.record(asked.byName(), s.Verdict.Text)
	}
}

// record stores what was computed last, once the page has been painted.
func (p *sheetPanel) record(values map[string]string, verdict string) {
	p.unstored = func() {
		// A value too large to be kept costs the learner nothing but that.
		_ = p.Props.Env.Progress.SetLab(p.lab.Name, values, verdict)
	}
	p.home.After(paintTime, func(ctx goapp.Context) {
		ctx.PreventUpdate()
		p.store()
	})
}

// store stores what record put off.
func (p *sheetPanel) store() {
	if p.unstored != nil {
		p.unstored()
		p.unstored = nil
	}
}

// place puts a sheet where it is drawn.
func (p *sheetPanel) place(s engine.Sheet, stale []bool) {
	p.sheet, p.stale = s, stale
	p.drawn++
}

func (p *sheetPanel) fail(err *engine.Error, id int) {
	if id != p.asked {
		return
	}
	p.status, p.err, p.progress = failed, err, nil
	if err == nil {
		p.err = &engine.Error{Code: engine.Internal}
	}
}

// faultText names inputs that the engine could not use.
func (p *sheetPanel) faultText(faults []engine.Fault) string {
	text := "有输入不能用，下面仍是先前的结果："
	if p.answered == 0 {
		text = "有输入不能用："
	}
	for _, f := range faults {
		name := ""
		if param, ok := p.lab.Input(f.Field); ok {
			name = "“" + param.Label + "”"
		} else if f.Field != "" {
			name = f.Field + " "
		}
		text += name + f.Message + "。"
	}
	return text
}

// retry starts the engine again where it is gone, and asks again.
func (p *sheetPanel) retry(ctx goapp.Context, e goapp.Event) {
	if gone(p.err) {
		if h := p.Props.Env.Host; h != nil && h.RetryEngine != nil {
			h.RetryEngine()
		} else if c := p.Props.Env.Engine; c != nil {
			c.Retry()
		}
	}
	if p.files == nil {
		p.load(ctx)
	}
	p.ask()
}
