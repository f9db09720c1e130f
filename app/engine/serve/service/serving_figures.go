package service

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
	"courselab/sim/serving"
)

// sweepLoads are the loads that are compared; the guess is about two of them.
var sweepLoads = []float64{0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.05}

const (
	guessFrom, guessTo = 0.7, 0.9
	sweepRequests      = 2_000 // of each load
	sweepWarmup        = 200
)

// sweep runs the service at every load and answers the guess.
func (s *service) sweep(out *engine.Sheet) (engine.Part, error) {
	c := s.config
	c.Requests, c.Warmup, c.Sample = sweepRequests, sweepWarmup, 0
	if c.Arrivals.Pattern == serving.Bursty {
		c.Requests, c.Warmup = burstyTimes*c.Requests, burstyTimes*c.Warmup
	}
	lines := []chart.Series{{Name: "50% 的请求不超过"}, {Name: "95%"}, {Name: "99%"}}
	table := engine.Table{Columns: sheet.Columns("负载（%）", "到达（次/秒）", "首字 p50（秒）", "首字 p95（秒）", "首字 p99（秒）", "每词元 p50（毫秒）", "每词元 p99（毫秒）", "答出（次/秒）", "忙（%）", "每步的请求", "得到回答（%）")}
	at := map[float64]serving.Result{}
	for i, load := range sweepLoads {
		if err := s.in.Progress("模拟各种负载", float64(i), float64(len(sweepLoads)), "种"); err != nil {
			return engine.Part{}, err
		}
		c.Arrivals.Rate = load * s.capacity
		r, err := simulate(s.in, c)
		if err != nil {
			return engine.Part{}, err
		}
		at[load] = r
		for j, v := range []float64{r.TTFT.P50, r.TTFT.P95, r.TTFT.P99} {
			lines[j].Points = append(lines[j].Points, chart.Point{X: load * 100, Y: v})
		}
		table.Rows = append(table.Rows, []string{decimals(load*100, 0), decimals(r.Arrivals, 3), decimals(r.TTFT.P50, 3), decimals(r.TTFT.P95, 3), decimals(r.TTFT.P99, 3),
			decimals(r.TPOT.P50*1e3, 2), decimals(r.TPOT.P99*1e3, 2), decimals(r.Throughput, 3), decimals(r.Utilisation*100, 1), decimals(r.Batch, 1), decimals(r.Served()*100, 2)})
	}
	low, high := at[guessFrom].TTFT.P99, at[guessTo].TTFT.P99
	desc := fmt.Sprintf("横轴是负载，纵轴是首字时间，对数刻度。负载从 30%% 到 70%%，99%% 的请求从 %s 变到 %s；到 90%% 是 %s，到 105%% 是 %s。",
		shown(at[0.3].TTFT.P99), shown(low), shown(high), shown(at[1.05].TTFT.P99))
	if ratio := high / low; !math.IsNaN(ratio) {
		switch {
		case ratio < 1.5:
			out.Answer = "same"
		case ratio < 3:
			out.Answer = "double"
		default:
			out.Answer = "many"
		}
		out.Because = fmt.Sprintf("70%% 时是 %s，90%% 时是 %s，%s 倍；吞吐只从每秒 %s 次到 %s 次。", shown(low), shown(high), format.Number(rounded(ratio)),
			format.Number(rounded(at[guessFrom].Throughput)), format.Number(rounded(at[guessTo].Throughput)))
	}
	shownLines := lines[:0]
	for _, l := range lines {
		if anyPoint(l.Points) {
			shownLines = append(shownLines, l)
		}
	}
	part := engine.Part{Title: "首字时间随负载", Text: fmt.Sprintf("每个负载模拟 %s 个请求，各用同一串随机数。高分位数先坏，中位数最后才坏。", format.Count(float64(c.Requests)))}
	if len(shownLines) == 0 {
		part.Text = "没有一个负载下有请求得到回答，画不出图。"
		return part, nil
	}
	title := "首字时间随负载"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: s.in.Key("load"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "负载", Unit: "%"}, Y: chart.Axis{Name: "首字时间", Unit: "秒", Scale: chart.Log10},
		Series: shownLines, Rules: []chart.Rule{{At: 100, Vertical: true, Label: "最大吞吐"}},
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	part.Figures = []engine.Figure{figure}
	return part, err
}

