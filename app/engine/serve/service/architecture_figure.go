package service

import (
	"fmt"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/sim/chart"
	"courselab/sim/serving"
)

// draw compares the variants by the distribution of the time to the first token.
func (s scenario) draw(a *architecture) ([]engine.Figure, error) {
	table := engine.Table{Columns: sheet.Columns("接法", "首字 p50（秒）", "首字 p95（秒）", "首字 p99（秒）", "整个回答 p50（秒）", "整个回答 p95（秒）", "整个回答 p99（秒）")}
	var series []chart.Series
	var said []string
	for _, v := range a.variants {
		first, all := v.result.TTFT, v.result.Total
		table.Rows = append(table.Rows, []string{v.name, decimals(first.P50, 3), decimals(first.P95, 3), decimals(first.P99, 3), decimals(all.P50, 3), decimals(all.P95, 3), decimals(all.P99, 3)})
		if first.N == 0 || !(first.P50 > 0) {
			continue
		}
		line := chart.Series{Name: v.name}
		for i, share := range serving.TailShares {
			line.Points = append(line.Points, chart.Point{X: 1 / (1 - share), Y: first.Tail[i]})
		}
		series = append(series, line)
		value, what := s.bars(v.result)
		said = append(said, fmt.Sprintf("%s：%s %s", v.name, what, shown(value)))
	}
	if len(series) == 0 {
		return nil, nil
	}
	title := s.title + "：首字时间的分布"
	desc := "横轴是“每几个请求里最慢的那个”：2 是中位数，100 是最慢的 1%；纵轴是首字时间，都是对数刻度。" + strings.Join(said, "；") + "。"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: a.in.Key("compare"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "每几个请求里最慢的那个", Unit: "个", Scale: chart.Log10}, Y: chart.Axis{Name: "首字时间", Unit: "秒", Scale: chart.Log10},
		Series: series,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return []engine.Figure{figure}, err
}
