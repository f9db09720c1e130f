package shrink

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/prune"
	"courselab/attention/train"
	"courselab/sim/chart"
)

// lesson is what the parameters of the lab "distil" say.
type lesson struct {
	student             string
	temperature, weight float64
	texts, steps        int
	rate                float64
	seed                uint64
}

func readLesson(in *sheet.Input) lesson {
	l := lesson{
		student: in.Text("student"), temperature: in.Number("temperature"), weight: in.Number("weight"),
		texts: int(in.Number("texts")), steps: int(in.Number("steps")), rate: in.Number("rate"), seed: uint64(in.Number("seed")),
	}
	if l.student != narrow && l.student != half {
		in.Fault("student", "不认识这个学生；请从列表里选")
	}
	if !(l.temperature >= 0.25 && l.temperature <= 16) {
		in.Fault("temperature", "要在 0.25 到 16 之间")
	}
	if !(l.weight >= 0 && l.weight <= 1) {
		in.Fault("weight", "要在 0 到 1 之间")
	}
	if l.texts < 1 || l.steps < 1 {
		in.Fault("texts", "至少要一首诗、一步")
	}
	return l
}

// shownRanks are how many candidates the figure shows.
const shownRanks = 24

// Distil answers the lab "distil" before a run: who teaches whom, and what the
// student gets to see of one position.
func (l *Lab) Distil(in *sheet.Input) (engine.Sheet, error) {
	plan := readLesson(in)
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	m, t, err := in.Shiya()
	if err != nil {
		return engine.Sheet{}, err
	}
	tokens, err := prefix(in, m, t)
	if err != nil {
		return engine.Sheet{}, err
	}
	c, err := studentConfig(m.Config, plan.student)
	if err != nil {
		return engine.Sheet{}, err
	}
	taught, learner := weights(m.Config), weights(c)
	out := engine.Sheet{
		Verdict: engine.Verdict{
			Text:   fmt.Sprintf("老师 %s 个参数，学生 %s 个，大小是老师的 %s。", format.Count(float64(taught)), format.Count(float64(learner)), format.Ratio(round(float64(learner)/float64(taught), 3))),
			Detail: "按“开始训练”，两个一模一样的学生读同样的诗、走同样的步数：一个只看文字，一个看老师给每个字的概率。",
		},
		Because: "跑完才知道。",
		Notes:   []engine.Note{{Text: fmt.Sprintf("学生读的是诗芽自己在温度 1 下写的 %d 首诗：浏览器里没有训练语料，而让老师写题目正是今天蒸馏大模型常用的做法。量损失用的是为本课写的诗，老师和学生都没有读过。", plan.texts)}},
	}
	part, err := softPart(in, m, t, tokens, plan)
	if err != nil {
		return engine.Sheet{}, err
	}
	out.Parts = []engine.Part{part, planPart(m.Config, c, plan)}
	return out, nil
}

// prefix reads the parameter "text": the mark that begins a poem, then what the
// teacher knows of it.
func prefix(in *sheet.Input, m *attention.Model, t *attention.Tokenizer) ([]int, error) {
	words := in.Text("text")
	ids, err := t.Encode(words)
	var unseen *attention.UnseenError
	if errors.As(err, &unseen) {
		in.Faultf("text", "里有诗芽没有见过的字：%s。请换成常用的汉字，用，和。断句", string(unseen.Characters[0].Character))
		return nil, in.Err()
	}
	tokens := append([]int{m.Config.BOS}, ids...)
	if len(tokens) > m.Config.Context {
		in.Faultf("text", "太长：诗芽最多读 %d 个字", m.Config.Context-1)
		return nil, in.Err()
	}
	return tokens, nil
}

