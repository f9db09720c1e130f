package sim

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Measure is a number by which models are compared, sorted and drawn.
type Measure struct {
	Name  string // "output-price", or a benchmark's
	Title string // Chinese
	Unit  string
	Log   bool // spans decades
	// Of returns the value with the least and greatest that sources state; ok is
	// false where it is not published.
	Of func(m *Model) (v Spread, ok bool)
}

// Spread is a value where sources disagree or are not precise: Value is what the
// catalogue states first, Low and High the ends of all.
type Spread struct{ Value, Low, High float64 }

func exactly(v *float64, scale float64) (Spread, bool) {
	if v == nil {
		return Spread{}, false
	}
	x := *v / scale
	return Spread{x, x, x}, true
}

// Measures lists the measures of a catalogue: those that every catalogue has, then
// its benchmarks by name. Prices are the list price in USD for a million tokens;
// a model that is priced in another currency only has none.
func Measures(c *Catalogue) []Measure {
	price := func(of func(Rate) *float64) func(*Model) (Spread, bool) {
		return func(m *Model) (Spread, bool) {
			if m.Price == nil || m.Price.Currency != "USD" {
				return Spread{}, false
			}
			return exactly(of(m.Price.Rate), 1)
		}
	}
	all := []Measure{
		{Name: "release", Title: "发布日期", Unit: "年", Of: func(m *Model) (Spread, bool) { return year(m.ReleaseDate) }},
		{Name: "params", Title: "参数量", Unit: "B，十亿", Log: true, Of: func(m *Model) (Spread, bool) { return exactly(m.ParamsTotal, 1e9) }},
		{Name: "active", Title: "激活参数", Unit: "B，十亿", Log: true, Of: func(m *Model) (Spread, bool) { return exactly(m.ParamsActive, 1e9) }},
		{Name: "context", Title: "上下文", Unit: "词元", Log: true, Of: func(m *Model) (Spread, bool) { return exactly(m.Context, 1) }},
		{Name: "input-price", Title: "输入价", Unit: "美元/百万词元", Log: true, Of: price(func(r Rate) *float64 { return r.Input })},
		{Name: "output-price", Title: "输出价", Unit: "美元/百万词元", Log: true, Of: price(func(r Rate) *float64 { return r.Output })},
		{Name: "kv", Title: "每词元 KV 缓存", Unit: "KiB，16 位", Log: true, Of: func(m *Model) (Spread, bool) { return exactly(m.KVBytesPerToken, 1024) }},
	}
	var names []string
	for i := range c.Models {
		for name := range c.Models[i].Benchmarks {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	for _, name := range names {
		all = append(all, Measure{Name: name, Title: name, Unit: "%", Of: func(m *Model) (Spread, bool) {
			s := m.Benchmarks[name]
			if s == nil {
				return Spread{}, false
			}
			lo, hi := s.Range()
			return Spread{s.Score, lo, hi}, true
		}})
	}
	return all
}

// MeasureNamed returns the measure of a name.
func MeasureNamed(c *Catalogue, name string) (Measure, bool) {
	for _, m := range Measures(c) {
		if m.Name == name {
			return m, true
		}
	}
	return Measure{}, false
}

// year turns an ISO date as precise as it is into years: a month or a year alone
// is the whole of it.
func year(date string) (Spread, bool) {
	for _, form := range []struct {
		layout string
		to     func(time.Time) time.Time
	}{
		{"2006-01-02", func(t time.Time) time.Time { return t }},
		{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, -1) }},
		{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, -1) }},
	} {
		from, err := time.Parse(form.layout, date)
		if err != nil {
			continue
		}
		place := func(t time.Time) float64 {
			first := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
			return float64(t.Year()) + t.Sub(first).Hours()/first.AddDate(1, 0, 0).Sub(first).Hours()
		}
		low, high := place(from), place(form.to(from))
		return Spread{(low + high) / 2, low, high}, true
	}
	return Spread{}, false
}

