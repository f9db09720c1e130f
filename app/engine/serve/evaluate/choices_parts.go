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

// scoresPart shows what each version gets right, and its perplexity.
func (r *choices) scoresPart(scores []score) (engine.Part, error) {
	title := "各版本的得分"
	table := engine.FactTable{Title: title, Columns: sheet.Columns("版本", "权重（KB）", "答对（题）", "答了（题）", "正确率（%）", "Wilson 95%", "按诗抽取 95%", "困惑度", "困惑度 95%"),
		Text: "困惑度：模型在每个字上平均像在多少个等可能的字里猜，越低越好；在全部诗上量，按诗抽取 2,000 次得区间。"}
	spec := chart.ScatterSpec{
		X:     chart.Axis{Name: "权重的大小", Unit: "KB", Scale: chart.Log2},
		Y:     chart.Axis{Name: "正确率", Unit: "%"},
		Rules: []chart.Rule{{At: 100. / evaluate.Choices, Label: "瞎猜"}},
	}
	shown := engine.Table{Columns: sheet.Columns("版本", "权重（KB）", "正确率（%）", "区间下端（%）", "区间上端（%）")}
	for i, v := range r.versions {
		s := scores[i]
		size := float64(v.bytes) / 1000
		value, around := format.None, format.None
		if len(r.likelihoods[i]) > 0 {
			p, drawn := perplexity(r.likelihoods[i], r.seed)
			value, around = format.Number(p), format.Number(drawn.Lo)+" 到 "+format.Number(drawn.Hi)
		}
		table.Rows = append(table.Rows, row(v.name, format.Plain(math.Round(size)), count(s.right), count(s.n), format.Fixed(100*s.rate, 1), interval(s.wilson), interval(s.drawn), value, around))
		shown.Rows = append(shown.Rows, []string{v.name, format.Plain(math.Round(size)), format.Fixed(100*s.rate, 1), format.Fixed(100*s.wilson.Lo, 1), format.Fixed(100*s.wilson.Hi, 1)})
		spec.Groups = append(spec.Groups, chart.Group{Name: v.name, Dots: []chart.Dot{{
			X: size, Y: 100 * s.rate, YLow: 100 * s.wilson.Lo, YHigh: 100 * s.wilson.Hi, Label: format.Fixed(100*s.rate, 1), Strong: true,
		}}})
	}
	desc := fmt.Sprintf("横轴是权重的大小，对数刻度；纵轴是 %d 道选择题的正确率，竖线是 Wilson 95%% 区间；横线是瞎猜的 25%%。", scores[0].n)
	spec.Frame = chart.Frame{Key: r.in.Key("scores"), Title: title, Desc: desc, Width: r.in.Width()}
	svg, err := chart.Scatter(spec)
	figure, err := sheet.Figure(title, desc, shown, svg, err)
	return engine.Part{Title: title, Tables: []engine.FactTable{table}, Figures: []engine.Figure{figure}}, err
}

// compare compares version i with the original on the same questions: A is the
// original.
func (r *choices) compare(i int) (judge.Comparison, error) {
	original, groups := marks(r.answers[0], r.rule)
	other, _ := marks(r.answers[i], r.rule)
	return judge.Compare(original, other, groups, r.seed)
}

// comparePart compares each version with the original.
func (r *choices) comparePart() (engine.Part, error) {
	part := engine.Part{Title: "与原版配对比较"}
	if len(r.versions) == 1 {
		part.Text = "没有选别的版本。"
		return part, nil
	}
	table := engine.FactTable{Title: part.Title, Columns: sheet.Columns("版本", "只有原版对（题）", "只有它对（题）", "差：它减原版（分）", "差的 95% 区间（分）", "McNemar 精确检验 p", "照这样的差，要几题才分得出（题）"),
		Text: "只看一对一错的题：若两者一样好，它们该像抛硬币。p 是抛出这么偏或更偏的概率（双侧，McNemar 1947 的精确形式）。最后一列按看到的差与一对一错的比例，80% 把握。"}
	for i := 1; i < len(r.versions); i++ {
		c, err := r.compare(i)
		if err != nil {
			return part, err
		}
		need := "分不出：差是零"
		if d := math.Abs(c.Difference); d >= 1e-3 {
			q, err := sim.PairedQuestionsNeeded(d, math.Max(c.Discordant(), d), 0.8)
			if err != nil {
				return part, err
			}
			need = format.Count(q.Value)
		}
		line := row(r.versions[i].name, count(c.OnlyA), count(c.OnlyB), points(-c.Difference), points(-c.Drawn.Hi)+" 到 "+points(-c.Drawn.Lo), chance(c.P), need)
		if c.P < 0.05 {
			line.Tone = engine.Warn
		}
		table.Rows = append(table.Rows, line)
	}
	part.Tables = []engine.FactTable{table}
	return part, nil
}

