package chart_test

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"courselab/sim/chart"
)

func bandLines() chart.LinesSpec {
	spec := chart.LinesSpec{
		Frame: chart.Frame{Key: "cost", Title: "累计花费", Desc: "自建与 API 的累计花费，第 14 个月打平。"},
		X:     chart.Axis{Name: "月", Unit: "个月"},
		Y:     chart.Axis{Name: "累计花费", Unit: "万元", Zero: true},
		Rules: []chart.Rule{{At: 14, Vertical: true, Label: "第 14 个月打平"}, {At: 80, Label: "预算"}},
	}
	own, api, stairs := chart.Series{Name: "自建"}, chart.Series{Name: "API"}, chart.Series{Name: "扩容后的卡数", Step: true}
	for m := 0.0; m <= 36; m += 3 {
		own.Points = append(own.Points, chart.Point{X: m, Y: 35 + 1.5*m})
		own.Band = append(own.Band, chart.Interval{X: m, Low: 30 + 1.2*m, High: 40 + 1.9*m})
		api.Points = append(api.Points, chart.Point{X: m, Y: 4 * m})
		stairs.Points = append(stairs.Points, chart.Point{X: m, Y: 10 * math.Floor(1+m/12)})
	}
	spec.Series = []chart.Series{own, api, stairs}
	return spec
}

func memoryBars() chart.BarsSpec {
	return chart.BarsSpec{
		Frame: chart.Frame{Key: "memory", Title: "显存", Desc: "三个模型的显存由哪些部分组成。"},
		Value: chart.Axis{Name: "显存", Unit: "GB"},
		Parts: []string{"权重", "KV 缓存", "激活", "运行时", "碎片", "六", "七", "八"},
		Bars: []chart.Bar{
			{Name: "LLaMA 2 7B，16 位", Values: []float64{13.5, 2.1, 0.5, 1, 0.6, 0.3, 0.3, 0.3}, Label: "18.6 GB"},
			{Name: "LLaMA 2 13B，16 位", Values: []float64{26, 3.3, math.NaN(), 1, 1.2, 0.3, 0.3, 0.3}, Label: "32.4 GB"},
			{Name: "诗芽", Values: []float64{0.0044, 0, 0, 0, 0, 0, 0, 0}, Label: "4.4 MB"},
		},
		Rules: []chart.Rule{{At: 21.6, Label: "一张卡可用"}},
	}
}

func monthBars() chart.BarsSpec {
	spec := chart.BarsSpec{
		Frame:    chart.Frame{Key: "months", Title: "逐月花费", Desc: "两年的逐月花费，第一个月最高。", Width: 640},
		Value:    chart.Axis{Name: "花费", Unit: "万元"},
		Parts:    []string{"采购", "电费", "退税"},
		Vertical: true, Item: "月",
	}
	for m := 1; m <= 24; m++ {
		b := chart.Bar{Name: string([]rune("一二三四五六七八九十")[(m-1)%10]), Values: []float64{0, 2 + math.Sin(float64(m)), -0.5}}
		if m == 1 {
			b.Values[0] = 12
		}
		spec.Bars = append(spec.Bars, b)
	}
	return spec
}

func inputsTornado() chart.TornadoSpec {
	return chart.TornadoSpec{
		Frame: chart.Frame{Key: "tornado", Title: "哪个输入最要紧", Desc: "利用率移动打平月份最多。"},
		Value: chart.Axis{Name: "打平月份", Unit: "个月"}, Base: 14,
		Bars: []chart.Swing{
			{Name: "电价", Low: 13.5, High: 14.8, LowText: "¥0.5", HighText: "¥1.2"},
			{Name: "利用率", Low: 31, High: 9, LowText: "20%", HighText: "80%"},
			{Name: "采购价", Low: 11, High: 17, LowText: "¥20 万", HighText: "¥30 万"},
		},
	}
}

func modelScatter() chart.ScatterSpec {
	spec := chart.ScatterSpec{
		Frame: chart.Frame{Key: "models", Title: "价格与得分", Desc: "得分随价格上升，有例外。"},
		X:     chart.Axis{Name: "输出价格", Unit: "美元/百万词元", Scale: chart.Log10},
		Y:     chart.Axis{Name: "MMLU", Unit: "%"},
		Rules: []chart.Rule{{At: 89.8, Label: "人类专家"}},
	}
	for g, name := range []string{"闭源", "开源"} {
		group := chart.Group{Name: name}
		for i := range 12 {
			d := chart.Dot{X: math.Pow(10, -1+0.2*float64(i)+0.1*float64(g)), Y: 60 + 2.3*float64(i) - 3*float64(g), Label: "模型 " + string(rune('A'+i)) + string(rune('1'+g))}
			if i == 3 {
				d.YLow, d.YHigh = d.Y-4, d.Y+2
			}
			d.Strong = i == 5
			group.Dots = append(group.Dots, d)
		}
		spec.Groups = append(spec.Groups, group)
	}
	return spec
}

