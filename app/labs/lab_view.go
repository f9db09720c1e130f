package labs

import (
	"maps"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Render draws the lab from its fields.
func (p *sheetPanel) Render() goapp.UI {
	p.begin()
	var after []goapp.UI
	if hook := hookOf(p.lab.Name).result; hook != nil {
		after = append(after, hook(Bench{p}))
	}
	return frame{
		panel: p,
		props: p.Props, lab: p.lab, status: p.shownStatus(), live: p.answered > 0,
		err: p.err, progress: p.progress, faults: p.faults, notice: p.notice,
		flow: true, guarded: p.asksFirst(),
		controls: p.controls(),
		offer:    p.offer(),
		question: p.question(),
		run:      p.runBar(),
		figures:  &sheetPiece{Panel: p, Mark: p.drawn},
		after:    after,
		tools:    p.tools(),
		retry:    p.retry,
		apply:    p.apply,
	}.render()
}

func (p *sheetPanel) sheetOptions() sheetOptions {
	return sheetOptions{lab: p.lab.Name, place: " " + p.lab.Title + p.Props.ordinal(), saver: p}
}

// apply sets the lab up for an experiment: the defaults with its parameters.
func (p *sheetPanel) apply(e registry.Experiment) goapp.EventHandler {
	return func(ctx goapp.Context, _ goapp.Event) {
		params := maps.Clone(e.Params)
		v, _ := valuesFrom(&p.lab, p.defaults, params)
		p.replace(v, "已照“试一试”设好。")
		if p.guess == "" {
			p.guess = "skipped"
		}
		focus(p.Props.Key + "-figures")
	}
}

// offer asks before the language model is fetched for a lab that needs it.
func (p *sheetPanel) offer() goapp.UI {
	if !p.lab.Shiya {
		return nil
	}
	return modelOffer(p.Props.Env, p.wanted, func() {
		p.wanted = true
		p.ask()
	})
}

// asksFirst reports whether the result waits for a guess.
func (p *sheetPanel) asksFirst() bool { return p.lab.Guess != nil && p.guess == "" }

// question asks for the guess, then says how it was. It is an empty element
// where the lab asks nothing.
func (p *sheetPanel) question() goapp.UI {
	box := goapp.Div().Class("lab-question")
	g := p.lab.Guess
	if g == nil {
		return box
	}
	id := p.controlID("guess")
	if p.guess == "" {
		var options []goapp.UI
		for _, o := range g.Options {
			options = append(options, button(o.Label, p.off(), func(ctx goapp.Context, e goapp.Event) { p.guess = o.Value }, "guess", o.Value))
		}
		options = append(options, button("不猜，直接看", p.off(), func(ctx goapp.Context, e goapp.Event) { p.guess = "skipped" }, "guess"))
		return box.Body(
			goapp.P().ID(id).Class("lab-part").Text("先猜一猜："+g.Question),
			goapp.Div().Class("lab-guesses").Role("group").Aria("labelledby", id).Body(options...),
		)
	}
	answer := goapp.Div().Class("lab-answer").Role("status")
	said := ""
	for _, o := range g.Options {
		if o.Value == p.guess {
			said = "你猜：" + o.Label + "。"
		}
	}
	switch {
	case said == "":
		return box
	case p.answered == 0:
		return box.Body(answer.Body(goapp.P().Text(said + "正在计算……")))
	case p.sheet.Answer == "":
		said += p.sheet.Because
	case p.sheet.Answer == p.guess:
		said += "猜对了。" + p.sheet.Because
	default:
		said += "正好不是这样。" + p.sheet.Because
	}
	return box.Body(answer.Body(goapp.P().Text(said)),
		button("再猜一次", false, func(ctx goapp.Context, e goapp.Event) { p.guess = "" }))
}

// tools are the buttons below the figures.
func (p *sheetPanel) tools() []goapp.UI {
	list := []goapp.UI{
		button("重置", p.off(), func(ctx goapp.Context, e goapp.Event) { p.replace(p.defaults, "已恢复默认设置。") }),
		button("复制链接", p.off(), p.copyLink),
		button("下载 CSV", p.off() || p.answered == 0, func(ctx goapp.Context, e goapp.Event) {
			p.save(p.lab.Name, sheetTable(p.sheet))
		}),
	}
	if v, ok := p.earlier(); ok {
		list = append(list, button("接着上次的设置", false, func(ctx goapp.Context, e goapp.Event) { p.replace(v, "已换成上次的设置。") }))
	}
	if p.Props.Page {
		return append(list, goapp.A().Class("lab-link").Href(route.Lesson(p.lab.Module, p.lab.Section)).Text("回到课文"))
	}
	return append(list, goapp.A().Class("lab-link").Href(route.Attr(p.link())).Text("在单独页面打开"))
}

// earlier returns what the learner last set here, while they have set nothing
// yet this time and it differs.
func (p *sheetPanel) earlier() (values, bool) {
	if p.touched || !p.Props.Env.Interactive() {
		return values{}, false
	}
	kept := p.Props.Env.Progress.Lab(p.lab.Name)
	if kept.At.IsZero() {
		return values{}, false
	}
	v, _ := valuesFrom(&p.lab, p.defaults, kept.Values)
	return v, !v.equal(p.defaults)
}

func (p *sheetPanel) save(name string, t engine.Table) {
	download(name+".csv", csvFile(t))
	p.notice = "已下载 " + name + ".csv。"
}

func (p *sheetPanel) copyLink(ctx goapp.Context, e goapp.Event) {
	link := p.link()
	if len(link) > maxPermalink {
		p.notice = "内容太长，链接装不下：请把文字下载成文件再交给别人。"
		return
	}
	link = absolute(link)
	copyText(link, func(ok bool) {
		p.home.Dispatch(func(goapp.Context) {
			if ok {
				p.notice = "链接已复制，里面有现在的全部设置。"
			} else {
				p.notice = "浏览器不让复制，请手动复制：" + link
			}
		})
	})
}
