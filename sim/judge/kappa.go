package judge

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Agreement is how far judges agree on one criterion.
type Agreement struct {
	Criterion string
	Method    string // "Cohen" for two judges, "Fleiss" for more
	Judges    int
	Items     int     // questions that all of them judged
	Observed  float64 // share of pairs of judges that agree
	Expected  float64 // the same by chance
	Kappa     float64 // NaN where chance alone agrees fully
	Drawn     Interval
}

// Cohen is κ of two judges who put the same items into categories 0 to
// categories−1:
//
//	κ = (p_o − p_e) / (1 − p_e),  p_e = Σ_c p_1c · p_2c
//
// It is NaN where both use one and the same category only. Source: Cohen 1960.
func Cohen(a, b []int, categories int) (kappa, observed, expected float64) {
	n := float64(len(a))
	if n == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	left, right := make([]float64, categories), make([]float64, categories)
	for i := range a {
		left[a[i]]++
		right[b[i]]++
		if a[i] == b[i] {
			observed++
		}
	}
	observed /= n
	for c := range categories {
		expected += left[c] / n * right[c] / n
	}
	return beyond(observed, expected), observed, expected
}

// Fleiss is κ of any fixed number of judges; counts[i][c] is how many put item i
// into category c:
//
//	P_i = (Σ_c n_ic² − m) / (m · (m − 1)),  p_e = Σ_c p_c²
//
// Source: Fleiss 1971.
func Fleiss(counts [][]int) (kappa, observed, expected float64) {
	if len(counts) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	m := 0
	for _, c := range counts[0] {
		m += c
	}
	if m < 2 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	shares := make([]float64, len(counts[0]))
	for _, row := range counts {
		squares := 0.0
		for c, k := range row {
			squares += float64(k * k)
			shares[c] += float64(k)
		}
		observed += (squares - float64(m)) / float64(m*(m-1))
	}
	n := float64(len(counts))
	observed /= n
	for _, s := range shares {
		expected += s / (n * float64(m)) * s / (n * float64(m))
	}
	return beyond(observed, expected), observed, expected
}

func beyond(observed, expected float64) float64 {
	if 1-expected < 1e-12 {
		return math.NaN()
	}
	return (observed - expected) / (1 - expected)
}

// agreements compares all judges on the questions that all of them judged.
func agreements(all []Judgement, n int, seed uint64) []Agreement {
	var judges []int
	for _, j := range all {
		if !slices.Contains(judges, j.Judge) {
			judges = append(judges, j.Judge)
		}
	}
	slices.Sort(judges)
	if len(judges) < 2 {
		return nil
	}
	var list []Agreement
	for _, c := range []struct {
		name       string
		categories int
		of         func(Judgement) int // −1: not judged
	}{
		{"准确性", 3, func(j Judgement) int { return int(j.Accuracy) - 1 }},
		{"流畅性", 3, func(j Judgement) int { return int(j.Fluency) - 1 }},
		{"甲完成任务", 2, func(j Judgement) int { return doneCategory(j.Done[0]) }},
		{"乙完成任务", 2, func(j Judgement) int { return doneCategory(j.Done[1]) }},
	} {
		labels := make([][]int, n) // by item, by judge
		for _, j := range all {
			if v := c.of(j); v >= 0 {
				labels[j.Item] = append(labels[j.Item], v, slices.Index(judges, j.Judge))
			}
		}
		var complete [][]int
		for _, l := range labels {
			if len(l) != 2*len(judges) {
				continue
			}
			row := make([]int, len(judges))
			for i := 0; i < len(l); i += 2 {
				row[l[i+1]] = l[i]
			}
			complete = append(complete, row)
		}
		if len(complete) == 0 {
			continue
		}
		a := Agreement{Criterion: c.name, Method: "Cohen", Judges: len(judges), Items: len(complete)}
		if len(judges) > 2 {
			a.Method = "Fleiss"
		}
		if len(judges) > 2 {
			complete = counted(complete, c.categories)
		}
		a.Kappa, a.Observed, a.Expected = kappaOf(complete, len(judges), c.categories)
		a.Drawn = drawnKappa(complete, len(judges), c.categories, seed)
		list = append(list, a)
	}
	return list
}

func doneCategory(v int8) int {
	switch {
	case v > 0:
		return 0
	case v < 0:
		return 1
	}
	return -1
}

// counted turns rows of one label by judge into rows of counts by category.
func counted(rows [][]int, categories int) [][]int {
	counts := make([][]int, len(rows))
	for i, r := range rows {
		counts[i] = make([]int, categories)
		for _, v := range r {
			counts[i][v]++
		}
	}
	return counts
}

// kappaOf is κ of rows that hold the labels of two judges, or what counted makes
// of those of more.
func kappaOf(rows [][]int, judges, categories int) (kappa, observed, expected float64) {
	if judges > 2 {
		return Fleiss(rows)
	}
	a, b := make([]int, len(rows)), make([]int, len(rows))
	for i, r := range rows {
		a[i], b[i] = r[0], r[1]
	}
	return Cohen(a, b, categories)
}

// drawnKappa is the middle 95 % of κ over questions drawn with replacement, of
// those draws that have a κ.
func drawnKappa(rows [][]int, judges, categories int, seed uint64) Interval {
	rng := rand.New(rand.NewPCG(seed, bootstrapStream))
	var values []float64
	drawn := make([][]int, len(rows))
	for range Draws / 4 {
		for i := range drawn {
			drawn[i] = rows[rng.IntN(len(rows))]
		}
		if k, _, _ := kappaOf(drawn, judges, categories); !math.IsNaN(k) {
			values = append(values, k)
		}
	}
	if len(values) == 0 {
		return Interval{math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	at := func(q float64) float64 { return values[int(math.Round(q*float64(len(values)-1)))] }
	return Interval{at(0.025), at(0.975)}
}

// Grade puts κ into words by the convention of Landis and Koch 1977.
func Grade(kappa float64) string {
	switch {
	case math.IsNaN(kappa):
		return "无法计算"
	case kappa < 0:
		return "比碰巧还差"
	case kappa <= 0.20:
		return "微弱"
	case kappa <= 0.40:
		return "尚可"
	case kappa <= 0.60:
		return "中等"
	case kappa <= 0.80:
		return "较强"
	}
	return "几乎一致"
}
