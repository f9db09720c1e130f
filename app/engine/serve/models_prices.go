package serve

import (
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/sim"
)

// price shows the base rate; what holds for long inputs and at other times
// stands with its source. Prices differ with the day and the host, so what other
// sources state is listed and makes no range.
func price(name, title string, of func(sim.Rate) *float64) modelColumn {
	return modelColumn{
		ModelsColumn: engine.ModelsColumn{Name: name, Title: title, Unit: "每百万词元", Number: true},
		price:        true,
		fact: func(m *sim.Model) engine.Fact {
			lists := make([]*sim.Price, 0, 2+len(m.PriceAlternatives))
			for _, p := range []*sim.Price{m.Price, m.PriceCNY} {
				if p != nil && of(p.Rate) != nil {
					lists = append(lists, p)
				}
			}
			if len(lists) == 0 {
				return engine.Fact{}
			}
			for i := range m.PriceAlternatives {
				if p := &m.PriceAlternatives[i]; of(p.Rate) != nil {
					lists = append(lists, p)
				}
			}
			var origins []engine.Origin
			for _, p := range lists {
				o := priceOrigin(p, of)
				if p == m.PriceCNY {
					o.Note = strings.TrimSuffix("厂商的人民币标价；"+o.Note, "；")
				}
				origins = append(origins, o)
			}
			return stated(origins[0].Text, origins...)
		},
	}
}

func priceOrigin(p *sim.Price, of func(sim.Rate) *float64) engine.Origin {
	amount := func(r sim.Rate) string {
		v := of(r)
		if v == nil {
			return ""
		}
		sign := "$"
		if p.Currency == "CNY" {
			sign = "¥"
		}
		return sign + strconv.FormatFloat(*v, 'f', -1, 64)
	}
	var notes []string
	if p.Note != "" {
		notes = append(notes, p.Note)
	}
	for _, t := range p.Tiers {
		if price := amount(t.Rate); price != "" {
			notes = append(notes, "输入超过 "+grouped(&t.Start)+" 词元时 "+price)
		}
	}
	for _, s := range p.Schedule {
		switch {
		case amount(s.Rate) == "":
		case s.StartDate != "":
			notes = append(notes, s.StartDate+" 起 "+amount(s.Rate))
		case s.StartTime != "":
			notes = append(notes, "每天 UTC "+clock(s.StartTime)+"–"+clock(s.EndTime)+" "+amount(s.Rate))
		default:
			notes = append(notes, "更早 "+amount(s.Rate))
		}
	}
	return engine.Origin{Text: amount(p.Rate), Source: p.Source, Date: p.AsOf, Note: strings.Join(notes, "；")}
}

// clock shortens "01:00:00Z" to "01:00".
func clock(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "Z"), ":00") }
