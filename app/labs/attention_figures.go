package labs

import (
	"strconv"

	"courselab/app/engine"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// stageNames are the stages as the tabs call them.
var stageNames = map[string]string{
	"q": "Q", "k": "K", "v": "V", "scores": "QKᵀ", "scaled": "缩放", "masked": "掩码", "weights": "权重", "output": "输出",
}

// figures are the heads, the stages and the matrix shown large with its
// sources. Their boxes have the same size before the first result as after it.
func (p *attentionPanel) figures() goapp.UI {
	return goapp.Div().Class("lab-attention").Body(
		p.headRow(),
		p.stageRow(),
		p.stepRow(),
		goapp.Div().Class("lab-stage").Role("tabpanel").ID(p.Props.Key+"-panel").
			Aria("labelledby", p.tabID(p.state.at.matrix)).Body(
			goapp.Div().Class("lab-matrices").Body(p.sourceFigures(), p.mainFigure()),
			p.explanation(),
		),
	)
}

// headRow shows the weights of every head side by side; each chooses its head.
func (p *attentionPanel) headRow() goapp.UI {
	if p.state.headCount() < 2 {
		return goapp.Div().Class("lab-heads", "lab-none")
	}
	var heads []goapp.UI
	for h := range p.state.headCount() {
		b := goapp.Button().Type("button").Class("lab-thumb").
			Aria("pressed", strconv.FormatBool(h == p.state.at.head)).
			OnClick(func(ctx goapp.Context, e goapp.Event) {
				c := p.state.at
				c.head = h
				p.look(c)
			}, goapp.EventScope("head", h)).
			Body(
				goapp.Canvas().ID(p.headID(h)).Class("lab-canvas").Width(64).Height(64).Aria("hidden", "true"),
				goapp.Span().Class("lab-thumb-name").Text("头 "+strconv.Itoa(h)),
			)
		if p.off() {
			b.Disabled(true)
		}
		heads = append(heads, b)
	}
	return goapp.Div().Class("lab-heads").Role("group").Aria("label", "各个头的权重；选一个头").Body(heads...)
}

// stageRow shows every stage small, as tabs, in the order of computation.
func (p *attentionPanel) stageRow() goapp.UI {
	var tabs []goapp.UI
	for i, name := range attentionMatrices {
		chosen := name == p.state.at.matrix
		tab := goapp.Button().Type("button").Class("lab-thumb").Role("tab").ID(p.tabID(name)).
			Aria("selected", strconv.FormatBool(chosen)).Aria("controls", p.Props.Key+"-panel").
			OnClick(func(ctx goapp.Context, e goapp.Event) { p.show(name) }, goapp.EventScope("stage", name)).
			OnKeyDown(func(ctx goapp.Context, e goapp.Event) {
				to, moved := moveTab(e.Get("key").String(), i, len(attentionMatrices))
				if !moved {
					ctx.PreventUpdate()
					return
				}
				e.PreventDefault()
				p.show(attentionMatrices[to])
				focus(p.tabID(attentionMatrices[to]))
			}, goapp.EventScope("stage", name)).
			Body(
				goapp.Canvas().ID(p.stageID(name)).Class("lab-canvas").Width(64).Height(64).Aria("hidden", "true"),
				goapp.Span().Class("lab-thumb-name").Text(stageNames[name]),
				goapp.Span().Class("lab-thumb-range").Text(p.extent(name)),
			)
		if chosen {
			tab.TabIndex(0)
		} else {
			tab.TabIndex(-1)
		}
		if p.off() {
			tab.Disabled(true)
		}
		tabs = append(tabs, tab)
	}
	return goapp.Div().Class("lab-stages").ID(p.Props.Key+"-stages").Role("tablist").Aria("label", "计算的八步").Body(tabs...)
}

// extent is the least and greatest value of a matrix, as the engine states it.
func (p *attentionPanel) extent(name string) string {
	m, _, ok := p.matrix(name, p.state.at.head)
	if !ok {
		return "…"
	}
	return brief(m.Min) + " ~ " + brief(m.Max)
}

// brief writes a value in the room below a thumbnail.
func brief(v float32) string {
	a := max(v, -v)
	switch {
	case a >= 100 || a == 0:
		return number(float64(int(v)))
	case a >= 10:
		return minus(strconv.FormatFloat(float64(v), 'f', 1, 32))
	}
	return minus(strconv.FormatFloat(float64(v), 'f', 2, 32))
}

// stepRow goes through the stages one by one, for screens that show one.
func (p *attentionPanel) stepRow() goapp.UI {
	i := p.stage()
	return goapp.Div().Class("lab-step").Body(
		button("上一步", p.off() || i == 0, func(ctx goapp.Context, e goapp.Event) { p.step(-1) }),
		goapp.Span().Class("lab-step-name").Text("第 "+strconv.Itoa(i+1)+" 步，共 "+strconv.Itoa(len(attentionMatrices))+" 步"),
		button("下一步", p.off() || i == len(attentionMatrices)-1, func(ctx goapp.Context, e goapp.Event) { p.step(1) }),
	)
}

// title names a matrix with its head.
func (p *attentionPanel) title(name string) string {
	t := stageNames[name]
	if m, _, ok := p.matrix(name, p.state.at.head); ok && m.Title != "" {
		t = m.Title
	}
	if p.state.headCount() > 1 {
		t += " · 头 " + strconv.Itoa(p.state.at.head)
	}
	return t
}

// sourceFigures show what the large matrix is computed from. Wide screens only:
// elsewhere the thumbnails light up.
func (p *attentionPanel) sourceFigures() goapp.UI {
	var list []goapp.UI
	for i, name := range attentionSources[p.state.at.matrix] {
		list = append(list, goapp.Figure().Class("lab-matrix").Body(
			goapp.FigCaption().Class("lab-caption").Text("来自 "+p.title(name)),
			goapp.Canvas().ID(p.sourceID(i)).Class("lab-canvas").Width(300).Height(300).Aria("hidden", "true").
				OnMouseMove(func(ctx goapp.Context, e goapp.Event) { p.pointed(ctx, e, name) }, goapp.EventScope(name)).
				OnMouseLeave(p.left).
				OnClick(func(ctx goapp.Context, e goapp.Event) { p.pressed(ctx, e, name) }, goapp.EventScope(name)),
			p.legend(name),
		))
	}
	return goapp.Div().Class("lab-sources").Body(list...)
}

// mainFigure is the matrix looked at.
func (p *attentionPanel) mainFigure() goapp.UI {
	name := p.state.at.matrix
	m, t, _ := p.matrix(name, p.state.at.head)
	label := p.title(name)
	if t.Rows > 0 {
		label += "，" + strconv.Itoa(t.Rows) + " 行 " + strconv.Itoa(t.Cols) + " 列，值从 " + number(float64(m.Min)) + " 到 " + number(float64(m.Max))
	}
	canvas := goapp.Canvas().ID(p.mainID()).Class("lab-canvas", "lab-main").Width(300).Height(300).
		Role("application").Attr("aria-roledescription", "矩阵").
		Aria("label", route.Attr(label)).Aria("describedby", p.Props.Key+"-keys").
		TabIndex(0).
		OnMouseMove(func(ctx goapp.Context, e goapp.Event) { p.pointed(ctx, e, name) }, goapp.EventScope(name)).
		OnMouseLeave(p.left).
		OnClick(func(ctx goapp.Context, e goapp.Event) { p.pressed(ctx, e, name) }, goapp.EventScope(name)).
		OnDblClick(func(ctx goapp.Context, e goapp.Event) { p.pressedTwice(ctx, e, name) }, goapp.EventScope(name)).
		OnKeyDown(p.key)
	keys := "方向键逐格走，Home、End 到行首行尾，PageUp、PageDown 换一步。"
	if editable(name) {
		keys += "回车或双击修改这一格，Delete 还原。"
	}
	return goapp.Figure().Class("lab-matrix", "lab-large").Body(
		goapp.FigCaption().Class("lab-caption").Text(p.title(name)),
		canvas,
		p.legend(name),
		goapp.P().Class("lab-keys").ID(p.Props.Key+"-keys").Text(keys),
	)
}

// legend is the colour scale with its numbers.
func (p *attentionPanel) legend(name string) goapp.UI {
	s := spanOf(p.result.Matrices, name)
	class, low, middle := "lab-diverging", number(s.low), "0"
	if s.sequential || name == "weights" {
		class, low, middle = "lab-sequential", "0", number(s.high/2)
	}
	high := number(s.high)
	if p.answered == 0 {
		low, middle, high = "…", "…", "…"
	}
	hatch := ""
	if name == "masked" && p.shown.causal {
		hatch = "斜线：−∞，已遮住"
	}
	return goapp.Div().Class("lab-legend").Body(
		goapp.Div().Class("lab-bar", class).Aria("hidden", "true"),
		goapp.Div().Class("lab-scale").Body(
			goapp.Span().Text(low), goapp.Span().Text(middle), goapp.Span().Text(high),
		),
		goapp.P().Class("lab-hatch").Text(hatch),
	)
}

// explanation tells how the focused cell came about. The one before stays until
// the next is there, some milliseconds later; its sentence is announced.
func (p *attentionPanel) explanation() goapp.UI {
	title, formula, working, text := "", "", "", ""
	operands := goapp.UI(goapp.Div())
	at := p.focused()
	value, known := p.value(at)
	switch {
	case p.why != nil:
		w := p.why
		title = w.Title + " = " + number(w.Result)
		formula, working, text = w.Formula, "= "+w.Working, w.Text
		operands = p.operands(w.Operands)
	case known:
		title = p.title(at.matrix) + " [" + strconv.Itoa(at.row) + "," + strconv.Itoa(at.col) + "] = " + number(value)
	default:
		text = "选一格，这里会写出它是怎样算出来的。"
	}
	// The box scrolls, so the keyboard must reach it.
	return goapp.Div().Class("lab-explain").TabIndex(0).Role("region").Aria("label", route.Attr("这一格怎样算出来"+p.Props.ordinal())).Body(
		goapp.P().Class("lab-explain-title").Text(title),
		goapp.P().Class("lab-formula").Body(goapp.Code().Text(formula)),
		goapp.P().Class("lab-formula").Body(goapp.Code().Text(working)),
		goapp.P().Class("lab-explain-text").Aria("live", "polite").Text(text),
		operands,
		p.xrayLink(),
		p.cellEditor(),
	)
}

// maxOperands is how many operands stand in the open. The rest, 120 of them for
// d_k = 64, are drawn on request.
const maxOperands = 8

// operands list every number that enters; those that stand in a matrix lead
// there.
func (p *attentionPanel) operands(all []engine.Operand) goapp.UI {
	item := func(o engine.Operand) goapp.UI {
		text := o.Symbol + " = " + number(o.Value)
		c, ok := p.operandCell(o)
		if !ok {
			return goapp.Li().Body(goapp.Span().Class("lab-operand").Text(text))
		}
		return goapp.Li().Body(goapp.Button().Type("button").Class("lab-operand").Text(text).
			OnClick(func(ctx goapp.Context, e goapp.Event) { p.look(c) }, goapp.EventScope(formatCell(c))))
	}
	shown := all
	if !p.allOperands {
		shown = all[:min(maxOperands, len(all))]
	}
	var list []goapp.UI
	for _, o := range shown {
		list = append(list, item(o))
	}
	more := goapp.Div()
	if len(all) > maxOperands {
		text := "显示其余 " + strconv.Itoa(len(all)-maxOperands) + " 个"
		if p.allOperands {
			text = "收起"
		}
		more = more.Body(button(text, false, func(ctx goapp.Context, e goapp.Event) { p.allOperands = !p.allOperands }).
			Aria("expanded", strconv.FormatBool(p.allOperands)))
	}
	where := "（在各自的矩阵里已框出）"
	if p.why != nil && p.why.Xray != nil {
		where = "（在诗芽的那一趟计算里，各头并排编号）"
	}
	return goapp.Div().Body(
		goapp.P().Class("lab-sub").Text("用到的 "+strconv.Itoa(len(all))+" 个数"+where),
		goapp.Ul().Class("lab-operands").Body(list...),
		more,
	)
}

// cellEditor changes the chosen cell of Q, K or V.
func (p *attentionPanel) cellEditor() goapp.UI {
	at := p.state.at
	box := goapp.Div().Class("lab-editor")
	if !editable(at.matrix) {
		return box
	}
	name := stageNames[at.matrix] + "[" + strconv.Itoa(at.row) + "," + strconv.Itoa(at.col) + "]"
	if !p.editing {
		buttons := []goapp.UI{button("修改 "+name, p.off(), func(ctx goapp.Context, e goapp.Event) { p.open() })}
		if _, ok := p.state.edited(at); ok {
			buttons = append(buttons, button("还原 "+name, p.off(), func(ctx goapp.Context, e goapp.Event) { p.undo(at) }, formatCell(at)))
		}
		return box.Body(buttons...)
	}
	value, _ := p.value(at)
	return box.Body(
		goapp.Label().Class("lab-label").For(p.editID()).Text(name+" 改为"),
		goapp.Input().Type("number").Attr("step", "any").ID(p.editID()).Class("lab-number").
			Min(-maxCellValue).Max(maxCellValue).
			Value(strconv.FormatFloat(value, 'g', 4, 32)).OnKeyDown(p.typed),
		button("确定", false, func(ctx goapp.Context, e goapp.Event) {
			p.put(goapp.Window().GetElementByID(p.editID()).Get("value").String())
		}),
		button("取消", false, func(ctx goapp.Context, e goapp.Event) { p.close() }),
		goapp.P().Class("lab-wrong").Role("alert").Text(p.wrongValue),
	)
}
