package choose

// Range is how far the weight of one criterion may move, the others keeping
// their proportions, while the first stays first.
type Range struct {
	Criterion Criterion
	Weight    float64
	Lo, Hi    float64 // the weights between which the first stays first
	// Below and Above are the rows that take over beyond Lo and Hi; −1 where none
	// does before 0 or 1.
	Below, Above int
}

// Margin is the least move of the weight that changes the first; ok is false where
// no move does.
func (v Range) Margin() (move float64, ok bool) {
	move = 2
	if v.Below >= 0 {
		move = v.Weight - v.Lo
	}
	if v.Above >= 0 {
		move = min(move, v.Hi-v.Weight)
	}
	return move, move < 2
}

// Line is a model's score as a function of one weight w: At0 + w · (At1 − At0).
type Line struct{ At0, At1 float64 }

// At is the score at weight w.
func (l Line) At(w float64) float64 { return l.At0 + w*(l.At1-l.At0) }

// Lines are the scores' middles against the weight of criterion k, by row. Where
// that criterion has all the weight, the others share theirs equally.
func (r *Ranking) Lines(k int) []Line {
	lines := make([]Line, len(r.Rows))
	rest := 1 - r.Weights[k]
	for i, row := range r.Rows {
		at0 := 0.0
		for j, cell := range row.Cells {
			switch {
			case j == k:
			case rest > slack:
				at0 += r.Weights[j] / rest * cell.Value.Mid()
			default:
				at0 += cell.Value.Mid() / float64(len(row.Cells)-1)
			}
		}
		lines[i] = Line{At0: at0, At1: row.Cells[k].Value.Mid()}
	}
	return lines
}

// Ranges solves, for every criterion, for the weights at which another row
// passes the first. It needs two criteria and two rows; else it is nil.
//
// The first leads row j at weight w by a + b · w with a = At0 − At0_j and
// b = (At1 − At0) − (At1_j − At0_j), so it is passed at w = −a / b, above the
// present weight where b < 0 and below where b > 0. Of all rows the nearest counts.
func (r *Ranking) Ranges() []Range {
	if len(r.Criteria) < 2 || len(r.Rows) < 2 {
		return nil
	}
	all := make([]Range, len(r.Criteria))
	for k, c := range r.Criteria {
		v := Range{Criterion: c, Weight: r.Weights[k], Lo: 0, Hi: 1, Below: -1, Above: -1}
		lines := r.Lines(k)
		for j := 1; j < len(lines); j++ {
			a := lines[0].At0 - lines[j].At0
			b := (lines[0].At1 - lines[0].At0) - (lines[j].At1 - lines[j].At0)
			// A row that stands equal now passes at once, to the side that b says.
			switch {
			case b < -slack:
				if w := max(v.Weight, -a/b); w < v.Hi {
					v.Hi, v.Above = w, j
				}
			case b > slack:
				if w := min(v.Weight, -a/b); w > v.Lo {
					v.Lo, v.Below = w, j
				}
			}
		}
		all[k] = v
	}
	return all
}

// Reign is a stretch of weights over which one row is first.
type Reign struct {
	From, To float64
	Row      int
}

// Reigns are who is first as the weight of criterion k goes from 0 to 1: the
// upper envelope of the lines. Of equal lines the earlier row counts.
func (r *Ranking) Reigns(k int) []Reign {
	lines := r.Lines(k)
	if len(lines) == 0 {
		return nil
	}
	slope := func(i int) float64 { return lines[i].At1 - lines[i].At0 }
	first := 0
	for i := range lines {
		if d := lines[i].At0 - lines[first].At0; d > slack || d > -slack && slope(i) > slope(first)+slack {
			first = i
		}
	}
	all := []Reign{{From: 0, To: 1, Row: first}}
	for {
		now := &all[len(all)-1]
		next, at := -1, 1.0
		for i := range lines {
			b := slope(i) - slope(now.Row)
			if b <= slack {
				continue
			}
			w := max(now.From, (lines[now.Row].At0-lines[i].At0)/b)
			if w < at-slack || next >= 0 && w < at+slack && slope(i) > slope(next)+slack {
				next, at = i, min(at, w)
			}
		}
		if next < 0 {
			return all
		}
		now.To = at
		all = append(all, Reign{From: at, To: 1, Row: next})
	}
}
