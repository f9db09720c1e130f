package choosing

import (
	"fmt"
	"math"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
	"courselab/sim/scaling"
)

const scalingFile = "data/scaling.json"

// curvePoints is how many points a curve has.
const curvePoints = 61

var parsedScaling sheet.Kept[string, *scaling.File]

// Scaling answers the lab "scaling-law".
func Scaling(in *sheet.Input) (engine.Sheet, error) {
	budget, ratio := math.Pow(10, in.Number("log_flops")), in.Number("ratio")
	text := in.File(scalingFile)
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	file, err := parsedScaling.Get(text, func() (*scaling.File, error) { return scaling.Parse([]byte(text)) })
	if err != nil {
		in.Fault("", "课程数据 "+scalingFile+" 有错："+err.Error())
		return engine.Sheet{}, in.Err()
	}
	splits, err := scaling.Splits(budget)
	if err != nil {
		return engine.Sheet{}, sheet.Rename(err, "flops", "log_flops")
	}
	// The learner's own split: N and D = ratio · N with 6 · N · D = C.
	n := math.Sqrt(budget / (6 * ratio))
	own, err := ownSplit(n, ratio*n, splits)
	if err != nil {
		return engine.Sheet{}, err
	}
	s := engine.Sheet{Verdict: verdictOf(budget, splits), Answer: scalingAnswer(splits), Because: "四组常数给同一份算力的最优参数量，最大的是最小的 " + format.Number(spread(splits)) + " 倍。"}
	s.Notes = []engine.Note{{Text: "各组常数来自不同的分词器与数据：最优的分法可以比，损失的绝对值不能比。C = 6ND。"}}
	s.Parts = []engine.Part{own}
	figures := []func(*sheet.Input, float64, []scaling.Split) (engine.Figure, error){valleys, func(in *sheet.Input, c float64, splits []scaling.Split) (engine.Figure, error) {
		return optima(in, c, file.Models)
	}}
	for i, draw := range figures {
		f, err := draw(in, budget, splits)
		if err != nil {
			return s, err
		}
		title := []string{"同一份算力，模型多大最好", "算力最优线与真实的模型"}[i]
		p := engine.Part{Title: title, Figures: []engine.Figure{f}}
		if i == 0 {
			p.Tables = []engine.FactTable{optimaTable(splits)}
		} else {
			p.Tables = []engine.FactTable{namedTable(file.Models)}
		}
		s.Parts = append(s.Parts, p)
		if i == 0 {
			in.Partial(s)
		}
	}
	measured, err := measuredPart(in, file)
	s.Parts = append(s.Parts, measured)
	return s, err
}

// spread is the greatest optimum of the least.
func spread(splits []scaling.Split) float64 {
	lo, hi := math.Inf(1), 0.0
	for _, s := range splits {
		lo, hi = min(lo, s.Params.Value), max(hi, s.Params.Value)
	}
	return hi / lo
}

func verdictOf(c float64, splits []scaling.Split) engine.Verdict {
	printed, refit := splits[0], splits[2]
	return engine.Verdict{
		Text: fmt.Sprintf("花 %s：按印出的常数该练 %s 参数、%s；按重新拟合的该练 %s 参数、%s。",
			format.Number(c)+" FLOP", format.Value(printed.Params.Value, sim.Parameter), tokens(printed.Tokens), format.Value(refit.Params.Value, sim.Parameter), tokens(refit.Tokens)),
		Detail: fmt.Sprintf("每参数的词元分别是 %s 与 %s：“20”来自哪一次拟合，要写明。", format.Number(printed.TokensPerItem), format.Number(refit.TokensPerItem)),
	}
}

// scalingAnswer is the right option of the lab's guess: how far apart the fits of
// the same runs are, printed constants against refitted ones.
func scalingAnswer(splits []scaling.Split) string {
	switch r := splits[2].Params.Value / splits[0].Params.Value; {
	case r < 1.2 && r > 1/1.2:
		return "same"
	case r < 2 && r > 0.5:
		return "some"
	}
	return "double"
}

