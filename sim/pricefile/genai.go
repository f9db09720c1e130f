package pricefile

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"courselab/sim"
)

// clause is genai-prices' way to say which names mean a model.
type clause struct {
	Equals     *string  `json:"equals"`
	StartsWith *string  `json:"starts_with"`
	EndsWith   *string  `json:"ends_with"`
	Contains   *string  `json:"contains"`
	Regex      *string  `json:"regex"`
	Or         []clause `json:"or"`
	And        []clause `json:"and"`
}

func (c *clause) holds(name string) bool {
	switch {
	case c == nil:
		return false
	case c.Equals != nil:
		return name == *c.Equals
	// A beginning or an end of nothing would mean every model.
	case c.StartsWith != nil:
		return *c.StartsWith != "" && strings.HasPrefix(name, *c.StartsWith)
	case c.EndsWith != nil:
		return *c.EndsWith != "" && strings.HasSuffix(name, *c.EndsWith)
	case c.Contains != nil:
		return *c.Contains != "" && strings.Contains(name, *c.Contains)
	case c.Regex != nil:
		if len(*c.Regex) > 500 {
			return false
		}
		r, err := regexp.Compile(*c.Regex)
		return err == nil && r.MatchString(name)
	}
	for i := range c.Or {
		if c.Or[i].holds(name) {
			return true
		}
	}
	if len(c.And) == 0 {
		return false
	}
	for i := range c.And {
		if !c.And[i].holds(name) {
			return false
		}
	}
	return true
}

// tiered is a price that is one number, or one up to a length and others above.
type tiered struct {
	base  float64
	tiers []struct{ Start, Price float64 }
}

func (t *tiered) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &t.base) == nil {
		return nil
	}
	var full struct {
		Base  *float64 `json:"base"`
		Tiers []struct {
			Start float64 `json:"start"`
			Price float64 `json:"price"`
		} `json:"tiers"`
	}
	if err := json.Unmarshal(data, &full); err != nil {
		return err
	}
	if full.Base == nil {
		return fmt.Errorf("tiered price: %w", &sim.FieldError{Field: "base", Reason: sim.Missing})
	}
	t.base = *full.Base
	for _, x := range full.Tiers {
		t.tiers = append(t.tiers, struct{ Start, Price float64 }{x.Start, x.Price})
	}
	return nil
}

// genaiPrices are one set of prices.
type genaiPrices struct {
	Input  *tiered `json:"input_mtok"`
	Output *tiered `json:"output_mtok"`
	Cached *tiered `json:"cache_read_mtok"`
	Write  *tiered `json:"cache_write_mtok"`
}

// rate returns the base rate, the price of cache writes and the tiers of a set.
func (p genaiPrices) rate() (rate sim.Rate, write *float64, tiers []sim.PriceTier, err error) {
	one := func(v float64) *float64 {
		d, e := dollars(v)
		if e != nil {
			err = e
		}
		return &d
	}
	starts := map[float64]sim.Rate{}
	for _, t := range []*tiered{p.Input, p.Output, p.Cached} {
		if t != nil {
			for _, x := range t.tiers {
				starts[x.Start] = sim.Rate{}
			}
		}
	}
	if len(starts) > 100 {
		return rate, nil, nil, &sim.FieldError{Field: "tiers", Reason: sim.OutOfRange}
	}
	at := func(t *tiered, start float64) *float64 {
		if t == nil {
			return nil
		}
		price, from := t.base, -1.0
		for _, x := range t.tiers {
			if x.Start <= start && x.Start > from {
				price, from = x.Price, x.Start
			}
		}
		return one(price)
	}
	for start := range starts {
		starts[start] = sim.Rate{Input: at(p.Input, start), Output: at(p.Output, start), CachedInput: at(p.Cached, start)}
	}
	rate = sim.Rate{Input: at(p.Input, -1), Output: at(p.Output, -1), CachedInput: at(p.Cached, -1)}
	if p.Write != nil {
		write = one(p.Write.base)
	}
	return rate, write, tiersOf(starts), err
}

func (f *File) readGenAIPrices(providers []json.RawMessage) {
	for i, text := range providers {
		var p struct {
			ID     string            `json:"id"`
			Models []json.RawMessage `json:"models"`
		}
		if json.Unmarshal(text, &p) != nil || p.ID == "" {
			f.refuse(fmt.Sprintf("#%d", i+1), "不是一个服务商条目")
			continue
		}
		for j, model := range p.Models {
			if len(f.Entries) >= maxEntries {
				return
			}
			var m struct {
				ID     string          `json:"id"`
				Match  *clause         `json:"match"`
				Prices json.RawMessage `json:"prices"`
			}
			if json.Unmarshal(model, &m) != nil || m.ID == "" {
				f.refuse(fmt.Sprintf("%s #%d", p.ID, j+1), "不是一个模型条目")
				continue
			}
			price, sets, text, err := genaiPrice(m.Prices)
			switch {
			case err != nil:
				f.refuse(p.ID+"/"+m.ID, "价格读不懂："+err.Error())
			case !text:
				f.Other++
			default:
				f.Entries = append(f.Entries, Entry{Provider: p.ID, ID: m.ID, Price: price, match: m.Match, hours: true, sets: sets})
			}
		}
	}
}

// genaiPrice reads a set of prices, or a list of sets that each hold from a date on
// or between two hours. text is false where nothing is charged for text.
func genaiPrice(data json.RawMessage) (price sim.Price, sets []set, text bool, err error) {
	var single genaiPrices
	price.Currency = "USD"
	if json.Unmarshal(data, &single) == nil {
		price.Rate, price.CacheWrite, price.Tiers, err = single.rate()
		return price, nil, price.Input != nil || price.Output != nil, err
	}
	var list []struct {
		Constraint *struct {
			StartDate string `json:"start_date"`
			StartTime string `json:"start_time"`
			EndTime   string `json:"end_time"`
		} `json:"constraint"`
		Prices genaiPrices `json:"prices"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return price, nil, false, err
	}
	if len(list) == 0 || len(list) > 100 {
		return price, nil, false, &sim.FieldError{Field: "prices", Reason: sim.OutOfRange, Detail: fmt.Sprintf("%d sets", len(list))}
	}
	for _, one := range list {
		rate, write, tiers, err := one.Prices.rate()
		if err != nil {
			return price, nil, false, err
		}
		s := sim.PriceSchedule{Rate: rate}
		if c := one.Constraint; c != nil {
			s.StartDate, s.StartTime, s.EndTime = c.StartDate, c.StartTime, c.EndTime
		}
		if s.StartTime == "" {
			sets = append(sets, set{s.StartDate, rate, write, tiers})
			price.Rate = rate
		}
		price.Schedule = append(price.Schedule, s)
	}
	return price, sets, price.Input != nil || price.Output != nil, nil
}
