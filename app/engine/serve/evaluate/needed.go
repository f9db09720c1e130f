package evaluate

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
)

// needed is how many questions tell two models apart.
func needed(in *sheet.Input) (engine.Part, error) {
	p1, p2, discordant, power := share(in, "p1"), share(in, "p2"), share(in, "discordant"), share(in, "power")
	if err := in.Err(); err != nil {
		return engine.Part{}, err
	}
	apart, err := sim.QuestionsNeeded(p1, p2, power)
	if err != nil {
		return engine.Part{}, err
	}
	paired, err := sim.PairedQuestionsNeeded(math.Abs(p1-p2), discordant, power)
	if err != nil {
		return engine.Part{}, sheet.Rename(err, "difference", "p2")
	}
	part := engine.Part{Title: "分辨两个模型要多少题"}
	part.Text = fmt.Sprintf("真实正确率 %s 与 %s，要以 %s 的把握看出差别（双侧 5%%）。", format.Ratio(p1), format.Ratio(p2), format.Ratio(power))
	for _, q := range []sim.Quantity{apart, paired} {
		shown := sheet.Quantity(q)
		shown.Text = format.Count(q.Value) + " 题"
		part.Quantities = append(part.Quantities, shown)
	}
	part.Quantities[1].Note = fmt.Sprintf("设 %s 的题一对一错", format.Ratio(discordant))
	figure, err := neededFigure(in, (p1+p2)/2, discordant, power)
	part.Figures = []engine.Figure{figure}
	return part, err
}

// neededFigure draws questions against the difference, about a middle share.
func neededFigure(in *sheet.Input, middle, discordant, power float64) (engine.Figure, error) {
	table := engine.Table{Columns: sheet.Columns("差（分）", "不配对（题）", "配对（题）")}
	apart, paired := chart.Series{Name: "各答各的题"}, chart.Series{Name: "答同一批题"}
	for _, points := range []float64{0.5, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20} {
		d := points / 100
		cells := []string{format.Plain(points), format.None, format.None}
		if low, high := middle-d/2, middle+d/2; low >= 0 && high <= 1 {
			q, err := sim.QuestionsNeeded(low, high, power)
			if err != nil {
				return engine.Figure{}, err
			}
			apart.Points = append(apart.Points, chart.Point{X: points, Y: math.Max(1, q.Value)})
			cells[1] = format.Plain(q.Value)
		}
		if d <= discordant {
			q, err := sim.PairedQuestionsNeeded(d, discordant, power)
			if err != nil {
				return engine.Figure{}, err
			}
			paired.Points = append(paired.Points, chart.Point{X: points, Y: q.Value})
			cells[2] = format.Plain(q.Value)
		}
		table.Rows = append(table.Rows, cells)
	}
	var series []chart.Series
	for _, s := range []chart.Series{apart, paired} {
		if len(s.Points) > 1 {
			series = append(series, s)
		}
	}
	if len(series) == 0 {
		return engine.Figure{}, &sim.FieldError{Field: "discordant", Reason: sim.OutOfRange, Detail: "正确率贴着两端、一对一错的题又太少，画不出曲线"}
	}
	title := "要多少题"
	desc := fmt.Sprintf("横轴是两个模型真实正确率的差，纵轴是所需题数，都是对数刻度。两条线都随差的平方下降：差缩小一半，题要四倍。配对按 %s 的题一对一错。", format.Ratio(discordant))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("needed"), Title: title, Desc: desc, Width: in.Width()},
		X:     chart.Axis{Name: "正确率的差", Unit: "分", Scale: chart.Log10}, Y: chart.Axis{Name: "题数", Unit: "题", Scale: chart.Log10},
		Series: series,
	})
	return sheet.Figure(title, desc, table, svg, err)
}
