package pricefile

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"courselab/sim"
)

// vendors are the names under which the lists keep each vendor's own service.
var vendors = map[string][]string{
	"OpenAI":      {"openai", "text-completion-openai"},
	"Anthropic":   {"anthropic"},
	"Google":      {"google", "gemini"},
	"Alibaba":     {"dashscope", "alibaba"},
	"Zhipu AI":    {"zai", "zhipuai"},
	"DeepSeek":    {"deepseek"},
	"Moonshot AI": {"moonshotai", "moonshot"},
	"Mistral AI":  {"mistral"},
	"Meta":        {"meta_llama", "meta"},
}

// Change is one price that differs.
type Change struct {
	ID, Name string
	Field    string   // Chinese
	Old, New *float64 // dollars for a million tokens; nil: not stated
}

// Report says what a merge did.
type Report struct {
	Format  string
	Date    string
	Changed []Change
	Models  int // whose prices were taken over
	Same    int // of them, those where nothing changed
	Refused []Refusal
	// Entries are those of the file; Unmatched, those of models that the catalogue does
	// not have, or at other hosts; Other, those that do not write text.
	Entries, Unmatched, Other int
}

// Merge finds the file's prices for the models of a catalogue. It returns those
// that stand, by the model's id, for Catalogue.WithPrices. date is the day that
// the file is of, as the learner says: neither format states one.
func (f *File) Merge(c *sim.Catalogue, date string) (map[string]*sim.Price, Report, error) {
	if date == "" {
		return nil, Report{}, fmt.Errorf("merge prices: %w", &sim.FieldError{Field: "date", Reason: sim.Missing})
	}
	if err := sim.CheckDate("date", date); err != nil {
		return nil, Report{}, fmt.Errorf("merge prices: %w", err)
	}
	prices := map[string]*sim.Price{}
	r := Report{Format: f.Format, Date: date, Refused: slices.Clone(f.Refused), Entries: len(f.Entries), Other: f.Other}
	byName := map[string][]int{}
	for i, e := range f.Entries {
		name := plain(e.ID)
		byName[name] = append(byName[name], i)
	}
	used := map[*Entry]bool{} // one entry may mean several models
	for i := range c.Models {
		m := &c.Models[i]
		e, hosted := f.find(m, byName)
		switch {
		case e == nil && hosted:
			r.Refused = append(r.Refused, Refusal{m.Name, "文件里只有第三方托管的价格"})
			continue
		case e == nil:
			continue
		case !e.hours && m.Price != nil && byHour(m.Price):
			r.Refused = append(r.Refused, Refusal{m.Name, "目录里有分时价，这种文件写不出分时价"})
			continue
		}
		p := e.Price
		p.AsOf, p.Source = date, fmt.Sprintf("本机导入的 %s 价格文件，%s / %s", f.Format, e.Provider, shortened(e.ID))
		e.current(&p, date)
		if err := p.Check(); err != nil {
			r.Refused = append(r.Refused, Refusal{m.Name, "价格不在允许的范围里：" + err.Error()})
			continue
		}
		prices[m.ID], used[e] = &p, true
		changes := compare(m, &p)
		r.Changed = append(r.Changed, changes...)
		r.Models++
		if len(changes) == 0 {
			r.Same++
		}
	}
	r.Unmatched = r.Entries - len(used)
	return prices, r, nil
}

func byHour(p *sim.Price) bool {
	return slices.ContainsFunc(p.Schedule, func(s sim.PriceSchedule) bool { return s.StartTime != "" })
}

// current makes what is in force on a day the price's base, where the list states
// several sets by date.
func (e *Entry) current(p *sim.Price, date string) {
	for _, s := range e.sets {
		if s.start <= date { // ISO dates sort as text
			p.Rate, p.CacheWrite, p.Tiers = s.rate, s.write, s.tiers
		}
	}
}

// find returns the vendor's own entry for a model, or nil; hosted reports whether
// others offer it. byName lists the entries by their plain name.
func (f *File) find(m *sim.Model, byName map[string][]int) (entry *Entry, hosted bool) {
	same := byName[plain(m.ID)]
	for _, i := range same {
		if slices.Contains(vendors[m.Vendor], f.Entries[i].Provider) {
			return &f.Entries[i], true
		}
	}
	hyphened := strings.ReplaceAll(m.ID, ".", "-")
	for i := range f.Entries {
		e := &f.Entries[i]
		if e.match != nil && slices.Contains(vendors[m.Vendor], e.Provider) && (e.match.holds(m.ID) || e.match.holds(hyphened)) {
			return e, true
		}
	}
	return nil, len(same) > 0
}

// dated ends a model's name with a day, a version or "latest".
var dated = regexp.MustCompile(`(-latest|-\d{8}|-\d{4}-\d{2}-\d{2}|@\d{8}|-v\d+:\d+)$`)

// plain is a model's name without its provider, its day and the differences
// between dots, underscores and hyphens.
func plain(id string) string {
	id = strings.ToLower(id)
	if i := strings.LastIndexByte(id, '/'); i >= 0 {
		id = id[i+1:]
	}
	id = dated.ReplaceAllString(id, "")
	return strings.NewReplacer(".", "-", "_", "-").Replace(id)
}

// compare lists what differs between a model's price and another.
func compare(m *sim.Model, p *sim.Price) []Change {
	old := &sim.Price{}
	if m.Price != nil && m.Price.Currency == "USD" {
		old = m.Price
	}
	var all []Change
	add := func(field string, a, b *float64) {
		if a == nil && b == nil || a != nil && b != nil && cmp.Compare(*a, *b) == 0 {
			return
		}
		all = append(all, Change{ID: m.ID, Name: m.Name, Field: field, Old: a, New: b})
	}
	add("输入", old.Input, p.Input)
	add("输出", old.Output, p.Output)
	add("缓存命中", old.CachedInput, p.CachedInput)
	add("写缓存", old.CacheWrite, p.CacheWrite)
	starts := map[float64][2]sim.Rate{}
	for i, list := range [][]sim.PriceTier{old.Tiers, p.Tiers} {
		for _, t := range list {
			pair := starts[t.Start]
			pair[i] = t.Rate
			starts[t.Start] = pair
		}
	}
	for _, start := range slices.Sorted(maps.Keys(starts)) {
		pair := starts[start]
		above := "（超过 " + sim.Number(start) + " 输入词元）"
		add("输入"+above, pair[0].Input, pair[1].Input)
		add("输出"+above, pair[0].Output, pair[1].Output)
		add("缓存命中"+above, pair[0].CachedInput, pair[1].CachedInput)
	}
	if len(old.Schedule) != len(p.Schedule) {
		n, k := float64(len(old.Schedule)), float64(len(p.Schedule))
		all = append(all, Change{ID: m.ID, Name: m.Name, Field: "分日期与分时段的条目数", Old: &n, New: &k})
	}
	return all
}
