package choose

import (
	"slices"
	"strings"
	"time"

	"courselab/sim"
)

// State is how a model stands to a constraint.
type State string

const (
	Meets   State = "满足"
	Fails   State = "不满足"
	Unclear State = "未知"
)

// Verdict is one constraint on one model.
type Verdict struct {
	Constraint string
	State      State
	Why        string
	Source     sim.Source // of a fact that decides; may be empty
}

// Licence rules.
const (
	AnyLicence   = "any"
	Commercial   = "commercial" // commercial use without a condition to be read first
	Permissive   = "permissive" // open weights under Apache-2.0 or MIT
	AnyPlace     = "any"
	MainlandUse  = "mainland" // usable from the mainland of China
	OnPremises   = "onprem"   // plain text never leaves the own machines
	KeepUnclear  = "keep"
	DropUnclear  = "drop"
	freeLicences = "Apache-2.0 MIT"
)

// Constraints are the conditions that no merit outweighs. Zero values ask for
// nothing.
type Constraints struct {
	OpenWeights  bool
	Licence      string // AnyLicence, Commercial, Permissive
	Place        string // AnyPlace, MainlandUse, OnPremises
	MinContext   float64
	MinChinese   float64 // C-Eval, per cent
	Images       bool    // reads images
	ServedUntil  string  // ISO 8601: not retired before
	ReleasedFrom string  // ISO 8601
	MaxCost      float64 // dollars for a thousand requests
	MaxMemoryGB  float64
	// Unclear says what becomes of a model of which a constraint's fact is unknown:
	// KeepUnclear or DropUnclear.
	Unclear string
}

