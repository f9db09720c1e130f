package evaluate

import (
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
	"courselab/sim/judge"
)

// verdict compares the first check with the last.
func (r *leak) verdict(all []check) engine.Verdict {
	groups := r.groups()
	first, last := all[0], all[len(all)-1]
	was, _, _ := r.score(first, groups[0])
	is, _, _ := r.score(last, groups[0])
	fresh := groups[len(groups)-1]
	wasFresh, _, _ := r.score(first, fresh)
	isFresh, _, _ := r.score(last, fresh)
	if len(all) == 1 {
		return engine.Verdict{Text: fmt.Sprintf("训练之前：要泄漏的题 %s，新卷 %s。", was.text(), wasFresh.text())}
	}
	return engine.Verdict{
		Tone:   engine.Warn,
		Text:   fmt.Sprintf("看了 %d 步考题，泄漏的题从 %s 到 %s。", last.trained, percent(was.rate), is.text()),
		Detail: fmt.Sprintf("没见过的新卷从 %s 到 %s：分数涨的那一截不是本事。", percent(wasFresh.rate), isFresh.text()),
	}
}

// curvePart draws the scores over the training.
func (r *leak) curvePart(all []check) (engine.Part, error) {
	part := engine.Part{Title: "得分随训练"}
	table := engine.FactTable{Title: part.Title, Columns: sheet.Columns("训练（步）", "哪些题", "答对（题）", "题数（题）", "正确率（%）", "Wilson 95%", "按诗抽取 95%")}
	shown := engine.Table{Columns: sheet.Columns("训练（步）", "哪些题", "正确率（%）", "区间下端（%）", "区间上端（%）")}
	var series []chart.Series
	for _, g := range r.groups() {
		line := chart.Series{Name: g.name}
		for _, c := range all {
			s, _, _ := r.score(c, g)
			x := float64(c.trained)
			line.Points = append(line.Points, chart.Point{X: x, Y: 100 * s.rate})
			line.Band = append(line.Band, chart.Interval{X: x, Low: 100 * s.wilson.Lo, High: 100 * s.wilson.Hi})
			table.Rows = append(table.Rows, row(count(c.trained), g.name, count(s.right), count(s.n), format.Fixed(100*s.rate, 1), interval(s.wilson), interval(s.drawn)))
			shown.Rows = append(shown.Rows, []string{count(c.trained), g.name, format.Fixed(100*s.rate, 1), format.Fixed(100*s.wilson.Lo, 1), format.Fixed(100*s.wilson.Hi, 1)})
		}
		series = append(series, line)
	}
	part.Tables = []engine.FactTable{table}
	if len(all) < 2 {
		part.Text = "训练还没有到第一次复查。"
		return part, nil
	}
	part.Text = fmt.Sprintf("最近一步的训练损失 %s 奈特/字。", format.Fixed(r.loss, 2))
	title := part.Title
	desc := "横轴是拿公开卷训练了多少步，纵轴是正确率，带子是 Wilson 95% 区间。泄漏的题一路上升，新卷不跟着涨。"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: r.in.Key("leak"), Title: title, Desc: desc, Width: r.in.Width()},
		X:     chart.Axis{Name: "训练", Unit: "步"}, Y: chart.Axis{Name: "正确率", Unit: "%", Min: 0, Max: 100},
		Series: series,
	})
	figure, err := sheet.Figure(title, desc, shown, svg, err)
	part.Figures = []engine.Figure{figure}
	return part, err
}

// beforePart compares before and after on the same questions.
func (r *leak) beforePart(all []check) (engine.Part, error) {
	part := engine.Part{Title: "训练前后，同样的题"}
	if len(all) < 2 {
		part.Text = "训练之后才有。"
		return part, nil
	}
	table := engine.FactTable{Title: part.Title, Columns: sheet.Columns("哪些题", "只有训练前对（题）", "只有训练后对（题）", "差：后减前（分）", "差的 95% 区间（分）", "McNemar 精确检验 p"),
		Text: "两行的区间都对，量的却是两件事：泄漏的题量的是背下了多少，新卷才量本事。加题只会让错的数更窄。"}
	for _, g := range r.groups() {
		_, before, poems := r.score(all[0], g)
		_, after, _ := r.score(all[len(all)-1], g)
		c, err := judge.Compare(after, before, poems, r.seed)
		if err != nil {
			return part, err
		}
		table.Rows = append(table.Rows, row(g.name, count(c.OnlyB), count(c.OnlyA), points(c.Difference), points(c.Drawn.Lo)+" 到 "+points(c.Drawn.Hi), chance(c.P)))
	}
	part.Tables = []engine.FactTable{table}
	return part, nil
}

// fixesPart says what the figure means for public scores.
func fixesPart() engine.Part {
	return engine.Part{Title: "怎样看出来", Text: "你看不到别人的训练数据，但能照这里做：出一份题型、难度相同而没有发表过的新卷，比两份的差。GSM1k 就是这样做的（见正文）。"}
}
