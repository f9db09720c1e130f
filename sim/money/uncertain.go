package money

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"courselab/sim"
)

// Inputs that a Comparison can be uncertain about.
const (
	Hardware   = "hardware"    // price of purchase; upkeep and interest follow
	PowerPrice = "electricity" // bill: tariff, PUE and power alike
	StaffCost  = "staff"
	UpkeepRate = "upkeep"
	Traffic    = "traffic"   // requests over the API; own hardware stays as it is
	APIPrice   = "api-price" // of tokens
	Rate       = "exchange"  // yuan for a dollar
)

// Inputs returns them with their names in Chinese, in the order that they are shown.
func Inputs() []Input {
	return []Input{
		{Traffic, "用量"}, {APIPrice, "API 单价"}, {Hardware, "硬件价格"}, {StaffCost, "人力"}, {PowerPrice, "电费"}, {UpkeepRate, "维保"}, {Rate, "汇率"},
	}
}

// Input is one input that may be uncertain.
type Input struct{ ID, Name string }

// Range is how uncertain an input is: the factors on its value between which it
// lies, 1 among them.
type Range struct {
	Input     string
	Low, High float64
}

// set multiplies one input.
func (f *factors) set(input string, by float64) {
	switch input {
	case Hardware:
		f.hardware *= by
	case PowerPrice:
		f.power *= by
	case StaffCost:
		f.staff *= by
	case UpkeepRate:
		f.upkeep *= by
	case Traffic:
		f.traffic *= by
	case APIPrice:
		f.price *= by
	case Rate:
		f.exchange *= by
	}
}

func checkRanges(ranges []Range) error {
	seen := map[string]bool{}
	for i, r := range ranges {
		place := fmt.Sprintf("ranges[%d]", i)
		switch {
		case !slices.ContainsFunc(Inputs(), func(in Input) bool { return in.ID == r.Input }):
			return sim.Within(place, &sim.FieldError{Field: "input", Reason: sim.Unknown, Detail: fmt.Sprintf("%.40q", r.Input)})
		case seen[r.Input]:
			return sim.Within(place, &sim.FieldError{Field: "input", Reason: sim.OutOfRange, Detail: r.Input + " stands twice"})
		}
		seen[r.Input] = true
		if err := sim.First(sim.CheckRange("low", r.Low, 0.001, 1), sim.CheckRange("high", r.High, 1, 1000)); err != nil {
			return sim.Within(place, err)
		}
	}
	return nil
}

// Bounds of a Spread.
const (
	maxDraws = 100000
	// spreadStream tells its draws from other uses of a seed.
	spreadStream = 0x6d6f6e6579
)

// Spread is what a comparison comes to when its inputs are drawn.
type Spread struct {
	Draws int
	// Paid is the share of draws in which own hardware pays off within the months.
	Paid float64
	// Low, Median and High are the months by which 10, 50 and 90 % of all draws have
	// paid off; nil where so many never do.
	Low, Median, High *float64
	// Ahead is by how much own hardware is ahead at the end of each month from the
	// purchase on.
	Ahead []Band
}

// Band is where the middle 80 % of draws lie.
type Band struct{ Low, Median, High float64 }

