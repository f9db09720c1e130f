package caching

import "math"

// Theory is a cache in the long run, by Che's approximation.
type Theory struct {
	Characteristic float64 // t_C in seconds; +∞ where everything fits
	HitRate        float64 // share of questions answered from the cache
	// StaleRate is the share of questions that get an answer which has changed
	// since it was stored.
	StaleRate float64
}

// group is questions that are asked about equally often.
type group struct{ count, rate float64 }

const (
	// ungrouped is how many of the most frequent questions are counted one by one;
	// further ones are taken together while their ranks differ by less than 1/alike.
	ungrouped = 64
	alike     = 25
)

// groups returns the questions by frequency: count of them at a rate each.
func (e Exact) groups() []group {
	var all []group
	below, total := 0.0, 0.0
	sum := powers(e.Skew)
	for i := 0; i < e.Questions; {
		j := i + 1
		if i >= ungrouped {
			j = min(e.Questions, i+max(1, i/alike))
		}
		count := float64(j - i)
		total = sum(j)
		all = append(all, group{count, (total - below) / count})
		i, below = j, total
	}
	for i := range all {
		all[i].rate *= e.Rate / total
	}
	return all
}

// powers returns a function that gives Σ_{i=1..n} i^−a for growing n: term by term
// up to 1000, and from there by the formula of Euler and Maclaurin, whose next
// term is below 10⁻¹².
func powers(a float64) func(n int) float64 {
	const start = 1000
	first := math.Pow(start, -a)
	sum, at := 0.0, 0
	return func(n int) float64 {
		for ; at < min(n, start); at++ {
			sum += math.Pow(float64(at+1), -a)
		}
		if n <= start {
			return sum
		}
		last := math.Pow(float64(n), -a)
		integral := math.Log(float64(n) / start)
		if a != 1 {
			integral = start * first * math.Expm1((1-a)*integral) / (1 - a)
		}
		return sum + integral + (last-first)/2 - a*(last/float64(n)-first/start)/12
	}
}

// characteristic solves for t_C by bisection.
func characteristic(groups []group, capacity float64) float64 {
	total := 0.0
	for _, g := range groups {
		total += g.count
	}
	if capacity >= total {
		return math.Inf(1)
	}
	held := func(t float64) float64 {
		sum := 0.0
		for _, g := range groups {
			sum -= g.count * math.Expm1(-g.rate*t)
		}
		return sum
	}
	lo, hi := 0.0, 1.0
	for held(hi) < capacity {
		hi *= 2
	}
	for range 100 {
		if mid := (lo + hi) / 2; held(mid) < capacity {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// Theory returns the long run of e.
//
// A stored answer serves the questions that follow it, until none came for t_C
// or T has passed. With m(t) for how many of them are expected within t,
//
//	m(t) = λ·t                                 t ≤ t_C
//	m′(t) = λ·(1 − exp(−λ·t_C)·(1 + m(t − t_C)))   t > t_C
//
// of a question's askings the share m(T) / (1 + m(T)) is answered from the
// cache: λT / (1 + λT) where everything fits, 1 − exp(−λ·t_C) where nothing
// expires. A hit at age t is out of date with probability 1 − exp(−μ·t).
func (e Exact) Theory() (Theory, error) {
	if err := e.check(); err != nil {
		return Theory{}, err
	}
	groups := e.groups()
	t := Theory{Characteristic: characteristic(groups, float64(e.Capacity))}
	lifetime := e.Lifetime
	if lifetime == 0 {
		lifetime = math.Inf(1)
	}
	change := 0.0
	if e.ChangeEvery > 0 {
		change = 1 / e.ChangeEvery
	}
	for _, g := range groups {
		hits, stale := cycle(g.rate, t.Characteristic, lifetime, change)
		share := g.count * g.rate / e.Rate
		if math.IsInf(hits, 1) {
			t.HitRate += share
			if change > 0 {
				t.StaleRate += share
			}
			continue
		}
		t.HitRate += share * hits / (1 + hits)
		t.StaleRate += share * stale / (1 + hits)
	}
	t.StaleRate = math.Max(0, t.StaleRate) // and not −0
	return t, nil
}

const (
	cycleSteps   = 24 // of the integration, per t_C
	cycleWindows = 40 // t_C, after which the end is extrapolated
)

// cycle returns the expected hits on one stored answer, and those of them that
// are out of date.
func cycle(rate, tC, lifetime, change float64) (hits, stale float64) {
	if lifetime <= tC {
		if math.IsInf(lifetime, 1) {
			return math.Inf(1), math.Inf(1)
		}
		return rate * lifetime, rate * (lifetime - aged(change, lifetime))
	}
	hits = rate * tC
	stale = rate * (tC - aged(change, tC))
	gap := math.Exp(-rate * tC) // no question for t_C
	end := math.Min(lifetime, cycleWindows*tC)
	steps := int(math.Ceil((end - tC) / tC * cycleSteps))
	h := tC / cycleSteps
	// Values of m at multiples of h; the last step may be a shorter one.
	m := make([]float64, cycleSteps+1, cycleSteps+1+steps)
	for i := range m {
		m[i] = rate * h * float64(i)
	}
	slope := func(before float64) float64 { return rate * (1 - gap*(1+before)) }
	t := tC
	for i := range steps {
		width := math.Min(h, end-t)
		a, b := m[i], m[i+1]
		b = a + (b-a)*width/h
		more := width * (slope(a) + slope(b)) / 2
		hits += more
		stale += more * -math.Expm1(-change*(t+width/2))
		m = append(m, hits)
		t += width
		// Nothing more will come: every answer has met its gap.
		if i > cycleSteps && hits-m[i] < 1e-9*hits {
			return hits, stale
		}
	}
	if end == lifetime {
		return hits, stale
	}
	// What follows: a straight line where a gap is too rare to be seen, else
	// an exponential approach to the end, exp(λ·t_C) − 1.
	limit := 1/gap - 1
	if !(limit < 1e6*math.Max(1, hits)) {
		if math.IsInf(lifetime, 1) {
			return math.Inf(1), math.Inf(1)
		}
		s := slope(m[len(m)-1-cycleSteps])
		fresh := aged(change, lifetime) - aged(change, t)
		return hits + s*(lifetime-t), stale + s*(lifetime-t-fresh)
	}
	left, before := limit-hits, limit-m[len(m)-1-cycleSteps]
	if left <= 1e-9*limit {
		return hits, stale
	}
	decay := math.Log(before/left) / tC
	span := lifetime - t
	rest := left * -math.Expm1(-decay*span)
	fresh := left * decay * math.Exp(-change*t) / (decay + change) * -math.Expm1(-(decay+change)*span)
	return hits + rest, stale + rest - fresh
}

// aged is ∫ exp(−change·s) ds from 0 to t: of a time t, how much passes before
// the change.
func aged(change, t float64) float64 {
	if change == 0 {
		return t
	}
	return -math.Expm1(-change*t) / change
}
