package labs

import (
	"strconv"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Render draws the lab from its fields.
func (p *attentionPanel) Render() goapp.UI {
	p.begin()
	return frame{
		panel: p,
		props: p.Props, lab: p.lab, status: p.status, live: p.answered > 0, backend: p.result.Backend,
		err: p.err, progress: p.progress, faults: p.faults, notice: p.notice,
		controls: p.controls(),
		figures:  p.figures(),
		after:    []goapp.UI{p.tablePart(), p.entropyPart()},
		tools:    p.tools(),
		retry:    p.retry,
		apply:    p.apply,
	}.render()
}

func (p *attentionPanel) off() bool { return !p.Props.Env.Interactive() }

// apply sets the lab up for an experiment: the defaults with its parameters.
func (p *attentionPanel) apply(e registry.Experiment) goapp.EventHandler {
	return func(ctx goapp.Context, _ goapp.Event) {
		params := map[string]string{}
		for k, v := range p.Props.Params {
			params[k] = v
		}
		for k, v := range e.Params {
			params[k] = v
		}
		s, _ := attentionFromParams(params)
		p.change(func(now *attentionState) { *now = s })
		p.notice = "已照“试一试”设好。"
		focus(p.mainID())
	}
}

func (p *attentionPanel) controls() goapp.UI {
	s := p.state
	text := goapp.Input().Type("text").ID(p.controlID("text")).Class("lab-text").
		Value(route.Attr(s.text)).AutoComplete(false).Spellcheck(false).
		OnInput(p.typedText).OnChange(p.leftText).On("compositionend", p.typedText)
	seed := goapp.Input().Type("number").ID(p.controlID("seed")).Class("lab-number").
		Min(0).Max(maxSeed).Step(1).Value(strconv.FormatUint(s.seed, 10)).OnChange(p.typedSeed)
	if p.off() {
		text.Disabled(true)
		seed.Disabled(true)
	}
	set := func(f func(*attentionState, int)) func(goapp.Context, int) {
		return func(ctx goapp.Context, v int) { p.change(func(s *attentionState) { f(s, v) }) }
	}
	causal, scale := "关：每个字都能看见全部的字。", "关：点积原样进入 softmax。"
	if s.causal {
		causal = "开：每个字只看自己和左边的字，右边加 −∞。"
	}
	if s.scale {
		scale = "开：点积先除以 √" + strconv.Itoa(s.headWidth()) + "，再进入 softmax。"
	}
	return goapp.Div().Class("lab-controls").Role("group").Aria("label", "输入").Body(
		goapp.Div().Class("lab-control", "lab-wide").Body(
			goapp.Label().For(p.controlID("text")).Class("lab-label").Text("文字（1 到 "+strconv.Itoa(engine.MaxAttentionTokens)+" 个字）"),
			text,
			goapp.P().Class("lab-words").Role("status").Text(p.readingWords()),
		),
		p.sourceChoice(),
		p.drawnOnly(slider{id: p.controlID("dk"), label: "向量长度 d_k", unit: "维", low: engine.MinAttentionDK, high: engine.MaxAttentionDK,
			value: s.dk, words: "每个 q、k、v 有 " + strconv.Itoa(s.dk) + " 个分量。", off: p.off(),
			set: set(func(s *attentionState, v int) { s.dk = v })}.render()),
		p.drawnOnly(slider{id: p.controlID("heads"), label: "头数", unit: "个", low: 1, high: engine.MaxAttentionHeads,
			value: s.heads, words: strconv.Itoa(s.heads) + " 个头，各有自己的投影。", off: p.off(),
			set: set(func(s *attentionState, v int) { s.heads = v })}.render()),
		toggle{id: p.controlID("scale"), label: "除以 √d_k", words: scale, on: s.scale, off: p.off(),
			set: func(ctx goapp.Context, on bool) { p.change(func(s *attentionState) { s.scale = on }) }}.render(),
		toggle{id: p.controlID("causal"), label: "因果掩码", words: causal, on: s.causal, off: p.off(),
			set: func(ctx goapp.Context, on bool) { p.change(func(s *attentionState) { s.causal = on }) }}.render(),
		goapp.Details().Class("lab-more", "lab-wide").Body(
			goapp.Summary().Text("更多设置：随机种子 "+strconv.FormatUint(s.seed, 10)+"，计算后端"),
			goapp.Div().Class("lab-controls").Body(
				goapp.Div().Class("lab-control").Body(
					goapp.Label().For(p.controlID("seed")).Class("lab-label").Text("随机种子"),
					goapp.Div().Class("lab-slide").Body(seed, button("换一个", p.off(), p.nextSeed)),
					goapp.P().Class("lab-words").Text("种子定下词向量与投影；同一个种子，结果总相同。"),
				),
				goapp.Div().Class("lab-control").Body(
					goapp.Label().For(p.controlID("backend")).Class("lab-label").Text("计算后端"),
					p.backendChoice(),
					goapp.P().Class("lab-words").Text("自动：引擎选最快且自检通过的一个。"),
				),
			),
		),
	)
}

func (p *attentionPanel) backendChoice() goapp.UI {
	var options []goapp.UI
	for _, o := range [][2]string{{"", "自动"}, {"simd", "CPU SIMD"}, {"cpu", "CPU（纯 Go）"}, {"webgpu", "WebGPU"}} {
		value := o[0]
		if value == "" {
			value = "auto" // go-app drops empty attributes
		}
		option := goapp.Option().Value(value).Text(o[1])
		if on := o[0] == p.state.backend; on || goapp.IsClient {
			option.Selected(on)
		}
		options = append(options, option)
	}
	choice := goapp.Select().ID(p.controlID("backend")).Class("lab-select").
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			v := ctx.JSSrc().Get("value").String()
			if v == "auto" {
				v = ""
			}
			p.change(func(s *attentionState) { s.backend = v })
		}).Body(options...)
	if p.off() {
		choice.Disabled(true)
	}
	return choice
}

