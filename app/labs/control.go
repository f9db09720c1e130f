package labs

import (
	"strconv"

	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// slider is a whole number that can be dragged, typed and stepped by key. The
// text beside it says the present value in words.
type slider struct {
	id, label, unit string
	low, high       int
	value           int
	words           string
	off             bool // nothing runs behind the page yet
	set             func(ctx goapp.Context, v int)
}

func (s slider) render() goapp.UI {
	bar := goapp.Input().Type("range").ID(s.id).Class("lab-range").
		Min(s.low).Max(s.high).Step(1).Value(s.value).
		Aria("valuetext", route.Attr(s.words)).
		OnInput(func(ctx goapp.Context, e goapp.Event) {
			if v, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
				s.set(ctx, clamp(v, s.low, s.high))
			}
		}, goapp.EventScope(s.id))
	typed := goapp.Input().Type("number").Class("lab-number").
		Min(s.low).Max(s.high).Step(1).Value(s.value).
		Aria("label", route.Attr(s.label+"，输入数字")).
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			v, err := strconv.Atoi(ctx.JSSrc().Get("value").String())
			if err != nil {
				v = s.value
			}
			v = clamp(v, s.low, s.high)
			// The field may hold another text than the state that follows.
			ctx.JSSrc().Set("value", strconv.Itoa(v))
			s.set(ctx, v)
		}, goapp.EventScope(s.id, "typed", s.value))
	if s.off {
		bar.Disabled(true)
		typed.Disabled(true)
	}
	return goapp.Div().Class("lab-control").Body(
		goapp.Label().For(s.id).Class("lab-label").Text(s.label),
		goapp.Div().Class("lab-slide").Body(bar, typed, goapp.Span().Class("lab-unit").Text(s.unit)),
		goapp.P().Class("lab-words").Text(s.words),
	)
}

// decimalSlider is a number that can be dragged, typed and stepped by key. What
// is typed is handed on as it is, out of range too: the engine says what is
// wrong with it.
type decimalSlider struct {
	id, label, unit string
	low, high, step float64
	value           float64
	words           string
	off             bool
	set             func(ctx goapp.Context, v float64)
}

func (s decimalSlider) render() goapp.UI {
	text := strconv.FormatFloat(s.value, 'g', -1, 64)
	bar := goapp.Input().Type("range").ID(s.id).Class("lab-range").
		Min(s.low).Max(s.high).Step(s.step).Value(text).
		Aria("valuetext", route.Attr(s.words)).
		OnInput(func(ctx goapp.Context, e goapp.Event) {
			if v, err := strconv.ParseFloat(ctx.JSSrc().Get("value").String(), 64); err == nil {
				s.set(ctx, v)
			}
		}, goapp.EventScope(s.id))
	typed := goapp.Input().Type("number").Class("lab-number").
		Attr("step", "any").Value(text).
		Aria("label", route.Attr(s.label+"，输入数字")).
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			v, err := strconv.ParseFloat(ctx.JSSrc().Get("value").String(), 64)
			if err != nil {
				ctx.JSSrc().Set("value", text)
				return
			}
			s.set(ctx, v)
		}, goapp.EventScope(s.id, "typed", text))
	if s.off {
		bar.Disabled(true)
		typed.Disabled(true)
	}
	return goapp.Div().Class("lab-control").Body(
		goapp.Label().For(s.id).Class("lab-label").Text(s.label),
		goapp.Div().Class("lab-slide").Body(bar, typed, goapp.Span().Class("lab-unit").Text(s.unit)),
		goapp.P().Class("lab-words").Text(s.words),
	)
}

// toggle is a choice between two, with what the present one means.
type toggle struct {
	id, label, words string
	on               bool
	off              bool // nothing runs behind the page yet
	set              func(ctx goapp.Context, on bool)
}

func (t toggle) render() goapp.UI {
	box := goapp.Input().Type("checkbox").ID(t.id).
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			t.set(ctx, ctx.JSSrc().Get("checked").Bool())
		}, goapp.EventScope(t.id))
	// go-app prints checked="false" natively, which is checked.
	if goapp.IsClient || t.on {
		box.Checked(t.on)
	}
	if t.off {
		box.Disabled(true)
	}
	return goapp.Div().Class("lab-control").Body(
		goapp.Label().For(t.id).Class("lab-check").Body(box, goapp.Span().Text(t.label)),
		goapp.P().Class("lab-words").Text(t.words),
	)
}

// button is a plain button of the tools.
func button(text string, off bool, f goapp.EventHandler, scope ...any) goapp.HTMLButton {
	b := goapp.Button().Type("button").Class("lab-button").Text(text).OnClick(f, goapp.EventScope(append([]any{text}, scope...)...))
	if off {
		b.Disabled(true)
	}
	return b
}
