package money

import (
	"fmt"
	"math"
	"time"

	"courselab/sim"
)

// maxMonths bounds how far ahead a Comparison looks.
const maxMonths = 240

// Comparison sets hardware of one's own beside an API, month by month, in one
// currency.
type Comparison struct {
	Own      OwnPlan // in Currency
	API      APIPlan
	Exchange Exchange
	Currency string    // "CNY" or "USD"
	Start    time.Time // in the first month
	Months   int
	// Growth is the relative change of requests from month to month; PriceTrend that
	// of the API's prices in a year: −0.3 is 30 % cheaper every year.
	Growth, PriceTrend float64
	// Discount is the yearly rate at which later money counts for less.
	Discount float64
}

// Flow is one month. Month 0 is the purchase, before the first month.
type Flow struct {
	Month int
	// Own is the cash that own hardware takes in the month: the part of a purchase
	// that is not borrowed, running costs and instalments. API is the API's bill.
	Own, API float64
	// OwnTotal and APITotal are what has been spent up to the month's end, at the
	// discount. A purchase counts when it is made, borrowed or not; of the loan, later,
	// only the interest.
	OwnTotal, APITotal float64
}

func (c *Comparison) check() error {
	return sim.First(
		c.Own.check(),
		c.API.check(),
		sim.CheckWhole("months", float64(c.Months), 1, maxMonths),
		sim.CheckRange("growth", c.Growth, -0.9, 1), sim.CheckRange("price_trend", c.PriceTrend, -0.99, 10),
		sim.CheckRange("discount", c.Discount, 0, 10),
	)
}

// course is a comparison worked out as far as it is linear in its inputs: what
// each month takes, before any input is varied.
type course struct {
	capex    float64
	rebuy    []float64 // purchases less the old hardware's rest, by month
	interest []float64
	power    float64 // a month
	upkeep   float64
	staff    float64
	fixed    float64   // space and network
	tokens   []float64 // API's bill by month for tokens
	fees     []float64 // and for everything else
	worth    []float64 // what money of each month counts for
	// foreign is +1 where the API's bill is in dollars and the comparison in yuan, −1
	// the other way round, 0 where nothing is converted.
	foreign int
}

// rate is what a factor on the yuan's rate to the dollar does to the API's bill.
func (w *course) rate(factor float64) float64 {
	switch w.foreign {
	case 1:
		return factor
	case -1:
		return 1 / factor
	}
	return 1
}

// course works the comparison out.
func (c *Comparison) course() (*course, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	parts, _, err := c.Own.Running()
	if err != nil {
		return nil, err
	}
	w := &course{
		capex: c.Own.capex(), power: parts[0].Value, upkeep: parts[1].Value, staff: parts[2].Value, fixed: parts[3].Value + parts[4].Value,
		interest: c.Own.interests(c.Months), rebuy: make([]float64, c.Months), tokens: make([]float64, c.Months), fees: make([]float64, c.Months),
		worth: make([]float64, c.Months),
	}
	switch {
	case c.API.Price.Currency == c.Currency:
	case c.Currency == "CNY":
		w.foreign = 1
	default:
		w.foreign = -1
	}
	monthly := math.Pow(1+c.Discount, -1.0/12)
	for m := range c.Months {
		w.worth[m] = math.Pow(monthly, float64(m+1))
		// The old hardware serves to the end of its life; the new one is paid in the
		// month after.
		if c.Own.Rebuy && m > 0 && m%int(c.Own.Life) == 0 {
			w.rebuy[m] = w.capex * (1 - c.Own.Residual)
		}
		bill, err := c.API.Month(c.Start.AddDate(0, m, 0))
		if err != nil {
			return nil, err
		}
		tokens, fees, err := c.converted(bill)
		if err != nil {
			return nil, err
		}
		w.tokens[m] = tokens * math.Pow(1+c.Growth, float64(m)) * math.Pow(1+c.PriceTrend, float64(m)/12)
		w.fees[m] = fees
	}
	return w, nil
}

// converted is a bill in the comparison's currency: what follows the requests, and
// the fees.
func (c *Comparison) converted(b Bill) (tokens, fees float64, err error) {
	for _, p := range []struct {
		parts []sim.Quantity
		into  *float64
	}{{b.Tokens, &tokens}, {b.Fees, &fees}} {
		for _, q := range p.parts {
			v, err := c.Exchange.Convert(q.Value, b.Currency, c.Currency)
			if err != nil {
				return 0, 0, err
			}
			*p.into += v
		}
	}
	return tokens, fees, nil
}

