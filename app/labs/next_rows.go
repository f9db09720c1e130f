package labs

import (
	"encoding/json"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// distribution is what may follow at the place looked at: the steps in words,
// the likeliest characters, the whole vocabulary as a curve.
func (p *nextPanel) distribution() goapp.UI {
	box := goapp.Div().Class("next-distribution")
	d := p.prediction
	if d == nil {
		text := "还没有结果。"
		if p.predictErr != nil {
			text = p.predictErr.Message
		}
		return box.Body(goapp.P().Class("lab-words").Text(text))
	}
	title := "下一个字的分布"
	if p.predicted < len(p.path) {
		title = "第 " + strconv.Itoa(p.predicted+1) + " 个字的分布（写的是“" + p.path[p.predicted].symbol + "”）"
	}
	rows := make([]goapp.UI, len(d.Rows))
	for i, c := range d.Rows {
		rows[i] = p.candidate(c)
	}
	children := []goapp.UI{
		goapp.P().Class("lab-part").Text(title),
		goapp.P().Class("next-steps").Text(stepsWords(*d)),
		goapp.P().Class("lab-words").Text("空心：模型原样的概率；实心：切过以后抽签用的概率。点一个字，就从这里改走它。"),
		goapp.Ol().Class("next-rows").Body(rows...),
		goapp.Raw(figureHTML(d.Figure)),
	}
	if p.table {
		children = append(children, goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="候选的表格`+p.Props.ordinal()+`">`+
			tableHTML(title, candidateTable(d.Rows, false), true)+tableHTML(d.Figure.Title, d.Figure.Table, true)+`</div>`))
	}
	return box.Body(children...)
}

// stepsWords says what each step leaves.
func stepsWords(d engine.NextPrediction) string {
	if d.TopK == 1 && d.TopP == 1 && len(d.Rows) > 1 && d.Rows[1].Cut == "greedy" {
		return "温度 0：不抽签，" + strconv.Itoa(d.Vocab) + " 个符号里只取第一名“" + d.Drawn.Symbol + "”。"
	}
	words := strconv.Itoa(d.Vocab) + " 个符号"
	if d.TopK < d.Vocab {
		words += " → top-k 留 " + strconv.Itoa(d.TopK) + " 个（合 " + percent(d.TopKMass) + "）"
	}
	if d.TopP < d.TopK {
		words += " → top-p 留 " + strconv.Itoa(d.TopP) + " 个（合 " + percent(d.TopPMass) + "）"
	}
	if d.MinP < d.TopP {
		words += " → min-p 留 " + strconv.Itoa(d.MinP) + " 个（合 " + percent(d.MinPMass) + "）"
	}
	return words + "，重新分到 100%，从中抽签。这个种子在这里抽到“" + d.Drawn.Symbol + "”。分散程度：模型原样相当于在 " +
		spreadNumber(d.PlainSpread) + " 个字里平均猜，切过以后相当于 " + spreadNumber(d.FinalSpread) + " 个。"
}

func spreadNumber(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// candidate is one symbol that may follow; pressing it leads the text there.
func (p *nextPanel) candidate(c engine.NextCandidate) goapp.UI {
	b := goapp.Button().Type("button").Class("next-pick").Text(c.Symbol).
		Aria("label", route.Attr("改走“"+c.Symbol+"”：模型原样 "+percent(c.Plain)+"，"+fate(c))).
		OnClick(func(goapp.Context, goapp.Event) { p.fork(c) }, goapp.EventScope("fork", c.Token, p.predicted, p.asked))
	if p.off() {
		b.Disabled(true)
	}
	li := goapp.Li().Class("next-row").Body(b, goapp.Raw(candidateHTML(c)))
	if c.Cut != "" {
		li.DataSet("cut", c.Cut)
	}
	if c.Token == p.prediction.Drawn.Token {
		li.DataSet("drawn", "yes")
	}
	return li
}

// fate says what becomes of a candidate.
func fate(c engine.NextCandidate) string {
	switch c.Cut {
	case "":
		return "抽签 " + percent(c.Final)
	case "greedy":
		return "温度 0，不取"
	}
	return c.Cut + " 切掉"
}

// candidateHTML draws the bars of a candidate with their numbers.
func candidateHTML(c engine.NextCandidate) string {
	width := func(v float64) string { return strconv.FormatFloat(200*v, 'f', 2, 64) }
	return `<span class="next-bars" aria-hidden="true"><svg class="next-bar" viewBox="0 0 200 12" preserveAspectRatio="none" focusable="false">` +
		`<rect class="next-final" x="0" y="2" width="` + width(c.Final) + `" height="8"/>` +
		`<rect class="next-plain" x="0" y="0.5" width="` + width(c.Plain) + `" height="11"/></svg>` +
		`<span class="next-number">` + percent(c.Plain) + `</span><span class="next-fate">` + escape(fate(c)) + `</span></span>`
}

// candidateTable lists candidates; plain writes numbers for a program to read.
func candidateTable(all []engine.NextCandidate, plain bool) engine.Table {
	t := engine.Table{Columns: []engine.Column{{Name: "名次"}, {Name: "符号"}, {Name: "分数（logit）"}, {Name: "模型原样", Unit: "%"},
		{Name: "惩罚与温度之后", Unit: "%"}, {Name: "抽签", Unit: "%"}, {Name: "切掉它的"}}}
	write := func(v float64) string {
		if plain {
			return strconv.FormatFloat(v, 'g', 8, 64)
		}
		return number(v)
	}
	for _, c := range all {
		t.Rows = append(t.Rows, []string{strconv.Itoa(c.Rank + 1), c.Symbol, write(c.Logit), write(100 * c.Plain), write(100 * c.Tempered), write(100 * c.Final), c.Cut})
	}
	return t
}

// saveAll downloads the distribution over the whole vocabulary.
func (p *nextPanel) saveAll(ctx goapp.Context, e goapp.Event) {
	in := p.state.input(p.before(p.predicted))
	in.Rows = p.prediction.Vocab
	p.do("all", engine.OpNextPredict, in, func(ctx goapp.Context, r engine.Reply) {
		var out engine.NextPrediction
		if r.Kind != engine.Done || json.Unmarshal(r.Output, &out) != nil {
			return
		}
		download("next-token.csv", csvFile(candidateTable(out.Rows, true)))
		p.notice = "已下载 next-token.csv，" + strconv.Itoa(len(out.Rows)) + " 行。"
	})
}

// nextStaticHTML returns the lab's default state as markup.
func nextStaticHTML(reply json.RawMessage) (string, error) {
	var s engine.NextStatic
	if err := json.Unmarshal(reply, &s); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(`<figure class="lab-figure next-static"><p class="next-path">`)
	for _, t := range s.Written.Reading.Tokens {
		class, _ := givenClass(t)
		if !t.Mark {
			b.WriteString(`<span class="next-char ` + class + `">` + escape(t.Symbol) + `</span>`)
		}
	}
	for _, step := range s.Written.Steps {
		b.WriteString(`<span class="next-char next-drawn" data-surprise="` + surprise(step.Plain) + `">` + escape(step.Symbol) + `</span>`)
	}
	b.WriteString(`</p><p class="next-steps">` + escape(stepsWords(s.Prediction)) + `</p><ol class="next-rows">`)
	for _, c := range s.Prediction.Rows[:min(10, len(s.Prediction.Rows))] {
		b.WriteString(`<li class="next-row"`)
		if c.Cut != "" {
			b.WriteString(` data-cut="` + escape(c.Cut) + `"`)
		}
		b.WriteString(`><span class="next-pick">` + escape(c.Symbol) + `</span>` + candidateHTML(c) + `</li>`)
	}
	b.WriteString(`</ol><figcaption>诗芽读完给定的字以后，对下一个字的分布，和照这样一个字一个字写下去的一例。空心是模型原样的概率，实心是切过以后抽签用的概率。</figcaption></figure>`)
	return b.String(), nil
}
