package align

import (
	"fmt"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention/verse"
)

// Sheet answers the lab "align" before a run: the rules on a poem, what was
// measured, and what the run will take.
func Sheet(in *sheet.Input) (engine.Sheet, error) {
	p, err := read(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	poem := strings.Join(strings.Fields(in.Text("poem")), "")
	done, err := readTrials()
	if err != nil {
		return engine.Sheet{}, err
	}
	measured, err := done.part(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	needs, err := p.needs()
	if err != nil {
		return engine.Sheet{}, err
	}
	free, mild := done.free(), done.mildest()
	out := engine.Sheet{
		Verdict: engine.Verdict{
			Text: fmt.Sprintf("微调使照做的行由 %s 升到 %s。此后只奖不罚（β = 0），得分由 %s 升到 %s，不同的二字组却由 %s 掉到 %s。",
				share(done.Before.Heads), share(done.Tuned.Heads),
				format.Fixed(free.Steps[0].Reward, 2), format.Fixed(free.last().Reward, 2), share(done.Tuned.Distinct), share(free.After.Distinct)),
			Detail: "这是事先跑好的结果；按“开始训练”在你自己的机器上跑一遍，边跑边改 β。",
		},
		Answer: "collapse",
		Because: fmt.Sprintf("没有惩罚时得分由 %s 升到 %s，不同的二字组却由 %s 掉到 %s。β = %s 的得分是 %s，走的路却短得多：%s 奈特一首，不是 %s。",
			format.Fixed(free.Steps[0].Reward, 2), format.Fixed(free.last().Reward, 2), share(done.Tuned.Distinct), share(free.After.Distinct),
			format.Plain(mild.Beta), format.Fixed(mild.last().Reward, 2), format.Fixed(mild.last().KL, 1), format.Fixed(free.last().KL, 1)),
		Notes: []engine.Note{
			{Text: "规则只认今天的读音：押韵按《中华新韵（十四韵）》（中华诗词学会，2005），平声是一、二声，仄声是三、四声。多音字只要有一个读音合韵就算押韵，平仄按最常用的读音；轻声平仄都算。唐人的诗按今音也会丢分。"},
			{Text: "奖励是规则，不是人的喜好：它量不出好诗，只量得出守规矩。真正的 RLHF 用人的比较训练奖励模型，钻空子的道理一样。"},
		},
	}
	out.Parts = []engine.Part{p.rules(poem), measured, needs}
	return out, nil
}

// rules scores a poem.
func (p plan) rules(poem string) engine.Part {
	part := engine.Part{
		Title: "规则给这首诗打分",
		Text:  poem,
	}
	rhyme := verse.Rhyme
	if p.Repeats {
		rhyme = verse.RhymeOrRepeat
	}
	for _, r := range []struct {
		name    string
		score   verse.Score
		formula string
	}{
		{"形式", verse.Form(poem), "（行数对否 + 字数对的行的比例 + 标点对的行的比例）÷ 3"},
		{"押韵", rhyme(poem), "（双数行末字中同韵的个数 − 1）÷（双数行数 − 1）"},
		{"平仄", verse.Tone(poem), "合的规则 ÷ 全部规则：二四六相间、对、粘、韵脚平而单数行末仄（首行不论）"},
	} {
		v := r.score.Value
		part.Quantities = append(part.Quantities, engine.Quantity{Name: r.name, Text: format.Fixed(v, 2), Value: &v, Note: r.score.Why, Formula: r.formula})
	}
	if heads := verse.Heads(poem); heads != "" {
		part.Quantities = append(part.Quantities, engine.Quantity{Name: "它藏的头", Text: heads, Note: "任何一首诗都是自己首字的藏头诗：教材就是这样来的"})
	}
	return part
}

// needs says what a run will compute and hold.
func (p plan) needs() (engine.Part, error) {
	m, err := p.memory()
	if err != nil {
		return engine.Part{}, err
	}
	part := engine.Part{Title: "这次运行"}
	add := func(name, text, note string) {
		part.Quantities = append(part.Quantities, engine.Quantity{Name: name, Text: text, Note: note})
	}
	add("步数", format.Value(float64(p.total()), "步"), fmt.Sprintf("写教材 %d，指令微调 %d，强化学习 %d，量三次", p.writing(), p.Tune, p.Steps))
	add("强化学习要写的诗", format.Value(float64(p.Steps*p.Prompts*p.Samples), "首"), fmt.Sprintf("%d 步 × %d 道题 × %d 首", p.Steps, p.Prompts, p.Samples))
	for _, x := range []struct {
		name  string
		bytes int64
		note  string
	}{
		{"内存合计", m.total(), "估计，fp32"},
		{"模型与参考模型", m.models, "两份权重"},
		{"梯度", m.gradient, "与权重一样多"},
		{"AdamW 的两个矩", m.moments, "权重的两倍"},
		{"前向留下的激活", m.pass, "按最长的诗估计"},
		{"写诗的 KV 缓存与打分", m.caches, ""},
	} {
		add(x.name, format.Value(float64(x.bytes), "B"), x.note)
	}
	return part, nil
}
