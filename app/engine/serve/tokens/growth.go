package tokens

import (
	"fmt"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
)

// places are the numbers of merges at which the curves are drawn.
var places = []int{0, 32, 64, 128, 256, 512, 1024, 1500, 2048, 3072, 4096, 6144, 8192, 16384, 32768, 65536}

// growth is what a larger vocabulary brings, on the text learnt from and on others.
func (a *asked) growth(in *sheet.Input, l languages) (engine.Part, error) {
	learnt := a.vocabulary.Merges()[:min(a.merges, a.vocabulary.Len())]
	at := slices.DeleteFunc(slices.Clone(places), func(k int) bool { return k >= len(learnt) })
	at = append(at, len(learnt))
	if !slices.Contains(at, a.k) {
		at = append(at, a.k)
		slices.Sort(at)
	}
	of := []counted{l.all[0], l.all[1], l.all[2], l.all[len(l.all)-1]}
	table := engine.Table{Columns: sheet.Columns("词表（个）", "训练文字（字符/词元）")}
	series := []chart.Series{{Name: "训练文字（" + a.name + "）"}}
	for _, c := range of {
		series = append(series, chart.Series{Name: c.name})
		table.Columns = append(table.Columns, engine.Column{Name: c.name, Unit: "字符/词元"})
	}
	table.Columns = append(table.Columns, engine.Column{Name: "下一对并排出现", Unit: "次"})
	counts := make([][]int, len(of))
	for i, c := range of {
		counts[i] = a.vocabulary.Counts(c.text, at)
	}
	for n, k := range at {
		if err := in.Pause(); err != nil {
			return engine.Part{}, err
		}
		tokens := float64(len(a.text))
		if k > 0 {
			tokens = float64(learnt[k-1].Tokens)
		}
		rates := []float64{a.characters / tokens}
		for i, c := range of {
			rates = append(rates, c.characters/float64(counts[i][n]))
		}
		line := []string{format.Plain(float64(256 + k))}
		for i, r := range rates {
			series[i].Points = append(series[i].Points, chart.Point{X: float64(256 + k), Y: r})
			line = append(line, format.Fixed(r, 3))
		}
		next := "没有了"
		if k < len(learnt) {
			next = format.Plain(float64(learnt[k].Count))
		} else if a.vocabulary.Len() > k {
			next = format.Plain(float64(a.vocabulary.Merges()[k].Count))
		} else if a.vocabulary.Len() == a.merges {
			next = ""
		}
		table.Rows = append(table.Rows, append(line, next))
	}
	last := func(i int) string { return format.Fixed(series[i].Points[len(series[i].Points)-1].Y, 2) }
	title := "词表越大，每词元装得越多"
	desc := fmt.Sprintf("横轴是词表大小，从 256 到 %s。每词元的字符：训练文字从 %s 升到 %s，中文样本到 %s，英文样本到 %s，代码样本到 %s。",
		format.Number(float64(256+len(learnt))), format.Fixed(series[0].Points[0].Y, 2), last(0), last(1), last(2), last(3))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("growth"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "词表大小", Unit: "个", Scale: chart.Log2}, Y: chart.Axis{Name: "每词元的字符", Unit: "个", Zero: true},
		Series: series, Rules: []chart.Rule{{At: float64(256 + a.k), Label: "现在", Vertical: true}},
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{
		Title: title, Figures: []engine.Figure{figure},
		Text: "学过的文字总是装得最多：后来的合并只在它身上划算，换一段文字就用不上。判断一份词表，要看没学过的文字。",
	}, err
}
