package choosing

import (
	"fmt"
	"strings"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/choose"
)

const (
	termsFile = "data/terms.json"
	// mostRanked is how many models the table of the ranking lists.
	mostRanked = 15
	// mostDrawn is how many models a chart tells apart.
	mostDrawn = 6
)

// weightPrefix begins the names of the parameters that hold weights.
const weightPrefix = "w_"

// Select answers the lab "select".
func Select(in *sheet.Input) (engine.Sheet, error) {
	r, err := choice(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	return r.sheet(in)
}

// chosen is a selection, computed.
type chosen struct {
	constraints choose.Constraints
	in          []choose.Candidate
	out         []choose.Screened
	removals    []choose.Removal
	ranking     *choose.Ranking // nil where nothing remains
	scale       string
	generated   string // the day of the catalogue
	load        choose.Load
}

// The terms of use and the candidates stay while constraints and weights move.
var (
	parsedTerms sheet.Kept[string, *choose.TermsFile]
	candidates  sheet.Kept[candidatesOf, []choose.Candidate]
)

// candidatesOf is what candidates depend on.
type candidatesOf struct {
	models *sim.Catalogue
	terms  *choose.TermsFile
	load   choose.Load
}

// choice reads the inputs and computes.
func choice(in *sheet.Input) (*chosen, error) {
	models := in.Models("")
	terms := in.File(termsFile)
	load := choose.Load{
		Input: in.Number("input"), Cached: in.Number("cached"), Output: in.Number("output"),
		Context: in.Number("context"), Batch: in.Number("batch"), Bits: in.Number("bits"),
		YuanPerDollar: in.Number("yuan"),
	}
	if load.Cached > load.Input {
		in.Fault("cached", "不能多于输入的词元")
	}
	load.GPU = in.GPU("gpu")
	c := choose.Constraints{
		OpenWeights: in.On("open"), Licence: in.Text("licence"), Place: in.Text("place"), Images: in.On("images"),
		MinContext: in.Number("min_context"), MinChinese: in.Number("min_chinese"),
		MaxCost: in.NumberOr("max_cost", 0), MaxMemoryGB: in.NumberOr("max_memory", 0),
		ServedUntil: in.Text("served_until"), ReleasedFrom: in.Text("released_from"), Unclear: in.Text("unclear"),
	}
	weights := map[string]float64{}
	for _, k := range choose.Criteria() {
		weights[k.ID] = in.Number(weightPrefix + k.ID)
	}
	scale := in.Text("scale")
	if err := in.Err(); err != nil {
		return nil, err
	}
	file, err := parsedTerms.Get(terms, func() (*choose.TermsFile, error) { return choose.ParseTerms([]byte(terms)) })
	if err != nil {
		in.Fault("", "课程数据 "+termsFile+" 有错："+err.Error())
		return nil, in.Err()
	}
	load.At = startOf(models.Generated)
	all, err := candidates.Get(candidatesOf{models, file, load}, func() ([]choose.Candidate, error) { return choose.Candidates(models, file, load) })
	if err != nil {
		return nil, sheet.Rename(err, "input_tokens", "input", "cached_tokens", "cached", "output_tokens", "output", "yuan_per_dollar", "yuan")
	}
	all, err = choose.AddOwn(all, in.Text("own"))
	if err != nil {
		in.Fault("own", "读不懂："+ownProblem(err))
		return nil, in.Err()
	}
	r := &chosen{constraints: c, scale: scale, generated: models.Generated, load: load}
	if r.in, r.out, r.removals, err = c.Screen(all); err != nil {
		return nil, err
	}
	if len(r.in) == 0 {
		return r, nil
	}
	r.ranking, err = choose.Rank(r.in, weights, scale)
	if err != nil {
		return nil, sheet.Rename(err, "weight", weightPrefix+"understanding")
	}
	return r, nil
}

// startOf is the first moment of a day: the hour at which prices by time of day
// are read; a day that is no date gives the zero time.
func startOf(day string) time.Time {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (r *chosen) sheet(in *sheet.Input) (engine.Sheet, error) {
	s := engine.Sheet{Presets: scenarios(), Notes: []engine.Note{
		{Text: "价格按目录在 " + r.generated + " 的价目、北京时间 8 点的时段计；目录里没有的写“未公布”，按区间计，不填 0。"},
	}}
	if r.ranking == nil {
		s.Verdict = engine.Verdict{Tone: engine.Bad, Text: fmt.Sprintf("约束之下一个型号也不剩（%d 个全部出局）。", len(r.out)), Detail: "先看下面哪一条单独去掉的最多，再问：破了它会不会停业或违法？"}
		s.Parts = []engine.Part{r.funnel(), r.leftOut()}
		return s, nil
	}
	first := r.ranking.Rows[0]
	contenders := r.ranking.Contenders()
	s.Verdict = r.verdict(first, contenders)
	s.Answer, s.Because = r.answer(contenders)
	top, err := r.top(in)
	if err != nil {
		return s, err
	}
	s.Parts = append(s.Parts, top)
	in.Partial(s)
	moves, err := r.moves(in)
	if err != nil {
		return s, err
	}
	s.Parts = append(s.Parts, r.gaps(), moves, r.scales(), r.funnel(), r.leftOut())
	return s, nil
}

func (r *chosen) verdict(first choose.Ranked, contenders []choose.Ranked) engine.Verdict {
	name := first.Candidate.Name
	if n := len(contenders); n > 1 {
		detail := fmt.Sprintf("%s 的得分是 %s，已知的权重占 %s。", name, span(first.Score), format.Ratio(first.Known))
		if gaps := r.ranking.Gaps(); len(gaps) > 0 {
			detail += "先去测：" + gaps[0].Criterion.Title + "。"
		}
		return engine.Verdict{Tone: engine.Warn, Text: fmt.Sprintf("%s 居中排第一，但公开的数据分不出先后：%d 个里有 %d 个都可能第一。", name, len(r.in), n), Detail: detail}
	}
	v := engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("%s 第一：缺失的数据怎样取值都不改变它。", name), Detail: fmt.Sprintf("剩下 %d 个候选，得分 %s。", len(r.in), span(first.Score))}
	if tight, ok := r.tightest(); ok {
		v.Detail += fmt.Sprintf("但权重会：%s从 %s 移到 %s，第一就换成 %s。", tight.Criterion.Title, format.Ratio(tight.Weight), format.Ratio(tight.end()), tight.taker(r.ranking))
	}
	return v
}

// answer is the right option of the lab's guess: how many can be first.
func (r *chosen) answer(contenders []choose.Ranked) (value, because string) {
	n := len(contenders)
	because = fmt.Sprintf("剩下 %d 个候选，其中 %d 个在未公布的数据取某种值时都可能第一。", len(r.in), n)
	switch {
	case n == 1:
		return "one", because
	case n <= 5:
		return "few", because
	}
	return "many", because
}

// tight is a criterion with the nearer end of its range.
type tight struct {
	choose.Range
	above bool
}

func (t tight) end() float64 {
	if t.above {
		return t.Hi
	}
	return t.Lo
}

func (t tight) taker(r *choose.Ranking) string {
	if t.above {
		return r.Rows[t.Above].Candidate.Name
	}
	return r.Rows[t.Below].Candidate.Name
}

// tightest is the criterion of which the least move changes the first.
func (r *chosen) tightest() (t tight, ok bool) {
	least := 2.0
	for _, v := range r.ranking.Ranges() {
		if move, moves := v.Margin(); moves && move < least {
			least, ok = move, true
			t = tight{Range: v, above: v.Above >= 0 && v.Hi-v.Weight <= move}
		}
	}
	return t, ok
}

// funnel says what each constraint leaves out.
func (r *chosen) funnel() engine.Part {
	p := engine.Part{Title: "约束去掉了谁", Text: fmt.Sprintf("%d 个型号里剩下 %d 个。约束是门，不是分：不满足的，长处再多也不进排名。", len(r.in)+len(r.out), len(r.in))}
	if len(r.removals) == 0 {
		p.Text = "没有设任何约束，全部型号都进入排名。"
		return p
	}
	t := sheet.Table("每条约束", sheet.Columns("约束", "不满足（个）", "未公布（个）", "只因它出局（个）"))
	for _, x := range r.removals {
		t.Rows = append(t.Rows, row(x.Constraint, fmt.Sprint(x.Fails), fmt.Sprint(x.Unclear), fmt.Sprint(x.Alone)))
	}
	t.Text = "“只因它出局”的，放宽这一条就回来。"
	p.Tables = []engine.FactTable{t}
	return p
}

// leftOut lists who is out, and why.
func (r *chosen) leftOut() engine.Part {
	if len(r.out) == 0 {
		return engine.Part{}
	}
	t := sheet.Table("出局的型号", sheet.Columns("型号", "原因"))
	for _, x := range r.out {
		why := engine.Fact{}
		var texts []string
		for _, v := range x.Verdicts {
			text := v.Constraint + "：" + v.Why
			if v.State == choose.Unclear {
				text += "（未知）"
			}
			texts = append(texts, text)
			if v.Source.Title != "" {
				why.Origins = append(why.Origins, origin(v.Why, v.Source))
			}
		}
		why.Text = strings.Join(texts, "；")
		t.Rows = append(t.Rows, engine.FactRow{Cells: []engine.Fact{{Text: x.Candidate.Name}, why}})
	}
	return engine.Part{Tables: []engine.FactTable{t}}
}

// scenarios are the library, as what sets the lab up.
func scenarios() []engine.Preset {
	var all []engine.Preset
	for _, s := range choose.Scenarios() {
		all = append(all, engine.Preset{Title: s.Title, About: s.About + "自己要测的：" + s.Test, Values: scenarioValues(s)})
	}
	return all
}

// scenarioValues are the lab's parameters for a scenario.
func scenarioValues(s choose.Scenario) map[string]string {
	c := s.Constraints
	v := map[string]string{
		"open": flag(c.OpenWeights), "images": flag(c.Images), "licence": or(c.Licence, choose.AnyLicence), "place": or(c.Place, choose.AnyPlace),
		"unclear": or(c.Unclear, choose.DropUnclear), "served_until": c.ServedUntil, "released_from": c.ReleasedFrom,
		"min_context": format.Plain(c.MinContext), "min_chinese": format.Plain(c.MinChinese), "max_cost": orNothing(c.MaxCost), "max_memory": orNothing(c.MaxMemoryGB),
		"input": format.Plain(s.Load.Input), "cached": format.Plain(s.Load.Cached), "output": format.Plain(s.Load.Output),
		"context": format.Plain(s.Load.Context), "batch": format.Plain(s.Load.Batch), "bits": format.Plain(s.Load.Bits), "gpu": s.GPU,
	}
	for _, k := range choose.Criteria() {
		v[weightPrefix+k.ID] = format.Plain(s.Weights[k.ID])
	}
	return v
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func orNothing(v float64) string {
	if v == 0 {
		return ""
	}
	return format.Plain(v)
}

func row(cells ...string) engine.FactRow {
	r := engine.FactRow{}
	for _, c := range cells {
		r.Cells = append(r.Cells, engine.Fact{Text: c})
	}
	return r
}

func origin(text string, s sim.Source) engine.Origin {
	return engine.Origin{Text: text, Source: join(s.Title, s.URL), Date: s.Date}
}

func join(a, b string) string {
	if a == "" || b == "" || a == b {
		return a + b
	}
	return a + " " + b
}

// span writes an interval of scores.
func span(v choose.Interval) string {
	lo, hi := format.Fixed(v.Lo, 3), format.Fixed(v.Hi, 3)
	if lo == hi {
		return lo
	}
	return lo + "–" + hi
}

// ownProblem puts a fault of the learner's own table into words.
func ownProblem(err error) string {
	return strings.TrimPrefix(err.Error(), "own models: ")
}
