package serve

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
)

// drawing is the chart asked for: a scatter of two measures, models over time, or
// their series.
func (b *browse) drawing() (engine.Part, error) {
	switch b.in.Text("chart") {
	case "time":
		release, _ := sim.MeasureNamed(b.all, "release")
		return b.scatter("时间线", release, b.y)
	case "series":
		return b.series()
	}
	return b.scatter("散点", b.x, b.y)
}

// axis is a measure's axis; log only where every value is above zero.
func axis(m sim.Measure, logarithmic bool) chart.Axis {
	a := chart.Axis{Name: m.Title, Unit: m.Unit}
	if logarithmic {
		a.Scale = chart.Log10
	}
	return a
}

// scatter draws the chosen models by two measures, the pinned ones always named.
func (b *browse) scatter(part string, x, y sim.Measure) (engine.Part, error) {
	logX, logY := x.Log && b.in.On("log"), y.Log && b.in.On("log")
	groups := []chart.Group{{Name: "开放权重"}, {Name: "不开放权重"}, {Name: "是否开放未公布"}}
	table := engine.Table{Columns: []engine.Column{{Name: "模型"}, {Name: x.Title, Unit: x.Unit}, {Name: y.Title, Unit: y.Unit}, {Name: "权重"}}}
	low, high, n := "", "", 0
	least, most := math.Inf(1), math.Inf(-1)
	models := slices.Clone(b.chosen)
	for _, m := range b.pinned { // pinned ones stand there for comparison, whatever is filtered
		if !slices.Contains(models, m) {
			models = append(models, m)
		}
	}
	for _, m := range models {
		vx, okX := x.Of(m)
		vy, okY := y.Of(m)
		if !okX || !okY || logX && vx.Low <= 0 || logY && vy.Low <= 0 {
			continue
		}
		i := 2
		if m.OpenWeights != nil {
			i = map[bool]int{true: 0, false: 1}[*m.OpenWeights]
		}
		dot := chart.Dot{X: vx.Value, Y: vy.Value, Label: m.Name, Strong: slices.Contains(b.pinned, m)}
		if vx.Low < vx.High {
			dot.XLow, dot.XHigh = vx.Low, vx.High
		}
		if vy.Low < vy.High {
			dot.YLow, dot.YHigh = vy.Low, vy.High
		}
		groups[i].Dots = append(groups[i].Dots, dot)
		table.Rows = append(table.Rows, []string{m.Name, yearOr(x, m, vx), yearOr(y, m, vy), groups[i].Name})
		n++
		if vy.Value < least {
			least, low = vy.Value, m.Name
		}
		if vy.Value > most {
			most, high = vy.Value, m.Name
		}
	}
	groups = slices.DeleteFunc(groups, func(g chart.Group) bool { return len(g.Dots) == 0 })
	if n == 0 {
		return engine.Part{Title: part, Text: "选出的模型里，没有一个同时公布了" + x.Title + "与" + y.Title + "。换一对指标再看。"}, nil
	}
	title := y.Title + "与" + x.Title
	desc := fmt.Sprintf("%d 个模型同时公布了两项。%s最高的是 %s（%s），最低的是 %s（%s）。几个来源说法不一的，画成一段。", n, y.Title, high, format.Number(most), low, format.Number(least))
	svg, err := chart.Scatter(chart.ScatterSpec{
		Frame: chart.Frame{Key: b.in.Key("scatter"), Title: title, Desc: desc, Width: b.in.Width()},
		X:     axis(x, logX), Y: axis(y, logY), Groups: groups, Height: 300,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	if err != nil {
		return engine.Part{}, fmt.Errorf("draw catalogue: %w", err)
	}
	return engine.Part{Title: part, Figures: []engine.Figure{figure},
		Text: "名字写得下的才写，全部在图下的表格里；“固定”的模型总写名字。" + b.left(len(b.chosen), x, y)}, nil
}

// left says how many of the chosen models the chart cannot show.
func (b *browse) left(total int, x, y sim.Measure) string {
	n := 0
	for _, m := range b.chosen {
		_, okX := x.Of(m)
		_, okY := y.Of(m)
		if okX && okY {
			n++
		}
	}
	if n == total {
		return ""
	}
	return fmt.Sprintf("选出的 %d 个里，%d 个至少有一项未公布，不在图上。", total, total-n)
}

// yearOr writes a date as it was published, and other values as numbers.
func yearOr(measure sim.Measure, m *sim.Model, v sim.Spread) string {
	if measure.Name == "release" {
		return m.ReleaseDate
	}
	return stretch(v)
}

// maxSeriesRows bounds the rows of the chart of series.
const maxSeriesRows = 24

// series draws each family of names as a row: a model stands until the next of its
// name comes.
func (b *browse) series() (engine.Part, error) {
	out := engine.Part{Title: "家族", Text: "同一家、名字开头相同的归为一行，这是按名字分的，不是厂商公布的血缘。一段从一代发布画到下一代，两种花纹交替；最后一代画到数据整理的那天。"}
	end, ok := sim.Measure{}, false
	if end, ok = sim.MeasureNamed(b.all, "release"); !ok {
		return out, nil
	}
	today, ok := end.Of(&sim.Model{ReleaseDate: b.all.Generated})
	table := engine.FactTable{Title: "各家族的先后", Name: "series", Columns: []engine.Column{{Name: "家族"}, {Name: "厂商"}, {Name: "先后"}}}
	spec := chart.GanttSpec{Time: chart.Axis{Name: "发布日期", Unit: "年"}, Kinds: []string{"一代", "下一代"}}
	plain := engine.Table{Columns: []engine.Column{{Name: "家族"}, {Name: "型号"}, {Name: "发布"}}}
	undated := 0
	for _, s := range sim.SeriesOf(b.chosen) {
		var names []string
		row := chart.GanttRow{Name: s.Name}
		for _, m := range s.Models {
			day := m.ReleaseDate
			if day == "" {
				day, undated = "日期未公布", undated+1
			}
			names = append(names, m.Name+"（"+day+"）")
			plain.Rows = append(plain.Rows, []string{s.Name, m.Name, day})
			v, known := end.Of(m)
			if !known {
				continue
			}
			if n := len(row.Spans); n > 0 {
				if v.Low-row.Spans[n-1].From < 0.02 {
					continue // of the same week: one generation
				}
				row.Spans[n-1].To = v.Low
			}
			row.Spans = append(row.Spans, chart.Span{From: v.Low, To: math.Max(v.Low, today.High), Kind: len(row.Spans) % 2, Label: shortName(m)})
		}
		table.Rows = append(table.Rows, engine.FactRow{Cells: []engine.Fact{{Text: s.Name}, {Text: s.Vendor}, {Text: strings.Join(names, " → ")}}})
		if ok && len(row.Spans) > 0 && len(spec.Rows) < maxSeriesRows {
			spec.Rows = append(spec.Rows, row)
		}
	}
	out.Tables = []engine.FactTable{table}
	if len(spec.Rows) == 0 {
		return out, nil
	}
	title := "各家族的先后"
	desc := fmt.Sprintf("%d 个家族，%d 个型号；%d 个型号的发布日期未公布，不在图上。", len(table.Rows), len(plain.Rows), undated)
	spec.Frame = chart.Frame{Key: b.in.Key("series"), Title: title, Desc: desc, Width: b.in.Width()}
	svg, err := chart.Gantt(spec)
	figure, err := sheet.Figure(title, desc, plain, svg, err)
	if err != nil {
		return out, fmt.Errorf("draw series: %w", err)
	}
	out.Figures = []engine.Figure{figure}
	return out, nil
}

// shortName is a model's name without the family's: "2 7B".
func shortName(m *sim.Model) string {
	name := m.Name
	if i := strings.IndexAny(name, "0123456789"); i > 0 {
		name = name[i:]
	}
	return name
}
