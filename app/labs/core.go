package labs

import (
	"context"
	"strconv"
	"time"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// core is what a panel keeps besides its own subject: where it stands, how far
// the engine has come with it, what is said of a link or a button, and the
// fragment of the address.
type core struct {
	props Props
	// home is the panel's own context. That of an event belongs to an element,
	// and dies with it.
	home goapp.Context
	lab  registry.Lab

	status   status
	err      *engine.Error
	progress *engine.Progressed
	faults   []fault
	notice   string
	backend  engine.Backend

	// wanted says that the language model may be fetched for this panel.
	wanted bool

	stop    []func()
	cancels map[string]func()
	address
}

// address is what a panel knows of the page's fragment.
type address struct {
	written string // the fragment that the panel wrote or read last
	changes int    // of the state, so far
}

// restTime is how long nothing changes before a panel's state goes into the address:
// browsers take milliseconds for that, which a slider on its way needs for itself.
const restTime = 300 * time.Millisecond

// schedule puts a panel's state into the address, a moment after the last change.
func (a *address) schedule(home goapp.Context, fragment func() string) {
	if !goapp.IsClient {
		return
	}
	a.changes++
	change := a.changes
	home.After(restTime, func(ctx goapp.Context) {
		ctx.PreventUpdate()
		if change != a.changes {
			return
		}
		a.written = fragment()
		writeFragment(a.written)
	})
}

// begin sets the panel up; Render may come before any event.
func (c *core) begin(p Props) {
	c.props = p
	c.lab, _ = registry.Find(p.Name)
	c.status = loading
	c.cancels = map[string]func(){}
}

// mount starts the panel in the browser. themed is called when colours change.
func (c *core) mount(ctx goapp.Context, themed func()) {
	c.home = ctx
	c.stop = append(c.stop,
		watchTheme(func() { ctx.Dispatch(func(goapp.Context) { themed() }) }),
		c.props.Env.Host.Watch(func() {
			ctx.Dispatch(func(ctx goapp.Context) {
				if c.status != loading {
					ctx.PreventUpdate()
				}
			})
		}))
	c.wanted = c.wanted || freeModel(c.props)
}

// dismount gives up what was asked for and stops listening.
func (c *core) dismount() {
	for _, stop := range c.stop {
		stop()
	}
	c.stop = nil
	for _, cancel := range c.cancels {
		cancel()
	}
}

// do asks the engine in a queue of this panel and hands replies to the UI.
func (c *core) do(queue, op string, input any, on func(goapp.Context, engine.Reply)) {
	if c.props.Env == nil || c.props.Env.Engine == nil {
		return
	}
	c.cancels[queue] = c.props.Env.Engine.Do(context.Background(), c.props.Key+"/"+queue, op, input, func(r engine.Reply) {
		if r.Kind == engine.Started || r.Kind == engine.Cancelled {
			return // nothing to show: it was given up, or a newer one is on its way
		}
		c.home.Dispatch(func(ctx goapp.Context) { on(ctx, r) })
	})
}

// giveUp cancels what was asked in a queue.
func (c *core) giveUp(queue string) {
	if cancel := c.cancels[queue]; cancel != nil {
		cancel()
	}
}

// begins says that something is being computed; live: a result stands already.
func (c *core) begins(live bool) {
	c.status = loading
	if live {
		c.status = running
	}
	c.progress = nil
}

// fails shows an error; what stood before stays.
func (c *core) fails(err *engine.Error) {
	c.status, c.err = failed, err
	if err == nil {
		c.err = &engine.Error{Code: engine.Internal}
	}
}

// garbled is the error for a reply that cannot be read.
func garbled() *engine.Error {
	return &engine.Error{Code: engine.Internal, Message: "引擎的回答读不懂：页面与引擎的版本可能不同，请重新载入。"}
}

// gone reports whether an error says that there is no engine until it is started
// again.
func gone(err *engine.Error) bool {
	return err != nil && (err.Code == engine.Unavailable || err.Code == engine.BadVersion)
}

// revive starts the engine again where it is gone.
func (c *core) revive() {
	if !gone(c.err) {
		return
	}
	if h := c.props.Env.Host; h != nil && h.RetryEngine != nil {
		h.RetryEngine()
	} else if e := c.props.Env.Engine; e != nil {
		e.Retry()
	}
}

// off says that nothing runs behind the page.
func (c *core) off() bool { return !c.props.Env.Interactive() }

// id names an element of the panel.
func (c *core) id(name string) string { return c.props.Key + "-" + name }

// remember writes the state into the address of the lab's own page.
func (c *core) remember(fragment func() string) {
	if c.props.Page {
		c.address.schedule(c.home, fragment)
	}
}

// copyLink puts the lab's address with its state on the clipboard.
func (c *core) copyLink(fragment string) {
	link := absolute(route.Lab(c.props.Name) + "#" + fragment)
	copyText(link, func(ok bool) {
		c.home.Dispatch(func(goapp.Context) {
			if ok {
				c.notice = "链接已复制，里面有现在的全部设置。"
			} else {
				c.notice = "浏览器不让复制，请手动复制：" + link
			}
		})
	})
}

// elsewhere is the link from a lesson to the lab's own page, and back.
func (c *core) elsewhere(fragment string) goapp.UI {
	if c.props.Page {
		return goapp.A().Class("lab-link").Href(route.Lesson(c.lab.Module, c.lab.Section)).Text("回到课文")
	}
	return goapp.A().Class("lab-link").Href(route.Lab(c.props.Name) + "#" + fragment).Text("在单独页面打开")
}

// freeModel reports whether the language model may be fetched unasked: a lab on its
// own page was asked for, and a copy that is here already costs nothing.
func freeModel(p Props) bool {
	return p.Page || p.Env.Host.State().Offline == "ready" || p.Env.ModelBytes == 0
}

// fetchOffer asks before the language model is fetched for this panel.
func (c *core) fetchOffer(start func()) goapp.UI {
	return modelOffer(c.props.Env, c.wanted, func() {
		c.wanted = true
		start()
	})
}

// modelOffer asks before the language model is fetched, with its size; nil where
// there is nothing to ask.
func modelOffer(e *env.Env, wanted bool, fetch func()) goapp.UI {
	if wanted || !e.Interactive() {
		return nil
	}
	size := megabytes(e.ModelBytes)
	return goapp.Div().Class("lab-offer").Body(
		goapp.P().Text("下面是预先算好的一例。要自己动手，先载入语言模型“诗芽”："+size+"，只需一次，之后离线也能用。"),
		button("载入诗芽（"+size+"）", false, func(goapp.Context, goapp.Event) { fetch() }),
	)
}

func megabytes(n int) string { return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB" }

// backendSelect lets the learner force a backend.
func (c *core) backendSelect(id, now string, set func(string)) goapp.UI {
	var options []goapp.UI
	for _, o := range [][2]string{{"", "自动"}, {"simd", "CPU SIMD"}, {"cpu", "CPU（纯 Go）"}, {"webgpu", "WebGPU"}} {
		value := o[0]
		if value == "" {
			value = "auto" // go-app drops empty attributes
		}
		option := goapp.Option().Value(value).Text(o[1])
		if on := o[0] == now; on || goapp.IsClient {
			option.Selected(on)
		}
		options = append(options, option)
	}
	choice := goapp.Select().ID(id).Class("lab-select").
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			v := ctx.JSSrc().Get("value").String()
			if v == "auto" {
				v = ""
			}
			set(v)
		}).Body(options...)
	if c.off() {
		choice.Disabled(true)
	}
	return goapp.Div().Class("lab-control").Body(
		goapp.Label().For(id).Class("lab-label").Text("计算后端"),
		choice,
		goapp.P().Class("lab-words").Text("自动：引擎选最快且自检通过的一个。"),
	)
}
