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

// Cost answers the lab "cost": the bill of an API by part, and of own hardware
// beside it, month by month.
func Cost(in *sheet.Input) (engine.Sheet, error) {
	model, cur := priced(in, "model"), readCurrency(in)
	k := &cost{in: in, cur: cur, model: model, own: in.On("own")}
	k.c = &money.Comparison{
		Own: readOwn(in, cur), Exchange: cur.rate, Currency: cur.name, Months: int(in.Number("months")), Start: moment(in),
		Growth: in.Number("growth") / 100, PriceTrend: in.Number("trend") / 100,
	}
	k.c.API = readAPI(in)
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	k.c.API.Price = model.Price
	s, err := k.sheet()
	if err != nil {
		if again := unpublished(in, err, "model"); again != nil {
			return engine.Sheet{}, sheet.Rename(again, append(ownNames, "cached_tokens", "cached")...)
		}
		return engine.Sheet{}, err
	}
	return s, nil
}

// readAPI reads the use of an API with its fees.
func readAPI(in *sheet.Input) money.APIPlan {
	use := readUse(in)
	use.CacheWrite = float64(int64(use.Input*in.Number("written")/100 + 0.5))
	if use.Cached+use.CacheWrite > use.Input {
		in.Fault("written", "与命中缓存的比例合起来超过了 100%")
	}
	long := use
	long.Input = in.Number("long_input")
	if long.Input < use.Input {
		long.Input = use.Input
	}
	share := in.Number("long") / 100
	p := money.APIPlan{
		Requests: in.Number("daily") * daysPerMonth, BatchShare: in.Number("batch") / 100, BatchDiscount: in.Number("batch_discount") / 100,
		Hours: hours(in.Text("hours")),
		ServiceFees: money.ServiceFees{
			PriorityShare: in.Number("priority") / 100, PriorityFactor: in.Number("priority_factor"),
			ReservedUnits: in.Number("reserved"), ReservedHourly: in.Number("reserved_price"),
			StoredGB: in.Number("stored"), FreeGB: in.Number("stored_free"), StoredDaily: in.Number("stored_price"),
			RetrievalCalls: in.Number("retrievals") * in.Number("daily") * daysPerMonth, RetrievalPrice: in.Number("retrieval_price"),
			HeldTokens: in.Number("held") / 1e6, HeldHourly: in.Number("held_price"),
		},
	}
	p.Shapes = []money.Shape{{Share: 1 - share, Usage: use}}
	if share > 0 {
		p.Shapes = append(p.Shapes, money.Shape{Share: share, Usage: long})
	}
	return p
}

// hours is a profile of the day in UTC; nil: even. Working hours are 9 to 18 in
// Beijing, which is 8 hours ahead, with seven requests in ten.
func hours(profile string) *[24]float64 {
	if profile != "work" {
		return nil
	}
	var w [24]float64
	for h := range w {
		w[h] = 0.3 / 15
		if h >= 1 && h < 10 {
			w[h] = 0.7 / 9
		}
	}
	return &w
}

// cost is one question: what does it cost.
type cost struct {
	in    *sheet.Input
	cur   currency
	model *sim.Model
	c     *money.Comparison
	own   bool // own hardware too
}

func (k *cost) sheet() (engine.Sheet, error) {
	bill, err := k.c.API.Month(k.c.Start)
	if err != nil {
		return engine.Sheet{}, err
	}
	flows, err := k.c.Flows()
	if err != nil {
		return engine.Sheet{}, err
	}
	_, running, err := k.c.Own.Running()
	if err != nil {
		return engine.Sheet{}, err
	}
	worn, err := k.c.Own.Depreciation()
	if err != nil {
		return engine.Sheet{}, err
	}
	api, full := k.cur.from(bill.Total.Value, bill.Currency), running.Value+worn.Value
	s := engine.Sheet{Notes: k.notes()}
	s.Verdict = engine.Verdict{Text: fmt.Sprintf("API 每月 %s，每千次 %s。", k.cur.show(api), k.cur.show(1000*api/max(1, k.c.API.Requests)))}
	if k.own {
		s.Verdict.Detail = fmt.Sprintf("自有硬件每月全成本 %s（现金 %s，折旧 %s），是 API 的 %s。", k.cur.show(full), k.cur.show(running.Value), k.cur.show(worn.Value), ratio(full, api))
	}
	items, err := k.items(bill)
	if err != nil {
		return engine.Sheet{}, err
	}
	s.Parts = append(s.Parts, engine.Part{Title: "每个月花在哪里", Figures: []engine.Figure{items}}, k.apiPart(bill))
	k.in.Partial(s)
	if k.own {
		part, err := k.ownPart()
		if err != nil {
			return engine.Sheet{}, err
		}
		needed, short, err := enough(k.in, k.c.Own.Servers)
		if err != nil {
			return engine.Sheet{}, err
		}
		part.Quantities = append(part.Quantities, needed...)
		s.Notes = append(short, s.Notes...)
		s.Parts = append(s.Parts, part)
	}
	figure, err := k.draw(flows)
	if err != nil {
		return engine.Sheet{}, err
	}
	table, err := k.monthly(flows)
	if err != nil {
		return engine.Sheet{}, err
	}
	s.Parts = append(s.Parts, engine.Part{Title: "逐月", Figures: []engine.Figure{figure}, Tables: []engine.FactTable{table}})
	return s, nil
}

