package money

import (
	"fmt"

	"courselab/sim"
)

// Exchange is the rate between the two currencies of the course, with the day that
// it is of.
type Exchange struct {
	CNYPerUSD float64
	Source    sim.Source // its Date is the rate's
}

// CourseExchange is the rate that the lessons count with.
var CourseExchange = Exchange{CNYPerUSD: 6.7379, Source: sim.Source{
	Title: "szp2005/llm-prices-cn, prices.json", URL: "https://github.com/szp2005/llm-prices-cn", Date: "2026-08-22",
}}

// Check refuses a rate that nothing can be converted with: zero, negative or not
// finite; and one without its day.
func (e Exchange) Check() error {
	if err := sim.CheckRange("cny_per_usd", e.CNYPerUSD, 1e-3, 1e3); err != nil {
		return err
	}
	return sim.First(required("exchange_date", e.Source.Date), sim.CheckDate("exchange_date", e.Source.Date))
}

// Convert states an amount of from in to, each "CNY" or "USD".
func (e Exchange) Convert(amount float64, from, to string) (float64, error) {
	for _, c := range []string{from, to} {
		if c != "CNY" && c != "USD" {
			return 0, fmt.Errorf("convert: %w", &sim.FieldError{Field: "currency", Reason: sim.OutOfRange, Detail: fmt.Sprintf("%.10q, want USD or CNY", c)})
		}
	}
	if from == to {
		return amount, nil
	}
	if err := e.Check(); err != nil {
		return 0, fmt.Errorf("convert: %w", err)
	}
	if to == "CNY" {
		return amount * e.CNYPerUSD, nil
	}
	return amount / e.CNYPerUSD, nil
}
