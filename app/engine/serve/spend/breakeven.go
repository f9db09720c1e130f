package spend

import (
	"errors"
	"fmt"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/money"
)

// draws is how often the uncertain inputs are drawn.
const draws = 10000

// Breakeven answers the lab "breakeven": in which month own hardware has cost no
// more than the API would have.
func Breakeven(in *sheet.Input) (engine.Sheet, error) {
	model, cur := priced(in, "model"), readCurrency(in)
	c := &money.Comparison{
		Own: readOwn(in, cur), Exchange: cur.rate, Currency: cur.name, Months: int(in.Number("months")), Start: moment(in),
		Growth: in.Number("growth") / 100, PriceTrend: in.Number("trend") / 100, Discount: in.Number("discount") / 100,
	}
	daily, use := in.Number("daily"), readUse(in)
	c.API = money.APIPlan{Requests: daily * daysPerMonth, Shapes: []money.Shape{{Share: 1, Usage: use}}, BatchShare: in.Number("batch") / 100, BatchDiscount: in.Number("batch_discount") / 100}
	ranges, seed := readRanges(in, cur, model), uint64(in.Number("seed"))
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	c.API.Price = model.Price
	b := &breakeven{in: in, cur: cur, model: model, c: c, ranges: ranges}
	s, err := b.estimate()
	if err != nil {
		if again := unpublished(in, err, "model"); again != nil {
			return engine.Sheet{}, sheet.Rename(again, ownNames...)
		}
		return engine.Sheet{}, err
	}
	in.Partial(s)
	if err := b.spread(&s, seed); err != nil {
		return engine.Sheet{}, err
	}
	return s, nil
}

// readRanges reads how uncertain each input is; one that is certain is left out.
func readRanges(in *sheet.Input, cur currency, model *sim.Model) []money.Range {
	var all []money.Range
	for _, r := range []struct{ name, input string }{
		{"u_traffic", money.Traffic}, {"u_price", money.APIPrice}, {"u_hardware", money.Hardware}, {"u_staff", money.StaffCost},
		{"u_power", money.PowerPrice}, {"u_upkeep", money.UpkeepRate}, {"u_rate", money.Rate},
	} {
		by := in.Number(r.name) / 100
		foreign := model != nil && model.Price.Currency != cur.name
		if by > 0 && (r.input != money.Rate || foreign) {
			all = append(all, money.Range{Input: r.input, Low: 1 - by, High: 1 + by})
		}
	}
	return all
}

// breakeven is one question: when does it pay.
type breakeven struct {
	in     *sheet.Input
	cur    currency
	model  *sim.Model
	c      *money.Comparison
	ranges []money.Range
}

// estimate is the sheet without what has to be drawn.
func (b *breakeven) estimate() (engine.Sheet, error) {
	flows, err := b.c.Flows()
	if err != nil {
		return engine.Sheet{}, err
	}
	at, err := b.payback()
	if err != nil {
		return engine.Sheet{}, err
	}
	s, err := b.head(at)
	if err != nil {
		return engine.Sheet{}, err
	}
	lines, err := b.cumulative(flows, at)
	if err != nil {
		return engine.Sheet{}, err
	}
	s.Parts = append(s.Parts, engine.Part{Title: "两条累计线", Figures: []engine.Figure{lines}})
	b.in.Partial(s)
	levers, err := b.levers(at)
	if err != nil {
		return engine.Sheet{}, err
	}
	claims, err := b.claims()
	if err != nil {
		return engine.Sheet{}, err
	}
	s.Parts = append(s.Parts,
		levers,
		claims,
		engine.Part{Title: "逐月", Tables: []engine.FactTable{b.monthly(flows)}},
	)
	return s, nil
}

// payback is the month, nil where there is none in the months looked at.
func (b *breakeven) payback() (*sim.Quantity, error) {
	q, err := b.c.Payback()
	var field *sim.FieldError
	switch {
	case err == nil:
		return &q, nil
	case errors.As(err, &field) && field.Reason == sim.NeverPaysBack:
		return nil, nil
	}
	return nil, err
}

