package money

import (
	"strings"

	"courselab/sim"
)

// Bounds of money and use, as sim has them.
const (
	maxMoney    = 1e12
	maxPrice    = 1e6
	maxRequests = 1e12
	maxUnits    = 1e6
	maxShapes   = 200
	million     = 1e6
)

func required(field, value string) error {
	if strings.TrimSpace(value) == "" {
		return &sim.FieldError{Field: field, Reason: sim.Missing}
	}
	return nil
}

// known is the value of a price that the list states, or 0 for one that nothing is
// charged at.
func known(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// product writes factors as "2 × 32 × 128".
func product(factors ...float64) string {
	parts := make([]string, len(factors))
	for i, f := range factors {
		parts[i] = sim.Number(f)
	}
	return strings.Join(parts, " × ")
}

func term(symbol, name string, value float64, unit string) sim.Term {
	return sim.Term{Symbol: symbol, Name: name, Value: value, Unit: unit}
}
