package quality

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
)

// Point is one version of a model.
type Point struct {
	Method  string  // points of one method look alike: "就近舍入", "剪枝"
	Setting string  // within it: "int4，每组 64 个"
	Label   string  // beside the point where there is room; empty: Setting
	Bytes   float64 // of its weights as stored, all that is needed to read them counted
	Loss    float64 // mean on held-out texts, nats per predicted token
	// Low and High are the ends of an interval for Loss; both zero: there is none.
	Low, High float64
	// Strong points are always labelled: the one the learner has set.
	Strong bool
}

// farthest is how far above the least loss a point may lie, as a multiple, and
// still be drawn: what has collapsed would press all others together.
const farthest = 1.5

// methods is how many methods one chart can tell apart, the front beside them.
const methods = chart.MaxSeries - 1

// Chart draws loss against bytes. Points that no other beats in both are joined
// by a line, the front; one whose loss is more than 1.5 times the least stands in
// the table only, unless it is Strong. what tells several charts of one sheet apart; title
// names the chart. It fails without points, on values that are not above zero, and on more
// methods than look different.
func Chart(in *sheet.Input, what, title string, points []Point) (engine.Figure, error) {
	spec := chart.ScatterSpec{
		X: chart.Axis{Name: "权重的大小", Unit: "字节", Scale: chart.Log2},
		Y: chart.Axis{Name: "留出文字上的损失", Unit: "奈特/字"},
	}
	table := engine.Table{Columns: sheet.Columns("方法", "设置", "大小（KB）", "损失（奈特/字）", "困惑度", "区间（奈特/字）", "在前沿上")}
	front, least, out := Front(points), math.Inf(1), 0
	for _, p := range points {
		least = math.Min(least, p.Loss)
	}
	group := map[string]int{}
	line := chart.Series{Name: "前沿：没有又小又好的"}
	for i, p := range points {
		if !(p.Bytes > 0) || !(p.Loss > 0) {
			return engine.Figure{}, fmt.Errorf("chart of quality: %s %s: %v bytes, loss %v", p.Method, p.Setting, p.Bytes, p.Loss)
		}
		shown := p.Loss <= farthest*least || p.Strong
		if shown {
			at, known := group[p.Method]
			if !known {
				at = len(spec.Groups)
				group[p.Method] = at
				spec.Groups = append(spec.Groups, chart.Group{Name: p.Method})
			}
			spec.Groups[at].Dots = append(spec.Groups[at].Dots, chart.Dot{
				X: p.Bytes, Y: p.Loss, YLow: p.Low, YHigh: p.High, Label: cmp.Or(p.Label, p.Setting), Strong: p.Strong,
			})
		} else {
			out++
		}
		interval, on := format.None, "否"
		if p.High != 0 {
			interval = format.Fixed(p.Low, 3) + " 到 " + format.Fixed(p.High, 3)
		}
		if front[i] {
			on = "是"
		}
		if front[i] && shown {
			line.Points = append(line.Points, chart.Point{X: p.Bytes, Y: p.Loss})
		}
		table.Rows = append(table.Rows, []string{p.Method, p.Setting, format.Plain(math.Round(p.Bytes) / 1000), format.Fixed(p.Loss, 4), format.Number(math.Exp(p.Loss)), interval, on})
	}
	if len(spec.Groups) > methods {
		return engine.Figure{}, fmt.Errorf("chart of quality: %d methods, at most %d look different", len(spec.Groups), methods)
	}
	if len(line.Points) > 1 {
		slices.SortFunc(line.Points, func(a, b chart.Point) int { return cmp.Compare(a.X, b.X) })
		spec.Lines = []chart.Series{line}
	}
	desc := fmt.Sprintf("横轴是权重的大小，对数刻度；纵轴是损失，越低越好。画出 %d 个版本，其中 %d 个在前沿上：没有别的版本又小又好。", len(points)-out, len(line.Points))
	if out > 0 {
		desc += fmt.Sprintf("另有 %d 个的损失超过最低的 %s 倍，只列在表里。", out, format.Number(farthest))
	}
	spec.Frame = chart.Frame{Key: in.Key(what), Title: title, Desc: desc, Width: in.Width()}
	svg, err := chart.Scatter(spec)
	return sheet.Figure(title, desc, table, svg, err)
}

// Front reports of each point whether no other is at least as good in bytes and
// loss and better in one.
func Front(points []Point) []bool {
	out := make([]bool, len(points))
	for i, p := range points {
		out[i] = !slices.ContainsFunc(points, func(o Point) bool {
			return o.Bytes <= p.Bytes && o.Loss <= p.Loss && (o.Bytes < p.Bytes || o.Loss < p.Loss)
		})
	}
	return out
}
