package labs

import (
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// status is the state of a lab's figures, as data-state tells it.
type status string

const (
	loading status = "loading" // nothing from the engine yet: the static figure stands
	ready   status = "ready"   // what is shown is what was asked for
	running status = "running" // an older result stands while a new one is computed
	failed  status = "failed"  // see the message; what stood before stays
)

// frame is what every lab has around its figures.
type frame struct {
	props  Props
	panel  linker
	lab    registry.Lab
	status status
	// live says that the figures hold a result; until then the static one
	// stands in their place.
	live     bool
	backend  engine.Backend // empty until the first reply
	err      *engine.Error
	progress *engine.Progressed
	faults   []fault
	// notice is the answer to a button: "链接已复制". It is announced.
	notice string
	// offer asks something before the lab begins; it stands in the place of the
	// state. nil: nothing to ask.
	offer goapp.UI

	// flow: the static figure and the live one are the same sheet, and take the
	// same room in turn; else the live one keeps its room below the static one.
	flow bool
	// guarded: the result waits for a guess.
	guarded bool

	controls goapp.UI
	question goapp.UI // of a flow; an empty element where nothing is asked
	run      goapp.UI // of a flow: the buttons of what runs for long; nil where the lab has nothing such
	figures  goapp.UI // drawn live
	after    []goapp.UI
	tools    []goapp.UI
	retry    goapp.EventHandler
	apply    func(e registry.Experiment) goapp.EventHandler
}

// render returns the lab's root element. Its children keep their places in
// every state, so that an update never replaces a canvas.
func (f frame) render() goapp.UI {
	p := f.props
	root := goapp.Section().Class("lab").ID(p.Key+"-lab").
		DataSet("lab", p.Name).DataSet("state", string(f.status)).
		Aria("label", route.Attr("实验："+f.lab.Title+p.ordinal()))
	if f.live {
		root.DataSet("live", "yes")
	}
	result := goapp.Div().Class("lab-figures").ID(p.Key+"-figures").Body(
		goapp.Div().Class("lab-live").Body(f.figures),
		f.static(),
	)
	bench := []goapp.UI{f.controls, f.state(), result}
	if f.flow {
		root.Class("lab-flow")
		if f.guarded {
			root.DataSet("guess", "open")
		}
		parts := []goapp.UI{f.question, f.state(), result.TabIndex(-1)}
		if f.run != nil {
			parts = append([]goapp.UI{f.run}, parts...)
		}
		bench = []goapp.UI{goapp.Div().Class("lab-bench").Body(f.controls,
			goapp.Div().Class("lab-result").ID(p.Key+"-result").Body(parts...))}
	}
	body := append([]goapp.UI{
		&linkSaid{Props: p},
		goapp.Header().Class("lab-head").Body(
			goapp.P().Class("lab-kind").Text("实验"),
			goapp.P().Class("lab-title").Text(f.lab.Title),
			f.badge(),
		),
		goapp.P().Class("lab-summary").Text(f.lab.Summary),
		f.faultList(),
	}, bench...)
	return root.Body(append(body,
		goapp.Div().Class("lab-after").Body(f.after...),
		goapp.Div().Class("lab-tools").Role("group").Aria("label", "实验工具").Body(f.tools...),
		goapp.P().Class("lab-notice").Role("status").Text(f.notice),
		&linkForm{Props: p, Panel: f.panel},
		f.tryIt(),
		&teacherNote{Lab: p.Name},
	)...)
}

// badge says what computes, and why that.
func (f frame) badge() goapp.UI {
	if f.backend.Name == "" {
		return goapp.P().Class("lab-backend").Text("")
	}
	text := "由 " + f.backend.Title + " 计算"
	if f.backend.Reason != "" {
		text += "：" + f.backend.Reason
	}
	return goapp.P().Class("lab-backend").DataSet("backend", f.backend.Name).Text(text)
}

// faultList names what a link held and could not be used.
func (f frame) faultList() goapp.UI {
	if len(f.faults) == 0 {
		return goapp.Div().Class("lab-faults").Role("status")
	}
	items := make([]goapp.UI, len(f.faults))
	for i, x := range f.faults {
		items[i] = goapp.Li().Text(x.message)
	}
	return goapp.Div().Class("lab-faults").Role("status").Body(
		goapp.P().Text("这个链接有一部分不能用，其余照链接设置："),
		goapp.Ul().Body(items...),
	)
}

// state says in words what the engine is at.
func (f frame) state() goapp.UI {
	box := goapp.Div().Class("lab-state").Role("status")
	switch {
	case f.status == failed && f.err != nil:
		children := []goapp.UI{goapp.P().Text(f.failure())}
		if f.err.Code != engine.BadInput && f.err.Code != engine.UnknownOp {
			children = append(children, goapp.Button().Type("button").Class("lab-button").Text("重试").OnClick(f.retry))
		}
		return box.Body(children...)
	case !f.props.Env.Interactive():
		return box.Body(goapp.P().Text("这里是默认设置的静态图；交互部分在程序载入后可用。"))
	case f.offer != nil:
		return box.Body(f.offer)
	case f.status == loading && f.progress != nil:
		return box.Body(goapp.P().Text(f.progress.What + "：" + amount(f.progress) + "……先看静态图。"))
	case f.status == loading:
		return box.Body(goapp.P().Text(f.loading()))
	case f.status == running && f.progress != nil:
		return box.Body(goapp.P().Text(f.progress.What + "：" + amount(f.progress)))
	}
	return box.Body(goapp.P().Text(""))
}

func (f frame) failure() string {
	text := f.err.Message
	if text == "" {
		text = "计算没有完成（" + string(f.err.Code) + "）。"
	}
	if gone(f.err) {
		text += " 静态图仍可阅读，你的设置没有丢。"
	}
	return text
}

func (f frame) loading() string {
	s := f.props.Env.Host.State()
	text := "正在载入计算引擎"
	switch {
	case s.Engine == "ready" || s.Engine == "restarting":
		text = "正在计算"
	case s.Total > 0:
		text += "：" + amount(&engine.Progressed{Done: s.Done / 1e6, Total: s.Total / 1e6, Unit: "MB"})
	}
	return text + "……先看静态图。"
}

func amount(p *engine.Progressed) string {
	one := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	return one(p.Done) + " / " + one(p.Total) + " " + p.Unit
}

// static returns the default figure, as it was prerendered or as the page
// holds it.
func (f frame) static() goapp.UI {
	key := StaticKey(f.props.Name, f.props.Params)
	html := ""
	// A live sheet has the ids of the static one.
	if f.props.Env != nil && !(f.flow && f.live) {
		html = f.props.Env.Static[key]
	}
	reach := ""
	if !f.flow {
		// It scrolls in the room of the live figures: by keyboard too.
		reach = ` tabindex="0" role="group" aria-label="默认状态的图"`
	}
	return goapp.Raw(`<div class="lab-static"` + reach + ` data-static="` + escape(key) + `">` + html + `</div>`)
}

// tryIt lists the experiments, each with a button that sets the lab up.
func (f frame) tryIt() goapp.UI {
	items := make([]goapp.UI, len(f.lab.TryIt))
	for i, e := range f.lab.TryIt {
		items[i] = goapp.Li().Body(
			goapp.P().Text(e.Do),
			goapp.P().Class("lab-observe").Text("留意："+e.Notice),
			f.enabled(goapp.Button().Type("button").Class("lab-button").
				Aria("label", "替我设好：试一试第 "+strconv.Itoa(i+1)+" 条").
				Text("替我设好").OnClick(f.apply(e), goapp.EventScope("try", i))),
		)
	}
	return goapp.Details().Class("lab-try").Body(
		goapp.Summary().Text("试一试（"+strconv.Itoa(len(items))+"）"),
		goapp.Ol().Body(items...),
	)
}

// enabled disables a button on a page that nothing runs behind.
func (f frame) enabled(b goapp.HTMLButton) goapp.UI {
	if !f.props.Env.Interactive() {
		b.Disabled(true)
	}
	return b
}

// ordinal tells several labs of one page apart, for those who hear their names.
func (p Props) ordinal() string {
	if i := strings.LastIndexByte(p.Key, '-'); i >= 0 && !p.Page {
		return " " + p.Key[i+1:]
	}
	return ""
}
