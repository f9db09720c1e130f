package pages

import (
	"strconv"
	"sync"
	"time"

	"courselab/app/env"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

const (
	tipID = "term-tip"
	// tipLinger is how long a definition stays once the pointer has left its
	// word, so that it can be reached.
	tipLinger = 250 * time.Millisecond
	tipMargin = 8.0 // CSS pixels to the window's edges
)

// terms shows the definition of a term of the text while the pointer or the
// focus is on it; a finger shows it with the first tap and follows the link with
// the second. Escape hides it.
//
// The text is raw markup, so events are caught at the document, and what is
// shown is written past go-app: it draws one empty element and never again.
type terms struct {
	goapp.Compo
	Env *env.Env

	link   goapp.Value // whose definition is shown; nil while none is
	tapped bool        // shown by a finger
	touch  bool        // the last press was a finger's

	mu    sync.Mutex
	timer *time.Timer
	stop  []func()
}

func (t *terms) Render() goapp.UI {
	return goapp.Raw(`<div class="term-tip" id="` + tipID + `" role="tooltip" hidden></div>`)
}

func (t *terms) OnMount(ctx goapp.Context) {
	ctx.PreventUpdate()
	t.listen("pointerover", func(e goapp.Value) {
		switch {
		case e.Get("pointerType").String() == "touch":
		case closest(e, "a.term").Truthy():
			t.show(closest(e, "a.term"), false)
		case closest(e, "#"+tipID).Truthy():
			t.keep()
		default:
			t.hideSoon(ctx)
		}
	})
	t.listen("pointerdown", func(e goapp.Value) {
		t.touch = e.Get("pointerType").String() == "touch"
		if !closest(e, "a.term, #"+tipID).Truthy() {
			t.hide()
		}
	})
	t.listen("focusin", func(e goapp.Value) {
		if link := closest(e, "a.term"); link.Truthy() && !t.touch {
			t.show(link, false)
		}
	})
	t.listen("focusout", func(goapp.Value) {
		if !t.tapped {
			t.hide()
		}
	})
	t.listen("keydown", func(e goapp.Value) {
		t.touch = false
		if e.Get("key").String() == "Escape" {
			t.hide()
		}
	})
	t.listen("click", func(e goapp.Value) {
		link := closest(e, "a.term")
		if !link.Truthy() || !t.touch || t.tapped && t.link != nil && t.link.Equal(link) {
			return
		}
		e.Call("preventDefault")
		e.Call("stopPropagation")
		t.show(link, true)
	})
}

func (t *terms) OnDismount() {
	t.keep()
	for _, stop := range t.stop {
		stop()
	}
	t.stop, t.link = nil, nil
}

// listen handles an event of the document before anyone else, until the
// component goes.
func (t *terms) listen(event string, do func(goapp.Value)) {
	handler := goapp.FuncOf(func(_ goapp.Value, args []goapp.Value) any {
		do(args[0])
		return nil
	})
	document := goapp.Window().Get("document")
	document.Call("addEventListener", event, handler, true)
	t.stop = append(t.stop, func() {
		document.Call("removeEventListener", event, handler, true)
		handler.Release()
	})
}

// closest returns the element around an event's target that a selector names.
func closest(e goapp.Value, selector string) goapp.Value {
	target := e.Get("target")
	if !target.Truthy() || !target.Get("closest").Truthy() {
		return goapp.Undefined()
	}
	return target.Call("closest", selector)
}

func (t *terms) show(link goapp.Value, tapped bool) {
	t.keep()
	if t.link != nil && t.link.Equal(link) && tapped == t.tapped {
		return
	}
	t.hide()
	glossary, _ := t.Env.Content.Glossary()
	term, ok := glossary.Term(link.Get("dataset").Get("term").String())
	tip := goapp.Window().GetElementByID(tipID)
	if !ok || !tip.Truthy() {
		return
	}
	tip.Set("innerHTML", tipHTML(term, tapped))
	tip.Set("hidden", false)
	link.Call("setAttribute", "aria-describedby", tipID)
	t.link, t.tapped = link, tapped
	placeTip(tip, link)
}

func tipHTML(term lessons.Term, tapped bool) string {
	html := `<p class="term-tip-name">` + escape(term.Name)
	if term.English != term.Name {
		html += ` <span lang="en">` + escape(term.English) + `</span>`
	}
	html += `</p>` + term.Tip
	if tapped {
		html += `<p class="note">再点一次，打开术语表</p>`
	}
	return html
}

// placeTip puts the definition under its word, or above it where there is no
// room below. The style sheet's policy blocks style attributes in markup, not
// this.
func placeTip(tip, link goapp.Value) {
	window := goapp.Window()
	word, box := link.Call("getBoundingClientRect"), tip.Call("getBoundingClientRect")
	wide, high := window.Get("document").Get("documentElement").Get("clientWidth").Float(), window.Get("innerHeight").Float()
	left, top := tipPlace(tipBox{
		left: word.Get("left").Float(), top: word.Get("top").Float(), bottom: word.Get("bottom").Float(),
		width: box.Get("width").Float(), height: box.Get("height").Float(), wide: wide, high: high})
	style := tip.Get("style")
	px := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) + "px" }
	style.Call("setProperty", "left", px(left+window.Get("scrollX").Float()))
	style.Call("setProperty", "top", px(top+window.Get("scrollY").Float()))
}

// tipBox is a word's place in the window and the sizes of its definition and of
// the window, in CSS pixels.
type tipBox struct{ left, top, bottom, width, height, wide, high float64 }

// tipPlace returns where the definition's upper left corner goes.
func tipPlace(b tipBox) (left, top float64) {
	left = max(tipMargin, min(b.left, b.wide-b.width-tipMargin))
	top = b.bottom + tipMargin/2
	if above := b.top - b.height - tipMargin/2; top+b.height > b.high && above >= 0 {
		top = above
	}
	return left, top
}

func (t *terms) hide() {
	t.keep()
	if t.link == nil {
		return
	}
	t.link.Call("removeAttribute", "aria-describedby")
	if tip := goapp.Window().GetElementByID(tipID); tip.Truthy() {
		tip.Set("hidden", true)
	}
	t.link, t.tapped = nil, false
}

// hideSoon hides the definition unless the pointer comes back to it.
func (t *terms) hideSoon(ctx goapp.Context) {
	if t.link == nil || t.tapped {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer == nil {
		t.timer = time.AfterFunc(tipLinger, func() {
			ctx.Dispatch(func(ctx goapp.Context) {
				ctx.PreventUpdate()
				t.mu.Lock()
				due := t.timer != nil
				t.mu.Unlock()
				if due {
					t.hide()
				}
			})
		})
	}
}

// keep lets the definition stay.
func (t *terms) keep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
}