func batchGantt() chart.GanttSpec {
	spec := chart.GanttSpec{
		Frame: chart.Frame{Key: "batch", Title: "一批请求", Desc: "四个槽位里请求先后占用。"},
		Time:  chart.Axis{Name: "时间", Unit: "秒"}, Kinds: []string{"排队", "预填充", "解码"},
		Rules: []chart.Rule{{At: 6, Label: "副本故障"}},
	}
	for r := range 4 {
		row := chart.GanttRow{Name: "槽位 " + string(rune('1'+r))}
		t := 0.3 * float64(r)
		for i := range 3 {
			row.Spans = append(row.Spans, chart.Span{From: t, To: t + 0.2, Kind: 0}, chart.Span{From: t + 0.2, To: t + 0.6, Kind: 1}, chart.Span{From: t + 0.6, To: t + 2.5, Kind: 2, Label: "请求 " + string(rune('A'+3*r+i))})
			t += 2.7
		}
		spec.Rows = append(spec.Rows, row)
	}
	return spec
}

// further are the charts beside lines and heatmaps, by key.
func further() map[string]func() (string, error) {
	return map[string]func() (string, error){
		"cost":    func() (string, error) { return chart.Lines(bandLines()) },
		"memory":  func() (string, error) { return chart.Bars(memoryBars()) },
		"months":  func() (string, error) { return chart.Bars(monthBars()) },
		"tornado": func() (string, error) { return chart.Tornado(inputsTornado()) },
		"models":  func() (string, error) { return chart.Scatter(modelScatter()) },
		"batch":   func() (string, error) { return chart.Gantt(batchGantt()) },
	}
}

func TestFurtherCharts(t *testing.T) {
	for key, draw := range further() {
		svg, err := draw()
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		d := read(t, svg)
		if want := []string{key + "-title", key + "-desc"}; !slices.Equal(d.ids, want) || d.labels != strings.Join(want, " ") {
			t.Errorf("%s: ids %v", key, d.ids)
		}
		if again, _ := draw(); again != svg {
			t.Errorf("%s: drawn twice, two drawings", key)
		}
		golden(t, key+".svg", svg)
	}
}

func TestFurtherTexts(t *testing.T) {
	for key, want := range map[string][]string{
		"cost":    {"累计花费（万元）", "月（个月）", "自建", "预算", "第 14 个月打平"},
		"memory":  {"显存（GB）", "LLaMA 2 13B，16 位", "18.6 GB", "4.4 MB", "一张卡可用", "碎片"},
		"months":  {"花费（万元）", "月", "退税"},
		"tornado": {"打平月份（个月）", "利用率：20% … 80%", "输入取低值"},
		"models":  {"输出价格（美元/百万词元）", "MMLU（%）", "模型 F1", "模型 F2", "人类专家"},
		"batch":   {"时间（秒）", "槽位 4", "预填充", "请求 A", "副本故障"},
	} {
		svg, err := further()[key]()
		if err != nil {
			t.Fatal(err)
		}
		texts := read(t, svg).texts
		for _, w := range want {
			if !slices.Contains(texts, w) {
				t.Errorf("%s: no text %q in %q", key, w, texts)
			}
		}
	}
}

// The widest bar of a tornado is the uppermost.
func TestTornadoOrder(t *testing.T) {
	svg, err := chart.Tornado(inputsTornado())
	if err != nil {
		t.Fatal(err)
	}
	high, price, power := strings.Index(svg, "利用率"), strings.Index(svg, "采购价"), strings.Index(svg, "电价")
	if !(high < price && price < power) {
		t.Errorf("drawn in the order %d, %d, %d", high, price, power)
	}
}

// Labels of points do not overlap, and no tick label of the x axis touches its
// neighbour.
func TestLabelsKeepApart(t *testing.T) {
	for key, draw := range map[string]func() (string, error){
		"models": further()["models"],
		"cost":   further()["cost"],
		"many": func() (string, error) {
			spec := modelScatter()
			for g := range spec.Groups {
				for i := range spec.Groups[g].Dots {
					spec.Groups[g].Dots[i].X, spec.Groups[g].Dots[i].Y = 1+0.1*float64(i), 70+float64(g)
					spec.Groups[g].Dots[i].Strong = false
				}
			}
			return chart.Scatter(spec)
		},
		"powers": func() (string, error) {
			spec := entropyLines()
			spec.Series[0].Points = []chart.Point{{X: 512, Y: 1}, {X: 1 << 21, Y: 2}}
			spec.Series = spec.Series[:1]
			return chart.Lines(spec)
		},
	} {
		svg, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		boxes := textBoxes(t, svg)
		for i, a := range boxes {
			for _, b := range boxes[:i] {
				if a.left < b.right-0.5 && b.left < a.right-0.5 && math.Abs(a.y-b.y) < 9 {
					t.Errorf("%s: %q at (%.0f–%.0f, %.0f) touches %q at (%.0f–%.0f, %.0f)", key, a.text, a.left, a.right, a.y, b.text, b.left, b.right, b.y)
				}
			}
		}
	}
}

