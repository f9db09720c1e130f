package spend

import (
	"fmt"
	"strings"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/money"
)

// daysPerMonth turns requests a day into those of a month.
const daysPerMonth = 30

// currency is what amounts are shown in, with the rate to the other.
type currency struct {
	name string // "CNY" or "USD"
	rate money.Exchange
}

func readCurrency(in *sheet.Input) currency {
	c := currency{name: in.Text("currency"), rate: money.Exchange{CNYPerUSD: in.Number("rate"), Source: sim.Source{Title: "学习者填写的汇率", Date: in.Text("rate_date")}}}
	if c.rate.CNYPerUSD == money.CourseExchange.CNYPerUSD && c.rate.Source.Date == money.CourseExchange.Source.Date {
		c.rate = money.CourseExchange
	}
	if err := c.rate.Check(); err != nil {
		err = sheet.Rename(err, "cny_per_usd", "rate", "exchange_date", "rate_date")
		if faults, ok := sheet.Explain(err, nil); ok {
			for _, f := range faults {
				in.Fault(f.Field, f.Message)
			}
		}
	}
	return c
}

// yuan turns an amount that the learner typed in yuan into the lab's currency.
func (c currency) yuan(v float64) float64 { return c.from(v, "CNY") }

// from turns an amount into the lab's currency; the rate has been checked.
func (c currency) from(v float64, name string) float64 {
	out, err := c.rate.Convert(v, name, c.name)
	if err != nil {
		return 0
	}
	return out
}

// show writes an amount of the lab's currency.
func (c currency) show(v float64) string { return amount(v, c.name) }

// amount writes money; the price of one question is a fraction of a cent, and keeps
// its digits.
func amount(v float64, name string) string {
	if v > 0 && v < 1 {
		return map[string]string{"CNY": "¥", "USD": "$"}[name] + format.Number(v)
	}
	return format.Value(v, name)
}

// source is where the rate is from.
func (c currency) source() engine.SourceNote { return sheet.Sources([]sim.Source{c.rate.Source})[0] }

// note says which rate was used.
func (c currency) note() engine.Note {
	return engine.Note{Text: fmt.Sprintf("汇率按 1 美元 = %s 元（%s，%s）。", format.Number(c.rate.CNYPerUSD), c.rate.Source.Title, c.rate.Source.Date)}
}

// quantity is sheet.Quantity of an amount in a currency.
func quantity(q sim.Quantity, name string) engine.Quantity {
	if q.Unit == sim.Currency {
		q.Unit = name
	}
	terms := make([]sim.Term, len(q.Terms))
	for i, t := range q.Terms {
		if t.Unit == sim.Currency {
			t.Unit = name
		}
		terms[i] = t
	}
	q.Terms = terms
	out := sheet.Quantity(q)
	if q.Unit == name {
		out.Text = amount(q.Value, name)
	}
	return out
}

// converted is quantity with the value turned into the lab's currency; what it
// unfolds stays in the currency of the price list, and says so.
func (c currency) converted(q sim.Quantity, from string) engine.Quantity {
	out := quantity(q, from)
	if from == c.name {
		return out
	}
	v := c.from(q.Value, from)
	out.Note = "原币 " + out.Text
	out.Text, out.Unit, out.Value = c.show(v), c.name, &v
	out.Sources = append(out.Sources, c.source())
	return out
}

// readOwn reads hardware of one's own; amounts are typed in yuan.
func readOwn(in *sheet.Input, c currency) money.OwnPlan {
	hardware := in.Number("hardware")
	share := func(name string) float64 { return in.Number(name) / 100 }
	gpu, memory, storage, network := share("gpu_share"), share("memory_share"), share("storage_share"), share("network_share")
	rest := 1 - gpu - memory - storage - network
	if rest < -1e-9 {
		in.Fault("gpu_share", "与内存、存储、网络的占比合起来超过了 100%")
		rest = 0
	}
	price := c.yuan(hardware)
	return money.OwnPlan{
		Servers:  in.Number("servers"),
		Purchase: money.Purchase{GPU: price * gpu, Memory: price * memory, Storage: price * storage, Network: price * network, Rest: price * max(0, rest)},
		Life:     in.Number("life"), Residual: share("residual"), Rebuy: in.On("rebuy"),
		BusyWatts: in.Number("watts"), IdleWatts: in.Number("idle_watts"), Utilisation: share("busy"),
		PUE: in.Number("pue"), PricePerKWh: c.yuan(in.Number("kwh")),
		Upkeep: share("upkeep"), Staff: in.Number("staff"), Wage: c.yuan(in.Number("wage")),
		Space: c.yuan(in.Number("space")), Link: c.yuan(in.Number("link")),
		Loan: share("loan"), Interest: share("interest"), LoanMonths: in.Number("loan_months"),
	}
}