// typedText follows the text as it is typed, but not while an input method is
// still composing: the letters of a pinyin syllable are not yet text.
func (p *attentionPanel) typedText(ctx goapp.Context, e goapp.Event) {
	if e.Get("isComposing").Truthy() {
		ctx.PreventUpdate()
		return
	}
	t := cleanText(ctx.JSSrc().Get("value").String(), engine.MaxAttentionTokens)
	if t == "" {
		p.notice = "至少要一个字；图仍是原来的文字。"
		return
	}
	if t == p.state.text {
		ctx.PreventUpdate()
		return
	}
	p.change(func(s *attentionState) { s.text = t })
}

// leftText puts what is computed with back into the field.
func (p *attentionPanel) leftText(ctx goapp.Context, e goapp.Event) {
	ctx.JSSrc().Set("value", p.state.text)
}

func (p *attentionPanel) typedSeed(ctx goapp.Context, e goapp.Event) {
	n, err := strconv.ParseUint(ctx.JSSrc().Get("value").String(), 10, 64)
	if err != nil || n > maxSeed {
		p.notice = "随机种子应为 0 到 " + strconv.Itoa(maxSeed) + " 的整数。"
		ctx.JSSrc().Set("value", strconv.FormatUint(p.state.seed, 10))
		return
	}
	p.change(func(s *attentionState) { s.seed = n })
}

func (p *attentionPanel) nextSeed(ctx goapp.Context, e goapp.Event) {
	p.change(func(s *attentionState) { s.seed = (s.seed + 1) % (maxSeed + 1) })
}

// tools are the buttons below the figures.
func (p *attentionPanel) tools() []goapp.UI {
	edits := len(p.state.edits)
	table := "表格"
	if p.table {
		table = "收起表格"
	}
	list := []goapp.UI{
		button("重置", p.off(), func(ctx goapp.Context, e goapp.Event) {
			p.change(func(s *attentionState) { *s = p.defaults })
			p.notice = "已恢复默认设置。"
		}),
		button("撤销修改（"+strconv.Itoa(edits)+"）", p.off() || edits == 0, func(ctx goapp.Context, e goapp.Event) {
			p.change(func(s *attentionState) { s.edits = nil })
			p.notice = "Q、K、V 的修改已全部撤销。"
		}),
		button("复制链接", p.off(), p.copyLink),
		button(table, p.off(), func(ctx goapp.Context, e goapp.Event) { p.table = !p.table }).
			Aria("expanded", strconv.FormatBool(p.table)),
		button("下载 CSV", p.off() || p.answered == 0, p.saveMatrix),
	}
	if p.Props.Page {
		return append(list, goapp.A().Class("lab-link").Href(route.Lesson(p.lab.Module, p.lab.Section)).Text("回到课文"))
	}
	return append(list, goapp.A().Class("lab-link").Href(p.link()).Text("在单独页面打开"))
}

func (p *attentionPanel) copyLink(ctx goapp.Context, e goapp.Event) {
	link := absolute(p.link())
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
