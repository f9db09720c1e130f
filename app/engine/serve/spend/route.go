package spend

import (
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
	"courselab/sim/money"
)

// sweepPoints is how many thresholds of the checker the curve goes through.
const sweepPoints = 41

// Route answers the lab "route": a small model first, a large one where a checker
// objects, with shorter prompts, shorter answers and quotas.
func Route(in *sheet.Input) (engine.Sheet, error) {
	small, large, cur := priced(in, "small"), priced(in, "large"), readCurrency(in)
	easy := in.Number("easy") / 100
	r := &money.Route{
		Use: sim.Usage{Input: in.Number("input"), Output: in.Number("output")}, Questions: in.Number("daily") * daysPerMonth,
		Runaway: in.Number("runaway"), Quota: in.On("quota"), Refused: in.Number("refused") / 100,
		CutInput: in.Number("cut_input"), CutOutput: in.Number("cut_output"), CutLoss: in.Number("cut_loss") / 100,
		Catch: in.Number("catch") / 100, FalseAlarm: in.Number("false_alarm") / 100,
		Classes: []money.Class{
			{Name: "易", Share: easy, Small: in.Number("small_easy") / 100, Large: in.Number("large_easy") / 100},
			{Name: "难", Share: 1 - easy, Small: in.Number("small_hard") / 100, Large: in.Number("large_hard") / 100},
		},
	}
	for i, name := range []string{"large_easy", "large_hard"} {
		if k := r.Classes[i]; k.Large < k.Small {
			in.Fault(name, "不能低于小模型的：这里假定小模型会的大模型都会")
		}
	}
	if small != nil && large != nil && small.Price.Currency != large.Price.Currency {
		in.Fault("small", "与大模型的价目币种不同")
	}
	if r.CutInput > r.Use.Input {
		in.Fault("cut_input", "比输入还多")
	}
	if r.CutOutput > r.Use.Output {
		in.Fault("cut_output", "比输出还多")
	}
	at := moment(in)
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	var err error
	if r.Small, err = small.Price.At(at, r.Use.Input); err != nil {
		return engine.Sheet{}, sheet.Rename(err, "tiers", "input")
	}
	if r.Large, err = large.Price.At(at, r.Use.Input); err != nil {
		return engine.Sheet{}, sheet.Rename(err, "tiers", "input")
	}
	to := func(v float64) float64 { // from yuan to the prices' currency
		out, err := cur.rate.Convert(v, "CNY", r.Large.Currency)
		if err != nil {
			return 0
		}
		return out
	}
	r.Failure, r.Check = to(in.Number("failure")), to(in.Number("check"))
	return (&routing{in: in, cur: cur, r: r, small: small, large: large, priced: r.Large.Currency}).sheet()
}

// routing is one question: how much quality is kept for how much money.
type routing struct {
	in           *sheet.Input
	cur          currency
	r            *money.Route
	small, large *sim.Model
	priced       string // currency of the prices
}

// show writes an amount of the prices' currency in the lab's.
func (q *routing) show(v float64) string { return q.cur.show(q.cur.from(v, q.priced)) }

func (q *routing) sheet() (engine.Sheet, error) {
	steps, err := q.r.Steps()
	if err != nil {
		return engine.Sheet{}, err
	}
	c, err := q.r.Cascade()
	if err != nil {
		return engine.Sheet{}, err
	}
	run, err := c.Run()
	if err != nil {
		return engine.Sheet{}, err
	}
	little, err := c.Alone(false)
	if err != nil {
		return engine.Sheet{}, err
	}
	big, err := c.Alone(true)
	if err != nil {
		return engine.Sheet{}, err
	}
	first, last := steps[0], steps[len(steps)-1]
	var s engine.Sheet
	lost := (first.Right - last.Right) * 100
	s.Verdict = engine.Verdict{
		Text:   fmt.Sprintf("每月账单从 %s 降到 %s，剩 %s；答对率从 %s 变为 %s。", q.show(first.Bill.Value), q.show(last.Bill.Value), format.Ratio(last.Left), format.Ratio(first.Right), format.Ratio(last.Right)),
		Detail: fmt.Sprintf("账单加失败费：%s 变为 %s。", q.show(first.TotalBill), q.show(last.TotalBill)),
	}
	switch {
	case last.TotalBill < first.TotalBill:
		s.Verdict.Tone = engine.Good
	case last.TotalBill > first.TotalBill:
		s.Verdict.Tone = engine.Bad
		s.Verdict.Detail += "省下的模型费抵不上多付的失败费。"
	}
	s.Notes = []engine.Note{
		{Tone: engine.Warn, Text: "答对率、检查器的好坏与失败费都是你的假设：先用自己的题测，再填进来。"},
		{Text: "假定小模型会的大模型都会；升级的题先付了小模型的钱，用户也等了两次。"},
		{Text: fmt.Sprintf("价目：%s（%s）与 %s（%s），取数据那天世界时 12 点的价。", q.small.Name, q.small.Price.AsOf, q.large.Name, q.large.Price.AsOf)},
		q.cur.note(),
	}
	quantities := []engine.Quantity{
		sheet.Noted(q.cur.converted(run.Price, q.priced), "精简之后"), sheet.Noted(percent(run.Right), "只看答了的题，少 %s 个百分点", format.Fixed(lost, 1)),
		percent(sim.Quantity{Name: "升级到大模型的比例", Value: run.Escalated, Formula: "(1 − s) · c + s · f", Working: run.Price.Working, Terms: run.Price.Terms[3:]}),
		percent(sim.Quantity{Name: "没抓出来、直接给了用户的错答", Value: run.Missed, Formula: "(1 − s) · (1 − c)", Working: sim.Number(run.Missed), Terms: run.Price.Terms[3:5]}),
	}
	if worth, err := money.Worth(run, big); err == nil {
		yuan, err := q.cur.rate.Convert(worth.Value, q.priced, "CNY")
		if err == nil {
			quantities = append(quantities, sheet.Noted(q.cur.converted(worth, q.priced), "每错一题低于 %s 时级联划算，高于它时全用大模型", format.Value(yuan, "CNY")))
		}
	}
	figure, err := q.draw(c, run, little, big)
	if err != nil {
		return engine.Sheet{}, err
	}
	s.Parts = []engine.Part{
		{Title: "级联", Quantities: quantities},
		{Title: "质量与价钱", Text: "检查器的门槛从“什么都不升级”移到“全部升级”，每个门槛是曲线上的一点。", Figures: []engine.Figure{figure}},
		{Title: "一步一步", Text: "每一步只作用在前面剩下的钱上：节省相乘，不相加。", Tables: []engine.FactTable{q.steps(steps)}},
	}
	return s, nil
}

