package judge

import (
	"fmt"
	"math"

	"courselab/sim"
)

// Z95 is the deviation of a 95 % interval; z80 that of a power of 80 %.
const (
	Z95 = 1.959963984540054
	z80 = 0.8416212335729143
)

// Interval is a closed interval.
type Interval struct{ Lo, Hi float64 }

// Preference is how two systems stand to each other on one criterion.
type Preference struct {
	Judged, Wins, Losses, Ties int // questions: A wins, B wins
	// Rate is A's win rate with ties as halves, Drawn its bootstrap interval.
	Rate  float64
	Drawn Interval
	// Decided is A's share of the decided questions, Wilson its interval; NaN and
	// [0, 1] where none is decided.
	Decided float64
	Wilson  Interval
	// P is how likely two equal systems are to come out at least so far apart (exact
	// sign test, two-sided).
	P float64
}

// Completion is how often one system did the task.
type Completion struct {
	Judged, Done int
	Rate         float64
	Wilson       Interval
}

// Satisfaction is how content judges are with one system.
type Satisfaction struct {
	Judged int
	Mean   float64
	Drawn  Interval
}

// Result is what an evaluation says.
type Result struct {
	Items, Judges     int
	Judgements        int
	Accuracy, Fluency Preference
	Completion        [2]Completion
	// CompletionBoth are the questions on which both systems were judged:
	// A alone did it, B alone did it, and the sign test between them.
	OnlyA, OnlyB  int
	CompletionP   float64
	Satisfaction  [2]Satisfaction
	Difference    Satisfaction // of satisfaction, A − B, over questions with both
	Agreement     []Agreement
	LeftPreferred Preference // accuracy and fluency by side: a check on the judges
}

// Analyse evaluates judgements of n questions. seed fixes the bootstrap and tells
// which side a judge saw.
func Analyse(all []Judgement, n int, seed uint64) (Result, error) {
	if n < 0 || n > MaxItems {
		return Result{}, fmt.Errorf("analyse: %w", &sim.FieldError{Field: "items", Reason: sim.OutOfRange, Detail: fmt.Sprint(n)})
	}
	r := Result{Items: n, Judgements: len(all), CompletionP: 1}
	judges := map[int]bool{}
	for _, j := range all {
		judges[j.Judge] = true
	}
	r.Judges = len(judges)
	r.Accuracy = preference(all, n, seed, func(j Judgement) Choice { return j.Accuracy })
	r.Fluency = preference(all, n, seed, func(j Judgement) Choice { return j.Fluency })
	r.LeftPreferred = leftPreferred(all, n, seed)
	r.completion(all, n)
	r.satisfaction(all, n, seed)
	r.Agreement = agreements(all, n, seed)
	return r, nil
}

// preference aggregates by question: the mean over its judges of 1 for A, ½ for a
// tie, 0 for B; above ½ A wins the question.
func preference(all []Judgement, n int, seed uint64, of func(Judgement) Choice) Preference {
	sum, count := make([]float64, n), make([]float64, n)
	for _, j := range all {
		switch of(j) {
		case WinsA:
			sum[j.Item]++
			count[j.Item]++
		case Tie:
			sum[j.Item] += 0.5
			count[j.Item]++
		case WinsB:
			count[j.Item]++
		}
	}
	var p Preference
	var values []float64
	for i := range n {
		if count[i] == 0 {
			continue
		}
		v := sum[i] / count[i]
		values = append(values, v)
		switch {
		case v > 0.5:
			p.Wins++
		case v < 0.5:
			p.Losses++
		default:
			p.Ties++
		}
	}
	p.Judged = len(values)
	p.Rate, p.Drawn = Bootstrap(values, seed)
	decided := p.Wins + p.Losses
	p.Decided, p.Wilson = Wilson(p.Wins, decided)
	p.P = SignTest(p.Wins, p.Losses)
	return p
}

