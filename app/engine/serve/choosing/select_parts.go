package choosing

import (
	"fmt"
	"math"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
	"courselab/sim/choose"
)

// top is the ranking itself.
func (r *chosen) top(in *sheet.Input) (engine.Part, error) {
	rows := r.ranking.Rows
	p := engine.Part{Title: "名次", Text: "按得分区间的中点排。“最好–最差”是未公布的数据怎样取值时它能到的名次。"}
	figure, err := r.drawScores(in)
	if err != nil {
		return p, err
	}
	p.Figures = []engine.Figure{figure}
	columns := sheet.Columns("型号", "得分", "最好–最差名次", "已知的权重（%）")
	for k, c := range r.ranking.Criteria {
		columns = append(columns, engine.Column{Name: c.Title + " " + format.Ratio(r.ranking.Weights[k]), Unit: c.Unit})
	}
	t := engine.FactTable{Title: "排名", Columns: columns, Name: "select-ranking"}
	for i, x := range rows {
		if i == mostRanked {
			t.Text = fmt.Sprintf("只列前 %d 个，共 %d 个。", mostRanked, len(rows))
			break
		}
		cells := []engine.Fact{{Text: x.Candidate.Name}, {Text: span(x.Score)}, {Text: places(x)}, {Text: format.Number(100 * x.Known)}}
		for k := range r.ranking.Criteria {
			cells = append(cells, measure(x.Cells[k]))
		}
		out := engine.FactRow{Cells: cells}
		if x.Best == 1 {
			out.Tone = engine.Good
		}
		t.Rows = append(t.Rows, out)
	}
	t.Text = strings.TrimSpace(t.Text + " 左边有线的都可能第一；打开一格看它的来源。")
	p.Tables = []engine.FactTable{t}
	return p, nil
}

func places(x choose.Ranked) string {
	if x.Best == x.Worst {
		return fmt.Sprint(x.Best)
	}
	return fmt.Sprintf("%d–%d", x.Best, x.Worst)
}

// measure is a cell with where it comes from; one that is not known says what it
// counts as.
func measure(c choose.Cell) engine.Fact {
	if !c.Known {
		return engine.Fact{Text: "未公布（按 " + span(c.Value) + "）"}
	}
	text := format.Number(c.Fact.Lo)
	if c.Fact.Hi != c.Fact.Lo {
		text += "–" + format.Number(c.Fact.Hi)
	}
	f := engine.Fact{Text: text}
	for i, s := range c.Fact.Sources {
		o := origin("换算成 "+span(c.Value), s)
		if i == 0 {
			o.Note = c.Fact.Note
		}
		f.Origins = append(f.Origins, o)
	}
	return f
}

// drawScores shows the scores of the first few as intervals.
func (r *chosen) drawScores(in *sheet.Input) (engine.Figure, error) {
	rows := r.ranking.Rows[:min(chart.MaxSeries, len(r.ranking.Rows))]
	table := engine.Table{Columns: sheet.Columns("型号", "最低", "最高")}
	var series []chart.Series
	for i, x := range rows {
		y := float64(i + 1)
		series = append(series, chart.Series{Name: fmt.Sprintf("%d. %s", i+1, short(x.Candidate.Name)), Points: []chart.Point{{X: x.Score.Lo, Y: y}, {X: x.Score.Hi, Y: y}}})
		table.Rows = append(table.Rows, []string{x.Candidate.Name, format.Fixed(x.Score.Lo, 4), format.Fixed(x.Score.Hi, 4)})
	}
	title := "得分的区间"
	overlap := 0
	for _, x := range rows[1:] {
		if x.Score.Hi >= rows[0].Score.Lo {
			overlap++
		}
	}
	desc := fmt.Sprintf("前 %d 个型号的得分区间，横轴是得分，每个型号一条横线。第一的 %s 是 %s；其余 %d 个里有 %d 个的区间与它重叠。",
		len(rows), rows[0].Candidate.Name, span(rows[0].Score), len(rows)-1, overlap)
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("scores"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "得分", Min: 0, Max: 1}, Y: chart.Axis{Name: "中点的名次", Min: 0.5, Max: float64(len(rows)) + 0.5},
		Series: series,
	})
	return sheet.Figure(title, desc, table, svg, err)
}

// short is a model's name without what stands in brackets, for a legend.
func short(name string) string {
	name, _, _ = strings.Cut(name, " (")
	return name
}

// gaps says what is worth measuring.
func (r *chosen) gaps() engine.Part {
	gaps := r.ranking.Gaps()
	if len(gaps) == 0 {
		return engine.Part{}
	}
	t := sheet.Table("最值得去测的", sheet.Columns("指标", "一次测量最多移动得分", "缺它的候选"))
	for _, g := range gaps {
		names := g.Models
		more := ""
		if len(names) > 5 {
			names, more = names[:5], fmt.Sprintf(" 等 %d 个", len(g.Models))
		}
		t.Rows = append(t.Rows, row(g.Criterion.Title+"（"+g.Criterion.Measure+"）", format.Fixed(g.Swing, 3), strings.Join(names, "、")+more))
	}
	t.Text = "测到的值填进“自己的型号与测量”，区间就收窄。"
	return engine.Part{Title: "去测什么", Tables: []engine.FactTable{t}}
}