// Filter chooses models. Its zero value chooses all. A bound on what is not
// published of a model leaves it out and counts it as unknown: nothing is assumed
// in its favour or against it.
type Filter struct {
	Text     string // part of a name, a vendor or an id; case does not count
	InCourse *bool
	Open     *bool
	Reads    string // one of Modalities
	// Least and Most bound measures by name.
	Least, Most map[string]float64
}

// Choose returns the models that pass, in the catalogue's order, and how many
// could not be judged since a bound is on what is not published of them.
func (c *Catalogue) Choose(f Filter) (chosen []*Model, unknown int) {
	measures := Measures(c)
	text := strings.ToLower(strings.TrimSpace(f.Text))
	for i := range c.Models {
		m := &c.Models[i]
		if text != "" && !strings.Contains(strings.ToLower(m.Name+" "+m.Vendor+" "+m.ID), text) || f.InCourse != nil && m.InCourse != *f.InCourse {
			continue
		}
		passes, open := true, false
		judge := func(known, ok bool) {
			open = open || !known
			passes = passes && (!known || ok)
		}
		if f.Open != nil {
			judge(m.OpenWeights != nil, m.OpenWeights != nil && *m.OpenWeights == *f.Open)
		}
		if f.Reads != "" {
			judge(len(m.ModalitiesIn) > 0, slices.Contains(m.ModalitiesIn, f.Reads))
		}
		for _, measure := range measures {
			least, bounded := f.Least[measure.Name]
			if bounded {
				v, known := measure.Of(m)
				judge(known, v.Value >= least)
			}
			if most, bounded := f.Most[measure.Name]; bounded {
				v, known := measure.Of(m)
				judge(known, v.Value <= most)
			}
		}
		switch {
		case passes && open:
			unknown++
		case passes:
			chosen = append(chosen, m)
		}
	}
	return chosen, unknown
}

// SortBy orders models by a measure; those of which it is not published come last,
// whatever the direction, and equals keep their order.
func SortBy(models []*Model, by Measure, descending bool) []*Model {
	sorted := slices.Clone(models)
	slices.SortStableFunc(sorted, func(a, b *Model) int {
		x, knownX := by.Of(a)
		y, knownY := by.Of(b)
		switch {
		case knownX != knownY:
			if knownX {
				return -1
			}
			return 1
		case !knownX || x.Value == y.Value:
			return 0
		case (x.Value < y.Value) != descending:
			return -1
		}
		return 1
	})
	return sorted
}

// Series groups models of one vendor whose ids begin with the same word, oldest
// first: "llama", "gpt", "claude". It follows from names alone, not from what the
// vendors say of descent.
type Series struct {
	Name   string
	Vendor string
	Models []*Model
}

// SeriesOf returns the series of models, by the date of their first model; one
// whose dates are not published comes last.
func SeriesOf(models []*Model) []Series {
	var all []Series
	for _, m := range models {
		word := m.ID
		if i := strings.IndexFunc(word, func(r rune) bool { return r == '-' || r == '.' || r >= '0' && r <= '9' }); i > 0 {
			word = word[:i]
		}
		i := slices.IndexFunc(all, func(s Series) bool { return s.Name == word && s.Vendor == m.Vendor })
		if i < 0 {
			i = len(all)
			all = append(all, Series{Name: word, Vendor: m.Vendor})
		}
		all[i].Models = append(all[i].Models, m)
	}
	begin := func(s Series) float64 {
		if v, ok := year(s.Models[0].ReleaseDate); ok {
			return v.Low
		}
		return math.Inf(1)
	}
	release := Measure{Of: func(m *Model) (Spread, bool) { return year(m.ReleaseDate) }}
	for i := range all {
		all[i].Models = SortBy(all[i].Models, release, false)
	}
	slices.SortStableFunc(all, func(a, b Series) int {
		switch x, y := begin(a), begin(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return all
}