// leftPreferred is preference with the left side in A's place.
func leftPreferred(all []Judgement, n int, seed uint64) Preference {
	var sided []Judgement
	swapped := map[int][]bool{}
	for _, j := range all {
		s, ok := swapped[j.Judge]
		if !ok {
			s = make([]bool, n)
			for _, t := range Shuffle(n, seed, j.Judge) {
				s[t.Item] = t.Swapped
			}
			swapped[j.Judge] = s
		}
		if s[j.Item] {
			j = j.swap()
		}
		sided = append(sided, j)
	}
	return preference(sided, n, seed, func(j Judgement) Choice { return j.Accuracy })
}

func (r *Result) completion(all []Judgement, n int) {
	sums := [2][]int{make([]int, n), make([]int, n)}
	seen := [2][]int{make([]int, n), make([]int, n)}
	for _, j := range all {
		for s := range 2 {
			if j.Done[s] != 0 {
				sums[s][j.Item] += int(j.Done[s])
				seen[s][j.Item]++
			}
		}
	}
	done := func(s, i int) bool { return sums[s][i] > 0 } // an even split is not done
	for s := range 2 {
		c := &r.Completion[s]
		for i := range n {
			if seen[s][i] == 0 {
				continue
			}
			c.Judged++
			if done(s, i) {
				c.Done++
			}
		}
		c.Rate, c.Wilson = Wilson(c.Done, c.Judged)
	}
	for i := range n {
		if seen[0][i] == 0 || seen[1][i] == 0 {
			continue
		}
		switch a, b := done(0, i), done(1, i); {
		case a && !b:
			r.OnlyA++
		case b && !a:
			r.OnlyB++
		}
	}
	r.CompletionP = SignTest(r.OnlyA, r.OnlyB)
}

func (r *Result) satisfaction(all []Judgement, n int, seed uint64) {
	sum := [2][]float64{make([]float64, n), make([]float64, n)}
	count := [2][]float64{make([]float64, n), make([]float64, n)}
	for _, j := range all {
		for s := range 2 {
			if j.Satisfaction[s] > 0 {
				sum[s][j.Item] += float64(j.Satisfaction[s])
				count[s][j.Item]++
			}
		}
	}
	var difference []float64
	values := [2][]float64{}
	for i := range n {
		for s := range 2 {
			if count[s][i] > 0 {
				values[s] = append(values[s], sum[s][i]/count[s][i])
			}
		}
		if count[0][i] > 0 && count[1][i] > 0 {
			difference = append(difference, sum[0][i]/count[0][i]-sum[1][i]/count[1][i])
		}
	}
	for s := range 2 {
		r.Satisfaction[s].Judged = len(values[s])
		r.Satisfaction[s].Mean, r.Satisfaction[s].Drawn = Bootstrap(values[s], seed)
	}
	r.Difference.Judged = len(difference)
	r.Difference.Mean, r.Difference.Drawn = Bootstrap(difference, seed)
}

// Needed is how many decided questions tell a true win rate from a half, at 5 %
// two-sided and a power of 80 %:
//
//	((z_0.975 · ½ + z_0.8 · √(p · (1 − p))) / (p − ½))²
//
// rounded up.
func Needed(p float64) (sim.Quantity, error) {
	if err := sim.CheckRange("win_rate", p, 0, 1); err != nil {
		return sim.Quantity{}, fmt.Errorf("needed judgements: %w", err)
	}
	if math.Abs(p-0.5) < 1e-4 {
		return sim.Quantity{}, fmt.Errorf("needed judgements: %w", &sim.FieldError{Field: "win_rate", Reason: sim.OutOfRange, Detail: "a half cannot be told from a half"})
	}
	root := (Z95/2 + z80*math.Sqrt(p*(1-p))) / (p - 0.5)
	return sim.Quantity{
		Name: "需要的评判次数", Unit: sim.Ratio,
		Value:   math.Ceil(root*root - 1e-9),
		Formula: "((z_0.975 · ½ + z_0.8 · √(p · (1 − p))) / (p − ½))²",
		Working: "((1.95996 × 0.5 + 0.841621 × √(" + sim.Number(p) + " × (1 − " + sim.Number(p) + "))) / (" + sim.Number(p) + " − 0.5))²",
		Terms:   []sim.Term{{Symbol: "p", Name: "真实的胜率（不计平局）", Value: p}},
	}, nil
}
