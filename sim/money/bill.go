package money

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"courselab/sim"
)

// HoursPerMonth is a year's hours by twelve.
const HoursPerMonth = 730

// APIPlan is the use of one model over an API in a month.
type APIPlan struct {
	Price    *sim.Price
	Requests float64 // a month
	// Shapes are the kinds of requests; their shares add up to 1.
	Shapes []Shape
	// Hours are the relative numbers of requests by hour of the day in UTC; nil
	// where they are even.
	Hours *[24]float64
	// BatchShare of the requests can wait for the batch service, which takes
	// BatchDiscount off their price.
	BatchShare, BatchDiscount float64
	ServiceFees
}

// Shape is one kind of requests and its share of them all.
type Shape struct {
	Share float64
	sim.Usage
}

// ServiceFees are what an API charges beside tokens, in the price's currency.
type ServiceFees struct {
	// PriorityShare of the requests pay PriorityFactor times the price, for speed.
	PriorityShare, PriorityFactor float64
	// ReservedUnits of throughput cost ReservedHourly each, used or not.
	ReservedUnits, ReservedHourly float64
	// StoredGB of files beyond FreeGB cost StoredDaily for each GB and day.
	StoredGB, FreeGB, StoredDaily float64
	// RetrievalCalls a month cost RetrievalPrice for each thousand.
	RetrievalCalls, RetrievalPrice float64
	// HeldTokens, in millions, are kept in an explicit cache at HeldHourly for each
	// million and hour.
	HeldTokens, HeldHourly float64
}

// Bill is a month's bill by part.
type Bill struct {
	Currency string         // "USD" or "CNY"
	Tokens   []sim.Quantity // what follows the number of requests
	Fees     []sim.Quantity // what is paid in any case
	Total    sim.Quantity
}

// Parts are the tokens' and the fees'.
func (b Bill) Parts() []sim.Quantity { return append(slices.Clone(b.Tokens), b.Fees...) }

func (p *APIPlan) check() error {
	if p.Price == nil {
		return &sim.FieldError{Field: "price", Reason: sim.Missing, Detail: "not published"}
	}
	f := p.ServiceFees
	if err := sim.First(
		sim.CheckWhole("requests", p.Requests, 0, maxRequests),
		sim.CheckRange("batch_share", p.BatchShare, 0, 1), sim.CheckRange("batch_discount", p.BatchDiscount, 0, 1),
		sim.CheckRange("priority_share", f.PriorityShare, 0, 1), sim.CheckRange("reserved_units", f.ReservedUnits, 0, maxUnits),
		sim.CheckRange("reserved_hourly", f.ReservedHourly, 0, maxPrice), sim.CheckRange("stored_gb", f.StoredGB, 0, maxMoney),
		sim.CheckRange("free_gb", f.FreeGB, 0, maxMoney), sim.CheckRange("stored_daily", f.StoredDaily, 0, maxPrice),
		sim.CheckRange("retrieval_calls", f.RetrievalCalls, 0, maxRequests), sim.CheckRange("retrieval_price", f.RetrievalPrice, 0, maxPrice),
		sim.CheckRange("held_tokens", f.HeldTokens, 0, maxPrice), sim.CheckRange("held_hourly", f.HeldHourly, 0, maxPrice),
	); err != nil {
		return err
	}
	if f.PriorityShare > 0 {
		if err := sim.CheckRange("priority_factor", f.PriorityFactor, 1, 1000); err != nil {
			return err
		}
	}
	if p.BatchShare+f.PriorityShare > 1 {
		return &sim.FieldError{Field: "batch_share", Reason: sim.OutOfRange, Detail: "batch and priority together are more than all requests"}
	}
	return sim.First(p.checkShapes(), p.checkHours())
}

func (p *APIPlan) checkShapes() error {
	if len(p.Shapes) == 0 || len(p.Shapes) > maxShapes {
		return &sim.FieldError{Field: "shapes", Reason: sim.OutOfRange, Detail: fmt.Sprintf("%d, want 1 to %d", len(p.Shapes), maxShapes)}
	}
	total := 0.0
	for i, s := range p.Shapes {
		if err := sim.CheckRange("share", s.Share, 0, 1); err != nil {
			return sim.Within(fmt.Sprintf("shapes[%d]", i), err)
		}
		total += s.Share
	}
	if math.Abs(total-1) > 1e-9 {
		return &sim.FieldError{Field: "shapes", Reason: sim.OutOfRange, Detail: "shares add up to " + sim.Number(total) + ", want 1"}
	}
	return nil
}

