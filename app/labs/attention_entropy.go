package labs

import (
	"strconv"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// guesses are the answers to the question that comes before the entropy figure.
var guesses = []struct{ name, text string }{
	{"sharper", "越来越集中：几乎全压在一个字上"},
	{"flatter", "越来越平均：每个字分到差不多"},
	{"same", "基本不变"},
}

// verdict answers a guess.
func verdict(guess string) string {
	const why = "不除时，点积的标准差随 √d_k 变大，softmax 把权重压到最大的一格，熵往 0 掉；除以 √d_k 之后，点积的大小不随 d_k 变，熵也大致不变。"
	switch guess {
	case "sharper":
		return "猜对了。" + why
	case "flatter", "same":
		return "看曲线，正好不是这样。" + why
	}
	return why
}

// entropyPart asks for a guess, then shows the entropy of the weights against
// d_k.
func (p *attentionPanel) entropyPart() goapp.UI {
	box := goapp.Div().Class("lab-entropy")
	title := goapp.P().Class("lab-part").Text("为什么要除以 √d_k")
	if p.guess == "" {
		var options []goapp.UI
		for _, g := range guesses {
			options = append(options, button(g.text, p.off(), func(ctx goapp.Context, e goapp.Event) { p.answer(g.name) }, g.name))
		}
		options = append(options, button("不猜，直接看", p.off(), func(ctx goapp.Context, e goapp.Event) { p.answer("skipped") }))
		return box.Body(title,
			goapp.P().ID(p.controlID("guess")).Text("先猜一猜：如果不除以 √d_k，随着 d_k 变大，每一行的权重会怎样？"),
			goapp.Div().Class("lab-guesses").Role("group").Aria("labelledby", p.controlID("guess")).Body(options...),
		)
	}
	said := goapp.P().Class("lab-words").Text("")
	for _, g := range guesses {
		if g.name == p.guess {
			said = goapp.P().Class("lab-words").Text("你猜：" + g.text + "。")
		}
	}
	answer := goapp.Div().Role("status").Body(said, goapp.P().Text(verdict(p.guess)))
	switch {
	case p.entropy == nil && p.entropyErr != nil:
		return box.Body(title, answer, goapp.P().Class("lab-wrong").Text("这张图没有算出来："+p.entropyErr.Message))
	case p.entropy == nil:
		return box.Body(title, answer, goapp.Div().Class("lab-skeleton").Aria("label", "正在画图").Role("img"))
	}
	f := p.entropy
	return box.Body(title, answer,
		goapp.Raw(figureHTML(*f)),
		goapp.Details().Class("lab-figure-table").Body(
			goapp.Summary().Text("这张图的表格"),
			goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="熵的表格`+p.Props.ordinal()+`">`+tableHTML(f.Title, f.Table, true)+`</div>`),
			button("下载这张图的 CSV", false, func(ctx goapp.Context, e goapp.Event) {
				download("attention-entropy.csv", csvFile(p.entropy.Table))
				p.notice = "已下载 attention-entropy.csv。"
			}),
		),
		button("再猜一次", false, func(ctx goapp.Context, e goapp.Event) { p.guess, p.entropy = "", nil }),
	)
}

// answer takes the guess and shows the figure.
func (p *attentionPanel) answer(guess string) {
	p.guess = guess
	p.askEntropy()
}

// shownTable is the large matrix as a table.
func (p *attentionPanel) shownTable(plain bool) (engine.Table, bool) {
	at := p.state.at
	m, t, ok := p.matrix(at.matrix, at.head)
	if !ok {
		return engine.Table{}, false
	}
	return matrixTable(t, p.labels(m.Rows, t.Rows), p.labels(m.Cols, t.Cols), "行 \\ 列", plain), true
}

// tablePart is the text alternative of the large matrix.
func (p *attentionPanel) tablePart() goapp.UI {
	box := goapp.Div().Class("lab-table")
	if !p.table {
		return box
	}
	t, ok := p.shownTable(false)
	if !ok {
		return box.Body(goapp.P().Class("lab-words").Text("还没有结果。"))
	}
	title := p.title(p.state.at.matrix)
	return box.Body(goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="` +
		escape(title) + ` 的表格` + p.Props.ordinal() + `">` + tableHTML(title, t, true) + `</div>`))
}

// saveMatrix downloads the large matrix.
func (p *attentionPanel) saveMatrix(ctx goapp.Context, e goapp.Event) {
	t, ok := p.shownTable(true)
	if !ok {
		return
	}
	name := "attention-" + p.state.at.matrix + "-head" + strconv.Itoa(p.state.at.head) + ".csv"
	download(name, csvFile(t))
	p.notice = "已下载 " + name + "。"
}