// percent is sheet.Quantity of a share, in per cent.
func percent(q sim.Quantity) engine.Quantity {
	q.Unit = sim.Ratio
	return sheet.In(q, "%")
}

// steps is the table of the measures.
func (q *routing) steps(all []money.Step) engine.FactTable {
	unit := map[string]string{"CNY": "元", "USD": "美元"}[q.cur.name]
	var rows [][]string
	for _, s := range all {
		rows = append(rows, []string{
			s.Name, format.Number(q.cur.from(s.PerQuestion, q.priced)), format.Count(s.Calls), format.Fixed(q.cur.from(s.Bill.Value, q.priced), 0), format.Ratio(s.Left),
			format.Ratio(s.Right), format.Count(s.WrongPerStep), format.Fixed(q.cur.from(s.TotalBill, q.priced), 0),
		})
	}
	t := sheet.Table("逐步优化后的每月账单", sheet.Columns("做法", "每次（"+unit+"）", "每月调用", "账单（"+unit+"）", "剩下", "答对", "比上一步多错", "账单加失败费（"+unit+"）"), rows...)
	t.Name = "route-steps"
	best := 0
	for i, s := range all {
		if s.TotalBill < all[best].TotalBill {
			best = i
		}
	}
	t.Rows[best].Tone = engine.Good
	t.Text = "按失败费该停在“" + all[best].Name + "”。各步并不独立：容易题先被拿走，剩下的更难，实际升级率会更高，要按次序一步一测。"
	return t
}

// draw shows the share that is right against the price of a question.
func (q *routing) draw(c *money.Cascade, run, little, big money.Outcome) (engine.Figure, error) {
	points, err := c.Sweep(sweepPoints)
	if err != nil {
		return engine.Figure{}, err
	}
	thousand := func(v float64) float64 { return q.cur.from(v, q.priced) * 1000 }
	curve := chart.Series{Name: "级联，各门槛"}
	table := engine.Table{Columns: sheet.Columns("升级（%）", "抓出的错（%）", "误报的对（%）", "千次价钱（"+map[string]string{"CNY": "元", "USD": "美元"}[q.cur.name]+"）", "答对（%）")}
	for _, p := range points {
		curve.Points = append(curve.Points, chart.Point{X: thousand(p.Price), Y: p.Right * 100})
		table.Rows = append(table.Rows, []string{format.Fixed(p.Escalated*100, 1), format.Fixed(p.Catch*100, 1), format.Fixed(p.FalseAlarm*100, 1), format.Number(thousand(p.Price)), format.Fixed(p.Right*100, 2)})
	}
	spot := func(name string, o money.Outcome) chart.Dot {
		return chart.Dot{X: thousand(o.Price.Value), Y: o.Right.Value * 100, Label: name, Strong: true}
	}
	title := "答对率与价钱"
	desc := fmt.Sprintf("每千次：只用小模型 %s 答对 %s；你的门槛 %s 答对 %s；只用大模型 %s 答对 %s。门槛再宽，答对率先快后慢地升，价钱一路上升，全部升级比直接用大模型还贵。",
		q.show(little.Price.Value*1000), format.Ratio(little.Right.Value), q.show(run.Price.Value*1000), format.Ratio(run.Right.Value), q.show(big.Price.Value*1000), format.Ratio(big.Right.Value))
	svg, err := chart.Scatter(chart.ScatterSpec{
		Frame: chart.Frame{Key: q.in.Key("curve"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "每千次的价钱", Unit: map[string]string{"CNY": "元", "USD": "美元"}[q.cur.name], Zero: true}, Y: chart.Axis{Name: "答对", Unit: "%"},
		Lines:  []chart.Series{curve},
		Groups: []chart.Group{{Name: "三种做法", Dots: []chart.Dot{spot("只用小模型", little), spot("级联", run), spot("只用大模型", big)}}},
	})
	return sheet.Figure(title, desc, table, svg, err)
}
