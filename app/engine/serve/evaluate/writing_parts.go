package evaluate

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention/evaluate"
	"courselab/sim"
	"courselab/sim/chart"
	"courselab/sim/judge"
)

// passes are the estimates of pass@k of a version, one an opening.
func (r *writing) passes(version, k int) ([]float64, error) {
	var all []float64
	for _, c := range r.passed[version][:r.whole(version)] {
		q, err := sim.PassAtK(float64(r.samples), float64(c), float64(k))
		if err != nil {
			return nil, err
		}
		all = append(all, q.Value)
	}
	return all, nil
}

// plain is the mean of the estimate 1 − (1 − c/n)^k, which is too low.
func (r *writing) plain(version, k int) float64 {
	var sum float64
	n := r.whole(version)
	for _, c := range r.passed[version][:n] {
		sum += 1 - math.Pow(1-float64(c)/float64(r.samples), float64(k))
	}
	return sum / float64(n)
}

// drawnAt are the ks of a curve up to n, dense at first.
func drawnAt(n int) []int {
	var all []int
	for k := 1; k <= n; k += max(1, k/8) {
		all = append(all, k)
	}
	if all[len(all)-1] != n {
		all = append(all, n)
	}
	return all
}

// scoresPart shows pass@k of every version; it writes the verdict.
func (r *writing) scoresPart(v *engine.Verdict) (engine.Part, error) {
	K := fmt.Sprintf("pass@%d", r.k)
	table := engine.FactTable{Title: "各版本写得怎样", Columns: sheet.Columns("版本", "抽完的题（题）", "通过（份）", "共（份）", "pass@1（%）", "pass@1 的 95% 区间", K+"（%）", K+" 的 95% 区间", "有偏的算法（%）"),
		Text: "先每题算无偏估计，再对题取平均；区间按题抽取 2,000 次（题才是样本，同一题的几份不是）。有偏的算法是 1 − (1 − c/n)^k，k > 1 时平均偏低。"}
	part := engine.Part{Title: "pass@k"}
	spec := chart.LinesSpec{X: chart.Axis{Name: "k", Unit: "份"}, Y: chart.Axis{Name: "pass@k", Unit: "%", Zero: true}}
	shown := engine.Table{Columns: sheet.Columns("版本", "k（份）", "pass@k（%）", "有偏的算法（%）")}
	for i, version := range r.versions {
		n := r.whole(i)
		if n == 0 {
			continue
		}
		one, err := r.passes(i, 1)
		if err != nil {
			return part, err
		}
		many, err := r.passes(i, r.k)
		if err != nil {
			return part, err
		}
		p1, around1 := judge.Bootstrap(one, r.seed)
		pk, aroundK := judge.Bootstrap(many, r.seed)
		passed := 0
		for _, c := range r.passed[i][:n] {
			passed += c
		}
		table.Rows = append(table.Rows, row(version.name, count(n), count(passed), count(n*r.samples), format.Fixed(100*p1, 1), interval(around1), format.Fixed(100*pk, 1), interval(aroundK), format.Fixed(100*r.plain(i, r.k), 1)))
		if i == 0 {
			*v = engine.Verdict{Text: fmt.Sprintf("原版写一份，%s 的可能%s；写 %d 份，至少一份如此的可能是 %s。", percent(p1), taskNames[r.task], r.k, percent(pk)),
				Detail: "没有人或程序能从几份里挑出对的那份，用户得到的就是 pass@1。"}
		}
		line := chart.Series{Name: version.name}
		for _, k := range drawnAt(r.samples) {
			all, err := r.passes(i, k)
			if err != nil {
				return part, err
			}
			mean := 0.0
			for _, p := range all {
				mean += p / float64(n)
			}
			line.Points = append(line.Points, chart.Point{X: float64(k), Y: 100 * mean})
			shown.Rows = append(shown.Rows, []string{version.name, count(k), format.Fixed(100*mean, 2), format.Fixed(100*r.plain(i, k), 2)})
		}
		spec.Series = append(spec.Series, line)
	}
	part.Tables = []engine.FactTable{table}
	part.Quantities = []engine.Quantity{r.worked()}
	if r.samples < 2 {
		part.Text = "每题只抽一份，没有曲线。"
		return part, nil
	}
	title := "pass@k 随 k"
	desc := fmt.Sprintf("横轴是给几次机会，纵轴是至少一份通过的可能，%d 题的平均，每题抽 %d 份。k 越大越高：它量的是“碰得到”，不是“每次都行”。", r.whole(0), r.samples)
	spec.Frame = chart.Frame{Key: r.in.Key("pass"), Title: title, Desc: desc, Width: r.in.Width()}
	svg, err := chart.Lines(spec)
	figure, err := sheet.Figure(title, desc, shown, svg, err)
	part.Figures = []engine.Figure{figure}
	return part, err
}

// worked is the estimate of the first opening, with its formula.
func (r *writing) worked() engine.Quantity {
	q, err := sim.PassAtK(float64(r.samples), float64(r.passed[0][0]), float64(r.k))
	if err != nil {
		return engine.Quantity{Name: "pass@k", Text: format.None}
	}
	shown := sheet.Quantity(q)
	shown.Name, shown.Text = "第 1 题的 "+q.Name, percent(q.Value)
	shown.Note = fmt.Sprintf("%d 份里通过 %d 份", r.samples, r.passed[0][0])
	return shown
}

// openingsPart shows the original's count for each opening.
func (r *writing) openingsPart() engine.Part {
	names := []string{"题", "起句"}
	for _, v := range r.versions {
		names = append(names, v.name+"（份）")
	}
	table := engine.FactTable{Title: "每题通过的份数", Columns: sheet.Columns(names...), Text: fmt.Sprintf("每题 %d 份。题与题相差很大：平均数盖住了它。", r.samples)}
	for o := range r.whole(0) {
		cells := []string{count(o + 1), r.openings[o]}
		for i := range r.versions {
			text := format.None
			if o < r.whole(i) {
				text = count(r.passed[i][o])
			}
			cells = append(cells, text)
		}
		table.Rows = append(table.Rows, row(cells...))
	}
	return engine.Part{Title: "题与题", Tables: []engine.FactTable{table}}
}

// samplesPart shows the last poems.
func (r *writing) samplesPart() engine.Part {
	part := engine.Part{Title: "刚写的几份"}
	if len(r.latest) == 0 {
		part.Text = "还没有写。"
		return part
	}
	table := engine.FactTable{Title: part.Title, Columns: sheet.Columns("版本", "诗", "格式", "押韵", "平仄")}
	mark := map[bool]string{true: "过", false: "不过"}
	for i := len(r.latest) - 1; i >= 0; i-- {
		s := r.latest[i]
		line := row(s.version, s.poem, mark[s.passes[evaluate.Form]], mark[s.passes[evaluate.Rhyme]], mark[s.passes[evaluate.Tone]])
		if s.passes[r.task] {
			line.Tone = engine.Good
		}
		table.Rows = append(table.Rows, line)
	}
	part.Tables = []engine.FactTable{table}
	return part
}