func anyPoint(points []chart.Point) bool {
	for _, p := range points {
		if !math.IsNaN(p.Y) {
			return true
		}
	}
	return false
}

// life shows single requests and the queue over time.
func (s *service) life() (engine.Part, error) {
	part := engine.Part{Title: "看一段过程"}
	requests, err := s.requests()
	if err != nil {
		return part, err
	}
	queue, err := s.queue()
	if err != nil {
		return part, err
	}
	part.Figures = append(requests, queue...)
	return part, nil
}

// phases are what a sampled request can be at, and their names.
var phases = []struct {
	of   serving.Phase
	name string
}{{serving.Waiting, "排队"}, {serving.Prefill, "读提示词"}, {serving.Decode, "写回答"}}

// shownRequests is how many of the sampled requests are drawn.
const shownRequests = 16

// requests draws the lives of some requests beneath one another.
func (s *service) requests() ([]engine.Figure, error) {
	begin := math.Inf(1)
	for _, p := range s.result.Spans {
		begin = math.Min(begin, p.From)
	}
	table := engine.Table{Columns: sheet.Columns("请求", "副本", "阶段", "从（秒）", "到（秒）")}
	var rows []chart.GanttRow
	for i := range shownRequests {
		row := chart.GanttRow{}
		for _, p := range s.result.Spans {
			if p.Request != i {
				continue
			}
			kind := 0
			for j, phase := range phases {
				if p.Phase == phase.of {
					kind = j
				}
			}
			row.Name = fmt.Sprintf("%d", i+1)
			row.Spans = append(row.Spans, chart.Span{From: p.From - begin, To: p.To - begin, Kind: kind})
			table.Rows = append(table.Rows, []string{fmt.Sprint(i + 1), fmt.Sprint(p.Replica + 1), phases[kind].name, decimals(p.From-begin, 3), decimals(p.To-begin, 3)})
		}
		if len(row.Spans) > 0 {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	title := "最挤的时候，一批请求的经过"
	desc := fmt.Sprintf("队列最长的时候来的 %d 个请求，一行一个：先排队，再读提示词，然后写回答。同一个副本上的请求交错进行，先写完的先走，空出的位置立刻给下一个。", len(rows))
	var kinds []string
	for _, phase := range phases {
		kinds = append(kinds, phase.name)
	}
	svg, err := chart.Gantt(chart.GanttSpec{
		Frame: chart.Frame{Key: s.in.Key("requests"), Title: title, Desc: desc},
		Time:  chart.Axis{Name: "时间", Unit: "秒"}, Kinds: kinds, Rows: rows,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return []engine.Figure{figure}, err
}

// queue draws how many wait and are computed over time.
func (s *service) queue() ([]engine.Figure, error) {
	samples := s.result.Samples
	if len(samples) < 2 {
		return nil, nil
	}
	waiting, computed, up := chart.Series{Name: "排队", Step: true}, chart.Series{Name: "在算", Step: true}, chart.Series{Name: "能用的副本", Step: true}
	table := engine.Table{Columns: sheet.Columns("时间（秒）", "排队（个）", "在算（个）", "能用的副本（个）", "付费的副本（个）")}
	most, least, longest := 0, samples[0].Up, 0
	for _, p := range samples {
		waiting.Points = append(waiting.Points, chart.Point{X: p.At, Y: float64(p.Waiting)})
		computed.Points = append(computed.Points, chart.Point{X: p.At, Y: float64(p.Computed)})
		up.Points = append(up.Points, chart.Point{X: p.At, Y: float64(p.Up)})
		most, least, longest = max(most, p.Up), min(least, p.Up), max(longest, p.Waiting)
		table.Rows = append(table.Rows, []string{decimals(p.At, 2), decimals(float64(p.Waiting), 0), decimals(float64(p.Computed), 0), decimals(float64(p.Up), 0), decimals(float64(p.Paid), 0)})
	}
	series := []chart.Series{waiting, computed}
	if most > least {
		series = append(series, up)
	}
	title := "排队与在算的请求"
	desc := fmt.Sprintf("%s内，排队的最多有 %d 个；能用的副本 %s 个。", shown(samples[len(samples)-1].At), longest, span(least, most))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: s.in.Key("queue"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "时间", Unit: "秒"}, Y: chart.Axis{Name: "请求", Unit: "个", Zero: true},
		Series: series,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return []engine.Figure{figure}, err
}

func span(low, high int) string {
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d 到 %d", low, high)
}
