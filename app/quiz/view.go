package quiz

import (
	"context"
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
	// Only shows one question of the quiz, by its id, for a fresh attempt: the
	// stored one is not shown. Number is what it is called then.
	Only   string
	Number int
	// Paper makes that question one of an exam.
	Paper *Paper
}

// View returns the quiz of a lesson as a section with the quiz's own anchor.
func View(p Props) goapp.UI { return &view{Props: p} }

// view draws a sheet.
type view struct {
	goapp.Compo
	Props Props

	current *sheet
	mounted bool
	// ctx is the component's own. That of an event belongs to the element where
	// it happened, and is dead once that element is gone: a button that its own
	// click removes would take the engine's reply with it.
	ctx  goapp.Context
	stop []func()
	// asking ends when the component goes, and with it every request.
	asking context.Context
	// ask sends a request to the engine; on gets every reply, on any goroutine.
	// Tests put their own in its place.
	ask func(r request, on func(engine.Reply))
}

// CompoID makes the quiz of another lesson, and another single question, another
// component.
func (v *view) CompoID() string { return v.Props.Lesson.ID + " " + v.Props.Only }

// sheet returns the state, brought up to the present text of the lesson.
func (v *view) sheet() *sheet {
	switch {
	case v.current == nil && v.Props.Paper != nil:
		v.current = newPaper(v.Props.Lesson, *v.Props.Paper, v.Props.Only, v.Props.Number)
	case v.current == nil:
		v.current = newSingle(v.Props.Lesson, v.Props.Env.Progress, rand.Uint64, v.Props.Only, v.Props.Number)
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
func (v *view) OnUpdate(goapp.Context) {
	if v.mounted {
		v.sheet()
		v.settle()
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
func (v *view) OnNav(goapp.Context) {
	if v.mounted {
		v.arrive()
	}
}

func (v *view) start(ctx goapp.Context) {
	if !v.interactive() || v.mounted {
		return
	}
	v.mounted, v.ctx = true, ctx
	asking, cancel := context.WithCancel(context.Background())
	v.asking = asking
	v.stop = append(v.stop, cancel)
	if v.Props.Paper == nil {
		v.stop = append(v.stop, v.Props.Env.Progress.OnChange(func() {
			ctx.Dispatch(func(goapp.Context) { v.act((*sheet).refresh) })
		}))
	}
	if e := v.Props.Env.Engine; e != nil {
		v.stop = append(v.stop, e.OnState(func(s engine.State) {
			if s.Phase != engine.Up {
				return
			}
			// An engine that has come back makes up for what it missed.
			ctx.Dispatch(func(goapp.Context) { v.act((*sheet).redraw) })
		}))
	}
	v.settle()
	v.arrive()
}

// arrive focuses the question that the address names.
func (v *view) arrive() {
	if t := v.sheet().task(v.ctx.Page().URL().Fragment); t != nil {
		v.focus(t.id("title"))
	}
}

// act runs one change of the state and what follows from it. Every event handler
// is a call of it.
func (v *view) act(change func(s *sheet)) {
	change(v.sheet())
	v.hand()
	v.settle()
}

// settle asks the engine for what is due and moves the focus.
func (v *view) settle() {
	s := v.sheet()
	for _, r := range s.due() {
		v.send(r)
	}
	if s.focus != "" {
		v.focus(s.focus)
		s.focus = ""
	}
}

// send asks the engine; its replies come back as changes of the state.
func (v *view) send(r request) {
	ask := v.ask
	if ask == nil {
		ask = v.askEngine
	}
	ask(r, func(reply engine.Reply) {
		if !reply.Kind.Final() {
			return
		}
		v.ctx.Dispatch(func(goapp.Context) {
			v.act(func(s *sheet) { s.reply(r, reply) })
		})
	})
}

func (v *view) askEngine(r request, on func(engine.Reply)) {
	e := v.Props.Env.Engine
	if e == nil {
		on(engine.Reply{Kind: engine.Failed, Error: &engine.Error{
			Code: engine.Unavailable, Op: r.op, Message: "这个浏览器里没有计算引擎"}})
		return
	}
	// A newer attempt at the same question supersedes what waits.
	e.Do(v.asking, "quiz/"+v.Props.Lesson.ID+"/"+r.question, r.op, r.input, on)
}

// retryEngine starts the engine over and draws what could not be drawn.
func (v *view) retryEngine() {
	if e := v.Props.Env.Engine; e != nil {
		e.Retry()
	}
	v.act((*sheet).redraw)
}

// focus moves the focus once the page shows the new state.
func (v *view) focus(id string) {
	v.ctx.Defer(func(goapp.Context) {
		if goapp.IsServer {
			return
		}
		if e := goapp.Window().GetElementByID(id); e.Truthy() {
			e.Call("focus")
		}
	})
}
