package quiz

import (
	"math/rand/v2"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Props are what a quiz is drawn from.
type Props struct {
	Lesson *lessons.Lesson // with a quiz
	Env    *env.Env
}

// View returns the quiz of a lesson as a section with the quiz's own anchor.
func View(p Props) goapp.UI { return &view{Props: p} }

// view draws a sheet.
type view struct {
	goapp.Compo
	Props Props

	current *sheet
	mounted bool
	stop    []func()
	// ask sends a request to the engine; on gets every reply, on any goroutine.
	// Tests put their own in its place.
	ask func(ctx goapp.Context, r request, on func(engine.Reply)) (cancel func())
}

// CompoID makes the quiz of another lesson another component.
func (v *view) CompoID() string { return v.Props.Lesson.ID }

// sheet returns the state, brought up to the present text of the lesson.
func (v *view) sheet() *sheet {
	switch {
	case v.current == nil:
		v.current = newSheet(v.Props.Lesson, v.Props.Env.Progress, rand.Uint64)
	case v.current.lesson != v.Props.Lesson:
		v.current.reload(v.Props.Lesson)
	}
	return v.current
}

// interactive reports whether the quiz can be answered.
func (v *view) interactive() bool { return v.Props.Env.Interactive() }

// OnMount follows the store and the engine, and asks for what is to be drawn.
func (v *view) OnMount(ctx goapp.Context) { v.start(ctx) }

// OnUpdate asks for what a new text of the lesson needs.
func (v *view) OnUpdate(ctx goapp.Context) {
	if v.mounted {
		v.sheet()
		v.settle(ctx)
	}
}

// OnDismount gives up what is under way.
func (v *view) OnDismount() {
	v.mounted = false
	for _, stop := range v.stop {
		stop()
	}
	v.stop = nil
}

// OnNav puts the focus on the question that the address names.
func (v *view) OnNav(ctx goapp.Context) { v.arrive(ctx) }

func (v *view) start(ctx goapp.Context) {
	if !v.interactive() || v.mounted {
		return
	}
	v.mounted = true
	v.stop = append(v.stop, v.Props.Env.Progress.OnChange(func() {
		ctx.Dispatch(func(ctx goapp.Context) {
			v.sheet().refresh()
			v.settle(ctx)
		})
	}))
	if e := v.Props.Env.Engine; e != nil {
		v.stop = append(v.stop, e.OnState(func(s engine.State) {
			if s.Phase != engine.Up {
				return
			}
			// An engine that has come back makes up for what it missed.
			ctx.Dispatch(func(ctx goapp.Context) {
				v.sheet().redraw()
				v.settle(ctx)
			})
		}))
	}
	v.settle(ctx)
	v.arrive(ctx)
}

// arrive focuses the question that the address names.
func (v *view) arrive(ctx goapp.Context) {
	if t := v.sheet().task(ctx.Page().URL().Fragment); t != nil && v.interactive() {
		focus(ctx, t.id("title"))
	}
}

// act runs one change of the state and what follows from it. Every event handler
// is a call of it.
func (v *view) act(ctx goapp.Context, change func(s *sheet)) {
	change(v.sheet())
	v.settle(ctx)
}

// settle asks the engine for what is due and moves the focus.
func (v *view) settle(ctx goapp.Context) {
	s := v.sheet()
	for _, r := range s.due() {
		v.send(ctx, r)
	}
	if s.focus != "" {
		focus(ctx, s.focus)
		s.focus = ""
	}
}

// send asks the engine; its replies come back as changes of the state.
func (v *view) send(ctx goapp.Context, r request) {
	ask := v.ask
	if ask == nil {
		ask = v.askEngine
	}
	ask(ctx, r, func(reply engine.Reply) {
		if !reply.Kind.Final() {
			return
		}
		ctx.Dispatch(func(ctx goapp.Context) {
			v.act(ctx, func(s *sheet) { s.reply(r, reply) })
		})
	})
}

func (v *view) askEngine(ctx goapp.Context, r request, on func(engine.Reply)) func() {
	e := v.Props.Env.Engine
	if e == nil {
		on(engine.Reply{Kind: engine.Failed, Error: &engine.Error{
			Code: engine.Unavailable, Op: r.op, Message: "这个浏览器里没有计算引擎"}})
		return func() {}
	}
	// A newer attempt at the same question supersedes what waits.
	return e.Do(ctx, "quiz/"+v.Props.Lesson.ID+"/"+r.question, r.op, r.input, on)
}

// retryEngine starts the engine over and draws what could not be drawn.
func (v *view) retryEngine(ctx goapp.Context) {
	if e := v.Props.Env.Engine; e != nil {
		e.Retry()
	}
	v.act(ctx, func(s *sheet) { s.redraw() })
}

// focus moves the focus once the page shows the new state.
func focus(ctx goapp.Context, id string) {
	ctx.Defer(func(goapp.Context) {
		if goapp.IsServer {
			return
		}
		if e := goapp.Window().GetElementByID(id); e.Truthy() {
			e.Call("focus")
		}
	})
}