// ownSplit is the learner's own way to spend the budget beside each law's.
func ownSplit(n, d float64, splits []scaling.Split) (engine.Part, error) {
	p := engine.Part{Title: "按你的比例花", Text: "每参数的词元由你定，参数量随之定下：N = √(C / (6 · r))。"}
	size := sim.Quantity{Name: "参数量", Unit: sim.Parameter, Value: n, Formula: "√(C / (6 · r))", Working: "√(" + sim.Number(6*n*d) + " / (6 × " + sim.Number(d/n) + "))",
		Terms: []sim.Term{{Symbol: "C", Name: "训练计算量", Value: 6 * n * d, Unit: sim.FLOP}, {Symbol: "r", Name: "每参数的词元", Value: d / n}}}
	p.Quantities = append(p.Quantities, sheet.Noted(sheet.Quantity(size), "%s", tokens(d)))
	for _, s := range splits {
		if s.Law.Fit == nil {
			continue // Kaplan's optimum does not follow from his law of loss
		}
		q, err := s.Law.Loss(n, d)
		if err != nil {
			return p, err
		}
		more := q.Value - s.Loss.Value
		out := sheet.Quantity(q)
		out.Name = "损失（" + s.Law.Name + "）"
		p.Quantities = append(p.Quantities, sheet.Noted(out, "比它的最优高 %s", format.Fixed(more, 4)))
	}
	return p, nil
}

// tokens writes an amount of text.
func tokens(v float64) string { return format.Value(v, sim.Token) }

// valleys are the losses of one budget over sizes, law by law.
func valleys(in *sheet.Input, c float64, splits []scaling.Split) (engine.Figure, error) {
	splits = slices.DeleteFunc(slices.Clone(splits), func(s scaling.Split) bool { return s.Law.Fit == nil })
	lo, hi := math.Inf(1), 0.0
	for _, s := range splits {
		lo, hi = min(lo, s.Params.Value), max(hi, s.Params.Value)
	}
	lo, hi = max(1, lo/30), min(hi*30, c/6)
	table := engine.Table{Columns: []engine.Column{{Name: "参数量", Unit: "个"}, {Name: "词元"}}}
	var series []chart.Series
	var rows [][]string
	for i, s := range splits {
		points, err := s.Law.Valley(c, lo, hi, curvePoints)
		if err != nil {
			return engine.Figure{}, err
		}
		one := chart.Series{Name: s.Law.Name}
		table.Columns = append(table.Columns, engine.Column{Name: s.Law.Name, Unit: "nat"})
		for j, p := range points {
			one.Points = append(one.Points, chart.Point{X: p.N, Y: p.Loss})
			if i == 0 && j%5 == 0 {
				rows = append(rows, []string{format.Number(p.N), format.Number(scaling.Tokens(c, p.N))})
			}
			if j%5 == 0 {
				rows[j/5] = append(rows[j/5], format.Fixed(p.Loss, 4))
			}
		}
		series = append(series, one)
	}
	table.Rows = rows
	title := "损失随参数量，算力固定"
	desc := fmt.Sprintf("算力 %s FLOP 不变，参数量从 %s 到 %s。每条曲线先降后升，谷底是那组常数的最优：", format.Number(c), format.Value(lo, sim.Parameter), format.Value(hi, sim.Parameter))
	for i, s := range splits {
		if i > 0 {
			desc += "；"
		}
		desc += s.Law.Name + " " + format.Value(s.Params.Value, sim.Parameter)
	}
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("valleys"), Title: title, Desc: desc + "。"},
		X:     chart.Axis{Name: "参数量", Unit: "个", Scale: chart.Log10}, Y: chart.Axis{Name: "预测的损失", Unit: "nat/词元"},
		Series: series, Height: 240,
	})
	return sheet.Figure(title, desc+"。", table, svg, err)
}

