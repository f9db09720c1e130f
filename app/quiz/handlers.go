package quiz

import (
	"strconv"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The handlers read an event and call act; what they do stands in sheet.

func (v *view) onChoice(id, key string) goapp.EventHandler {
	return func(_ goapp.Context, e goapp.Event) {
		on := e.Get("target").Get("checked").Bool()
		v.act(func(s *sheet) { s.choose(id, key, on) })
	}
}

func (v *view) onMove(id, key string, delta int) goapp.EventHandler {
	return func(goapp.Context, goapp.Event) {
		v.act(func(s *sheet) { s.move(id, key, delta) })
	}
}

func (v *view) onText(id string) goapp.EventHandler {
	return func(ctx goapp.Context, e goapp.Event) {
		target := e.Get("target")
		i, err := strconv.Atoi(target.Get("dataset").Get("text").String())
		if err != nil {
			return
		}
		seen := v.sheet().write(id, i, target.Get("value").String())
		v.hand()
		if !seen {
			ctx.PreventUpdate()
		}
	}
}

// onEnter checks when Enter is pressed in an input, unless it ends the
// composition of a character.
func (v *view) onEnter(id string) goapp.EventHandler {
	return func(ctx goapp.Context, e goapp.Event) {
		if e.Get("key").String() != "Enter" || e.Get("isComposing").Truthy() {
			ctx.PreventUpdate()
			return
		}
		v.act(func(s *sheet) { s.check(id) })
	}
}

func (v *view) onHint(id string) goapp.EventHandler {
	return func(ctx goapp.Context, e goapp.Event) {
		ctx.PreventUpdate()
		v.sheet().hint(id, e.Get("target").Get("open").Bool())
	}
}

func (v *view) onCheck(id string) goapp.EventHandler {
	return func(goapp.Context, goapp.Event) {
		v.act(func(s *sheet) { s.check(id) })
	}
}

func (v *view) onRetry(id string) goapp.EventHandler {
	return func(goapp.Context, goapp.Event) {
		v.act(func(s *sheet) { s.retry(id) })
	}
}

func (v *view) onRetryWrong(goapp.Context, goapp.Event) {
	v.act((*sheet).retryWrong)
}

func (v *view) onRetryEngine(goapp.Context, goapp.Event) { v.retryEngine() }
