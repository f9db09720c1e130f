package labs

import (
	"strconv"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// viewPart is what is said of the pass as a whole: one of several analyses.
func (p *xrayPanel) viewPart() goapp.UI {
	var tabs []goapp.UI
	for i, v := range xrayViews {
		tab := goapp.Button().Type("button").Class("lab-button").Role("tab").ID(p.id("view-"+v.name)).Text(v.title).
			Aria("selected", strconv.FormatBool(v.name == p.state.view)).Aria("controls", p.id("view")).
			OnClick(func(goapp.Context, goapp.Event) { p.chooseView(v.name) }, goapp.EventScope("view", v.name)).
			OnKeyDown(func(ctx goapp.Context, e goapp.Event) {
				to, moved := moveTab(e.Get("key").String(), i, len(xrayViews))
				if !moved {
					ctx.PreventUpdate()
					return
				}
				e.PreventDefault()
				p.chooseView(xrayViews[to].name)
				focus(p.id("view-" + xrayViews[to].name))
			}, goapp.EventScope("view", v.name))
		if v.name == p.state.view {
			tab.TabIndex(0)
		} else {
			tab.TabIndex(-1)
		}
		if p.off() {
			tab.Disabled(true)
		}
		tabs = append(tabs, tab)
	}
	body := goapp.UI(goapp.P().Class("lab-words").Text("还没有结果。"))
	switch {
	case p.viewErr != nil:
		body = goapp.P().Class("lab-wrong").Text(p.viewErr.Message)
	case !p.answered:
	case p.state.view == "next":
		body = p.nextView()
	case p.state.view == "heads" && p.heads != nil:
		body = p.headsView()
	case p.state.view == "lens" && p.lens != nil:
		body = p.lensView()
	case p.state.view == "cache" && p.work != nil:
		body = p.cacheView()
	case p.state.view == "backends" && p.contest != nil:
		body = p.backendsView()
	default:
		body = goapp.P().Class("lab-words").Text("正在计算……")
	}
	return goapp.Div().Class("lab-entropy", "xray-view").Body(
		goapp.Div().Class("xray-tabs").Role("tablist").Aria("label", "整趟计算的分析").Body(tabs...),
		goapp.Div().ID(p.id("view")).Role("tabpanel").Aria("labelledby", p.id("view-"+p.state.view)).Body(body),
	)
}

// scrolled is a table that scrolls sideways where it must.
func (p *xrayPanel) scrolled(title string, t engine.Table) goapp.UI {
	return goapp.Div().Body(
		goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="`+escape(title)+p.Props.ordinal()+`">`+tableHTML(title, t, true)+`</div>`),
		button("下载这张表的 CSV", false, func(goapp.Context, goapp.Event) { download("xray-"+p.state.view+".csv", csvFile(t)) }, title),
	)
}

// nextView is the distribution after the text, before and after the ablations.
func (p *xrayPanel) nextView() goapp.UI {
	t := engine.Table{Columns: []engine.Column{{Name: "下一个字"}, {Name: "概率", Unit: "%"}}}
	words := "诗芽读完这段文字，最看好的是“" + p.pass.Now[0].Symbol + "”，概率 " + percent(p.pass.Now[0].Probability) + "。关掉一个部件，看它怎样变。"
	cut := len(p.pass.Whole) > 0
	if cut {
		t.Columns = []engine.Column{{Name: "下一个字"}, {Name: "完整的诗芽", Unit: "%"}, {Name: "关掉之后", Unit: "%"}, {Name: "变化", Unit: "百分点"}, {Name: "名次"}}
		words = "关掉之后，分布挪动了 " + number(p.pass.Divergence) + " 奈特（KL 散度：0 是一点没动）。"
	}
	for i, now := range p.pass.Now {
		if !cut {
			t.Rows = append(t.Rows, []string{now.Symbol, fixed(100*now.Probability, 2)})
			continue
		}
		whole := p.pass.Whole[i]
		t.Rows = append(t.Rows, []string{now.Symbol, fixed(100*whole.Probability, 2), fixed(100*now.Probability, 2),
			fixed(100*(now.Probability-whole.Probability), 2), strconv.Itoa(whole.Rank+1) + " → " + strconv.Itoa(now.Rank+1)})
	}
	return goapp.Div().Body(goapp.P().Role("status").Text(words), p.scrolled("下一个字的概率", t))
}

func fixed(v float64, digits int) string { return minus(strconv.FormatFloat(v, 'f', digits, 64)) }

// headsView says what each head looks at.
func (p *xrayPanel) headsView() goapp.UI {
	t := engine.Table{Columns: []engine.Column{{Name: "头"}}}
	for _, pattern := range p.heads.Patterns {
		t.Columns = append(t.Columns, engine.Column{Name: pattern.Title, Unit: "%"})
	}
	var said []goapp.UI
	for _, h := range p.heads.Heads {
		name := "第 " + strconv.Itoa(h.Layer) + " 层 头 " + strconv.Itoa(h.Head)
		row := []string{name}
		stands := false
		for _, m := range h.Masses {
			switch {
			case m.Queries == 0:
				row = append(row, "—")
			case m.Stands:
				row = append(row, fixed(100*m.Mean, 0)+" ★")
				stands = true
			default:
				row = append(row, fixed(100*m.Mean, 0))
			}
		}
		t.Rows = append(t.Rows, row)
		if stands {
			tensor := "layers." + strconv.Itoa(h.Layer) + ".heads." + strconv.Itoa(h.Head) + ".weights"
			said = append(said, goapp.Li().Body(
				goapp.Text(name+"："+h.Text),
				button("看它的权重", p.off(), func(goapp.Context, goapp.Event) {
					p.look(engine.XrayCell{Tensor: tensor, Row: p.state.row, Col: p.state.col})
				}, tensor)))
		}
	}
	words := "表里是平均有多少权重落在那里；★ 是比均匀分配明显多的。"
	if len(said) == 0 {
		words = "在这段文字上，没有一个头的看法明显不同于均匀分配。" + words
	}
	return goapp.Div().Body(goapp.P().Text(words), goapp.Ul().Class("xray-heads").Body(said...), p.scrolled("每个头在看什么", t))
}

// lensView is what the model would expect after each layer.
func (p *xrayPanel) lensView() goapp.UI {
	l := p.lens
	t := engine.Table{Columns: []engine.Column{{Name: "读过的层"}, {Name: "第一"}, {Name: "第二"}, {Name: "第三"}}}
	if l.Next != "" {
		t.Columns = append(t.Columns, engine.Column{Name: "“" + l.Next + "”的概率", Unit: "%"})
	}
	for _, d := range l.Depths {
		name := strconv.Itoa(d.Layers) + " 层之后"
		if d.Layers == 0 {
			name = "只有词嵌入"
		}
		row := []string{name}
		for i := range 3 {
			if i < len(d.Top) {
				row = append(row, d.Top[i].Symbol+" "+percent(d.Top[i].Probability))
			} else {
				row = append(row, "")
			}
		}
		if l.Next != "" {
			row = append(row, fixed(100*d.Following, 2))
		}
		t.Rows = append(t.Rows, row)
	}
	return goapp.Div().Body(
		goapp.P().Text("假如计算到某一层就停，直接接上最后的归一化和输出层，“"+l.Token+"”之后它会猜什么（logit lens）。只有词嵌入时，它多半猜的是这个字自己：输出矩阵就是词嵌入表。"),
		slider{id: p.id("position"), label: "位置", low: 0, high: len(p.pass.Tokens) - 1, value: l.Position,
			words: "第 " + strconv.Itoa(l.Position) + " 个位置“" + l.Token + "”。", off: p.off(),
			set: func(ctx goapp.Context, v int) {
				p.state.position = v
				p.remember(p.fragment)
				p.askView()
			}}.render(),
		p.scrolled("逐层的猜测", t),
	)
}

// cacheView counts the multiplications with and without the KV cache.
func (p *xrayPanel) cacheView() goapp.UI {
	w := p.work
	t := engine.Table{Columns: []engine.Column{{Name: "部分"}, {Name: "有缓存", Unit: "次乘法"}, {Name: "没有缓存", Unit: "次乘法"}, {Name: "倍数"}}}
	row := func(title string, cached, without float64) {
		t.Rows = append(t.Rows, []string{title, fixed(cached, 0), fixed(without, 0), fixed(without/cached, 1)})
	}
	for _, part := range w.Parts {
		row(part.Title, part.Cached, part.Without)
	}
	row("合计", w.Cached, w.Without)
	most := p.pass.Model.Context - w.Prompt + 1
	return goapp.Div().Body(
		slider{id: p.id("count"), label: "再写多少字", unit: "个", low: 1, high: most, value: p.state.count,
			words: "读 " + strconv.Itoa(w.Prompt) + " 个位置，再写 " + strconv.Itoa(w.Count) + " 个。", off: p.off(),
			set: func(ctx goapp.Context, v int) {
				p.state.count = v
				p.remember(p.fragment)
				p.askView()
			}}.render(),
		goapp.P().Role("status").Text(w.Text),
		p.scrolled("乘法的次数", t),
	)
}

// backendsView compares the backends that there are.
func (p *xrayPanel) backendsView() goapp.UI {
	t := engine.Table{Columns: []engine.Column{{Name: "后端"}, {Name: "整趟", Unit: "毫秒"}, {Name: "与纯 Go 的最大差"}, {Name: "差在哪个张量"}}}
	kernels := engine.Table{Columns: []engine.Column{{Name: "运算"}}}
	rows := map[string][]string{}
	var order []string
	var reasons []goapp.UI
	for _, b := range p.contest.Backends {
		if b.Reason != "" {
			reasons = append(reasons, goapp.Li().Text(b.Title+"："+b.Reason))
			continue
		}
		t.Rows = append(t.Rows, []string{b.Title, number(b.MS), number(b.Difference), b.Tensor})
		kernels.Columns = append(kernels.Columns, engine.Column{Name: b.Title, Unit: "毫秒"})
		for _, k := range b.Kernels {
			if rows[k.Title] == nil {
				order = append(order, k.Title)
				rows[k.Title] = []string{k.Title + " ×" + strconv.Itoa(k.Calls)}
			}
			rows[k.Title] = append(rows[k.Title], number(k.MS))
		}
	}
	for _, title := range order {
		kernels.Rows = append(kernels.Rows, rows[title])
	}
	return goapp.Div().Body(
		goapp.P().Text("同一趟计算在每个可用的后端各跑一遍。逐个运算的时间是单独等它做完量的，等的时间也算在内；对 WebGPU，一次提交的来回往往比算还久，模型越小越不划算。"),
		goapp.Ul().Body(reasons...),
		p.scrolled("后端的速度与差别", t),
		p.scrolled("逐个运算的时间", kernels),
	)
}

// guessPart asks which part matters most, then shows it.
func (p *xrayPanel) guessPart() goapp.UI {
	box := goapp.Div().Class("lab-entropy")
	title := goapp.P().Class("lab-part").Text("哪一个部件最要紧")
	if p.guess == "" {
		var list []goapp.UI
		for _, g := range guessParts {
			list = append(list, button(g.text, p.off(), func(goapp.Context, goapp.Event) { p.answer(g.name) }, g.name))
		}
		list = append(list, button("不猜，直接看", p.off(), func(goapp.Context, goapp.Event) { p.answer("skipped") }))
		return box.Body(title,
			goapp.P().ID(p.id("guess")).Text("先猜一猜：只关掉下面一处，下一个字的分布会被哪一处挪动得最多？"),
			goapp.Div().Class("lab-guesses").Role("group").Aria("labelledby", p.id("guess")).Body(list...),
		)
	}
	var rows []goapp.UI
	most, told := "", -1.0
	said := goapp.P().Class("lab-words").Text("")
	for _, g := range guessParts {
		v, ok := p.guessed[g.name]
		text := g.text + "：正在算……"
		if ok {
			text = g.text + "：挪动 " + number(v) + " 奈特"
			if v > told {
				most, told = g.name, v
			}
		}
		rows = append(rows, goapp.Li().Text(text))
		if g.name == p.guess {
			said = goapp.P().Class("lab-words").Text("你猜：" + g.text + "。")
		}
	}
	verdict := ""
	if len(p.guessed) == len(guessParts) {
		switch p.guess {
		case most:
			verdict = "猜对了。"
		case "skipped":
		default:
			verdict = "这段文字上不是它。"
		}
		for _, g := range guessParts {
			if g.name == most {
				verdict += "挪动最多的是" + g.text + "。"
			}
		}
		verdict += "断了残差，后面各层只收到这一块的输出，前面攒在残差流里的都没有了；关掉一个头或一个前馈，残差流还在。换成第 0 层再试：那时残差流里还没攒下多少。"
	}
	return box.Body(title, said, goapp.Ul().Body(rows...), goapp.P().Role("status").Text(verdict),
		button("再猜一次", false, func(goapp.Context, goapp.Event) { p.guess = "" }))
}