// Flows lists the months from the purchase on.
func (c *Comparison) Flows() ([]Flow, error) {
	w, err := c.course()
	if err != nil {
		return nil, fmt.Errorf("cash flow: %w", err)
	}
	instalment, err := c.Own.Instalment()
	if err != nil {
		return nil, fmt.Errorf("cash flow: %w", err)
	}
	flows := make([]Flow, c.Months+1)
	flows[0] = Flow{Own: w.capex * (1 - c.Own.Loan), OwnTotal: w.capex}
	for m := range c.Months {
		f := &flows[m+1]
		running := w.power + w.upkeep + w.staff + w.fixed
		f.Month, f.Own, f.API = m+1, running+w.rebuy[m], w.tokens[m]+w.fees[m]
		if c.Own.Loan > 0 && m < int(c.Own.LoanMonths) {
			f.Own += instalment.Value
		}
		f.OwnTotal = flows[m].OwnTotal + (running+w.rebuy[m]+w.interest[m])*w.worth[m]
		f.APITotal = flows[m].APITotal + f.API*w.worth[m]
	}
	return flows, nil
}

// Payback is the month in which what has been spent on own hardware is first no
// more than what the API would have taken, with the fraction of the month in which
// the two lines cross:
//
//	m* = K / (A − M)   months
//
// where A and M are the same every month, nothing is borrowed and nothing
// discounted. It fails with a *sim.FieldError on months whose reason is
// sim.NeverPaysBack where that does not happen in the months looked at.
func (c *Comparison) Payback() (sim.Quantity, error) {
	w, err := c.course()
	if err != nil {
		return sim.Quantity{}, fmt.Errorf("payback: %w", err)
	}
	at, ok := w.payback(plain)
	if !ok {
		return sim.Quantity{}, fmt.Errorf("payback: %w", &sim.FieldError{Field: "months", Reason: sim.NeverPaysBack, Detail: fmt.Sprintf("not in %d months", c.Months)})
	}
	running := w.power + w.upkeep + w.staff + w.fixed
	return sim.Quantity{
		Name: "打平月份", Unit: sim.Month, Value: at,
		Formula: "最小的 m，使 K + Σ (M + 利息) · v ≤ Σ A · v",
		Working: "K = " + sim.Number(w.capex) + "，M = " + sim.Number(running) + "，首月 A = " + sim.Number(w.tokens[0]+w.fees[0]),
		Terms: []sim.Term{
			term("K", "采购", w.capex, sim.Currency), term("M", "自建每月现金支出", running, sim.Currency), term("A", "首月的 API 账单", w.tokens[0]+w.fees[0], sim.Currency),
			term("v", "每月的折现系数，首月", w.worth[0], ""),
		},
	}, nil
}

// factors multiply the inputs that may be varied.
type factors struct{ hardware, power, staff, upkeep, traffic, price, exchange float64 }

var plain = factors{1, 1, 1, 1, 1, 1, 1}

// difference is what month m adds to the API's total above the own one's.
func (w *course) difference(m int, f factors) float64 {
	own := f.hardware*(w.rebuy[m]+w.interest[m]+f.upkeep*w.upkeep) + f.power*w.power + f.staff*w.staff + w.fixed
	api := w.rate(f.exchange) * (f.traffic*f.price*w.tokens[m] + w.fees[m])
	return (api - own) * w.worth[m]
}

// payback is the month in which the difference first reaches 0.
func (w *course) payback(f factors) (float64, bool) { return w.run(f, func(int, float64) {}) }

// run goes through the months and tells how far own hardware is ahead at the end
// of each; it returns the month in which that first reaches 0.
func (w *course) run(f factors, tell func(month int, ahead float64)) (at float64, paid bool) {
	ahead := -f.hardware * w.capex
	paid = ahead >= 0
	tell(0, ahead)
	for m := range w.worth {
		step := w.difference(m, f)
		if !paid && ahead+step >= 0 {
			at, paid = float64(m)-ahead/step, true
		}
		ahead += step
		tell(m+1, ahead)
	}
	return at, paid
}