// rulesPart shows the original's score by kind of question and by rule.
func rulesPart(all []evaluate.Answered) engine.Part {
	names := []string{"题型", "题数（题）"}
	for _, r := range ruleNames {
		names = append(names, r.name+"（%）")
	}
	table := engine.FactTable{Title: "原版：换一种判法", Columns: sheet.Columns(names...),
		Text: "同一次运行、同样的似然，只换怎样由似然选答案。等长的题，合计与按字平均没有差别；长短不一的题，合计总是偏向短的，按字平均又可能偏向长的。"}
	for _, kind := range append(evaluate.Kinds(), "") {
		var of []evaluate.Answered
		for _, a := range all {
			if kind == "" || a.Kind == kind {
				of = append(of, a)
			}
		}
		name := kindNames[kind]
		if kind == "" {
			name = "合起来"
		}
		cells := []string{name, count(len(of))}
		for _, r := range ruleNames {
			if len(of) == 0 {
				cells = append(cells, format.None)
				continue
			}
			cells = append(cells, format.Fixed(100*float64(r.rule.Correct(of))/float64(len(of)), 1))
		}
		table.Rows = append(table.Rows, row(cells...))
	}
	same, short := 0, 0
	spans := 0
	for _, a := range all {
		if evaluate.PerCharacter.Pick(a) == evaluate.NoPrompt.Pick(a) {
			same++
		}
		if a.Kind == evaluate.Span {
			spans++
			if pick := evaluate.Sum.Pick(a); a.After[pick].Characters < a.After[longest(a)].Characters {
				short++
			}
		}
	}
	part := engine.Part{Title: "判法也是协议的一部分", Tables: []engine.FactTable{table}}
	part.Text = fmt.Sprintf("删掉题干再按字平均选，%s 的选择不变（HellaSwag 上有人测得 65%% 以上，见正文）。", percent(float64(same)/float64(len(all))))
	if spans > 0 {
		part.Text += fmt.Sprintf("长短不一的 %d 题里，按合计有 %d 题选了短的，而正确答案一半长一半短。", spans, short)
	}
	return part
}

// longest is the choice of the most characters.
func longest(a evaluate.Answered) int {
	best := 0
	for i, l := range a.After {
		if l.Characters > a.After[best].Characters {
			best = i
		}
	}
	return best
}

// maxWrong is how many questions are listed.
const maxWrong = 12

// wrongPart lists questions that the original gets wrong.
func (r *choices) wrongPart() engine.Part {
	table := engine.FactTable{Title: "原版答错的题", Columns: sheet.Columns("第几题", "题型", "题干", "正确", "它选了")}
	wrong := 0
	for i, a := range r.answers[0] {
		if r.rule.Right(a) {
			continue
		}
		if wrong++; wrong <= maxWrong {
			table.Rows = append(table.Rows, row(count(i+1), kindNames[a.Kind], a.Prompt, a.Choices[a.Answer], a.Choices[r.rule.Pick(a)]))
		}
	}
	part := engine.Part{Title: "错在哪里"}
	if wrong == 0 {
		part.Text = "到现在没有答错的题。"
		return part
	}
	table.Text = fmt.Sprintf("共错 %d 题，列出前 %d 题；在“看哪一题”里填题号，可以逐项看它的似然。", wrong, min(wrong, maxWrong))
	part.Tables = []engine.FactTable{table}
	return part
}
