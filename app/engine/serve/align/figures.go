package align

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
)

// mostPoints of a curve: more steps are averaged into them.
const mostPoints = 50

// stride is how many steps a point of a curve stands for.
func stride(steps int) int { return (steps + mostPoints - 1) / mostPoints }

// curve is one line over the steps.
type curve struct {
	name string
	of   func(from, to int) float64 // mean over steps from … to−1
}

// plot draws curves over steps.
func plot(in *sheet.Input, key, title, unit, about string, steps int, axis chart.Axis, curves ...curve) (engine.Figure, error) {
	each := stride(steps)
	columns := []string{"步"}
	for _, c := range curves {
		name := c.name
		if unit != "" {
			name += "（" + unit + "）"
		}
		columns = append(columns, name)
	}
	table := engine.Table{Columns: sheet.Columns(columns...)}
	series := make([]chart.Series, len(curves))
	for i, c := range curves {
		series[i].Name = c.name
	}
	for from := 0; from < steps; from += each {
		to := min(from+each, steps)
		row := []string{format.Plain(float64(to))}
		for i, c := range curves {
			v := c.of(from, to)
			if v == 0 {
				v = 0 // and not −0
			}
			series[i].Points = append(series[i].Points, chart.Point{X: float64(to), Y: v})
			row = append(row, format.Fixed(v, 3))
		}
		table.Rows = append(table.Rows, row)
	}
	desc := about
	for i, c := range curves {
		all := series[i].Points
		desc += fmt.Sprintf(" %s由 %s 到 %s。", c.name, format.Fixed(all[0].Y, 2), format.Fixed(all[len(all)-1].Y, 2))
	}
	if each > 1 {
		desc += fmt.Sprintf(" 每点是 %d 步的平均。", each)
	}
	axis.Unit = unit
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key(key), Title: title, Desc: desc, Width: in.Width()},
		X:     chart.Axis{Name: "步"}, Y: axis, Series: series, Height: 190,
	})
	return sheet.Figure(title, desc, table, svg, err)
}

func (t *tuning) drawTuning(in *sheet.Input) (engine.Part, error) {
	part := engine.Part{Title: "指令微调"}
	if len(t.losses) == 0 {
		return part, nil
	}
	f, err := plot(in, "loss", "答案部分的损失", "奈特/字", "题目的字不计损失。", len(t.losses), chart.Axis{Name: "损失"}, curve{"损失", func(from, to int) float64 {
		var sum float64
		for _, v := range t.losses[from:to] {
			sum += v
		}
		return sum / float64(to-from)
	}})
	part.Figures = []engine.Figure{f}
	return part, err
}

func (t *tuning) drawPolicy(in *sheet.Input) (engine.Part, error) {
	part := engine.Part{Title: "强化学习"}
	n := len(t.climbs)
	if n == 0 {
		return part, nil
	}
	of := func(value func(climb) float64) func(from, to int) float64 {
		return func(from, to int) float64 { return t.mean(from, to, value) }
	}
	var each []curve
	for _, p := range parts {
		each = append(each, curve{p.name, of(func(c climb) float64 { return p.of(c.judged) })})
	}
	for _, f := range []struct {
		key, title, unit, about string
		axis                    chart.Axis
		curves                  []curve
	}{
		{"reward", "各项得分", "", "每步所写的诗的平均，各项满分 1。", chart.Axis{Name: "得分", Min: 0, Max: 1}, each},
		{"kl", "离参考模型多远", "奈特/首", "整首诗的 KL 散度，两种估计。", chart.Axis{Name: "KL", Zero: true}, []curve{
			{"k1", of(func(c climb) float64 { return c.KL })}, {"k3", of(func(c climb) float64 { return math.Min(c.KLAbove, 1e6) })}}},
		{"distinct", "还有多少花样", "", "不同的二字组占全部二字组的比例，同一步写的诗一起算。", chart.Axis{Name: "比例", Min: 0, Max: 1}, []curve{{"不同的二字组", of(func(c climb) float64 { return c.Distinct })}}},
	} {
		figure, err := plot(in, f.key, f.title, f.unit, f.about, n, f.axis, f.curves...)
		if err != nil {
			return part, err
		}
		part.Figures = append(part.Figures, figure)
	}
	return part, nil
}
