package labs

import (
	"strconv"

	"courselab/app/engine"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Render draws the lab from its fields.
func (p *xrayPanel) Render() goapp.UI {
	p.begin()
	return frame{
		panel: p,
		props: p.Props, lab: p.lab, status: p.status, live: p.answered, backend: p.backend,
		err: p.err, progress: p.progress, faults: p.faults, notice: p.notice,
		offer:    p.fetchOffer(p.start),
		controls: p.controls(),
		figures:  p.figures(),
		after:    []goapp.UI{p.tablePart(), p.viewPart(), p.guessPart()},
		tools:    p.tools(),
		retry:    p.retry,
		apply:    p.apply,
	}.render()
}

func (p *xrayPanel) controls() goapp.UI {
	text := goapp.Input().Type("text").ID(p.id("text")).Class("lab-text").
		Value(route.Attr(p.state.text)).AutoComplete(false).Spellcheck(false).
		OnInput(p.typedText).On("compositionend", p.typedText)
	if p.off() {
		text.Disabled(true)
	}
	return goapp.Div().Class("lab-controls").Role("group").Aria("label", "输入").Body(
		goapp.Div().Class("lab-control", "lab-wide").Body(
			goapp.Label().For(p.id("text")).Class("lab-label").Text("文字（1 到 "+strconv.Itoa(engine.MaxXrayText)+" 个字）"),
			text,
			goapp.P().Class("lab-words").Text(p.readingWords()),
		),
		p.partButtons(),
		goapp.Details().Class("lab-more", "lab-wide").Body(
			goapp.Summary().Text("更多设置：计算后端"),
			p.backendSelect(p.id("backend"), p.state.backend, func(v string) { p.change(func(s *xrayState) { s.backend = v }) }),
		),
	)
}

// readingWords says how the text is read.
func (p *xrayPanel) readingWords() string {
	if !p.answered {
		return "一个字占一个位置，最前面还有一个“开头”的记号。"
	}
	r := p.pass.Reading
	words := "占 " + strconv.Itoa(r.Read) + " 个位置（连开头的记号），上下文一共 " + strconv.Itoa(r.Context) + " 个；" +
		strconv.Itoa(len(p.pass.Tensors)) + " 个张量，算了 " + number(p.pass.MS) + " 毫秒。"
	if r.Unseen > 0 {
		words += "有 " + strconv.Itoa(r.Unseen) + " 个字诗芽没见过，读不到。"
	}
	if r.Dropped > 0 {
		words += "太长：超出上下文，最前面 " + strconv.Itoa(r.Dropped) + " 个字没有读；真实的模型也是这样，要么拒绝，要么丢掉一截。"
	}
	return words
}

func (p *xrayPanel) typedText(ctx goapp.Context, e goapp.Event) {
	if e.Get("isComposing").Truthy() {
		ctx.PreventUpdate()
		return
	}
	t := cleanText(ctx.JSSrc().Get("value").String(), engine.MaxXrayText)
	if t == "" {
		p.notice = "至少要一个字；图仍是原来的文字。"
		return
	}
	if t == p.state.text {
		ctx.PreventUpdate()
		return
	}
	p.change(func(s *xrayState) { s.text = t })
}

// figures are the map, the tensor shown large with what its cell comes from, and
// the explanation.
func (p *xrayPanel) figures() goapp.UI {
	return goapp.Div().Class("lab-attention", "xray").Body(
		p.xrayMap(),
		p.stepRow(),
		goapp.Div().Class("lab-stage").Body(
			goapp.Div().Class("lab-matrices").Body(p.sourceFigures(), p.mainFigure()),
			p.explanation(),
		),
	)
}

// stepRow goes through the pass tensor by tensor.
func (p *xrayPanel) stepRow() goapp.UI {
	i, n := p.place(), 0
	if p.answered {
		n = len(p.order())
	}
	words := "第 " + strconv.Itoa(i+1) + " 步，共 " + strconv.Itoa(n) + " 步"
	if i < 0 {
		words = "参数：不由别的张量算出"
	}
	return goapp.Div().Class("lab-step").Body(
		button("上一步", p.off() || i <= 0, func(goapp.Context, goapp.Event) { p.step(-1) }),
		goapp.Span().Class("lab-step-name").Text(words),
		button("下一步", p.off() || i >= n-1, func(goapp.Context, goapp.Event) { p.step(1) }),
	)
}

// sourceFigures show what the cell is computed from.
func (p *xrayPanel) sourceFigures() goapp.UI {
	var list []goapp.UI
	for i, name := range p.sources() {
		t, _ := p.info(name)
		list = append(list, goapp.Figure().Class("lab-matrix").Body(
			goapp.FigCaption().Class("lab-caption").Text("来自 "+t.Title),
			goapp.Canvas().ID(p.sourceID(i)).Class("lab-canvas").Width(300).Height(300).Aria("hidden", "true").
				OnMouseMove(func(ctx goapp.Context, e goapp.Event) { p.pointed(ctx, e, name) }, goapp.EventScope(name)).
				OnMouseLeave(p.left).
				OnClick(func(ctx goapp.Context, e goapp.Event) { p.pressed(ctx, e, name) }, goapp.EventScope(name)),
			p.legend(t),
		))
	}
	return goapp.Div().Class("lab-sources").Body(list...)
}

// mainFigure is the tensor looked at.
func (p *xrayPanel) mainFigure() goapp.UI {
	t, _ := p.info(p.state.tensor)
	name := t.Name
	label := t.Title + "，" + strconv.Itoa(t.Rows) + " 行 " + strconv.Itoa(t.Cols) + " 列，值从 " + number(float64(t.Min)) + " 到 " + number(float64(t.Max))
	canvas := goapp.Canvas().ID(p.mainID()).Class("lab-canvas", "lab-main").Width(300).Height(300).
		Role("application").Attr("aria-roledescription", "矩阵").
		Aria("label", route.Attr(label)).Aria("describedby", p.id("keys")).
		TabIndex(0).
		OnMouseMove(func(ctx goapp.Context, e goapp.Event) { p.pointed(ctx, e, name) }, goapp.EventScope(name)).
		OnMouseLeave(p.left).
		OnClick(func(ctx goapp.Context, e goapp.Event) { p.pressed(ctx, e, name) }, goapp.EventScope(name)).
		OnKeyDown(p.key)
	return goapp.Figure().Class("lab-matrix", "lab-large").Body(
		goapp.FigCaption().Class("lab-caption").Text(t.Title),
		goapp.P().Class("lab-words").Text("行："+t.RowAxis+"（"+strconv.Itoa(t.Rows)+"），列："+t.ColAxis+"（"+strconv.Itoa(t.Cols)+"）。"+t.Formula),
		p.blockRow(t),
		canvas,
		p.legend(t),
		goapp.P().Class("lab-keys").ID(p.id("keys")).Text("方向键逐格走，Home、End 到行首行尾，PageUp、PageDown 换一步，回车去它的来源。"),
	)
}

// blockRow moves through a tensor that is too large to show at once.
func (p *xrayPanel) blockRow(t engine.XrayTensor) goapp.UI {
	row := goapp.Div().Class("xray-blocks")
	b, ok := p.blocks[t.Name]
	if !ok || t.Rows <= engine.XrayBlock && t.Cols <= engine.XrayBlock {
		return row
	}
	var parts []goapp.UI
	one := func(name string, at, shown, all, rows, cols int) {
		if all <= engine.XrayBlock {
			return
		}
		parts = append(parts,
			button("◀", p.off() || at == 0, func(goapp.Context, goapp.Event) { p.shiftBlock(-rows, -cols) }, name, "back").Aria("label", "前一段"+name),
			goapp.Span().Class("lab-words").Text(name+" "+strconv.Itoa(at)+"–"+strconv.Itoa(at+shown-1)+"，共 "+strconv.Itoa(all)),
			button("▶", p.off() || at+shown >= all, func(goapp.Context, goapp.Event) { p.shiftBlock(rows, cols) }, name, "on").Aria("label", "后一段"+name))
	}
	one("行", b.Row, b.values.Rows, t.Rows, 1, 0)
	one("列", b.Col, b.values.Cols, t.Cols, 0, 1)
	return row.Body(parts...)
}

// legend is the colour scale with its numbers.
func (p *xrayPanel) legend(t engine.XrayTensor) goapp.UI {
	s := spanOfTensor(t)
	class, low, middle := "lab-diverging", number(s.low), "0"
	if s.sequential {
		class, low, middle = "lab-sequential", "0", number(s.high/2)
	}
	high := number(s.high)
	if !p.answered {
		low, middle, high = "…", "…", "…"
	}
	hatch := ""
	if t.Op == "mask" {
		hatch = "斜线：−∞，已遮住"
	}
	return goapp.Div().Class("lab-legend").Body(
		goapp.Div().Class("lab-bar", class).Aria("hidden", "true"),
		goapp.Div().Class("lab-scale").Body(goapp.Span().Text(low), goapp.Span().Text(middle), goapp.Span().Text(high)),
		goapp.P().Class("lab-hatch").Text(hatch),
	)
}

// explanation tells how the focused cell came about; the one before stays until
// the next is there.
func (p *xrayPanel) explanation() goapp.UI {
	title, formula, working, text := "", "", "", "选一格，这里会写出它是怎样算出来的。"
	operands := goapp.UI(goapp.Div())
	if w := p.why; w != nil {
		title = w.Explanation.Title + " = " + number(w.Explanation.Result)
		formula, working, text = w.Explanation.Formula, "= "+w.Explanation.Working, w.Explanation.Text
		operands = p.operands(*w)
	}
	return goapp.Div().Class("lab-explain").TabIndex(0).Role("region").Aria("label", route.Attr("透视：这一格怎样算出来"+p.Props.ordinal())).Body(
		goapp.P().Class("lab-explain-title").Text(title),
		goapp.P().Class("lab-formula").Body(goapp.Code().Text(formula)),
		goapp.P().Class("lab-formula").Body(goapp.Code().Text(working)),
		goapp.P().Class("lab-explain-text").Aria("live", "polite").Text(text),
		operands,
	)
}

// operands list the numbers that enter; those that stand in a tensor lead there.
func (p *xrayPanel) operands(w engine.XrayExplanation) goapp.UI {
	shown := w.Explanation.Operands
	if !p.allWorking {
		shown = shown[:min(maxOperands, len(shown))]
	}
	var list []goapp.UI
	for _, o := range shown {
		text := o.Symbol + " = " + number(o.Value)
		c := engine.XrayCell{Tensor: o.Matrix, Row: o.Row, Col: o.Col}
		if o.Matrix == "" {
			list = append(list, goapp.Li().Body(goapp.Span().Class("lab-operand").Text(text)))
			continue
		}
		list = append(list, goapp.Li().Body(goapp.Button().Type("button").Class("lab-operand").Text(text).
			OnClick(func(goapp.Context, goapp.Event) { p.look(c) }, goapp.EventScope(c.Tensor, c.Row, c.Col))))
	}
	more := goapp.Div()
	if all := len(w.Explanation.Operands); all > maxOperands {
		text := "显示其余 " + strconv.Itoa(all-maxOperands) + " 个"
		if w.Count > all {
			text = "多显示 " + strconv.Itoa(all-maxOperands) + " 个"
		}
		if p.allWorking {
			text = "收起"
		}
		more = more.Body(button(text, false, func(goapp.Context, goapp.Event) { p.allWorking = !p.allWorking }).
			Aria("expanded", strconv.FormatBool(p.allWorking)))
	}
	return goapp.Div().Body(
		goapp.P().Class("lab-sub").Text("用到的 "+strconv.Itoa(w.Count)+" 个数（在各自的张量里已框出）"),
		goapp.Ul().Class("lab-operands").Body(list...),
		more,
	)
}

// shownTable is the block of the large tensor as a table.
func (p *xrayPanel) shownTable(plain bool) (engine.Table, bool) {
	b, ok := p.blocks[p.state.tensor]
	if !ok {
		return engine.Table{}, false
	}
	return matrixTable(b.values, numbered(b.RowLabels, b.Row), numbered(b.ColLabels, b.Col), "行 \\ 列", plain), true
}

// numbered gives labels of a block that begins at first their places.
func numbered(labels []string, first int) []string {
	if first == 0 {
		return labels
	}
	out := make([]string, len(labels))
	for i, label := range labels {
		out[i] = "（" + strconv.Itoa(first+i) + "）" + label
	}
	return out
}

// tablePart is the text alternative of the large tensor.
func (p *xrayPanel) tablePart() goapp.UI {
	box := goapp.Div().Class("lab-table")
	if !p.table {
		return box
	}
	t, ok := p.shownTable(false)
	if !ok {
		return box.Body(goapp.P().Class("lab-words").Text("还没有结果。"))
	}
	info, _ := p.info(p.state.tensor)
	return box.Body(goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="` +
		escape(info.Title) + ` 的表格` + p.Props.ordinal() + `">` + tableHTML(info.Title, t, true) + `</div>`))
}

// tools are the buttons below the figures.
func (p *xrayPanel) tools() []goapp.UI {
	table := "表格"
	if p.table {
		table = "收起表格"
	}
	return []goapp.UI{
		button("重置", p.off(), func(goapp.Context, goapp.Event) {
			p.change(func(s *xrayState) { *s = p.defaults })
			p.notice = "已恢复默认设置。"
		}),
		button("复制链接", p.off(), func(goapp.Context, goapp.Event) { p.copyLink(p.fragment()) }),
		button(table, p.off(), func(goapp.Context, goapp.Event) { p.table = !p.table }).Aria("expanded", strconv.FormatBool(p.table)),
		button("下载 CSV", p.off() || !p.answered, func(goapp.Context, goapp.Event) {
			if t, ok := p.shownTable(true); ok {
				name := "xray-" + p.state.tensor + ".csv"
				download(name, csvFile(t))
				p.notice = "已下载 " + name + "。"
			}
		}),
		p.elsewhere(p.fragment()),
	}
}
