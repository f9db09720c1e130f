package choosing

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/judge"
)

var sourceLandis = sim.Source{Title: "Landis 与 Koch 的 kappa 分级（转引自剑桥 MRC CBU 统计百科）", URL: "https://lsr-wiki-01.mrc-cbu.cam.ac.uk/statswiki/FAQ/kappa/magnitude?action=SpellCheck", Date: "1977"}

// preferencePart is one criterion on which a side is chosen.
func preferencePart(title string, p judge.Preference, names [2]string, asks string) engine.Part {
	part := engine.Part{Title: title, Text: asks}
	if p.Judged == 0 {
		part.Text += "：还没有评。"
		return part
	}
	part.Quantities = []engine.Quantity{
		{Name: names[0] + "的胜率（平局算半场）", Text: format.Ratio(p.Rate), Value: value(p.Rate), Note: "bootstrap " + percents(p.Drawn), Formula: "Σ 每题的平均 / 题数，胜 1，平 ½，负 0", Working: fmt.Sprintf("%d 题：胜 %d，平 %d，负 %d", p.Judged, p.Wins, p.Ties, p.Losses)},
	}
	if decided := p.Wins + p.Losses; decided > 0 {
		q := engine.Quantity{Name: "去掉平局的胜率", Text: format.Ratio(p.Decided), Value: value(p.Decided), Note: "Wilson " + percents(p.Wilson)}
		if half, err := sim.WilsonHalfWidth(float64(p.Wins), float64(decided), judge.Z95); err == nil {
			h := sheet.Quantity(half)
			q.Formula, q.Working, q.Terms, q.Sources = "半宽 "+h.Formula, h.Working, h.Terms, h.Sources
		}
		part.Quantities = append(part.Quantities, q,
			engine.Quantity{Name: "若两边一样好，至少差这么多的概率", Text: format.Ratio(p.P), Value: value(p.P), Formula: "2 · Σ_{i ≤ min(w, l)} C(w + l, i) / 2^(w + l)", Working: fmt.Sprintf("w = %d，l = %d", p.Wins, p.Losses)})
	}
	return part
}

func value(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// outcomePart is what is said of each side by itself.
func outcomePart(r judge.Result, names [2]string) engine.Part {
	t := sheet.Table("任务完成与满意度", sheet.Columns("系统", "完成（题）", "完成率（%）", "Wilson 区间（%）", "满意度（1–5）", "bootstrap 区间"))
	for i, name := range names {
		c, m := r.Completion[i], r.Satisfaction[i]
		t.Rows = append(t.Rows, row(name, fmt.Sprintf("%d / %d", c.Done, c.Judged), hundredths(c.Rate), bounds(c.Wilson, 100, 1), two(m.Mean), bounds(m.Drawn, 1, 2)))
	}
	t.Text = fmt.Sprintf("只有%s完成的 %d 题，只有%s完成的 %d 题；若两边一样，至少差这么多的概率是 %s。满意度之差（%s 减 %s）%s，区间 %s。",
		names[0], r.OnlyA, names[1], r.OnlyB, format.Ratio(r.CompletionP), names[0], names[1], two(r.Difference.Mean), bounds(r.Difference.Drawn, 1, 2))
	t.Name = "acceptance-outcomes"
	return engine.Part{Title: "任务完成与满意度", Text: "完成由终态判；满意不等于正确，两样并列着看。", Tables: []engine.FactTable{t}}
}

func hundredths(v float64) string { return format.Fixed(100*v, 1) }

func two(v float64) string { return format.Fixed(v, 2) }

func bounds(v judge.Interval, times float64, decimals int) string {
	if math.IsNaN(v.Lo) || math.IsNaN(v.Hi) {
		return format.None
	}
	to := "–"
	if v.Lo < 0 {
		to = " 到 " // a dash before a minus sign cannot be read
	}
	return format.Fixed(times*v.Lo, decimals) + to + format.Fixed(times*v.Hi, decimals)
}

// agreementPart compares the judges, and the sides.
func agreementPart(r judge.Result) engine.Part {
	p := engine.Part{Title: "评判者一致吗"}
	side := r.LeftPreferred
	if side.Judged > 0 {
		p.Quantities = append(p.Quantities, engine.Quantity{Name: "选左边的比例", Text: format.Ratio(side.Rate), Value: value(side.Rate), Note: "去掉平局 Wilson " + percents(side.Wilson) + "；偏离 50% 说明有位置偏差"})
	}
	if len(r.Agreement) == 0 {
		p.Text = "要至少两位评判者评过同一题，才能算一致程度。"
		return p
	}
	t := engine.FactTable{Title: "一致程度", Name: "acceptance-agreement", Columns: sheet.Columns("评的是", "方法", "评判者（人）", "共同的题（个）", "一致率（%）", "碰巧一致（%）", "κ", "κ 的 95% 区间", "惯例的说法")}
	for _, a := range r.Agreement {
		grade := engine.Fact{Text: judge.Grade(a.Kappa), Origins: []engine.Origin{origin(judge.Grade(a.Kappa), sourceLandis)}}
		cells := row(a.Criterion, a.Method, fmt.Sprint(a.Judges), fmt.Sprint(a.Items), hundredths(a.Observed), hundredths(a.Expected), two(a.Kappa), bounds(a.Drawn, 1, 2)).Cells
		t.Rows = append(t.Rows, engine.FactRow{Cells: append(cells, grade)})
	}
	t.Text = "κ = (一致率 − 碰巧) / (1 − 碰巧)。一边倒时 κ 会偏低，所以一致率也报。界线是约定，不是定理。"
	p.Tables = []engine.FactTable{t}
	return p
}

// neededPart says how many decided questions it takes.
func neededPart(r judge.Result) engine.Part {
	t := sheet.Table("评多少次够", sheet.Columns("真实的胜率（%）", "需要分出胜负的题（个）", "现在有（个）"))
	have := r.Accuracy.Wins + r.Accuracy.Losses
	var q sim.Quantity
	for _, p := range []float64{0.9, 0.8, 0.7, 0.65, 0.6, 0.55} {
		n, err := judge.Needed(p)
		if err != nil {
			continue
		}
		q = n
		t.Rows = append(t.Rows, row(format.Fixed(100*p, 0), format.Fixed(n.Value, 0), fmt.Sprint(have)))
	}
	t.Text = "双侧 5%、80% 的把握，平局不计：" + q.Formula + "。差别越小，要的题按平方增长。"
	t.Name = "acceptance-needed"
	return engine.Part{Title: "多少次才够", Tables: []engine.FactTable{t}}
}

// progressPart says how far each judge has come.
func progressPart(all []judge.Judgement, n int) engine.Part {
	done := map[int]int{}
	for _, j := range all {
		if j.Accuracy != judge.None && j.Fluency != judge.None && j.Done[0] != 0 && j.Done[1] != 0 && j.Satisfaction[0] > 0 && j.Satisfaction[1] > 0 {
			done[j.Judge]++
		}
	}
	t := sheet.Table("进度", sheet.Columns("评判者", "全部评完的题（个）", "总题数（个）"))
	for j := 1; j <= judge.MaxJudges; j++ {
		if done[j] > 0 {
			t.Rows = append(t.Rows, row(fmt.Sprintf("第 %d 位", j), fmt.Sprint(done[j]), fmt.Sprint(n)))
		}
	}
	if len(t.Rows) == 0 {
		return engine.Part{}
	}
	t.Name = "acceptance-progress"
	return engine.Part{Title: "进度", Tables: []engine.FactTable{t}}
}