func ratio(a, b float64) string {
	if b == 0 {
		return format.None
	}
	return format.Ratio(a / b)
}

func (k *cost) notes() []engine.Note {
	price := k.model.Price
	notes := []engine.Note{
		{Text: fmt.Sprintf("目录价：%s，%s。每月按 %d 天计。", price.Source, price.AsOf, daysPerMonth)},
		{Text: "命中缓存与写缓存的词元都是输入的一部分，从输入里分出来计价，不另加。"},
		k.cur.note(),
	}
	hourly := false
	for _, s := range price.Schedule {
		hourly = hourly || s.StartTime != ""
	}
	if hourly {
		notes = append(notes, engine.Note{Text: "这个模型有分时价：按你选的全天流量分布逐时计。"})
	}
	if price.CacheWrite == nil {
		notes = append(notes, engine.Note{Text: "写缓存的价格未公布。"})
	}
	if price.CachedInput == nil {
		notes = append(notes, engine.Note{Text: "缓存命中的价格未公布。"})
	}
	if k.own {
		notes = append(notes, cannotOwn(k.model)...)
		notes = append(notes, engine.Note{Tone: engine.Warn, Text: "自有硬件的价格、电价、工资与维保是你的假设，预填在课程大纲的区间里。"})
	}
	if k.c.API.BatchShare > 0 || k.c.API.PriorityShare > 0 || k.c.API.ReservedUnits > 0 || k.c.API.StoredGB > 0 || k.c.API.RetrievalCalls > 0 || k.c.API.HeldTokens > 0 {
		notes = append(notes, engine.Note{Tone: engine.Warn, Text: "批量折扣、优先档、预留与存储的单价各家不同，目录里没有：按你填的算，以当期价目为准。"})
	}
	return notes
}

func (k *cost) apiPart(bill money.Bill) engine.Part {
	part := engine.Part{Title: "API 账单的每一项"}
	for _, q := range bill.Parts() {
		if q.Value == 0 {
			continue
		}
		out := k.cur.converted(q, bill.Currency)
		share := "占 " + format.Ratio(q.Value/bill.Total.Value)
		if out.Note != "" {
			share += "；" + out.Note
		}
		out.Note = share
		part.Quantities = append(part.Quantities, out)
	}
	part.Quantities = append(part.Quantities, k.cur.converted(bill.Total, bill.Currency))
	return part
}

func (k *cost) ownPart() (engine.Part, error) {
	part := engine.Part{Title: "自有硬件的每一项"}
	buying, err := k.c.Own.Buying()
	if err != nil {
		return part, err
	}
	parts, running, err := k.c.Own.Running()
	if err != nil {
		return part, err
	}
	worn, err := k.c.Own.Depreciation()
	if err != nil {
		return part, err
	}
	part.Quantities = append(part.Quantities, quantity(buying, k.cur.name))
	for _, q := range append(parts, worn) {
		if q.Value != 0 {
			part.Quantities = append(part.Quantities, sheet.Noted(quantity(q, k.cur.name), "每月"))
		}
	}
	part.Quantities = append(part.Quantities, sheet.Noted(quantity(running, k.cur.name), "现金，不含折旧"))
	tokens := k.c.API.Requests * (k.c.API.Shapes[0].Input + k.c.API.Shapes[0].Output)
	if tokens >= 1 {
		each, err := k.c.Own.PerMillion(tokens)
		if err != nil {
			return part, err
		}
		part.Quantities = append(part.Quantities, sheet.Noted(quantity(each, k.cur.name), "输入与输出合计"))
	}
	return part, nil
}

