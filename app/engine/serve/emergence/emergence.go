package emergence

import (
	"fmt"
	"math"
	"math/rand/v2"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
)

const (
	smallest, largest = 1e7, 1e12 // parameters that are drawn
	perDecade         = 8         // points of a curve
	tested            = 2         // models a decade that are tested
)

// ruler is one way to sum up what the models get right.
type ruler struct {
	value, name, unit string
	of                func(sim.Scores) float64
}

var rulers = []ruler{
	{"exact", "整串全对的比例", "%", func(s sim.Scores) float64 { return 100 * s.Exact }},
	{"token", "每个词元的正确率", "%", func(s sim.Scores) float64 { return 100 * s.PerToken }},
	{"wrong", "平均错几个词元", "个", func(s sim.Scores) float64 { return s.Wrong }},
	{"loss", "每个词元的损失", "奈特", func(s sim.Scores) float64 { return s.Loss }},
}

// Sheet answers the lab "emergence".
func Sheet(in *sheet.Input) (engine.Sheet, error) {
	e := sim.Emergence{Scale: in.Number("scale"), Exponent: in.Number("exponent"), Tokens: in.Number("tokens")}
	questions, seed := int(in.Number("questions")), uint64(in.Number("seed"))
	var with *ruler
	for i := range rulers {
		if rulers[i].value == in.Text("ruler") {
			with = &rulers[i]
		}
	}
	if with == nil {
		in.Fault("ruler", "没有这把尺子")
	}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	half, err := e.SizeFor(0.5)
	if err != nil {
		return engine.Sheet{}, err
	}
	low, err := e.SizeFor(0.1)
	if err != nil {
		return engine.Sheet{}, err
	}
	high, err := e.SizeFor(0.9)
	if err != nil {
		return engine.Sheet{}, err
	}
	var out engine.Sheet
	size := func(v float64) string { return format.Value(v, "个") }
	out.Verdict.Text = fmt.Sprintf("%s 个词元的答案，整串全对从一成到九成，规模要大 %s 倍（%s 到 %s）。", format.Number(e.Tokens), format.Number(rounded(high.Value/low.Value)), size(low.Value), size(high.Value))
	if with.value != "exact" {
		out.Verdict.Text = fmt.Sprintf("换成“%s”，同一批模型只是平稳地变好，没有跃起。", with.name)
	}
	small := math.Max(smallest, math.Min(half.Value/1000, largest))
	before, err := e.At(small)
	if err != nil {
		return engine.Sheet{}, err
	}
	out.Verdict.Detail = fmt.Sprintf("一半全对的规模是 %s；%s 的小模型，每个词元也答对 %s，整串全对却只有 %s。", size(half.Value), size(small), format.Ratio(before.PerToken), format.Ratio(before.Exact))
	two, eight := e, e
	two.Tokens, eight.Tokens = 2, 8
	short, err := two.SizeFor(0.5)
	if err != nil {
		return engine.Sheet{}, err
	}
	long, err := eight.SizeFor(0.5)
	if err != nil {
		return engine.Sheet{}, err
	}
	out.Answer = "smaller"
	out.Because = fmt.Sprintf("8 个词元时要 %s，2 个词元时只要 %s，小 %s 倍。模型没有变，变的是题目。", size(long.Value), size(short.Value), format.Number(rounded(long.Value/short.Value)))
	out.Notes = []engine.Note{
		{Text: "模型家族是假设的：损失按规模的幂下降，各词元互相独立（Schaeffer 等 2023 第 2 节的简化）。真实任务的词元互相关联，曲线会不同。"},
		{Text: "这说明跃起可以由尺子造成，不说明所有的涌现都是这样；整串全对若就是用户的要求，那条陡坡是真的。"},
	}
	curve, err := draw(in, e, *with)
	if err != nil {
		return engine.Sheet{}, err
	}
	test, zero, err := examine(in, e, questions, seed)
	if err != nil {
		return engine.Sheet{}, err
	}
	numbers := engine.Part{Title: "从哪里来", Quantities: []engine.Quantity{sheet.Quantity(half)}}
	exact, err := sim.ExactMatch(before.PerToken, e.Tokens)
	if err != nil {
		return engine.Sheet{}, err
	}
	q := sheet.Quantity(exact)
	q.Name, q.Text, q.Note = size(small)+" 的模型，整串全对", format.Ratio(exact.Value), "每个词元 "+format.Ratio(before.PerToken)
	numbers.Quantities = append(numbers.Quantities, q)
	none, err := sim.ZeroScore(before.Exact, float64(questions))
	if err != nil {
		return engine.Sheet{}, err
	}
	z := sheet.Quantity(none)
	z.Name, z.Text, z.Note = "它在这次测试里得零分的概率", format.Ratio(none.Value), fmt.Sprintf("%s 道题", format.Count(float64(questions)))
	numbers.Quantities = append(numbers.Quantities, z)
	test.Text = fmt.Sprintf("每个模型做 %s 道题，随机抽出结果。测成零分的有 %d 个，可是它们的真实得分都不是零。", format.Count(float64(questions)), zero)
	if zero == 0 {
		test.Text = fmt.Sprintf("每个模型做 %s 道题，随机抽出结果。没有一个测成零分。", format.Count(float64(questions)))
	}
	out.Parts = []engine.Part{
		{Title: with.name + "随规模", Figures: []engine.Figure{curve}, Text: "所有尺子量的是同一批模型；表里四把都有。"},
		numbers, test, published(),
	}
	return out, nil
}