func optimaTable(splits []scaling.Split) engine.FactTable {
	t := engine.FactTable{Title: "四组常数的最优分法", Name: "scaling-optima", Columns: sheet.Columns("常数", "最优参数量", "词元", "每参数的词元", "预测的损失（nat）")}
	for _, s := range splits {
		loss := format.None
		if s.Law.Fit != nil {
			loss = format.Fixed(s.Loss.Value, 4)
		}
		o := engine.Origin{Text: s.Params.Formula, Source: join(s.Law.Source.Title, s.Law.Source.URL), Date: s.Law.Source.Date, Note: s.Law.About}
		t.Rows = append(t.Rows, engine.FactRow{Cells: []engine.Fact{
			{Text: s.Law.Name}, {Text: format.Value(s.Params.Value, sim.Parameter), Origins: []engine.Origin{o}}, {Text: format.Count(s.Tokens)}, {Text: format.Number(s.TokensPerItem)}, {Text: loss},
		}})
	}
	t.Text = "Kaplan 的参数不计词嵌入；他的最优线是另外拟合的，不由损失公式推出，损失又属于另一个分词器，所以不列。"
	return t
}

// optima are the lines of optimal sizes over budgets, with named models on them.
func optima(in *sheet.Input, c float64, models []scaling.Trained) (engine.Figure, error) {
	lo, hi := c, c
	for _, m := range models {
		lo, hi = min(lo, m.FLOPs()), max(hi, m.FLOPs())
	}
	lo, hi = math.Pow(10, math.Floor(math.Log10(lo))), math.Pow(10, math.Ceil(math.Log10(hi)))
	table := engine.Table{Columns: []engine.Column{{Name: "训练计算量", Unit: "FLOP"}}}
	var series []chart.Series
	var rows [][]string
	for i, law := range scaling.Laws() {
		one := chart.Series{Name: law.Name}
		table.Columns = append(table.Columns, engine.Column{Name: law.Name, Unit: "个"})
		steps := int(math.Round(math.Log10(hi / lo)))
		for j := 0; j <= steps; j++ {
			at := lo * math.Pow(10, float64(j))
			q, err := law.Optimum(at)
			if err != nil {
				return engine.Figure{}, err
			}
			one.Points = append(one.Points, chart.Point{X: at, Y: max(1, q.Value)})
			if i == 0 {
				rows = append(rows, []string{format.Number(at)})
			}
			rows[j] = append(rows[j], format.Number(q.Value))
		}
		series = append(series, one)
	}
	real := chart.Series{Name: "真实的模型（点）"}
	sorted := slices.SortedFunc(slices.Values(models), func(a, b scaling.Trained) int { return int(math.Copysign(1, a.FLOPs()-b.FLOPs())) })
	for i, m := range sorted {
		if i > 0 {
			// A point without a value keeps the dots from being joined.
			real.Points = append(real.Points, chart.Point{X: m.FLOPs(), Y: math.NaN()})
		}
		real.Points = append(real.Points, chart.Point{X: m.FLOPs(), Y: m.Params})
	}
	if len(models) > 0 {
		series = append(series, real)
	}
	table.Rows = rows
	title := "算力最优的参数量随算力"
	above, below := 0, 0
	for _, m := range models {
		q, err := scaling.Laws()[2].Optimum(m.FLOPs())
		if err != nil {
			return engine.Figure{}, err
		}
		if m.Params > q.Value {
			above++
		} else {
			below++
		}
	}
	desc := fmt.Sprintf("横轴训练计算量，纵轴参数量，四条线是四组常数的最优，点是 %d 个真实的模型。按重新拟合的常数，%d 个偏大（练得不够），%d 个偏小（为了推理便宜而多练）。", len(models), above, below)
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("optima"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "训练计算量", Unit: "FLOP", Scale: chart.Log10}, Y: chart.Axis{Name: "参数量", Unit: "个", Scale: chart.Log10},
		Series: series, Height: 240,
	})
	return sheet.Figure(title, desc, table, svg, err)
}