// Spread draws every uncertain input from a triangular distribution over its range
// with its peak at the value itself, independently. The same seed gives the same
// spread. Every few milliseconds it calls pause, and fails with its error.
func (c *Comparison) Spread(ranges []Range, draws int, seed uint64, pause func() error) (Spread, error) {
	if err := sim.First(checkRanges(ranges), sim.CheckWhole("draws", float64(draws), 1, maxDraws)); err != nil {
		return Spread{}, fmt.Errorf("spread: %w", err)
	}
	w, err := c.course()
	if err != nil {
		return Spread{}, fmt.Errorf("spread: %w", err)
	}
	from := rand.New(rand.NewPCG(seed, spreadStream))
	months := make([]float64, draws)
	ahead := make([][]float64, c.Months+1)
	for m := range ahead {
		ahead[m] = make([]float64, draws)
	}
	paid := 0
	for d := range draws {
		if d%512 == 0 {
			if err := pause(); err != nil {
				return Spread{}, fmt.Errorf("spread: %w", err)
			}
		}
		f := plain
		for _, r := range ranges {
			f.set(r.Input, triangular(from, r.Low, r.High))
		}
		months[d] = math.Inf(1)
		if at, ok := w.run(f, func(m int, total float64) { ahead[m][d] = total }); ok {
			months[d] = at
			paid++
		}
	}
	slices.Sort(months)
	s := Spread{Draws: draws, Paid: float64(paid) / float64(draws), Low: month(months, 0.1), Median: month(months, 0.5), High: month(months, 0.9)}
	for _, of := range ahead {
		if err := pause(); err != nil {
			return Spread{}, fmt.Errorf("spread: %w", err)
		}
		s.Ahead = append(s.Ahead, bandOf(of))
	}
	return s, nil
}

// triangular draws a factor between low and high with its peak at 1.
func triangular(from *rand.Rand, low, high float64) float64 {
	u := from.Float64()
	if high == low {
		return 1
	}
	if split := (1 - low) / (high - low); u < split {
		return low + math.Sqrt(u*(high-low)*(1-low))
	}
	return high - math.Sqrt((1-u)*(high-low)*(high-1))
}

// bandOf picks the quantiles of a list, which it reorders; a full sort of every
// month's would take most of the time.
func bandOf(values []float64) Band {
	n := len(values)
	at := func(p float64) int { return max(0, int(math.Ceil(p*float64(n)))-1) }
	low, middle, high := at(0.1), at(0.5), at(0.9)
	selectNth(values, middle)
	selectNth(values[:middle+1], low)
	selectNth(values[middle:], high-middle)
	return Band{Low: values[low], Median: values[middle], High: values[high]}
}

// selectNth reorders values so that the one at n is what it would be were they
// sorted, none before it is greater and none after it less (Hoare's selection, with
// the middle of three as the pivot).
func selectNth(values []float64, n int) {
	lo, hi := 0, len(values)-1
	for lo < hi {
		a, b, c := values[lo], values[lo+(hi-lo)/2], values[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			hi = j
		case n >= i:
			lo = i
		default:
			return
		}
	}
}

// quantile is the least value that at least the share p of a sorted list is not
// above.
func quantile(sorted []float64, p float64) float64 {
	return sorted[max(0, int(math.Ceil(p*float64(len(sorted))))-1)]
}

func month(sorted []float64, p float64) *float64 {
	v := quantile(sorted, p)
	if math.IsInf(v, 1) {
		return nil
	}
	return &v
}

// Lever is what one input does to the month of payback, all others as they are.
type Lever struct {
	Range
	// AtLow and AtHigh are the months with the input at the ends of its range; nil
	// where own hardware does not pay off in the months looked at.
	AtLow, AtHigh *float64
}

// Levers moves each input alone to the ends of its range, the one that moves the
// month most first: by the distance between its two months, one that never pays
// off counting as twice the months looked at.
func (c *Comparison) Levers(ranges []Range) ([]Lever, error) {
	if err := checkRanges(ranges); err != nil {
		return nil, fmt.Errorf("levers: %w", err)
	}
	w, err := c.course()
	if err != nil {
		return nil, fmt.Errorf("levers: %w", err)
	}
	at := func(input string, by float64) *float64 {
		f := plain
		f.set(input, by)
		if v, ok := w.payback(f); ok {
			return &v
		}
		return nil
	}
	all := make([]Lever, len(ranges))
	for i, r := range ranges {
		all[i] = Lever{Range: r, AtLow: at(r.Input, r.Low), AtHigh: at(r.Input, r.High)}
	}
	span := func(l Lever) float64 {
		far := func(v *float64) float64 {
			if v == nil {
				return 2 * float64(c.Months)
			}
			return *v
		}
		return math.Abs(far(l.AtHigh) - far(l.AtLow))
	}
	slices.SortStableFunc(all, func(a, b Lever) int {
		switch x, y := span(a), span(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return all, nil
}