// softPart shows what the teacher says of what follows a text, at T = 1 and at the
// temperature of the plan.
func softPart(in *sheet.Input, m *attention.Model, t *attention.Tokenizer, tokens []int, plan lesson) (engine.Part, error) {
	d, err := attention.NewDecoder(m, in.Backend(), len(tokens))
	if err != nil {
		return engine.Part{}, err
	}
	logits, err := d.Next(in.Context, tokens)
	if err != nil {
		return engine.Part{}, err
	}
	plain, soft := softened(logits, 1), softened(logits, plan.temperature)
	order := make([]int, len(logits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmpFloat(plain[a], plain[b]) })
	hard, warm, hot := chart.Series{Name: "文字只说：就是这一个"}, chart.Series{Name: "老师，T = 1"}, chart.Series{Name: "老师，T = " + format.Number(plan.temperature)}
	table := engine.Table{Columns: sheet.Columns("名次", "下一个字", "T = 1 的概率（%）", "T = "+format.Number(plan.temperature)+" 的概率（%）")}
	for rank, token := range order[:min(shownRanks, len(order))] {
		x, one := float64(rank+1), 0.0
		if rank == 0 {
			one = 100
		}
		hard.Points = append(hard.Points, chart.Point{X: x, Y: one})
		warm.Points = append(warm.Points, chart.Point{X: x, Y: 100 * plain[token]})
		hot.Points = append(hot.Points, chart.Point{X: x, Y: 100 * soft[token]})
		symbol, _ := t.Symbol(token)
		if token == m.Config.BOS || slices.Contains(m.Config.EOS, token) {
			symbol = "〈终〉"
		}
		table.Rows = append(table.Rows, []string{format.Plain(x), symbol, format.Fixed(100*plain[token], 3), format.Fixed(100*soft[token], 3)})
	}
	series := []chart.Series{hard, warm}
	if plan.temperature != 1 {
		series = append(series, hot)
	}
	title := "同一个位置，两种教法各给学生看什么"
	first, _ := t.Symbol(order[0])
	desc := fmt.Sprintf("“%s”之后。横轴是候选的名次，纵轴是概率。最可能的是“%s”，T = 1 时 %s，T = %s 时 %s。", t.Decode(tokens), first,
		format.Ratio(round(plain[order[0]], 4)), format.Number(plan.temperature), format.Ratio(round(soft[order[0]], 4)))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("soft"), Title: title, Desc: desc, Width: in.Width()},
		X:     chart.Axis{Name: "名次", Unit: "名"}, Y: chart.Axis{Name: "概率", Unit: "%", Zero: true}, Series: series,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	ones, many := entropy(plain), entropy(soft)
	return engine.Part{
		Title: "老师给的概率", Figures: []engine.Figure{figure},
		Text: "文字在每个位置只给一个字；老师给出整张表：哪些字也说得通，各有几分。温度越高，表越平，排在后面的字教得越多。",
		Quantities: []engine.Quantity{
			{Name: "T = 1 时的熵", Text: format.Fixed(ones, 2) + " 奈特", Value: number(ones), Unit: "奈特", Formula: "−Σ p ln p", Note: "相当于在 " + format.Number(round(math.Exp(ones), 1)) + " 个字里均匀地挑", Sources: []engine.SourceNote{sourceHinton}},
			{Name: "T = " + format.Number(plan.temperature) + " 时的熵", Text: format.Fixed(many, 2) + " 奈特", Value: number(many), Unit: "奈特", Formula: "p = softmax(z ÷ T)", Note: "相当于 " + format.Number(round(math.Exp(many), 1)) + " 个字"},
		},
	}, err
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// softened is softmax(logits / temperature).
func softened(logits []float32, temperature float64) []float64 {
	high := float64(slices.Max(logits))
	out := make([]float64, len(logits))
	var sum float64
	for i, v := range logits {
		out[i] = math.Exp((float64(v) - high) / temperature)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func entropy(p []float64) (sum float64) {
	for _, v := range p {
		if v > 0 {
			sum -= v * math.Log(v)
		}
	}
	return sum
}

// planPart says what is trained, and how much work and memory that takes.
func planPart(teacher, student attention.ModelConfig, plan lesson) engine.Part {
	table := sheet.Table("老师与学生", sheet.Columns("", "层（个）", "宽", "查询头（个）", "键值头（个）", "前馈宽", "参数（个）", "fp16 大小"))
	for _, r := range []struct {
		name string
		c    attention.ModelConfig
	}{{"老师：诗芽", teacher}, {"学生", student}} {
		row := engine.FactRow{Cells: []engine.Fact{{Text: r.name}}}
		for _, v := range []int{r.c.Layers, r.c.Width, r.c.Heads, r.c.KVHeads, r.c.FFN} {
			row.Cells = append(row.Cells, engine.Fact{Text: format.Plain(float64(v))})
		}
		n := weights(r.c)
		row.Cells = append(row.Cells, engine.Fact{Text: format.Count(float64(n))}, engine.Fact{Text: bytes(prune.Dense.Bytes(int(n), 0))})
		table.Rows = append(table.Rows, row)
	}
	about := "从零开始，权重随机。"
	if plan.student == half {
		about = fmt.Sprintf("从老师身上取第 %s 层和词嵌入开始。", layerWords(inherited(teacher.Layers, student.Layers)))
	}
	flops := 6*2*float64(weights(student)) + 2*float64(weights(teacher))
	total := flops * batchRows * float64(plan.steps)
	return engine.Part{
		Title: "谁教谁", Tables: []engine.FactTable{table},
		Text: "学生：" + about + " 两个学生的初值、诗的次序、学习率都一样。损失 = (1 − α)·交叉熵 + α·T²·KL(老师 ‖ 学生)，只看文字的学生 α = 0。",
		Quantities: []engine.Quantity{
			{Name: "训练的计算量，约", Text: format.Value(total, "FLOP"), Value: number(total), Unit: "FLOP", Formula: "步 × 每步的字 × (2 × 6 × 学生 + 2 × 老师)",
				Working: fmt.Sprintf("%d × %d × (12 × %s + 2 × %s)", plan.steps, batchRows, format.Count(float64(weights(student))), format.Count(float64(weights(teacher)))), Note: "两个学生各训练一遍，老师只前向"},
			{Name: "训练时的内存，约", Text: format.Value(float64(distilBytes(teacher, student, plan.texts)), "B"), Value: number(float64(distilBytes(teacher, student, plan.texts))), Unit: "B", Formula: "两个学生的权重、梯度、两份动量与激活，加老师的激活"},
		},
	}
}

func layerWords(layers []int) string {
	out := ""
	for i, l := range layers {
		if i > 0 {
			out += "、"
		}
		out += format.Plain(float64(l))
	}
	return out
}

// distilBytes is what a run holds at most.
func distilBytes(teacher, student attention.ModelConfig, poems int) int64 {
	return 2*trainingBytes(student) + teachingBytes(teacher) + 2*4*weights(teacher) + textBytes(teacher, poems)
}

// trainers are two students alike: one of the texts alone, one of the teacher too.
func trainers(m *attention.Model, b attention.Backend, poems []train.Document, plan lesson, pause func(context.Context) error) (alone, taught *train.Trainer, err error) {
	o := train.Options{Rows: batchRows, Rate: plan.rate, Last: 0.1, Warmup: min(10, plan.steps), Beta1: 0.9, Beta2: 0.95, Decay: 0.1, Clip: 1, Seed: plan.seed}
	o.Epochs = epochs(poems, o, plan.steps)
	for _, t := range []**train.Trainer{&alone, &taught} {
		student, err := newStudent(m, plan.student, plan.seed)
		if err != nil {
			return nil, nil, err
		}
		if *t, err = train.New(student, b, poems, o); err != nil {
			return nil, nil, err
		}
		(*t).Pause = pause
	}
	err = taught.Distil(train.Distillation{Teacher: m, Temperature: plan.temperature, Weight: plan.weight})
	return alone, taught, err
}
