package spend

import (
	"fmt"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
	"courselab/sim/money"
)

// tenThousands is an amount on an axis: 万元 or thousands of dollars.
func (c currency) axis() (size float64, unit string) {
	if c.name == "USD" {
		return 1e3, "千美元"
	}
	return 1e4, "万元"
}

// cumulative draws what has been spent, month by month.
func (b *breakeven) cumulative(flows []money.Flow, at *sim.Quantity) (engine.Figure, error) {
	size, unit := b.cur.axis()
	own, api := chart.Series{Name: "自建累计"}, chart.Series{Name: "API 累计"}
	table := engine.Table{Columns: sheet.Columns("月", "自建累计（"+unit+"）", "API 累计（"+unit+"）")}
	for _, f := range flows {
		x := float64(f.Month)
		own.Points = append(own.Points, chart.Point{X: x, Y: f.OwnTotal / size})
		api.Points = append(api.Points, chart.Point{X: x, Y: f.APITotal / size})
		table.Rows = append(table.Rows, []string{fmt.Sprint(f.Month), format.Fixed(f.OwnTotal/size, 2), format.Fixed(f.APITotal/size, 2)})
	}
	last := flows[len(flows)-1]
	desc := fmt.Sprintf("自建从采购的 %s 开始，%d 个月后累计 %s；API 从 0 开始，%d 个月后累计 %s。", b.cur.show(flows[0].OwnTotal), last.Month, b.cur.show(last.OwnTotal), last.Month, b.cur.show(last.APITotal))
	series := []chart.Series{own, api}
	var rules []chart.Rule
	if at != nil {
		desc += fmt.Sprintf("两线在第 %s 个月相交。", format.Fixed(at.Value, 1))
		rules = []chart.Rule{{At: at.Value, Vertical: true, Label: "打平"}}
	} else {
		desc += "两线没有相交。"
	}
	title := "累计花费"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: b.in.Key("total"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "从采购算起", Unit: "月"}, Y: chart.Axis{Name: "累计", Unit: unit, Zero: true}, Series: series, Rules: rules,
	})
	return sheet.Figure(title, desc, table, svg, err)
}

// inputName is an uncertain input in Chinese.
func inputName(id string) string {
	all := money.Inputs()
	if i := slices.IndexFunc(all, func(in money.Input) bool { return in.ID == id }); i >= 0 {
		return all[i].Name
	}
	return id
}

func monthText(v *float64) string {
	if v == nil {
		return "不打平"
	}
	return format.Fixed(*v, 1)
}

// levers shows what each input alone does.
func (b *breakeven) levers(at *sim.Quantity) (engine.Part, error) {
	part := engine.Part{Title: "哪个输入最要紧"}
	all, err := b.c.Levers(b.ranges)
	if err != nil {
		return part, err
	}
	if len(all) == 0 {
		part.Text = "没有输入是不确定的：把“不确定度”一组里的数调大。"
		return part, nil
	}
	part.Text = fmt.Sprintf("一次只把一个输入推到它的两端，别的不动：最要紧的是%s。", inputName(all[0].Input))
	low := func(l money.Lever) string { return "−" + format.Ratio(1-l.Low) }
	high := func(l money.Lever) string { return "+" + format.Ratio(l.High-1) }
	table := engine.Table{Columns: sheet.Columns("输入", "范围", "在低端（月）", "在高端（月）")}
	for _, l := range all {
		table.Rows = append(table.Rows, []string{inputName(l.Input), low(l) + " / " + high(l), monthText(l.AtLow), monthText(l.AtHigh)})
	}

	// What does not pay off ends at the last month looked at, and says so.
	month := func(v *float64) float64 {
		if v == nil {
			return float64(b.c.Months)
		}
		return *v
	}
	end := func(text string, v *float64) string {
		if v == nil {
			return text + " 不打平"
		}
		return text
	}
	spec := chart.TornadoSpec{Value: chart.Axis{Name: "打平月份", Unit: "月"}, Base: float64(b.c.Months), Low: "输入在低端", High: "输入在高端"}
	if at != nil {
		spec.Base = at.Value
	}
	for _, l := range all {
		spec.Bars = append(spec.Bars, chart.Swing{Name: inputName(l.Input), Low: month(l.AtLow), High: month(l.AtHigh), LowText: end(low(l), l.AtLow), HighText: end(high(l), l.AtHigh)})
	}
	title := "一次推动一个输入"
	first := all[0]
	desc := fmt.Sprintf("最宽的一条是%s：在低端第 %s 个月，在高端第 %s 个月。不打平的一端画在第 %d 个月。", inputName(first.Input), monthText(first.AtLow), monthText(first.AtHigh), b.c.Months)
	spec.Frame = chart.Frame{Key: b.in.Key("inputs"), Title: title, Desc: desc}
	svg, err := chart.Tornado(spec)
	figure, err := sheet.Figure(title, desc, table, svg, err)
	part.Figures = []engine.Figure{figure}
	return part, err
}

