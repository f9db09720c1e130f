package shrink

import (
	"context"
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/quality"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
)

// Sheet implements run.Run.
func (r *school) Sheet(context.Context) (engine.Sheet, error) {
	out := engine.Sheet{
		Verdict: engine.Verdict{Text: r.At().What + fmt.Sprintf("：老师已写 %d 首。", len(r.poet.poems))},
		Because: "跑完才知道。",
		Notes: []engine.Note{
			{Text: fmt.Sprintf("两个学生的初值、读的 %d 首诗、次序与学习率都一样，差别只在目标：一个 α = 0，一个 α = %s、T = %s。", r.plan.texts, format.Number(r.plan.weight), format.Number(r.plan.temperature))},
			{Text: fmt.Sprintf("学的是老师自己写的诗；损失量在为本课写的 %d 首留出诗上（%s），谁也没有读过。", len(r.documents), format.Value(float64(positions(r.documents)), "字"))},
		},
	}
	if len(r.read) > 0 {
		part, err := r.curvePart()
		if err != nil {
			return engine.Sheet{}, err
		}
		out.Parts = append(out.Parts, part)
		last := r.read[len(r.read)-1]
		out.Verdict.Text = fmt.Sprintf("第 %d 步：只看文字的学生，留出诗上的损失 %s；跟老师学的 %s。", last.step, format.Fixed(last.alone, 3), format.Fixed(last.taught, 3))
	}
	if r.done == len(r.steps) {
		last := r.read[len(r.read)-1]
		r.judge(&out, last)
	}
	if len(r.points) > 0 {
		figure, err := quality.Chart(r.in, "quality", "质量与大小：蒸馏、量化与剪枝", r.points)
		if err != nil {
			return engine.Sheet{}, err
		}
		out.Parts = append(out.Parts, engine.Part{Title: "质量与大小", Text: "每个点都是这次运行算出的。量化与剪枝从现成的老师改，学生要从头学：步数越少，差得越远。", Figures: []engine.Figure{figure}})
	}
	part := engine.Part{Title: "写出来的诗"}
	table := sheet.Table("同一个种子", sheet.Columns("谁", "写的"))
	add := func(who, what string) {
		if what != "" {
			table.Rows = append(table.Rows, engine.FactRow{Cells: []engine.Fact{{Text: who}, {Text: what}}})
		}
	}
	if len(r.poet.poems) > 0 {
		add("老师", text(r.tokenizer, r.poet.poems[0]))
	}
	add("只看文字", r.written[0])
	add("跟老师学", r.written[1])
	if len(table.Rows) > 0 {
		part.Tables = []engine.FactTable{table}
		out.Parts = append(out.Parts, part)
	}
	return out, nil
}

// tie is how close two losses must be to count as equal.
const tie = 0.02

// judge says at the end which student is better, and why that may be.
func (r *school) judge(out *engine.Sheet, last reading) {
	best := r.read[0]
	for _, x := range r.read {
		if x.alone < best.alone {
			best = x
		}
	}
	switch {
	case last.taught < last.alone-tie:
		out.Answer, out.Verdict.Tone = "teacher", engine.Good
		out.Because = fmt.Sprintf("%s 对 %s。每个位置上，文字只给一个字，老师给出整张概率表。", format.Fixed(last.taught, 3), format.Fixed(last.alone, 3))
	case last.taught > last.alone+tie:
		out.Answer, out.Verdict.Tone = "data", engine.Warn
		out.Because = fmt.Sprintf("%s 对 %s。这组设置下老师的目标学得慢：看看温度、α 与步数。", format.Fixed(last.taught, 3), format.Fixed(last.alone, 3))
	default:
		out.Answer = "same"
		out.Because = fmt.Sprintf("%s 对 %s，差不到 %s。", format.Fixed(last.taught, 3), format.Fixed(last.alone, 3), format.Number(tie))
	}
	out.Verdict.Text = fmt.Sprintf("%d 步之后，跟老师学的学生损失 %s，只看文字的 %s，老师 %s。", last.step, format.Fixed(last.taught, 3), format.Fixed(last.alone, 3), format.Fixed(r.teacher, 3))
	if best.alone < last.alone-tie {
		out.Verdict.Detail = fmt.Sprintf("只看文字的学生在第 %d 步最好（%s），之后背起了那 %d 首诗，越学越差；老师的概率表不容易背。", best.step, format.Fixed(best.alone, 3), r.plan.texts)
	}
}

// curvePart draws the losses as the students learn.
func (r *school) curvePart() (engine.Part, error) {
	alone, taught, fit := chart.Series{Name: "只看文字，留出的诗"}, chart.Series{Name: "跟老师学，留出的诗"}, chart.Series{Name: "只看文字，学过的诗"}
	table := engine.Table{Columns: sheet.Columns("步", "只看文字，留出（奈特/字）", "跟老师学，留出（奈特/字）", "只看文字，学过的（奈特/字）", "跟老师学，与老师的 KL（奈特/字）")}
	for _, x := range r.read {
		at := float64(x.step)
		alone.Points = append(alone.Points, chart.Point{X: at, Y: x.alone})
		taught.Points = append(taught.Points, chart.Point{X: at, Y: x.taught})
		learnt, kl := format.None, format.None
		if x.step > 0 {
			fit.Points = append(fit.Points, chart.Point{X: at, Y: x.aloneFit})
			learnt, kl = format.Fixed(x.aloneFit, 4), format.Fixed(x.divergence, 4)
		}
		table.Rows = append(table.Rows, []string{format.Plain(at), format.Fixed(x.alone, 4), format.Fixed(x.taught, 4), learnt, kl})
	}
	series := []chart.Series{alone, taught}
	if len(fit.Points) > 0 {
		series = append(series, fit)
	}
	if last := r.read[len(r.read)-1]; r.teacher > 0 {
		series = append(series, chart.Series{Name: "老师，留出的诗", Points: []chart.Point{{X: 0, Y: r.teacher}, {X: float64(last.step), Y: r.teacher}}})
	}
	title := "两个学生的损失"
	last := r.read[len(r.read)-1]
	desc := fmt.Sprintf("横轴是步。第 %d 步，只看文字的学生在留出诗上是 %s，跟老师学的是 %s。", last.step, format.Fixed(last.alone, 3), format.Fixed(last.taught, 3))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: r.in.Key("students"), Title: title, Desc: desc, Width: r.in.Width()},
		X:     chart.Axis{Name: "训练", Unit: "步"}, Y: chart.Axis{Name: "损失", Unit: "奈特/字"}, Series: series,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{Title: title, Text: "每步约 256 个字。只看文字的学生，学过的诗上的损失一路下降，留出的诗上却可能转头上升：那是在背。", Figures: []engine.Figure{figure}}, err
}
