package evaluate

import (
	"fmt"
	"math"
	"strings"

	"courselab/app/format"
	"courselab/attention/evaluate"
	"courselab/sim/judge"
)

// score is a share of right answers with its intervals.
type score struct {
	right, n int
	rate     float64
	wilson   judge.Interval
	drawn    judge.Interval // by poems
}

// scored counts right answers; groups say which questions come from one poem.
func scored(right []bool, groups []int, seed uint64) score {
	s := score{n: len(right)}
	var sums, counts []float64
	place := map[int]int{}
	for i, ok := range right {
		at, known := place[groups[i]]
		if !known {
			at = len(sums)
			place[groups[i]] = at
			sums, counts = append(sums, 0), append(counts, 0)
		}
		counts[at]++
		if ok {
			sums[at]++
			s.right++
		}
	}
	s.rate, s.wilson = judge.Wilson(s.right, s.n)
	_, s.drawn = judge.BootstrapRatio(sums, counts, seed)
	return s
}

// text writes the share with Wilson's interval.
func (s score) text() string {
	return format.Ratio(tenth(s.rate)) + "（" + interval(s.wilson) + "）"
}

// interval writes an interval of shares; a dash where there is none.
func interval(i judge.Interval) string {
	if math.IsNaN(i.Lo) || math.IsNaN(i.Hi) {
		return format.None
	}
	return percent(i.Lo) + " 到 " + percent(i.Hi)
}

// percent writes a share with one decimal.
func percent(v float64) string {
	if math.IsNaN(v) {
		return format.None
	}
	return format.Fixed(100*v, 1) + "%"
}

// points writes a difference of shares with its sign: "+2.3".
func points(v float64) string {
	text := format.Fixed(100*v, 1)
	if v > 0 && text != "0.0" {
		text = "+" + text
	}
	return text
}

// tenth rounds a share to a tenth of a point.
func tenth(v float64) float64 { return math.Round(1000*v) / 1000 }

// perplexity is that of texts with its interval over them.
func perplexity(all []evaluate.Likelihood, seed uint64) (value float64, i judge.Interval) {
	var nats, tokens []float64
	for _, l := range all {
		nats, tokens = append(nats, -l.Nats), append(tokens, float64(l.Tokens))
	}
	mean, drawn := judge.BootstrapRatio(nats, tokens, seed)
	return math.Exp(mean), judge.Interval{Lo: math.Exp(drawn.Lo), Hi: math.Exp(drawn.Hi)}
}

// chance writes a p-value.
func chance(p float64) string {
	switch {
	case math.IsNaN(p):
		return format.None
	case p < 0.001:
		return "< 0.001"
	}
	return format.Fixed(p, 3)
}

// joined lists names.
func joined(names []string) string { return strings.Join(names, "、") }

// count writes a number of questions.
func count(n int) string { return fmt.Sprint(n) }