// items draws every item of a month, the API's and the own hardware's.
func (k *cost) items(bill money.Bill) (engine.Figure, error) {
	spec := chart.BarsSpec{Value: chart.Axis{Name: "每月", Unit: map[string]string{"CNY": "元", "USD": "美元"}[k.cur.name]}, Parts: []string{"API"}}
	table := engine.Table{Columns: sheet.Columns("项目", "每月（"+spec.Value.Unit+"）")}
	largest, name := 0.0, ""
	add := func(what string, v float64, part int) {
		if v == 0 {
			return
		}
		values := make([]float64, len(spec.Parts))
		values[part] = v
		spec.Bars = append(spec.Bars, chart.Bar{Name: what, Values: values, Label: k.cur.show(v)})
		table.Rows = append(table.Rows, []string{what, format.Fixed(v, 2)})
		if v > largest {
			largest, name = v, what
		}
	}
	if k.own {
		spec.Parts = append(spec.Parts, "自有硬件（全成本）")
	}
	for _, q := range bill.Parts() {
		add("API "+q.Name, k.cur.from(q.Value, bill.Currency), 0)
	}
	if k.own {
		parts, _, err := k.c.Own.Running()
		if err != nil {
			return engine.Figure{}, err
		}
		worn, err := k.c.Own.Depreciation()
		if err != nil {
			return engine.Figure{}, err
		}
		for _, q := range append(parts, worn) {
			add("自有 "+q.Name, q.Value, 1)
		}
	}
	if len(spec.Bars) == 0 { // nothing is asked and nothing owned
		spec.Bars = []chart.Bar{{Name: "API", Values: make([]float64, len(spec.Parts)), Label: k.cur.show(0)}}
	}
	title := "每月的每一项"
	desc := fmt.Sprintf("%d 项里最大的是 %s，每月 %s。", len(spec.Bars), name, k.cur.show(largest))
	spec.Frame = chart.Frame{Key: k.in.Key("items"), Title: title, Desc: desc}
	svg, err := chart.Bars(spec)
	return sheet.Figure(title, desc, table, svg, err)
}

// draw shows what each month takes.
func (k *cost) draw(flows []money.Flow) (engine.Figure, error) {
	size, unit := k.cur.axis()
	api, own := chart.Series{Name: "API 累计"}, chart.Series{Name: "自有硬件累计"}
	table := engine.Table{Columns: sheet.Columns("月", "API 累计（"+unit+"）", "自有硬件累计（"+unit+"）")}
	for _, f := range flows {
		x := float64(f.Month)
		api.Points = append(api.Points, chart.Point{X: x, Y: f.APITotal / size})
		own.Points = append(own.Points, chart.Point{X: x, Y: f.OwnTotal / size})
		table.Rows = append(table.Rows, []string{fmt.Sprint(f.Month), format.Fixed(f.APITotal/size, 2), format.Fixed(f.OwnTotal/size, 2)})
	}
	last := flows[len(flows)-1]
	desc := fmt.Sprintf("%d 个月里，API 累计 %s", last.Month, k.cur.show(last.APITotal))
	series := []chart.Series{api}
	if k.own {
		series = append(series, own)
		desc += fmt.Sprintf("，自有硬件累计 %s（从采购的 %s 开始）", k.cur.show(last.OwnTotal), k.cur.show(flows[0].OwnTotal))
	} else {
		table.Columns = table.Columns[:2]
		for i := range table.Rows {
			table.Rows[i] = table.Rows[i][:2]
		}
	}
	title := "累计花费"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: k.in.Key("months"), Title: title, Desc: desc + "。"},
		X:     chart.Axis{Name: "从采购算起", Unit: "月"}, Y: chart.Axis{Name: "累计", Unit: unit, Zero: true}, Series: series,
	})
	return sheet.Figure(title, desc+"。", table, svg, err)
}

// monthly is the table for the CSV file: each month, each part.
func (k *cost) monthly(flows []money.Flow) (engine.FactTable, error) {
	unit := map[string]string{"CNY": "元", "USD": "美元"}[k.cur.name]
	columns := []string{"月", "年月", "API（" + unit + "）", "API 累计（" + unit + "）"}
	if k.own {
		columns = append(columns, "自有硬件现金（"+unit+"）", "自有硬件累计（"+unit+"）")
	}
	var rows [][]string
	for i, f := range flows {
		name := "采购"
		if i > 0 {
			name = k.c.Start.AddDate(0, i-1, 1-k.c.Start.Day()).Format("2006-01")
		}
		row := []string{fmt.Sprint(f.Month), name, format.Fixed(f.API, 2), format.Fixed(f.APITotal, 2)}
		if k.own {
			row = append(row, format.Fixed(f.Own, 2), format.Fixed(f.OwnTotal, 2))
		}
		rows = append(rows, row)
	}
	t := sheet.Table("逐月账单", sheet.Columns(columns...), rows...)
	t.Name = "cost-months"
	return t, nil
}