type textBox struct {
	left, right, y float64
	text           string
}

var textElement = regexp.MustCompile(`<text x="([0-9.-]+)" y="([0-9.-]+)"( text-anchor="(\w+)")?[^>]*>([^<]*)</text>`)

func textBoxes(t *testing.T, svg string) []textBox {
	t.Helper()
	var boxes []textBox
	for _, m := range textElement.FindAllStringSubmatch(svg, -1) {
		x, y := parse(t, m[1]), parse(t, m[2])
		w := chart.TextWidth(m[5])
		b := textBox{x, x + w, y, m[5]}
		switch m[4] {
		case "middle":
			b.left, b.right = x-w/2, x+w/2
		case "end":
			b.left, b.right = x-w, x
		}
		boxes = append(boxes, b)
	}
	return boxes
}

func parse(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFurtherFaultsAreNamed(t *testing.T) {
	bars := func(change func(*chart.BarsSpec)) error {
		spec := memoryBars()
		change(&spec)
		_, err := chart.Bars(spec)
		return err
	}
	lines := bandLines()
	lines.Series[0].Band[1].Low = 1e9
	_, bandErr := chart.Lines(lines)
	gantt := batchGantt()
	gantt.Rows[0].Spans[0].To = -1
	_, ganttErr := chart.Gantt(gantt)
	kinds := batchGantt()
	kinds.Rows[0].Spans[0].Kind = 3
	_, kindErr := chart.Gantt(kinds)
	scatter := modelScatter()
	scatter.Groups[1].Dots[0].X = 0
	_, scatterErr := chart.Scatter(scatter)
	tornado := inputsTornado()
	tornado.Bars[0].Low = math.NaN()
	_, tornadoErr := chart.Tornado(tornado)
	for want, err := range map[string]error{
		"bars: 0":          bars(func(s *chart.BarsSpec) { s.Bars = nil }),
		"values for":       bars(func(s *chart.BarsSpec) { s.Bars[0].Values = s.Bars[0].Values[:1] }),
		"not a number":     bars(func(s *chart.BarsSpec) { s.Bars[1].Values[0] = math.Inf(1) }),
		"linear":           bars(func(s *chart.BarsSpec) { s.Value.Scale = chart.Log10 }),
		"width":            bars(func(s *chart.BarsSpec) { s.Width = 5000 }),
		"out of order":     bandErr,
		"span 0: from":     ganttErr,
		"kind 3 of 3":      kindErr,
		"logarithmic axis": scatterErr,
		`bar "电价"`:         tornadoErr,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// Whatever the numbers are, a chart is drawn or refused: no panic, no NaN.
func FuzzFurther(f *testing.F) {
	f.Add(0.0, 1.0, 2.0)
	f.Add(1e-300, 1e300, -5e-324)
	f.Add(math.Inf(1), math.NaN(), -1e99)
	f.Fuzz(func(t *testing.T, a, b, c float64) {
		bars := memoryBars()
		bars.Bars[0].Values[0], bars.Bars[0].Values[1], bars.Rules[0].At = a, b, c
		tornado := inputsTornado()
		tornado.Base, tornado.Bars[0].Low, tornado.Bars[0].High = a, b, c
		scatter := modelScatter()
		scatter.Groups[0].Dots[0] = chart.Dot{X: a, Y: b, YLow: c, YHigh: b, Label: "x", Strong: true}
		gantt := batchGantt()
		gantt.Rows[0].Spans[0].From, gantt.Rows[0].Spans[0].To, gantt.Rules[0].At = a, b, c
		lines := bandLines()
		lines.Series[0].Band[0], lines.Rules[0].At = chart.Interval{X: a, Low: b, High: c}, a
		for _, draw := range []func() (string, error){
			func() (string, error) { return chart.Bars(bars) },
			func() (string, error) { return chart.Tornado(tornado) },
			func() (string, error) { return chart.Scatter(scatter) },
			func() (string, error) { return chart.Gantt(gantt) },
			func() (string, error) { return chart.Lines(lines) },
		} {
			if svg, err := draw(); err == nil {
				read(t, svg)
			}
		}
	})
}
