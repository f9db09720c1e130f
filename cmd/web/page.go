//go:build js && wasm

package main

import (
	"courselab/app/env"
	"courselab/app/labs"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// page is what the prerendered page holds when the program begins.
type page struct {
	path   string
	static map[string]string // figures by key
	main   string            // inner HTML of main
}

func readPage(path string) page {
	document := goapp.Window().Get("document")
	p := page{path: path, static: map[string]string{}}
	figures := document.Call("querySelectorAll", "[data-static]")
	for i := range figures.Length() {
		figure := figures.Index(i)
		p.static[figure.Get("dataset").Get("static").String()] = figure.Get("innerHTML").String()
	}
	main := document.Call("getElementById", "page-main")
	// A lesson that was added since the build has no text of its own there.
	if main.Truthy() && !document.Call("querySelector", "#page-main .added").Truthy() {
		p.main = main.Get("innerHTML").String()
	}
	return p
}

// place is where the learner is in the page: scrolled, and with the focus on
// the element that selector names.
type place struct {
	x, y     float64
	selector string
	index    int
}

// readPlace is called just before the first drawing replaces the page.
func readPlace() place {
	window := goapp.Window()
	p := place{x: window.Get("scrollX").Float(), y: window.Get("scrollY").Float()}
	active := window.Get("document").Get("activeElement")
	if !active.Truthy() || active.Get("tagName").String() == "BODY" {
		return p
	}
	if id := active.Get("id"); id.Truthy() {
		p.selector = "#" + window.Get("CSS").Call("escape", id).String()
		return p
	}
	// The element has no name: it is the n-th of its kind.
	p.selector = active.Get("tagName").String()
	all := window.Get("document").Call("querySelectorAll", p.selector)
	for i := range all.Length() {
		if all.Index(i).Equal(active) {
			p.index = i
		}
	}
	return p
}

func (p place) restore() {
	window := goapp.Window()
	if p.selector != "" {
		all := window.Get("document").Call("querySelectorAll", p.selector)
		if p.index < all.Length() {
			all.Index(p.index).Call("focus", map[string]any{"preventScroll": true})
		}
	}
	// Without "instant" a style sheet's smooth scrolling would be seen.
	window.Call("scrollTo", map[string]any{"left": p.x, "top": p.y, "behavior": "instant"})
}

// arrived returns what is done after each navigation has been drawn. The first
// time the learner's place in the prerendered page is restored and ready called;
// later the focus goes to the page's heading, or to what the fragment names.
func (p page) arrived(host *env.Host, ready func()) func(path, fragment string, fresh bool) {
	before := readPlace()
	first, back := true, false
	goapp.Window().Call("addEventListener", "popstate", goapp.FuncOf(func(goapp.Value, []goapp.Value) any {
		back = true
		return nil
	}))
	return func(path, fragment string, fresh bool) {
		document := goapp.Window().Get("document")
		if first {
			first = false
			before.restore()
			if before.y == 0 {
				lookAt(fragment)
			}
			setMark("app", "ready")
			ready()
			return
		}
		wasBack := back
		back = false
		var target goapp.Value
		if fragment != "" {
			target = document.Call("getElementById", fragment)
		}
		switch {
		case target != nil && target.Truthy():
			focus(target)
		case lookAt(fragment):
		case fresh:
			if !wasBack {
				goapp.Window().Call("scrollTo", map[string]any{"left": 0, "top": 0, "behavior": "instant"})
			}
			focus(document.Call("getElementById", "page-title"))
		}
	}
}

// lookAt scrolls to the lab of a lesson that a link is meant for, and reports
// whether there is one.
func lookAt(fragment string) bool {
	key := labs.LinkTarget(fragment)
	if key == "" {
		return false
	}
	lab := goapp.Window().GetElementByID(key + "-lab")
	if !lab.Truthy() {
		return false
	}
	focus(lab)
	lab.Call("scrollIntoView", map[string]any{"behavior": "instant"})
	return true
}

// focus puts the focus on an element that may not be one to take it.
func focus(element goapp.Value) {
	if !element.Truthy() {
		return
	}
	if element.Get("tabIndex").Int() < 0 && !element.Call("hasAttribute", "tabindex").Bool() {
		element.Call("setAttribute", "tabindex", "-1")
	}
	element.Call("focus", map[string]any{"preventScroll": true})
}

// setMark sets a data attribute of the document's root.
func setMark(name, value string) {
	goapp.Window().Get("document").Get("documentElement").Get("dataset").Set(name, value)
}

// applyCourse gives the page the course's colours. "initial" lets the style
// sheet fall back to the program's own, whatever the build put there.
func applyCourse(course *lessons.Course) {
	if course == nil {
		return
	}
	style := goapp.Window().Get("document").Get("documentElement").Get("style")
	for name, colour := range map[string]string{"--course-accent": course.Accent, "--course-accent-dark": course.AccentDark} {
		if colour == "" {
			colour = "initial"
		}
		style.Call("setProperty", name, colour)
	}
}

// applySettings makes the document follow the learner's choices. The backend is
// told to the engine at its next start.
func applySettings(e *env.Env) {
	data := goapp.Window().Get("document").Get("documentElement").Get("dataset")
	if theme := string(e.Settings.Theme); theme == "light" || theme == "dark" {
		data.Set("theme", theme)
	} else {
		data.Delete("theme")
	}
	data.Set("size", string(e.Settings.Size))
}