func (c Constraints) check() error {
	oneOf := func(field, v string, all ...string) error {
		if v != "" && !slices.Contains(all, v) {
			return &sim.FieldError{Field: field, Reason: sim.Unknown, Detail: v + ", want " + strings.Join(all, ", ")}
		}
		return nil
	}
	date := func(field, v string) error {
		if v == "" {
			return nil
		}
		if _, err := day(v); err != nil {
			return &sim.FieldError{Field: field, Reason: sim.Malformed, Detail: v + ", want YYYY-MM-DD"}
		}
		return nil
	}
	for _, err := range []error{
		oneOf("licence", c.Licence, AnyLicence, Commercial, Permissive),
		oneOf("place", c.Place, AnyPlace, MainlandUse, OnPremises),
		oneOf("unclear", c.Unclear, KeepUnclear, DropUnclear),
		sim.CheckRange("min_context", c.MinContext, 0, 1e9),
		sim.CheckRange("min_chinese", c.MinChinese, 0, 100),
		sim.CheckRange("max_cost", c.MaxCost, 0, 1e9),
		sim.CheckRange("max_memory", c.MaxMemoryGB, 0, 1e9),
		date("served_until", c.ServedUntil),
		date("released_from", c.ReleasedFrom),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Judge tells how a model stands to every constraint that asks for something.
func (c Constraints) Judge(m Candidate) []Verdict {
	var all []Verdict
	add := func(name string, state State, why string, source sim.Source) {
		all = append(all, Verdict{name, state, why, source})
	}
	if c.OpenWeights {
		state, why := weights(m)
		add("开放权重", state, why, sim.Source{})
	}
	if c.Licence == Commercial || c.Licence == Permissive {
		state, why := licence(m.Licence, c.Licence)
		add("许可", state, why, sim.Source{})
	}
	switch c.Place {
	case OnPremises:
		state, why := weights(m)
		add("明文不出机房", state, why, sim.Source{})
	case MainlandUse:
		state, why, source := mainland(m)
		add("境内可用", state, why, source)
	}
	if c.MinContext > 0 {
		if m.Context == nil {
			add("上下文", Unclear, "上下文未公布", sim.Source{})
		} else {
			add("上下文", when(*m.Context >= c.MinContext), number(*m.Context)+" 词元", sim.Source{})
		}
	}
	if c.MinChinese > 0 {
		all = append(all, m.bound("中文（C-Eval）", "multilingual", "%", func(f Fact) (bool, bool) { return f.Hi >= c.MinChinese, f.Lo >= c.MinChinese }))
	}
	if c.Images {
		switch {
		case m.Inputs == nil:
			add("读图", Unclear, "输入的种类未公布", sim.Source{})
		default:
			add("读图", when(slices.Contains(m.Inputs, "image")), "输入："+strings.Join(m.Inputs, "、"), sim.Source{})
		}
	}
	if c.ServedUntil != "" {
		state, why := served(m, c.ServedUntil)
		add("服役到 "+c.ServedUntil, state, why, m.TermsOf)
	}
	if c.ReleasedFrom != "" {
		if m.Released == "" {
			add("发布日期", Unclear, "发布日期未公布", sim.Source{})
		} else {
			add("发布日期", when(!before(m.Released, c.ReleasedFrom)), m.Released+" 发布", sim.Source{})
		}
	}
	if c.MaxCost > 0 {
		all = append(all, m.bound("千次成本", "cost", " 美元", func(f Fact) (bool, bool) { return f.Lo <= c.MaxCost, f.Hi <= c.MaxCost }))
	}
	if c.MaxMemoryGB > 0 {
		all = append(all, m.bound("内存", "memory", " GB", func(f Fact) (bool, bool) { return f.Lo <= c.MaxMemoryGB, f.Hi <= c.MaxMemoryGB }))
	}
	return all
}

// bound judges a measure. holds tells whether some source's value is within the
// bound, and whether every source's is.
func (m Candidate) bound(name, measure, unit string, holds func(Fact) (some, every bool)) Verdict {
	f, ok := m.Facts[measure]
	if !ok {
		return Verdict{Constraint: name, State: Unclear, Why: "未公布"}
	}
	v := Verdict{Constraint: name, State: Unclear, Why: interval(f.Lo, f.Hi) + unit}
	if len(f.Sources) > 0 {
		v.Source = f.Sources[0]
	}
	switch some, every := holds(f); {
	case every:
		v.State = Meets
	case !some:
		v.State = Fails
	default:
		v.Why += "，来源不一"
	}
	return v
}

func interval(lo, hi float64) string {
	if lo == hi {
		return number(lo)
	}
	return number(lo) + "–" + number(hi)
}

func when(ok bool) State {
	if ok {
		return Meets
	}
	return Fails
}

func weights(m Candidate) (State, string) {
	switch {
	case m.OpenWeights == nil:
		return Unclear, "权重是否开放未公布"
	case *m.OpenWeights:
		return Meets, "权重可以下载"
	}
	return Fails, "只有接口"
}

// licence sorts the catalogue's words. What stands under conditions is for a
// lawyer to read, so it is unclear and neither met nor failed.
func licence(text, rule string) (State, string) {
	free := !strings.ContainsAny(text, "+") && !strings.Contains(text, "Modified")
	first, _, _ := strings.Cut(text, " ")
	switch {
	case text == "":
		return Unclear, "许可未公布"
	case free && slices.Contains(strings.Fields(freeLicences), first):
		return Meets, text
	case strings.Contains(text, "proprietary"):
		if rule == Commercial {
			return Meets, "按服务条款使用"
		}
		return Fails, "闭源，按服务条款使用"
	}
	return Unclear, text + "：有条件，逐条读"
}

func mainland(m Candidate) (State, string, sim.Source) {
	if state, why := weights(m); state == Meets {
		return Meets, why + "，可在境内自建", sim.Source{}
	}
	switch {
	case m.Terms.Mainland == nil:
		return Unclear, "厂商的服务地区未查到", m.Terms.Source
	case *m.Terms.Mainland:
		return Meets, "厂商在境内提供服务；处理地点以合同为准", m.Terms.Source
	}
	return Fails, "厂商的支持地区不含中国内地", m.Terms.Source
}

func served(m Candidate, until string) (State, string) {
	if m.Retires != "" {
		return when(!before(m.Retires, until)), m.Retires + " 停用"
	}
	if state, _ := weights(m); state == Meets {
		return Meets, "权重在手，不会被停用"
	}
	return Unclear, "停用日期未公布"
}

// day reads 2024, 2024-05 or 2024-05-13.
func day(text string) (t time.Time, err error) {
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if t, err = time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return t, err
}

// before compares two dates, a month or year standing for its first day; a date
// that cannot be read is not before anything.
func before(a, b string) bool {
	x, errX := day(a)
	y, errY := day(b)
	return errX == nil && errY == nil && x.Before(y)
}

// Removal is how many models a constraint leaves out, alone and as the only one.
type Removal struct {
	Constraint string
	Fails      int // models that fail it
	Unclear    int // models of which it is unknown
	Alone      int // models that nothing else leaves out
}

// Screened is a model that did not come through.
type Screened struct {
	Candidate Candidate
	Verdicts  []Verdict // those against it
}

// Screen divides models into those that remain and those that are out, in order.
func (c Constraints) Screen(all []Candidate) (in []Candidate, out []Screened, removals []Removal, err error) {
	if err := c.check(); err != nil {
		return nil, nil, nil, err
	}
	at := map[string]int{}
	for _, m := range all {
		var against []Verdict
		for _, v := range c.Judge(m) {
			i, ok := at[v.Constraint]
			if !ok {
				i = len(removals)
				at[v.Constraint] = i
				removals = append(removals, Removal{Constraint: v.Constraint})
			}
			switch v.State {
			case Fails:
				removals[i].Fails++
				against = append(against, v)
			case Unclear:
				removals[i].Unclear++
				if c.Unclear != KeepUnclear {
					against = append(against, v)
				}
			}
		}
		if len(against) == 0 {
			in = append(in, m)
			continue
		}
		if len(against) == 1 {
			removals[at[against[0].Constraint]].Alone++
		}
		out = append(out, Screened{m, against})
	}
	return in, out, removals, nil
}