// sizes are the models of the family that are drawn.
func sizes(perDecade int) []float64 {
	var all []float64
	n := int(math.Round(math.Log10(largest/smallest))) * perDecade
	for i := range n + 1 {
		all = append(all, smallest*math.Pow(10, float64(i)/float64(perDecade)))
	}
	return all
}

// draw shows the ruler for the answer's length, and for shorter and longer ones
// where it depends on that.
func draw(in *sheet.Input, e sim.Emergence, with ruler) (engine.Figure, error) {
	table := engine.Table{Columns: sheet.Columns("参数量", "每个词元的损失（奈特）", "每个词元的正确率（%）", "整串全对（%）", "平均错几个词元（个）")}
	lengths := []float64{e.Tokens}
	if with.value == "exact" {
		for _, l := range []float64{1, 2, 8, 30} {
			if l != e.Tokens {
				lengths = append(lengths, l)
			}
		}
	}
	var series []chart.Series
	for i, l := range lengths {
		line := chart.Series{Name: fmt.Sprintf("%s 个词元", format.Number(l))}
		if i == 0 {
			line.Name += "（现在）"
		}
		if with.value == "token" || with.value == "loss" {
			line.Name = with.name
		}
		for _, n := range sizes(perDecade) {
			f := e
			f.Tokens = l
			s, err := f.At(n)
			if err != nil {
				return engine.Figure{}, err
			}
			line.Points = append(line.Points, chart.Point{X: n, Y: with.of(s)})
			if i == 0 {
				table.Rows = append(table.Rows, []string{format.Value(n, "个"), fixed(s.Loss, 4), fixed(100*s.PerToken, 3), fixed(100*s.Exact, 4), fixed(s.Wrong, 4)})
			}
		}
		series = append(series, line)
	}
	first, last := series[0].Points[0].Y, series[0].Points[len(series[0].Points)-1].Y
	title := with.name + "随规模"
	desc := fmt.Sprintf("横轴是参数量，从 %s 到 %s，对数刻度；答案 %s 个词元时，%s从 %s 变到 %s（%s）。", format.Value(smallest, "个"), format.Value(largest, "个"),
		format.Number(e.Tokens), with.name, format.Number(rounded(first)), format.Number(rounded(last)), with.unit)
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("curve"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "参数量", Unit: "个", Scale: chart.Log10}, Y: chart.Axis{Name: with.name, Unit: with.unit, Zero: true},
		Series: series,
	})
	return sheet.Figure(title, desc, table, svg, err)
}