// enough says how many servers the busiest hour takes, and warns where there are
// fewer; nothing while the speed of a server is not given.
func enough(in *sheet.Input, servers float64) ([]engine.Quantity, []engine.Note, error) {
	if !in.Has("speed") {
		return nil, nil, nil
	}
	need, err := money.Sizing{Daily: in.Number("daily"), Peak: in.Number("peak") / 100, Output: in.Number("output"), Speed: in.Number("speed")}.Servers()
	if err != nil {
		return nil, nil, err
	}
	q := sheet.Noted(sheet.Quantity(need), "这里按 %s 台算", format.Number(servers))
	if servers >= need.Value {
		return []engine.Quantity{q}, nil, nil
	}
	q.Tone = engine.Warn
	note := fmt.Sprintf("最忙的一小时要 %s 台服务器，这里只买了 %s 台：请求会排队，钱也算少了。把台数改够再比。", format.Number(need.Value), format.Number(servers))
	return []engine.Quantity{q}, []engine.Note{{Tone: engine.Warn, Text: note}}, nil
}

// ownNames are the lab's names of an OwnPlan's fields.
var ownNames = []string{
	"idle_watts", "idle_watts", "busy_watts", "watts", "price_per_kwh", "kwh", "utilisation", "busy",
	"purchase.gpu", "hardware", "purchase.memory", "hardware", "purchase.storage", "hardware", "purchase.network", "hardware", "purchase.rest", "hardware",
}

// readUse reads one request: cached and written tokens are parts of the input.
func readUse(in *sheet.Input) sim.Usage {
	input := in.Number("input")
	cached := float64(int64(input*in.Number("cached")/100 + 0.5))
	return sim.Usage{Input: input, Cached: cached, Output: in.Number("output")}
}

// priced returns a model with a price, a fault of the parameter name where it has
// none.
func priced(in *sheet.Input, name string) *sim.Model {
	m := in.Model(name)
	if m != nil && m.Price == nil {
		in.Fault(name, "没有公布 API 价格；请换一个模型")
		return nil
	}
	return m
}

// cannotOwn warns where the model that is paid for cannot be run on own hardware.
func cannotOwn(m *sim.Model) []engine.Note {
	if m.OpenWeights != nil && *m.OpenWeights {
		return nil
	}
	return []engine.Note{{Tone: engine.Warn, Text: m.Name + " 的权重没有公开，自己的硬件跑不了它：这里只比钱，换成开放权重的模型够不够用，要靠评测。"}}
}

// moment is the day of the course's data, at noon in UTC.
func moment(in *sheet.Input) time.Time {
	all := in.Models("model")
	if all == nil {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02", all.Generated)
	if err != nil {
		at = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	}
	return at.Add(12 * time.Hour)
}

// unpublished turns an error about a price that the list does not state into a
// fault of the parameter that asks for it.
func unpublished(in *sheet.Input, err error, model string) error {
	faults, ok := sheet.Explain(err, nil)
	if !ok {
		return err
	}
	for _, f := range faults {
		field := f.Field[strings.LastIndexByte(f.Field, '.')+1:]
		switch field {
		case "cached_input":
			in.Fault("cached", "这个模型没有公布缓存命中的价格，命中比例只能填 0")
		case "cache_write":
			in.Fault("written", "这个模型没有公布写缓存的价格，写缓存比例只能填 0")
		case "tiers":
			in.Fault(model, "这个长度在这个时段的价格没有公布")
		default:
			return err
		}
	}
	return in.Err()
}
