package align

import (
	"context"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
)

// collapsed is which share of the varied pairs of characters must be left for a
// policy not to be said to collapse.
const collapsed = 0.8

// Sheet shows what is known so far.
func (t *tuning) Sheet(context.Context) (engine.Sheet, error) {
	out := engine.Sheet{Verdict: t.verdict()}
	if len(t.measured) > 0 {
		out.Parts = append(out.Parts, engine.Part{Title: "前后对照", Tables: []engine.FactTable{t.comparison()}})
	}
	for _, draw := range []func(*sheet.Input) (engine.Part, error){t.drawTuning, t.drawPolicy} {
		part, err := draw(t.in)
		if err != nil {
			return engine.Sheet{}, err
		}
		if len(part.Figures) > 0 {
			out.Parts = append(out.Parts, part)
		}
	}
	if len(t.samples) > 0 {
		out.Parts = append(out.Parts, engine.Part{Title: "对“" + t.Heads + "”的回答", Tables: []engine.FactTable{t.answers()}})
	}
	out.Parts = append(out.Parts, t.facts())
	return out, nil
}

// verdict is where the run stands, in a sentence.
func (t *tuning) verdict() engine.Verdict {
	due, n := t.due()
	switch {
	case due == writing:
		return engine.Verdict{Text: fmt.Sprintf("诗芽正在写教材：已写 %d 首，其中 %d 首是合格的四行诗，可以反过来当藏头诗的题与答。", t.poems, len(t.examples)+len(t.held))}
	case len(t.measured) == 0:
		return engine.Verdict{Text: fmt.Sprintf("教材有 %d 对，另留 %d 道题不参加训练。先量一量未经微调的诗芽。", len(t.examples), len(t.held))}
	case due == tuned && n == 0:
		return engine.Verdict{Text: fmt.Sprintf("未经微调的诗芽照做了 %s 的行：它只会接着写，不懂这是一道题。", share(t.measured[0].Heads))}
	case len(t.measured) == 1:
		return engine.Verdict{
			Text:   fmt.Sprintf("指令微调第 %d 步：答案部分的损失 %s 奈特/字。", n, format.Fixed(t.lately(t.losses), 2)),
			Detail: "四个首字每个约值 5 奈特，平摊到三十来个字上，学会照抄它们大约能让损失低 0.6。",
		}
	case due == improving && n == 0:
		return engine.Verdict{Text: fmt.Sprintf("指令微调之后，照做的行由 %s 升到 %s。", share(t.measured[0].Heads), share(t.measured[1].Heads))}
	case len(t.measured) == 2:
		last := t.recent()
		return engine.Verdict{Text: fmt.Sprintf("强化学习第 %d 步（β = %s）：平均得分 %s／%s，离参考模型 %s 奈特一首。",
			len(t.climbs), format.Plain(t.Beta), format.Fixed(last.Reward, 2), format.Number(t.most()), format.Fixed(math.Max(0, last.KL), 1))}
	}
	return t.outcome()
}

// outcome is the verdict on a run that has ended.
func (t *tuning) outcome() engine.Verdict {
	before, tuned, after := t.measured[0], t.measured[1], t.measured[2]
	text := fmt.Sprintf("照做的行：微调前 %s，微调后 %s", share(before.Heads), share(tuned.Heads))
	if len(t.climbs) == 0 {
		return engine.Verdict{Tone: engine.Good, Text: text + "。"}
	}
	first, last := t.early(), t.recent()
	v := engine.Verdict{
		Tone: engine.Good,
		Text: fmt.Sprintf("%s，强化学习后 %s。得分 %s → %s（满分 %s），离参考模型 %s 奈特一首。", text, share(after.Heads),
			format.Fixed(first.Reward, 2), format.Fixed(last.Reward, 2), format.Number(t.most()), format.Fixed(math.Max(0, last.KL), 1)),
		Detail: fmt.Sprintf("不同的二字组由 %s 变为 %s，还没有崩塌。", share(tuned.Distinct), share(after.Distinct)),
	}
	if after.Distinct < collapsed*tuned.Distinct {
		v.Tone = engine.Warn
		v.Detail = fmt.Sprintf("不同的二字组由 %s 掉到 %s：诗越写越像，这就是崩塌的样子。看最后几首。", share(tuned.Distinct), share(after.Distinct))
	}
	return v
}

// window is over how many steps of the policy a number is averaged.
const window = 10

// recent and early are the means of the last and the first steps of the policy.
func (t *tuning) recent() climb { return t.over(max(0, len(t.climbs)-window), len(t.climbs)) }
func (t *tuning) early() climb  { return t.over(0, min(window, len(t.climbs))) }

