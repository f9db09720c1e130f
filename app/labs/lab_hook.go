package labs

import (
	"courselab/app/engine"
	"courselab/app/env"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// hook adds elements of a lab's own to the common panel: below the controls and
// below the result. A lab that needs none has none. The elements must keep their
// places: a part that has nothing to show yet is an empty element, not absent.
type hook struct {
	controls func(Bench) goapp.UI
	result   func(Bench) goapp.UI
	// static is markup above the static form of the sheet; nil: none.
	static func(engine.Sheet) string
}

// hookOf returns a lab's own elements; most have none.
func hookOf(lab string) hook {
	switch lab {
	case "acceptance":
		return hook{result: newJudgeDesk}
	case "breakeven", "cost", "route":
		return hook{controls: func(b Bench) goapp.UI { return &pricesBox{Bench: b} }}
	case "rag":
		return hook{result: promptView}
	case "report":
		return hook{controls: reportIntake, result: reportView}
	case "select":
		return hook{controls: presetBar}
	case "roofline":
		return hook{controls: func(b Bench) goapp.UI { return &browserMeter{Bench: b} }}
	case "tokens":
		return hook{controls: newTokenDesk, static: tokensStatic}
	}
	return hook{}
}

// Bench is what a lab's own elements may ask of the panel around them.
type Bench struct{ panel *sheetPanel }

// Key begins the ids of the lab's elements; it is unique on the page.
func (b Bench) Key() string { return b.panel.Props.Key }

// Env is what the program hands to its pages.
func (b Bench) Env() *env.Env { return b.panel.Props.Env }

// Off reports whether nothing runs behind the page: controls are disabled then.
func (b Bench) Off() bool { return b.panel.off() }

// Get returns the value of a parameter in canonical form.
func (b Bench) Get(name string) string { return b.panel.state.get(name) }

// Set gives a parameter a value, as if the learner had; the engine is asked
// anew. It reports whether the value is acceptable.
func (b Bench) Set(name, value string) bool {
	param, ok := b.panel.lab.Input(name)
	if !ok || !b.panel.set(param, value) {
		return false
	}
	b.panel.put()
	return true
}

// SetAll gives several parameters values at once. It reports whether all are
// acceptable; if one is not, nothing is changed.
func (b Bench) SetAll(all map[string]string) bool {
	v, faults := valuesFrom(&b.panel.lab, b.panel.state, all)
	if len(faults) > 0 {
		return false
	}
	b.panel.replace(v, "")
	return true
}

// Reload reads the data that the lab computes with anew, and computes where it is
// another than before.
func (b Bench) Reload() { b.panel.load(b.panel.home) }

// Sheet is the newest result, empty before the first.
func (b Bench) Sheet() engine.Sheet { return b.panel.sheet }

// Say shows a short message that is read out: "已下载"。
func (b Bench) Say(text string) { b.panel.notice = text }

// Context is the panel's own, for work that outlives an event.
func (b Bench) Context() goapp.Context { return b.panel.home }
