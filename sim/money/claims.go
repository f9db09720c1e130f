package money

import (
	"errors"
	"fmt"

	"courselab/sim"
)

// Claim is a range that the course's syllabus states, in yuan, without a date, a
// model number or a source: its own words, to be held against what a plan comes to.
type Claim struct {
	ID        string
	Text      string // the syllabus's own
	Low, High float64
	Unit      string // "CNY" or "CNY/月"
}

// The syllabus's claims.
var (
	ClaimServer = Claim{"server", "硬件成本：GPU 服务器（10-50万）", 100000, 500000, "CNY"}
	ClaimPower  = Claim{"electricity", "电费成本：每月1000-5000元", 1000, 5000, "CNY/月"}
	ClaimAPI    = Claim{"api", "月费用：1000-10000元", 1000, 10000, "CNY/月"}
)

// ClaimCheck is a claim beside what a comparison comes to.
type ClaimCheck struct {
	Claim
	Value  sim.Quantity // in CNY
	Inside bool
}

// Claims holds the syllabus's claims against the comparison's first month.
func (c *Comparison) Claims() ([]ClaimCheck, error) {
	buying, err := c.Own.Buying()
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	parts, _, err := c.Own.Running()
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	bill, err := c.API.Month(c.Start)
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	// The syllabus speaks of one server.
	buying.Value /= c.Own.Servers
	power := parts[0]
	power.Value /= c.Own.Servers
	var all []ClaimCheck
	for _, k := range []struct {
		claim    Claim
		value    sim.Quantity
		currency string
	}{{ClaimServer, buying, c.Currency}, {ClaimPower, power, c.Currency}, {ClaimAPI, bill.Total, bill.Currency}} {
		v, err := c.Exchange.Convert(k.value.Value, k.currency, "CNY")
		if err != nil {
			return nil, fmt.Errorf("claims: %w", err)
		}
		k.value.Value = v
		all = append(all, ClaimCheck{Claim: k.claim, Value: k.value, Inside: v >= k.claim.Low && v <= k.claim.High})
	}
	return all, nil
}

// ClaimedPayback is how soon a purchase pays off by the syllabus's own ranges.
type ClaimedPayback struct {
	Name                    string // Chinese
	Buying, Power, API, Job float64
	Months                  *float64 // nil: never
}

// ClaimedPaybacks takes the syllabus's ranges at their middle and at both ends,
// with and without a fifth of a person, by sim.Breakeven: the claim that own
// hardware is cheap in the long run is true at one end and never at the other.
func ClaimedPaybacks() ([]ClaimedPayback, error) {
	middle := func(c Claim) float64 { return (c.Low + c.High) / 2 }
	all := []ClaimedPayback{
		{Name: "各取中点，人力填零", Buying: middle(ClaimServer), Power: middle(ClaimPower), API: middle(ClaimAPI)},
		{Name: "对本地最有利，人力填零", Buying: ClaimServer.Low, Power: ClaimPower.Low, API: ClaimAPI.High},
		{Name: "同上，加 0.2 个人", Buying: ClaimServer.Low, Power: ClaimPower.Low, API: ClaimAPI.High, Job: 6000},
		{Name: "对本地最不利", Buying: ClaimServer.High, Power: ClaimPower.High, API: ClaimAPI.Low},
	}
	for i := range all {
		p := &all[i]
		q, err := sim.Breakeven(p.Buying, p.Power+p.Job, p.API)
		var field *sim.FieldError
		switch {
		case err == nil:
			p.Months = &q.Value
		case !errors.As(err, &field) || field.Reason != sim.NeverPaysBack:
			return nil, fmt.Errorf("claimed paybacks: %w", err)
		}
	}
	return all, nil
}

// ExamplePlan is the server that the lessons work out: inside the syllabus's
// range, and all of it an assumption. Every field is the asker's to change.
func ExamplePlan() OwnPlan {
	return OwnPlan{
		Servers: 1, Purchase: Purchase{GPU: 140000, Memory: 15000, Storage: 8000, Network: 7000, Rest: 30000},
		Life: 36, Residual: 0, BusyWatts: 1500, IdleWatts: 1500, Utilisation: 1, PUE: 1.5, PricePerKWh: 0.8,
		Upkeep: 0.05, Staff: 0.2, Wage: 30000, LoanMonths: 36, Interest: 0.04,
	}
}

// UsualRanges is how uncertain the lessons take a comparison's inputs to be.
func UsualRanges() []Range {
	return []Range{
		{Traffic, 0.5, 1.5}, {APIPrice, 0.5, 1.1}, {Hardware, 0.7, 1.5}, {StaffCost, 0.5, 2}, {PowerPrice, 0.7, 1.5}, {UpkeepRate, 0.5, 2}, {Rate, 0.95, 1.05},
	}
}