// moves says how far each weight may move.
func (r *chosen) moves(in *sheet.Input) (engine.Part, error) {
	ranges := r.ranking.Ranges()
	p := engine.Part{Title: "权重移多远，第一才换", Text: "解方程得到，不是抽样：一项的权重变动时，其余各项保持彼此的比例；缺失值取区间的中点。"}
	if len(ranges) == 0 {
		p.Text = "只有一个指标或一个候选，没有权衡可言。"
		return p, nil
	}
	t := sheet.Table("每项权重的余地", sheet.Columns("指标", "现在（%）", "第一不变的范围（%）", "低于它换成", "高于它换成"))
	for _, v := range ranges {
		taker := func(i int) string {
			if i < 0 {
				return "不换"
			}
			return r.ranking.Rows[i].Candidate.Name
		}
		t.Rows = append(t.Rows, row(v.Criterion.Title, format.Fixed(100*v.Weight, 1), format.Fixed(100*v.Lo, 1)+"–"+format.Fixed(100*v.Hi, 1), taker(v.Below), taker(v.Above)))
	}
	p.Tables = []engine.FactTable{t}
	k := 0
	if x, ok := r.tightest(); ok {
		for i, c := range r.ranking.Criteria {
			if c.ID == x.Criterion.ID {
				k = i
			}
		}
	}
	figure, err := r.drawWeights(in, k)
	p.Figures = []engine.Figure{figure}
	return p, err
}

// drawWeights shows scores against the weight of one criterion: those who are
// first anywhere, then the best placed.
func (r *chosen) drawWeights(in *sheet.Input, k int) (engine.Figure, error) {
	c, lines, reigns := r.ranking.Criteria[k], r.ranking.Lines(k), r.ranking.Reigns(k)
	var drawn []int
	add := func(i int) {
		for _, d := range drawn {
			if d == i {
				return
			}
		}
		if len(drawn) < mostDrawn {
			drawn = append(drawn, i)
		}
	}
	add(0)
	for _, x := range reigns {
		add(x.Row)
	}
	for i := range lines {
		add(i)
	}
	table := engine.Table{Columns: []engine.Column{{Name: c.Title + "的权重", Unit: "%"}}}
	var series []chart.Series
	for _, i := range drawn {
		name := r.ranking.Rows[i].Candidate.Name
		l := lines[i]
		series = append(series, chart.Series{Name: short(name), Points: []chart.Point{{X: 0, Y: l.At0}, {X: 100, Y: l.At1}}})
		table.Columns = append(table.Columns, engine.Column{Name: name})
	}
	for w := 0; w <= 100; w += 10 {
		cells := []string{fmt.Sprint(w)}
		for _, i := range drawn {
			cells = append(cells, format.Fixed(lines[i].At(float64(w)/100), 3))
		}
		table.Rows = append(table.Rows, cells)
	}
	title := "得分随“" + c.Title + "”的权重"
	var who []string
	for _, x := range reigns {
		who = append(who, fmt.Sprintf("%s 到 %s 是 %s", format.Ratio(x.From), format.Ratio(x.To), r.ranking.Rows[x.Row].Candidate.Name))
	}
	desc := title + "，现在是 " + format.Ratio(r.ranking.Weights[k]) + "。第一依次是：" + strings.Join(who, "；") + "。"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("weights"), Title: title, Desc: desc},
		X:     chart.Axis{Name: c.Title + "的权重", Unit: "%", Min: 0, Max: 100}, Y: chart.Axis{Name: "得分（区间中点）"},
		Series: series,
	})
	return sheet.Figure(title, desc, table, svg, err)
}

// scales shows how measures become numbers from 0 to 1.
func (r *chosen) scales() engine.Part {
	t := sheet.Table("每项怎样换算", sheet.Columns("指标", "权重（%）", "用什么量", "记 0", "记 1", "算式", "未公布的按", "有数据的型号（个）"))
	for k, c := range r.ranking.Criteria {
		have := 0
		for _, x := range r.ranking.Rows {
			if x.Cells[k].Known {
				have++
			}
		}
		what := c.Measure
		if c.Proxy != "" {
			what += "（" + c.Proxy + "）"
		}
		e := r.ranking.Ends[k]
		missing := r.ranking.Missing[k]
		t.Rows = append(t.Rows, row(c.Title, format.Fixed(100*r.ranking.Weights[k], 1), what, amount(e.Zero, c.Unit), amount(e.One, c.Unit), c.Formula(e), span(missing), fmt.Sprint(have)))
	}
	text := "刻度两端按课程定死，与候选名单无关；超出的按端点计。"
	if r.scale == choose.SpanScale {
		text = "刻度两端取剩下的候选里最差与最好的：名单一变，得分就变（陪跑的也会改变第一）。"
	}
	t.Text = "“未公布的按”是已知的最差到最好；没有一个型号有数据时是 0–1。"
	return engine.Part{Title: "归一化", Text: text, Tables: []engine.FactTable{t}}
}

func amount(v float64, unit string) string {
	if math.IsNaN(v) {
		return format.None
	}
	return format.Value(v, unit)
}