func (p *APIPlan) checkHours() error {
	if p.Hours == nil {
		return nil
	}
	total := 0.0
	for h, w := range p.Hours {
		if err := sim.CheckRange(fmt.Sprintf("hours[%d]", h), w, 0, maxRequests); err != nil {
			return err
		}
		total += w
	}
	if total == 0 {
		return &sim.FieldError{Field: "hours", Reason: sim.OutOfRange, Detail: "no request at any hour"}
	}
	return nil
}

// weights are the shares of requests by hour.
func (p *APIPlan) weights() (w [24]float64) {
	total := 0.0
	for h := range w {
		w[h] = 1
		if p.Hours != nil {
			w[h] = p.Hours[h]
		}
		total += w[h]
	}
	for h := range w {
		w[h] /= total
	}
	return w
}

// slot is the cost of tokens at one moment, split by what they are.
type slot struct{ fresh, cached, written, output float64 }

func (s *slot) add(o slot, weight float64) {
	s.fresh += weight * o.fresh
	s.cached += weight * o.cached
	s.written += weight * o.written
	s.output += weight * o.output
}

func (s slot) total() float64 { return s.fresh + s.cached + s.written + s.output }

// tokens is what one request costs at a moment, on the average over the shapes.
func (p *APIPlan) tokens(at time.Time) (slot, error) {
	var all slot
	for i, s := range p.Shapes {
		t, err := p.Price.At(at, s.Input)
		if err != nil {
			return slot{}, sim.Within("price", err)
		}
		if _, err := t.Cost(s.Usage, 1); err != nil { // checks the use, and that its prices are known
			return slot{}, sim.Within(fmt.Sprintf("shapes[%d]", i), err)
		}
		all.add(slot{
			fresh:  (s.Input - s.Cached - s.CacheWrite) * known(t.Input) / million,
			cached: s.Cached * known(t.CachedInput) / million, written: s.CacheWrite * known(t.CacheWrite) / million,
			output: s.Output * known(t.Output) / million,
		}, s.Share)
	}
	return all, nil
}

// perRequest is what one request costs on the average over a month's days, hours
// and shapes, before batch and priority.
func (p *APIPlan) perRequest(month time.Time) (slot, error) {
	if len(p.Price.Schedule) == 0 {
		return p.tokens(month)
	}
	year, m, _ := month.UTC().Date()
	start := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
	end := start.AddDate(0, 1, 0)
	days := end.Sub(start).Hours() / 24
	if !slices.ContainsFunc(p.Price.Schedule, func(s sim.PriceSchedule) bool { return s.Begins(start, end) }) {
		days = 1 // every day is as the first
	}
	weights := p.weights()
	var all slot
	for day := range int(days) {
		for hour, w := range weights {
			if w == 0 {
				continue
			}
			s, err := p.tokens(start.Add(time.Duration(day*24+hour) * time.Hour))
			if err != nil {
				return slot{}, err
			}
			all.add(s, w/days)
		}
	}
	return all, nil
}

