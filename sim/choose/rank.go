package choose

import (
	"fmt"
	"slices"

	"courselab/sim"
)

// Ways of putting measures on one scale.
const (
	FixedScale = "fixed"  // between the ends that a criterion states
	SpanScale  = "minmax" // between the worst and the best known of those that remain
)

// Interval is a closed interval.
type Interval struct{ Lo, Hi float64 }

// Mid is its middle.
func (v Interval) Mid() float64 { return (v.Lo + v.Hi) / 2 }

// Cell is one model's measure of one criterion.
type Cell struct {
	Known bool
	Fact  Fact     // where Known
	Value Interval // on the scale from 0 to 1
}

// Ranked is one model in a ranking.
type Ranked struct {
	Candidate Candidate
	Cells     []Cell // by criterion
	Score     Interval
	// Best and Worst are the places it can take, from 1. Equals share a place.
	Best, Worst int
	Known       float64 // the share of the weight that rests on known measures
}

// Ranking is the models that remain, by falling middle of their score, then by
// rising order given.
type Ranking struct {
	Criteria []Criterion // those of a weight above zero
	Weights  []float64   // of Criteria; they sum to 1
	Ends     []Ends      // of Criteria's scales
	Missing  []Interval  // of Criteria: what an unknown measure counts as
	Rows     []Ranked
}

// Rank scores models by weights given in any unit, by criterion id. It fails
// where no weight is above zero, or where one is negative or unknown.
func Rank(models []Candidate, weights map[string]float64, scale string) (*Ranking, error) {
	if scale != FixedScale && scale != SpanScale {
		return nil, fmt.Errorf("rank: %w", &sim.FieldError{Field: "scale", Reason: sim.Unknown, Detail: scale})
	}
	r := &Ranking{}
	total, used := 0.0, 0
	for _, c := range Criteria() {
		w, ok := weights[c.ID]
		if !ok {
			continue
		}
		used++
		if err := sim.CheckRange("weight."+c.ID, w, 0, 1e6); err != nil {
			return nil, fmt.Errorf("rank: %w", err)
		}
		if w > 0 {
			r.Criteria, r.Weights = append(r.Criteria, c), append(r.Weights, w)
			total += w
		}
	}
	if used < len(weights) {
		return nil, fmt.Errorf("rank: %w", &sim.FieldError{Field: "weight", Reason: sim.Unknown, Detail: "a criterion that does not exist"})
	}
	if total == 0 {
		return nil, fmt.Errorf("rank: %w", &sim.FieldError{Field: "weight", Reason: sim.Missing, Detail: "every weight is zero"})
	}
	for k := range r.Weights {
		r.Weights[k] /= total
	}
	r.Ends, r.Missing = make([]Ends, len(r.Criteria)), make([]Interval, len(r.Criteria))
	for k, c := range r.Criteria {
		r.Ends[k], r.Missing[k] = c.scaleOf(models, scale)
	}
	for _, m := range models {
		r.Rows = append(r.Rows, r.score(m))
	}
	r.place()
	return r, nil
}

// scaleOf returns the ends of a criterion's scale over models, and what an
// unknown measure counts as.
func (c Criterion) scaleOf(models []Candidate, scale string) (Ends, Interval) {
	ends := Ends{c.Zero, c.One}
	worst, best, any := 0.0, 0.0, false
	for _, m := range models {
		f, ok := m.Facts[c.ID]
		if !ok {
			continue
		}
		lo, hi := f.Lo, f.Hi
		if c.Lower {
			lo, hi = hi, lo
		}
		if !any {
			worst, best, any = lo, hi, true
			continue
		}
		if c.Lower {
			worst, best = max(worst, lo), min(best, hi)
		} else {
			worst, best = min(worst, lo), max(best, hi)
		}
	}
	if !any {
		return ends, Interval{0, 1}
	}
	if scale == SpanScale {
		ends = Ends{worst, best}
	}
	return ends, Interval{c.place(worst, ends), c.place(best, ends)}
}

func (r *Ranking) score(m Candidate) Ranked {
	row := Ranked{Candidate: m}
	for k, c := range r.Criteria {
		cell := Cell{Value: r.Missing[k]}
		if f, ok := m.Facts[c.ID]; ok {
			a, b := c.place(f.Lo, r.Ends[k]), c.place(f.Hi, r.Ends[k])
			cell = Cell{Known: true, Fact: f, Value: Interval{min(a, b), max(a, b)}}
			row.Known += r.Weights[k]
		}
		row.Cells = append(row.Cells, cell)
		row.Score.Lo += r.Weights[k] * cell.Value.Lo
		row.Score.Hi += r.Weights[k] * cell.Value.Hi
	}
	return row
}

// slack keeps scores that differ by rounding only from being told apart.
const slack = 1e-12

func (r *Ranking) place() {
	for i := range r.Rows {
		row := &r.Rows[i]
		row.Best, row.Worst = 1, 1
		for j, other := range r.Rows {
			if i == j {
				continue
			}
			if other.Score.Lo > row.Score.Hi+slack {
				row.Best++
			}
			if other.Score.Hi > row.Score.Lo+slack {
				row.Worst++
			}
		}
	}
	slices.SortStableFunc(r.Rows, func(a, b Ranked) int {
		switch d := b.Score.Mid() - a.Score.Mid(); {
		case d > slack:
			return 1
		case d < -slack:
			return -1
		}
		return 0
	})
}

// Contenders are the rows that can be first.
func (r *Ranking) Contenders() []Ranked {
	var all []Ranked
	for _, row := range r.Rows {
		if row.Best == 1 {
			all = append(all, row)
		}
	}
	return all
}

// Gap is a criterion that is worth measuring.
type Gap struct {
	Criterion Criterion
	Models    []string // names of the contenders of which it is unknown
	// Swing is how far one such measurement can move a score.
	Swing float64
}

// Gaps lists what is unknown of the models that can be first, by falling Swing.
func (r *Ranking) Gaps() []Gap {
	var all []Gap
	for k, c := range r.Criteria {
		g := Gap{Criterion: c, Swing: r.Weights[k] * (r.Missing[k].Hi - r.Missing[k].Lo)}
		for _, row := range r.Contenders() {
			if !row.Cells[k].Known {
				g.Models = append(g.Models, row.Candidate.Name)
			}
		}
		if len(g.Models) > 0 && g.Swing > 0 {
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b Gap) int {
		switch {
		case a.Swing > b.Swing:
			return -1
		case a.Swing < b.Swing:
			return 1
		}
		return 0
	})
	return all
}
