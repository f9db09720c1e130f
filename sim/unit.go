package sim

import (
	"fmt"
	"math"
)

// dimension is what a group of units measures.
type dimension string

const (
	bytesDimension  dimension = "bytes"
	flopDimension   dimension = "flop"
	paramsDimension dimension = "parameters"
	ratioDimension  dimension = "ratio"
	moneyDimension  dimension = "money"
	secondDimension dimension = "seconds"
	monthDimension  dimension = "months"
	tokenDimension  dimension = "tokens"
	natDimension    dimension = "nats"
	rateDimension   dimension = "tokens per second"
)

// Base units, in which every function computes.
const (
	Byte      = "B"
	FLOP      = "FLOP"
	Parameter = "个"
	Ratio     = ""     // a pure number
	Currency  = "货币单位" // whatever the prices given are in; nothing is converted
	Second    = "s"
	Month     = "月"
	Token     = "词元"
	Nat       = "nat" // information: ln of a probability
	TokenRate = "词元/s"
)

// unit is one unit of a dimension and its size in the base unit.
type unit struct {
	name string
	size float64
}

// units lists every dimension's units, the base unit first.
var units = map[dimension][]unit{
	bytesDimension: {
		{Byte, 1}, {"字节", 1},
		{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
		{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	},
	flopDimension: {
		{FLOP, 1}, {"MFLOP", 1e6}, {"GFLOP", 1e9}, {"TFLOP", 1e12}, {"PFLOP", 1e15}, {"EFLOP", 1e18}, {"ZFLOP", 1e21},
	},
	paramsDimension: {
		{Parameter, 1}, {"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}, {"万", 1e4}, {"亿", 1e8},
	},
	ratioDimension: {{Ratio, 1}, {"%", 0.01}},
	// One currency runs through a computation; its name is the asker's.
	moneyDimension: {
		{Currency, 1}, {"CNY", 1}, {"USD", 1}, {"元", 1}, {"美元", 1}, {"万元", 1e4}, {"万美元", 1e4},
	},
	secondDimension: {{Second, 1}, {"秒", 1}, {"ms", 1e-3}, {"毫秒", 1e-3}, {"µs", 1e-6}, {"分钟", 60}},
	monthDimension:  {{Month, 1}, {"个月", 1}, {"年", 12}},
	tokenDimension:  {{Token, 1}, {"K", 1e3}, {"万", 1e4}, {"M", 1e6}},
	natDimension:    {{Nat, 1}, {"bit", math.Ln2}},
	rateDimension:   {{TokenRate, 1}, {"词元/秒", 1}, {"词元/分", 1.0 / 60}},
}

// Units returns the names of the units that a value in base unit can be stated
// in, the base unit first; nil for a base unit that does not exist.
func Units(base string) []string {
	for _, group := range units {
		if group[0].name != base {
			continue
		}
		names := make([]string, len(group))
		for i, u := range group {
			names[i] = u.name
		}
		return names
	}
	return nil
}

// In returns the quantity's value in another unit of its dimension. q.Unit must
// be a base unit, which it is for every Quantity that this package returns.
func (q Quantity) In(name string) (float64, error) {
	for _, group := range units {
		if group[0].name != q.Unit {
			continue
		}
		for _, u := range group {
			if u.name == name {
				return q.Value / u.size, nil
			}
		}
		return 0, &FieldError{Field: "unit", Reason: Unknown, Detail: fmt.Sprintf("%q for %s", name, q.Name)}
	}
	return 0, &FieldError{Field: "unit", Reason: Unknown, Detail: fmt.Sprintf("%q is no base unit", q.Unit)}
}
