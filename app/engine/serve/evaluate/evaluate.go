package evaluate

import (
	"errors"
	"fmt"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/evaluate"
	"courselab/sim"
)

// Sheet answers the lab "evaluate" before a run: one question scored, and how
// many questions are needed.
func Sheet(in *sheet.Input) (engine.Sheet, error) {
	if _, _, err := settings(in); err != nil {
		return engine.Sheet{}, err
	}
	need, err := needed(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	m, tokenizer, err := open(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	items := allItems(tokenizer)
	item, err := chosen(in, items)
	if err != nil {
		return engine.Sheet{}, err
	}
	s, err := scorer(in, m, tokenizer)
	if err != nil {
		return engine.Sheet{}, err
	}
	answered, err := s.Answer(in.Context, item)
	if err != nil {
		return engine.Sheet{}, unreadable(in, err)
	}
	out := engine.Sheet{Verdict: verdict(answered)}
	out.Answer, out.Because = guess()
	out.Notes = []engine.Note{
		{Text: "题目出自为本课程写的诗，此前没有发表过，“诗芽”没有见过。每首诗三道题：接下句、补末字、长短不一；错的选项取自别的诗，前两种尽量与正确的押同一韵。"},
		{Text: "汉字在 UTF-8 里都是三个字节，所以“按字平均”与“按字节平均”选出的总是同一个；中英文混排时才分得开。"},
	}
	out.Parts = []engine.Part{scoredPart(answered), need, setPart(items), protocols()}
	return out, nil
}

// settings reads what the runs are set to, so that a fault shows at once.
func settings(in *sheet.Input) (evaluate.Rule, evaluate.Task, error) {
	rule, _ := ruleOf(in)
	task := taskOf(in)
	if n, k := whole(in, "samples", 1, 200), whole(in, "k", 1, 200); k > n {
		in.Fault("k", fmt.Sprintf("给 %d 次机会要每题至少抽 %d 份，现在是 %d 份", k, k, n))
	}
	if _, err := versionsOf(in); err != nil {
		return rule, task, err
	}
	return rule, task, in.Err()
}

// chosen is the learner's own question, or the one with the number set.
func chosen(in *sheet.Input, items []evaluate.Item) (evaluate.Item, error) {
	if strings.TrimSpace(in.Text("own")) != "" {
		item, err := parseOwn(in.Text("own"))
		if err != nil {
			in.Fault("own", err.Error())
		}
		return item, in.Err()
	}
	n := whole(in, "item", 1, len(items))
	if err := in.Err(); err != nil {
		return evaluate.Item{}, err
	}
	return items[n-1], nil
}

// unreadable puts into words what the model cannot read.
func unreadable(in *sheet.Input, err error) error {
	var unseen *attention.UnseenError
	if errors.As(err, &unseen) {
		var list []string
		for i, u := range unseen.Characters {
			if i == 5 {
				list = append(list, "……")
				break
			}
			list = append(list, string(u.Character))
		}
		in.Fault("own", "里有“诗芽”不认识的字符："+strings.Join(list, " ")+"。它只认识三千个汉字与，。两个标点")
		return in.Err()
	}
	var full *attention.ContextError
	if errors.As(err, &full) {
		in.Fault("own", fmt.Sprintf("的题干与选项合起来超过“诗芽”的上下文 %d 个字", full.Capacity-1))
		return in.Err()
	}
	return err
}

// verdict says which choice each way of scoring takes.
func verdict(a evaluate.Answered) engine.Verdict {
	name := func(r evaluate.Rule) string {
		i := r.Pick(a)
		text := "“" + a.Choices[i] + "”"
		if i == a.Answer {
			return text + "，对"
		}
		return text + "，错"
	}
	sum, per := evaluate.Sum.Pick(a), evaluate.PerCharacter.Pick(a)
	v := engine.Verdict{Text: fmt.Sprintf("按概率合计选%s；按字平均选%s。", name(evaluate.Sum), name(evaluate.PerCharacter)), Tone: engine.Warn}
	switch {
	case sum == per && sum == a.Answer:
		v.Text, v.Tone = fmt.Sprintf("两种判法都选%s。", name(evaluate.Sum)), engine.Good
	case sum == per:
		v.Text, v.Tone = fmt.Sprintf("两种判法都选%s。", name(evaluate.Sum)), engine.Bad
	}
	if evaluate.NoPrompt.Right(a) {
		v.Detail = "不看题干也选得对：这道题不全是在考题干。"
	} else {
		v.Detail = fmt.Sprintf("不看题干时选“%s”，错。", a.Choices[evaluate.NoPrompt.Pick(a)])
	}
	return v
}

// scoredPart shows a question choice by choice.
func scoredPart(a evaluate.Answered) engine.Part {
	part := engine.Part{Title: "一道题是怎样判的", Text: "题干：" + a.Prompt}
	if a.Prompt == "" {
		part.Text = "题干是空的。"
	}
	table := engine.FactTable{
		Title:   "每个选项的似然",
		Columns: sheet.Columns("选项", "字数", "合计（奈特）", "按字平均（奈特/字）", "按字节平均（奈特/字节）", "没有题干时的合计（奈特）", "题干使它多出（奈特）"),
		Text:    "各列都是越大（越接近零）越可能；每列最大的一格有 ✓。奈特是自然对数的单位：−1 奈特是概率 37%。",
	}
	mark := func(r evaluate.Rule, i int, text string) engine.Fact {
		if r.Pick(a) == i {
			text += " ✓"
		}
		return engine.Fact{Text: text}
	}
	for i, c := range a.Choices {
		row := engine.FactRow{Cells: []engine.Fact{
			{Text: c}, {Text: format.Plain(float64(a.After[i].Characters))},
			mark(evaluate.Sum, i, format.Fixed(a.After[i].Nats, 2)),
			mark(evaluate.PerCharacter, i, format.Fixed(a.After[i].PerCharacter(), 3)),
			mark(evaluate.PerByte, i, format.Fixed(a.After[i].PerByte(), 3)),
			{Text: format.Fixed(a.Alone[i].Nats, 2)},
			mark(evaluate.Lift, i, format.Fixed(evaluate.Lift.Value(a, i), 2)),
		}}
		if i == a.Answer {
			row.Cells[0].Text += "（正确）"
			row.Tone = engine.Good
		}
		table.Rows = append(table.Rows, row)
	}
	part.Tables = []engine.FactTable{table}
	right := a.After[a.Answer]
	part.Quantities = []engine.Quantity{{
		Name: "正确选项的对数概率", Text: format.Fixed(right.Nats, 3) + " 奈特", Value: number(right.Nats), Unit: "nat",
		Formula: "Σ log p(字 | 题干与之前的字)", Working: fmt.Sprintf("%d 个字各一项，平均 %s", right.Tokens, format.Fixed(right.PerToken(), 3)),
		Sources: []engine.SourceNote{
			{Title: "EleutherAI, lm-evaluation-harness（acc 比合计；acc_norm 按代码除以字符数，论文里写的是字节数）", URL: "https://github.com/EleutherAI/lm-evaluation-harness/issues/3278", Date: "2025-09-02"},
			{Title: "Oostermeijer, Accuracy and Normalized Accuracy under Length Bias（按长度平均常常矫枉过正，转而偏向长的）", URL: "https://raw.githubusercontent.com/mlresearch/v306/main/assets/oostermeijer26a/oostermeijer26a.pdf", Date: "2026"},
			{Title: "Brown et al., Language Models are Few-Shot Learners（减去没有题干时的概率）", URL: "https://arxiv.org/abs/2005.14165", Date: "2020-05-28"},
		},
	}}
	return part
}

// number is the value of a quantity.
func number(v float64) *float64 { return &v }

// setPart says what the questions are.
func setPart(items []evaluate.Item) engine.Part {
	table := engine.FactTable{Title: "题集", Columns: sheet.Columns("题型", "公开卷（题）", "新卷（题）", "例"),
		Text: fmt.Sprintf("每题 %d 个选项，瞎猜 %s。两份卷子的诗不同，题型与难度相当。", evaluate.Choices, format.Ratio(1./evaluate.Choices))}
	for _, kind := range evaluate.Kinds() {
		n, example := 0, ""
		for _, item := range items {
			if item.Kind == kind {
				n++
				if example == "" {
					example = item.Prompt + "＿＿（" + strings.Join(item.Choices, " / ") + "）"
				}
			}
		}
		// The public set comes first and is as large as the other, or one more.
		table.Rows = append(table.Rows, row(kindNames[kind], format.Plain(float64((n+1)/2)), format.Plain(float64(n/2)), example))
	}
	return engine.Part{Title: "用的题", Tables: []engine.FactTable{table}}
}

// row is one of texts.
func row(texts ...string) engine.FactRow {
	var r engine.FactRow
	for _, t := range texts {
		r.Cells = append(r.Cells, engine.Fact{Text: t})
	}
	return r
}

// The shares that the lab's guess is about.
const guessLow, guessHigh = 0.60, 0.62

// guess answers the lab's question.
func guess() (answer, because string) {
	q, err := sim.QuestionsNeeded(guessLow, guessHigh, 0.8)
	if err != nil {
		return "", ""
	}
	return "thousands", fmt.Sprintf("每个模型要 %s 道。差缩小一半，题要四倍。", format.Count(q.Value))
}