// over is the mean of the policy's steps from … to−1.
func (t *tuning) over(from, to int) climb {
	return climb{
		judged: judged{
			Form: t.mean(from, to, func(c climb) float64 { return c.Form }), Heads: t.mean(from, to, func(c climb) float64 { return c.Heads }),
			Rhyme: t.mean(from, to, func(c climb) float64 { return c.Rhyme }), Tone: t.mean(from, to, func(c climb) float64 { return c.Tone }),
		},
		Reward: t.mean(from, to, func(c climb) float64 { return c.Reward }), KL: t.mean(from, to, func(c climb) float64 { return c.KL }),
		KLAbove: t.mean(from, to, func(c climb) float64 { return c.KLAbove }), Surprise: t.mean(from, to, func(c climb) float64 { return c.Surprise }),
		Distinct: t.mean(from, to, func(c climb) float64 { return c.Distinct }), Beta: t.climbs[to-1].Beta,
	}
}

// lately is the mean of the last values.
func (t *tuning) lately(all []float64) float64 {
	last := all[max(0, len(all)-window):]
	var sum float64
	for _, v := range last {
		sum += v
	}
	return sum / float64(len(last))
}

// percents writes the measured shares of a row.
func (m measured) percents() []string {
	out := make([]string, 0, 6)
	for _, v := range []float64{m.Heads, m.Followed, m.Form, m.Rhyme, m.Tone, m.Distinct} {
		out = append(out, format.Fixed(100*v, 1))
	}
	return out
}

// measuredColumns head percents.
func measuredColumns(first string) []engine.Column {
	return sheet.Columns(first, "照做的行（%）", "四行都照做（%）", "形式（%）", "押韵（%）", "平仄（%）", "不同的二字组（%）")
}

func (t *tuning) comparison() engine.FactTable {
	var rows [][]string
	for i, m := range t.measured {
		rows = append(rows, append([]string{[]string{"微调之前", "指令微调之后", "强化学习之后"}[i]}, m.percents()...))
	}
	table := sheet.Table("没有参加训练的 32 道题", measuredColumns("什么时候"), rows...)
	table.Text = fmt.Sprintf("温度 %s，每题答一次，同一组随机数。押韵一列总按严格的规则：同一个字不算押韵。", format.Plain(temperature))
	return table
}

func (t *tuning) answers() engine.FactTable {
	var rows [][]string
	for _, s := range t.samples {
		when := s.Phase
		if s.Step > 0 {
			when = fmt.Sprintf("%s %d 步", s.Phase, s.Step)
		}
		text := s.Text
		if text == "" {
			text = "（没有写出字）"
		}
		rows = append(rows, []string{when, text, format.Fixed(s.Heads, 2), format.Fixed(s.Form, 2), format.Fixed(s.Rhyme, 2), format.Fixed(s.Tone, 2)})
	}
	return sheet.Table("样诗", sheet.Columns("什么时候", "诗", "首字", "形式", "押韵", "平仄"), rows...)
}

// facts are the numbers beside the curves.
func (t *tuning) facts() engine.Part {
	part := engine.Part{Title: "数目"}
	add := func(name, text, note string) {
		part.Quantities = append(part.Quantities, engine.Quantity{Name: name, Text: text, Note: note})
	}
	add("写的诗", format.Value(float64(t.poems), "首"), fmt.Sprintf("合用 %d 首，留出 %d 道题", len(t.examples), len(t.held)))
	if n := len(t.losses); n > 0 {
		add("微调用过的题", format.Value(float64(n*t.batch), "道"), fmt.Sprintf("每步 %d 道，约 %s 遍", t.batch, format.Fixed(float64(n*t.batch)/float64(len(t.examples)), 1)))
	}
	if n := len(t.climbs); n > 0 {
		last := t.recent()
		add("强化学习写的诗", format.Value(float64(n*t.Prompts*t.Samples), "首"), fmt.Sprintf("每步 %d 道题，每题 %d 首", t.Prompts, t.Samples))
		add("KL，估计量 k1", format.Fixed(last.KL, 2)+" 奈特/首", "抽到的字上 ln π − ln π参考 之和的平均；无偏，可偶尔为负")
		add("KL，估计量 k3", format.Fixed(last.KLAbove, 2)+" 奈特/首", "π参考/π − 1 − ln(π参考/π)；不会为负")
		add("每个字的意外", format.Fixed(last.Surprise, 2)+" 奈特", "−ln π 的平均，即策略的熵的估计；趋近 0 就是每次写同样的字")
	}
	return part
}

// share writes a share of texts as a percentage: more digits than one would say
// more than so few texts can.
func share(v float64) string { return format.Fixed(100*v, 1) + "%" }