// examine lets models of the family answer questions, each drawn, and counts those
// that get none right.
func examine(in *sheet.Input, e sim.Emergence, questions int, seed uint64) (engine.Part, int, error) {
	random := rand.NewPCG(seed, 0x72756c6572)
	uniform := func() float64 { return float64(random.Uint64()>>11+1) / (1 << 53) }
	truth, seen := chart.Series{Name: "真实的得分"}, chart.Series{Name: "测出的得分"}
	table := engine.Table{Columns: sheet.Columns("参数量", "真实的整串全对（%）", "测出的（%）", "答对的题（道）", "测成零分的概率（%）")}
	zero := 0
	for _, n := range sizes(tested) {
		if err := in.Pause(); err != nil {
			return engine.Part{}, 0, err
		}
		s, err := e.At(n)
		if err != nil {
			return engine.Part{}, 0, err
		}
		right := 0
		for range questions {
			if uniform() <= s.Exact {
				right++
			}
		}
		none, err := sim.ZeroScore(s.Exact, float64(questions))
		if err != nil {
			return engine.Part{}, 0, err
		}
		got := 100 * float64(right) / float64(questions)
		if right == 0 {
			zero++
		}
		truth.Points = append(truth.Points, chart.Point{X: n, Y: 100 * s.Exact})
		seen.Points = append(seen.Points, chart.Point{X: n, Y: got})
		table.Rows = append(table.Rows, []string{format.Value(n, "个"), fixed(100*s.Exact, 4), fixed(got, 3), format.Plain(float64(right)), fixed(100*none.Value, 2)})
	}
	title := "一次测试看到的"
	desc := fmt.Sprintf("十一个规模的模型各做 %s 道整串匹配题。%d 个测成零分。", format.Count(float64(questions)), zero)
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("test"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "参数量", Unit: "个", Scale: chart.Log10}, Y: chart.Axis{Name: "整串全对", Unit: "%", Zero: true},
		Series: []chart.Series{truth, seen},
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{Title: title, Figures: []engine.Figure{figure}}, zero, err
}

// published lists what the two papers found, for the discussion.
func published() engine.Part {
	wei := sheet.Source("https://arxiv.org/abs/2206.07682", "2022-06-15")
	schaeffer := sheet.Source("https://arxiv.org/abs/2304.15004", "2023-04-28")
	fact := func(name, text, note string, source engine.SourceNote) engine.Quantity {
		return engine.Quantity{Name: name, Text: text, Note: note, Sources: []engine.SourceNote{source}}
	}
	return engine.Part{
		Title: "两篇论文各报告了什么",
		Text:  "Wei 等把涌现定义为小模型没有、大模型才有，因而不能由小模型外推的能力；Schaeffer 等对同一批输出换用连续的指标，或加大题量，陡坡就变缓。",
		Quantities: []engine.Quantity{
			fact("三位数加减法出现在", "130 亿参数", "GPT-3，Wei 等表 1", wei),
			fact("四五位数加减法出现在", "1750 亿参数", "GPT-3，同一张表", wei),
			fact("八位数加法，先写步骤再答", "4000 万参数", "微调过的 LaMDA，同一张表：规模取决于方法", wei),
			fact("涌现的情形里，评分非此即彼的", "超过 92%", "BIG-Bench，Schaeffer 等", schaeffer),
		},
	}
}

func fixed(v float64, n int) string {
	scale := math.Pow(10, float64(n))
	return format.Plain(math.Round(v*scale) / scale)
}

// rounded keeps three digits.
func rounded(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	scale := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return math.Round(v/scale) * scale
}
