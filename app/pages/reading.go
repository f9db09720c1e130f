package pages

import (
	"sync"
	"time"

	"courselab/app/env"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// headingsSelector finds the headings that a reading position refers to.
const headingsSelector = ".lesson .prose > [id]:is(h2, h3, h4)"

// readingLine is how far below the window's top a heading counts as reached, in
// CSS pixels.
const readingLine = 120

// reading keeps the learner's place in a lesson while they scroll.
type reading struct {
	mu    sync.Mutex
	timer *time.Timer
}

// start follows the scrolling until stop. The place is stored once the page has
// been still for a moment.
func (r *reading) start(ctx goapp.Context, e *env.Env, lesson string) (stop func()) {
	e.Progress.Visit(lesson)
	save := func() {
		ctx.Dispatch(func(ctx goapp.Context) {
			ctx.PreventUpdate()
			if section, offset, ok := place(); ok {
				e.Progress.SetReading(lesson, section, offset)
			}
		})
	}
	handler := goapp.FuncOf(func(goapp.Value, []goapp.Value) any {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.timer == nil {
			r.timer = time.AfterFunc(500*time.Millisecond, save)
		} else {
			r.timer.Reset(500 * time.Millisecond)
		}
		return nil
	})
	goapp.Window().Call("addEventListener", "scroll", handler, map[string]any{"passive": true})
	return func() {
		goapp.Window().Call("removeEventListener", "scroll", handler)
		handler.Release()
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.timer != nil {
			r.timer.Stop()
		}
	}
}

// place measures where the window stands: the last heading above the reading
// line, and the part of its section that is above the window's top. ok is false
// above the first heading.
func place() (section string, offset float64, ok bool) {
	headings := goapp.Window().Get("document").Call("querySelectorAll", headingsSelector)
	tops := make([]float64, headings.Length())
	for i := range tops {
		tops[i] = headings.Index(i).Call("getBoundingClientRect").Get("top").Float()
	}
	bottom := goapp.Window().Get("document").Get("documentElement").Call("getBoundingClientRect").Get("bottom").Float()
	i, offset := placeOf(tops, bottom)
	if i < 0 {
		return "", 0, false
	}
	return headings.Index(i).Get("id").String(), offset, true
}

// placeOf finds the section being read from the distances of the headings and of
// the page's end from the window's top. It returns −1 above the first heading.
func placeOf(tops []float64, bottom float64) (index int, offset float64) {
	index = -1
	for i, top := range tops {
		if top > readingLine {
			break
		}
		index = i
	}
	if index < 0 {
		return -1, 0
	}
	end := bottom
	if index+1 < len(tops) {
		end = tops[index+1]
	}
	top := tops[index]
	if height := end - top; top < 0 && height > 0 {
		offset = min(-top/height, 1)
	}
	return index, offset
}

// resume offers the place where the learner stopped last time.
type resume struct {
	goapp.Compo
	Env    *env.Env
	ID     string
	Lesson *lessons.Lesson

	section string
	title   string
	offset  float64
	stop    func()
}

func (r *resume) OnDismount() {
	if r.stop != nil {
		r.stop()
		r.stop = nil
	}
}

func (r *resume) OnMount(ctx goapp.Context) {
	if ctx.Page().URL().Fragment != "" || goapp.Window().Get("scrollY").Float() > readingLine {
		return
	}
	last := r.Env.Progress.Reading(r.ID)
	for i, s := range r.Lesson.Sections {
		if s.ID == last.Section && s.Level > 0 && (i > 1 || last.Offset > 0) {
			r.section, r.title, r.offset = s.ID, s.Title, last.Offset
		}
	}
	if r.section != "" {
		r.stop = r.giveWay(ctx)
		ctx.Update()
	}
}

// giveWay withdraws the offer once the learner has read on by themselves.
func (r *resume) giveWay(ctx goapp.Context) (stop func()) {
	window := goapp.Window()
	handler := goapp.FuncOf(func(goapp.Value, []goapp.Value) any {
		if window.Get("scrollY").Float() > window.Get("innerHeight").Float() {
			ctx.Dispatch(func(goapp.Context) { r.section = "" })
			r.OnDismount()
		}
		return nil
	})
	window.Call("addEventListener", "scroll", handler, map[string]any{"passive": true})
	return func() {
		window.Call("removeEventListener", "scroll", handler)
		handler.Release()
	}
}

func (r *resume) Render() goapp.UI {
	if r.section == "" {
		return goapp.Div().Class("resume").Hidden(true)
	}
	return goapp.Div().Class("resume").Role("region").Aria("label", "继续阅读").Body(
		goapp.P().Body(goapp.Text("上次读到"), goapp.Span().Class("resume-title").Text("“"+r.title+"”")),
		goapp.Button().Type("button").Text("继续").OnClick(r.carryOn),
		goapp.Button().Type("button").Class("quiet").Text("从头读").OnClick(r.dismiss),
	)
}

func (r *resume) dismiss(goapp.Context, goapp.Event) {
	r.section = ""
	r.OnDismount()
}

func (r *resume) carryOn(goapp.Context, goapp.Event) {
	goTo(r.section, r.offset)
	r.section = ""
	r.OnDismount()
}

// goTo scrolls to a part of a section and puts the focus on its heading.
func goTo(section string, offset float64) {
	headings := goapp.Window().Get("document").Call("querySelectorAll", headingsSelector)
	for i := range headings.Length() {
		h := headings.Index(i)
		if h.Get("id").String() != section {
			continue
		}
		top := h.Call("getBoundingClientRect").Get("top").Float()
		end := goapp.Window().Get("document").Get("documentElement").Call("getBoundingClientRect").Get("bottom").Float()
		if i+1 < headings.Length() {
			end = headings.Index(i + 1).Call("getBoundingClientRect").Get("top").Float()
		}
		y := goapp.Window().Get("scrollY").Float() + top + (end-top)*offset
		if offset == 0 {
			y -= 16
		}
		h.Call("focus", map[string]any{"preventScroll": true})
		goapp.Window().Call("scrollTo", 0, y)
		return
	}
}

// head returns what is known of a lesson without parsing the whole of it.
func head(e *env.Env, id string) *lessons.Lesson {
	if e.Content == nil {
		return nil
	}
	return e.Content.Head(id)
}

// lessonHref is the address of a lesson's page.
func lessonHref(id string) string { return route.Lesson(id, "") }