// spread adds what the drawn inputs come to.
func (b *breakeven) spread(s *engine.Sheet, seed uint64) error {
	done := 0.0
	w, err := b.c.Spread(b.ranges, draws, seed, func() error {
		done++
		return b.in.Progress("抽样", min(done*512, draws), draws, "次")
	})
	if err != nil {
		return err
	}
	part := engine.Part{
		Title: "误差有多宽", Text: fmt.Sprintf("各输入在它的范围里独立抽样（三角分布，峰在你填的值），共 %s 次，种子 %d。", format.Count(draws), seed),
		Quantities: []engine.Quantity{
			{Name: fmt.Sprintf("%d 个月内打平的比例", b.c.Months), Text: format.Ratio(w.Paid), Value: &w.Paid, Formula: "打平的次数 / 抽样次数"},
			spreadMonth("一成的情形早于", w.Low), spreadMonth("一半的情形早于", w.Median), spreadMonth("九成的情形早于", w.High),
		},
	}
	size, unit := b.cur.axis()
	ahead := chart.Series{Name: "中位，与八成的情形所在的带"}
	table := engine.Table{Columns: sheet.Columns("月", "低（"+unit+"）", "中位（"+unit+"）", "高（"+unit+"）")}
	for m, band := range w.Ahead {
		ahead.Points = append(ahead.Points, chart.Point{X: float64(m), Y: band.Median / size})
		ahead.Band = append(ahead.Band, chart.Interval{X: float64(m), Low: band.Low / size, High: band.High / size})
		table.Rows = append(table.Rows, []string{fmt.Sprint(m), format.Fixed(band.Low/size, 2), format.Fixed(band.Median/size, 2), format.Fixed(band.High/size, 2)})
	}
	last := w.Ahead[len(w.Ahead)-1]
	title := "自建领先多少"
	desc := fmt.Sprintf("自建累计比 API 省下的钱，零以上是自建更省。到第 %d 个月，中位是 %s，八成的情形在 %s 与 %s 之间。", b.c.Months, b.cur.show(last.Median), b.cur.show(last.Low), b.cur.show(last.High))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: b.in.Key("band"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "从采购算起", Unit: "月"}, Y: chart.Axis{Name: "自建领先", Unit: unit, Zero: true},
		Series: []chart.Series{ahead}, Rules: []chart.Rule{{At: 0, Label: "不赚不亏"}},
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	if err != nil {
		return err
	}
	part.Figures = []engine.Figure{figure}
	// Behind the two lines, before the rest.
	s.Parts = slices.Insert(s.Parts, 2, part)
	switch {
	case w.Low == nil && s.Answer != "never":
		s.Verdict.Detail += "算上误差，九成的情形不打平。"
	case w.High != nil:
		s.Verdict.Detail += fmt.Sprintf("算上误差，八成的情形在第 %s 到 %s 个月之间。", format.Fixed(*w.Low, 1), format.Fixed(*w.High, 1))
	default:
		s.Verdict.Detail += fmt.Sprintf("算上误差，%s 的情形在 %d 个月内打平。", format.Ratio(w.Paid), b.c.Months)
	}
	return nil
}

func spreadMonth(name string, v *float64) engine.Quantity {
	q := engine.Quantity{Name: name, Text: "不打平", Formula: "抽样的分位数"}
	if v != nil {
		q.Text, q.Value, q.Unit = "第 "+format.Fixed(*v, 1)+" 个月", v, sim.Month
	}
	return q
}