// head is the verdict, the notes and the quantities.
func (b *breakeven) head(at *sim.Quantity) (engine.Sheet, error) {
	buying, err := b.c.Own.Buying()
	if err != nil {
		return engine.Sheet{}, err
	}
	parts, running, err := b.c.Own.Running()
	if err != nil {
		return engine.Sheet{}, err
	}
	worn, err := b.c.Own.Depreciation()
	if err != nil {
		return engine.Sheet{}, err
	}
	bill, err := b.c.API.Month(b.c.Start)
	if err != nil {
		return engine.Sheet{}, err
	}
	api := b.cur.from(bill.Total.Value, bill.Currency)
	var s engine.Sheet
	life := b.c.Own.Life
	s.Because = fmt.Sprintf("API 首月 %s，自建每月现金 %s，采购 %s。", b.cur.show(api), b.cur.show(running.Value), b.cur.show(buying.Value))
	switch {
	case at == nil:
		s.Verdict = engine.Verdict{Tone: engine.Bad, Text: fmt.Sprintf("%d 个月内不打平。", b.c.Months), Detail: s.Because}
		s.Answer = "never"
	case at.Value <= life:
		s.Verdict = engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("第 %s 个月打平，早于折旧的 %s 个月。", format.Fixed(at.Value, 1), format.Number(life)), Detail: s.Because}
	default:
		s.Verdict = engine.Verdict{Tone: engine.Warn, Text: fmt.Sprintf("第 %s 个月打平，硬件那时已过了 %s 个月的折旧年限。", format.Fixed(at.Value, 1), format.Number(life)), Detail: s.Because}
	}
	if at != nil {
		s.Answer = "later"
		if at.Value <= 12 {
			s.Answer = "year"
		} else if at.Value <= 36 {
			s.Answer = "life"
		}
	}
	s.Notes = []engine.Note{
		{Tone: engine.Warn, Text: "硬件价格、电价、工资与维保没有带日期的价目：都是你的假设，预填在课程大纲的区间里。"},
		{Text: fmt.Sprintf("API 按 %s 的目录价（%s，%s），每月按 %d 天计；价目里的分时价按全天均匀的流量摊。", b.model.Name, b.model.Price.Source, b.model.Price.AsOf, daysPerMonth)},
		b.cur.note(),
	}
	s.Notes = append(s.Notes, cannotOwn(b.model)...)
	if use := b.c.API.Shapes[0].Usage; use.Cached > 0 {
		s.Notes = append(s.Notes, engine.Note{Text: "命中缓存的词元是输入的一部分，不另加。"})
	}
	quantities := []engine.Quantity{quantity(buying, b.cur.name), b.cur.converted(bill.Total, bill.Currency), quantity(running, b.cur.name)}
	for _, p := range parts {
		if p.Value > 0 {
			quantities = append(quantities, sheet.Noted(quantity(p, b.cur.name), "占现金 %s", format.Ratio(p.Value/running.Value)))
		}
	}
	quantities = append(quantities, sheet.Noted(quantity(worn, b.cur.name), "不是现金，不进打平；全成本 %s", b.cur.show(running.Value+worn.Value)))
	if b.c.Own.Loan > 0 {
		instalment, err := b.c.Own.Instalment()
		if err != nil {
			return engine.Sheet{}, err
		}
		quantities = append(quantities, quantity(instalment, b.cur.name))
	}
	payback := engine.Quantity{Name: "打平月份", Text: fmt.Sprintf("%d 个月内没有", b.c.Months)}
	if at != nil {
		payback = quantity(*at, b.cur.name)
	}
	needed, short, err := enough(b.in, b.c.Own.Servers)
	if err != nil {
		return engine.Sheet{}, err
	}
	s.Notes = append(short, s.Notes...)
	s.Parts = []engine.Part{{Title: "每一项", Quantities: slices.Concat([]engine.Quantity{payback}, quantities, needed)}}
	return s, nil
}

// monthly is the table of the cash flow.
func (b *breakeven) monthly(flows []money.Flow) engine.FactTable {
	unit := map[string]string{"CNY": "元", "USD": "美元"}[b.cur.name]
	rows := make([][]string, len(flows))
	for i, f := range flows {
		name := "采购"
		if i > 0 {
			name = b.c.Start.AddDate(0, i-1, 1-b.c.Start.Day()).Format("2006-01")
		}
		rows[i] = []string{fmt.Sprint(f.Month), name, format.Fixed(f.Own, 0), format.Fixed(f.API, 0), format.Fixed(f.OwnTotal, 0), format.Fixed(f.APITotal, 0), format.Fixed(f.APITotal-f.OwnTotal, 0)}
	}
	t := sheet.Table("逐月现金流", sheet.Columns("月", "年月", "自建（"+unit+"）", "API（"+unit+"）", "自建累计（"+unit+"）", "API 累计（"+unit+"）", "自建领先（"+unit+"）"), rows...)
	t.Name = "breakeven-months"
	t.Text = "自建一列是现金；自建累计在采购时就计入全部价款，贷款只另计利息。折现率不为 0 时，累计按现值。"
	return t
}

// claims sets the syllabus's figures beside the model's.
func (b *breakeven) claims() (engine.Part, error) {
	checks, err := b.c.Claims()
	if err != nil {
		return engine.Part{}, err
	}
	var rows [][]string
	for _, k := range checks {
		verdict := "在区间里"
		if !k.Inside {
			verdict = "不在区间里"
		}
		rows = append(rows, []string{k.Text, format.Range(k.Low, k.High, "CNY"), format.Value(k.Value.Value, "CNY"), verdict})
	}
	own, err := money.ClaimedPaybacks()
	if err != nil {
		return engine.Part{}, err
	}
	var paid [][]string
	for _, k := range own {
		months := "永不"
		if k.Months != nil {
			months = format.Number(*k.Months)
		}
		paid = append(paid, []string{k.Name, format.Value(k.Buying, "CNY"), format.Value(k.Power, "CNY"), format.Value(k.Job, "CNY"), format.Value(k.API, "CNY"), months})
	}
	return engine.Part{
		Title: "课程大纲的说法与这里算出的", Text: "大纲的区间没有写日期、型号与数量，只当作它自己的说法。",
		Tables: []engine.FactTable{
			sheet.Table("区间对照（每台服务器）", sheet.Columns("大纲的说法", "区间", "这里", "对照"), rows...),
			sheet.Table("只用大纲自己的区间算回收期", sheet.Columns("取法", "硬件", "电费（每月）", "人力（每月）", "API（每月）", "打平（月）"), paid...),
		},
	}, nil
}
