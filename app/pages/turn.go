package pages

import (
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Keys that turn to the lesson before and after. They have a modifier, so that
// no screen reader's browse mode and no typing is disturbed.
const (
	previousKey = "Alt+PageUp"
	nextKey     = "Alt+PageDown"
)

// neighbours returns the lessons before and after this one, "" at the ends.
func (p *Lesson) neighbours() (previous, next string) {
	if p.Env.Course == nil {
		return "", ""
	}
	modules := p.Env.Course.Modules
	for i, id := range modules {
		if id != p.ID {
			continue
		}
		if i > 0 {
			previous = modules[i-1]
		}
		if i+1 < len(modules) {
			next = modules[i+1]
		}
	}
	return previous, next
}

// turn links to the lessons before and after.
func (p *Lesson) turn() goapp.UI {
	previous, next := p.neighbours()
	var body []goapp.UI
	if previous != "" {
		body = append(body, p.turnLink("previous", "prev", "上一单元", previous, previousKey))
	}
	if next != "" {
		body = append(body, p.turnLink("next", "next", "下一单元", next, nextKey))
	}
	return goapp.Nav().Class("turn").Aria("label", "上一单元与下一单元").Body(body...)
}

func (p *Lesson) turnLink(class, rel, label, id, key string) goapp.UI {
	title := unit(p.Env, id)
	if lesson := head(p.Env, id); lesson != nil {
		title = lesson.Title
	}
	return goapp.A().Class("turn-"+class).Rel(rel).Href(route.Lesson(id, "")).Attr("aria-keyshortcuts", key).Body(
		goapp.Span().Class("turn-label").Text(label),
		goapp.Span().Class("turn-title").Text(title),
		goapp.Raw(`<kbd>`+key+`</kbd>`),
	)
}

// watchKeys turns the page on the keys, until stop.
func (p *Lesson) watchKeys(ctx goapp.Context) (stop func()) {
	handler := goapp.FuncOf(func(_ goapp.Value, args []goapp.Value) any {
		event := args[0]
		if !event.Get("altKey").Bool() || event.Get("ctrlKey").Bool() || event.Get("metaKey").Bool() || event.Get("shiftKey").Bool() {
			return nil
		}
		previous, next := p.neighbours()
		target := ""
		switch event.Get("key").String() {
		case "PageUp":
			target = previous
		case "PageDown":
			target = next
		}
		if target != "" {
			event.Call("preventDefault")
			ctx.Dispatch(func(ctx goapp.Context) {
				if p.Open != nil {
					p.Open(target, "")
					return
				}
				ctx.Navigate(route.Lesson(target, ""))
			})
		}
		return nil
	})
	goapp.Window().Call("addEventListener", "keydown", handler)
	return func() {
		goapp.Window().Call("removeEventListener", "keydown", handler)
		handler.Release()
	}
}