func namedTable(models []scaling.Trained) engine.FactTable {
	t := engine.FactTable{Title: "真实的模型", Name: "scaling-models", Columns: sheet.Columns("模型", "参数", "训练词元", "每参数的词元", "6ND", "同样算力按重新拟合的最优")}
	for _, m := range models {
		best := format.None
		if q, err := scaling.Laws()[2].Optimum(m.FLOPs()); err == nil {
			best = format.Value(q.Value, sim.Parameter)
		}
		o := []engine.Origin{{Text: format.Count(m.Tokens), Source: join(m.Source, m.URL), Date: m.AsOf, Note: m.Note}}
		t.Rows = append(t.Rows, engine.FactRow{Cells: []engine.Fact{{Text: m.Name}, {Text: format.Value(m.Params, sim.Parameter), Origins: o}, {Text: format.Count(m.Tokens), Origins: o}, {Text: format.Number(m.Tokens / m.Params)}, {Text: format.Value(m.FLOPs(), sim.FLOP)}, {Text: best}}})
	}
	t.Text = "MoE 按每词元动用的参数算。"
	return t
}

// measuredPart shows the project's own runs; it says so where there are none.
func measuredPart(in *sheet.Input, file *scaling.File) (engine.Part, error) {
	p := engine.Part{Title: "自己量的点"}
	if len(file.Measured) == 0 {
		p.Text = "课程数据里还没有自己训练的小模型的测量；把规模、词元与损失写进 " + scalingFile + " 的 measured，就会画在这里。"
		return p, nil
	}
	p.Text = file.Setting
	table := engine.Table{Columns: sheet.Columns("模型", "参数（个）", "字（个）", "损失（nat/字）", "形状")}
	points := chart.Series{Name: "实测（点）"}
	sorted := slices.SortedFunc(slices.Values(file.Measured), func(a, b scaling.Trained) int { return int(math.Copysign(1, a.Params-b.Params)) })
	for i, m := range sorted {
		if i > 0 {
			points.Points = append(points.Points, chart.Point{X: m.Params, Y: math.NaN()})
		}
		points.Points = append(points.Points, chart.Point{X: m.Params, Y: *m.Loss})
		table.Rows = append(table.Rows, []string{m.Name, format.Number(m.Params), format.Number(m.Tokens), format.Fixed(*m.Loss, 4), m.Note})
	}
	series := []chart.Series{points}
	desc := fmt.Sprintf("%d 个自己训练的模型，横轴参数量，纵轴留出文本上的损失。", len(sorted))
	if slope, err := scaling.FitSlope(sorted); err == nil {
		line := chart.Series{Name: "L = a · N^−b 的拟合"}
		for _, m := range []scaling.Trained{sorted[0], sorted[len(sorted)-1]} {
			line.Points = append(line.Points, chart.Point{X: m.Params, Y: slope.A * math.Pow(m.Params, -slope.B)})
		}
		series = append(series, line)
		desc += fmt.Sprintf("双对数轴上的直线：b = %s，R² = %s。", format.Fixed(slope.B, 4), format.Fixed(slope.R2, 3))
		p.Quantities = append(p.Quantities, engine.Quantity{Name: "指数 b", Text: format.Fixed(slope.B, 4), Value: &slope.B, Formula: "L = a · N^(−b)", Working: "a = " + sim.Number(slope.A) + "，R² = " + sim.Number(slope.R2)})
	}
	title := "损失随参数量，自己的测量"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("measured"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "参数量", Unit: "个", Scale: chart.Log10}, Y: chart.Axis{Name: "损失", Unit: "nat/字", Scale: chart.Log10},
		Series: series,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	if err == nil {
		p.Figures = []engine.Figure{figure}
	}
	return p, err
}