// Month is the bill of the calendar month that a moment lies in:
//
//	R · (f + c + w + o) · (1 − s_b · δ + s_p · (φ − 1)) + fees
//
// f, c, w and o are the fresh and cached input, the cache writes and the output of
// one request, each at the rate that holds at its day, hour and length, on the
// average over the month (Price.At). Batch requests, a share s_b, get the discount
// δ; priority ones, s_p, pay φ times. Cached tokens are a part of the input, never
// added to it.
func (p *APIPlan) Month(month time.Time) (Bill, error) {
	if err := p.check(); err != nil {
		return Bill{}, fmt.Errorf("api bill: %w", err)
	}
	one, err := p.perRequest(month)
	if err != nil {
		return Bill{}, fmt.Errorf("api bill: %w", err)
	}
	source := sim.Source{Title: p.Price.Source, Date: p.Price.AsOf}
	tokens := one.total()
	b := Bill{Currency: p.Price.Currency}
	part := func(to *[]sim.Quantity, name, formula, working string, value float64, terms ...sim.Term) {
		*to = append(*to, sim.Quantity{Name: name, Unit: sim.Currency, Value: value, Formula: formula, Working: working, Terms: terms, Sources: []sim.Source{source}})
	}
	requests := term("R", "每月请求数", p.Requests, "")
	each := func(symbol, name string, price float64) {
		part(&b.Tokens, name, "R · "+symbol, product(p.Requests, price), p.Requests*price, requests, term(symbol, "每次的"+name+"（按日、时与长度平均）", price, sim.Currency))
	}
	each("f", "输入（未命中缓存）", one.fresh)
	each("c", "输入（命中缓存）", one.cached)
	each("w", "写缓存", one.written)
	each("o", "输出", one.output)
	f := p.ServiceFees
	if p.BatchShare > 0 {
		part(&b.Tokens, "批量折扣", "−R · p · s_b · δ", "−"+product(p.Requests, tokens, p.BatchShare, p.BatchDiscount), -p.Requests*tokens*p.BatchShare*p.BatchDiscount,
			requests, term("p", "每次的词元费", tokens, sim.Currency), term("s_b", "走批量的比例", p.BatchShare, ""), term("δ", "批量折扣", p.BatchDiscount, ""))
	}
	if f.PriorityShare > 0 {
		part(&b.Tokens, "并发：优先档", "R · p · s_p · (φ − 1)", product(p.Requests, tokens, f.PriorityShare)+" × ("+sim.Number(f.PriorityFactor)+" − 1)",
			p.Requests*tokens*f.PriorityShare*(f.PriorityFactor-1), requests, term("p", "每次的词元费", tokens, sim.Currency),
			term("s_p", "走优先档的比例", f.PriorityShare, ""), term("φ", "优先档的倍数", f.PriorityFactor, ""))
	}
	fee := func(name, formula string, value float64, working string, terms ...sim.Term) {
		if value > 0 {
			part(&b.Fees, name, formula, working, value, terms...)
		}
	}
	fee("并发：预留吞吐", "n · p · 730", f.ReservedUnits*f.ReservedHourly*HoursPerMonth, product(f.ReservedUnits, f.ReservedHourly, HoursPerMonth),
		term("n", "预留的单位", f.ReservedUnits, ""), term("p", "每单位每小时", f.ReservedHourly, sim.Currency))
	stored := max(0, f.StoredGB-f.FreeGB)
	fee("存储：文件", "max(0, G − G₀) · p · 730 / 24", stored*f.StoredDaily*HoursPerMonth/24, product(stored, f.StoredDaily, HoursPerMonth)+" / 24",
		term("G", "存放的 GB", f.StoredGB, ""), term("G₀", "免费的 GB", f.FreeGB, ""), term("p", "每 GB 每天", f.StoredDaily, sim.Currency))
	fee("存储：检索调用", "K · p / 1000", f.RetrievalCalls*f.RetrievalPrice/1000, product(f.RetrievalCalls, f.RetrievalPrice)+" / 1000",
		term("K", "每月检索次数", f.RetrievalCalls, ""), term("p", "每千次", f.RetrievalPrice, sim.Currency))
	fee("存储：显式缓存", "H · p · 730", f.HeldTokens*f.HeldHourly*HoursPerMonth, product(f.HeldTokens, f.HeldHourly, HoursPerMonth),
		term("H", "保留的百万词元", f.HeldTokens, ""), term("p", "每百万词元每小时", f.HeldHourly, sim.Currency))
	b.Total = total("API 月费", b.Parts())
	b.Total.Sources = []sim.Source{source}
	return b, nil
}

// total adds parts up.
func total(name string, parts []sim.Quantity) sim.Quantity {
	q := sim.Quantity{Name: name, Unit: sim.Currency}
	var formula, working []string
	for _, p := range parts {
		q.Value += p.Value
		q.Terms = append(q.Terms, term(p.Name, p.Formula, p.Value, p.Unit))
		formula, working = append(formula, p.Name), append(working, sim.Number(p.Value))
	}
	q.Formula, q.Working = strings.Join(formula, " + "), strings.Join(working, " + ")
	return q
}
