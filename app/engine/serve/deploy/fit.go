package deploy

import (
	"errors"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
)

// maxCards is how many cards the lab looks at.
const maxCards = 64

// Fit answers the lab "fit": the memory of a model by part beside that of a card,
// how many cards it takes, and how far off such predictions are.
func Fit(in *sheet.Input) (engine.Sheet, error) {
	d := read(in)
	d.Context, d.Prefix = in.Number("context"), in.Number("prefix")
	d.Reserve, d.Framework = in.Number("reserve")/100, in.Number("framework")*1e9
	if d.Prefix > d.Context {
		in.Fault("prefix", "公共前缀不能比上下文长")
	}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	s, err := fit{in, d}.sheet()
	return s, placed(in, err)
}

// fit is one question: does it go in.
type fit struct {
	in *sheet.Input
	d  sim.Deployment
}

func (f fit) sheet() (engine.Sheet, error) {
	var s engine.Sheet
	fits, part, left, err := f.d.Fits()
	if err != nil {
		return s, err
	}
	needed, err := f.d.GPUsNeeded(maxCards)
	never := reason(err, sim.NeverFits)
	if err != nil && !never {
		return s, err
	}
	s.Verdict = f.verdict(fits, part, left, needed, never)
	s.Answer = map[bool]string{true: "yes", false: "no"}[fits]
	memory, err := f.memory(part)
	if err != nil {
		return s, err
	}
	s.Because = fmt.Sprintf("每张卡要 %s，显存是 %s。", format.Value(part.Value, "B"), format.Value(*f.d.GPU.MemoryGB*1e9, "B"))
	for _, c := range f.d.Caveats() {
		s.Notes = append(s.Notes, engine.Note{Tone: engine.Warn, Text: c})
	}
	s.Parts = []engine.Part{memory}
	f.in.Partial(s)
	limits, err := f.limits(fits, needed, never)
	if err != nil {
		return s, err
	}
	precisions, err := f.precisions()
	if err != nil {
		return s, err
	}
	measured, err := measuredPart(f.in, &f.d, "与实测对照", sim.MeasuredMemory)
	if err != nil {
		return s, err
	}
	s.Parts = []engine.Part{memory, limits, precisions, measured}
	return s, nil
}

// reason reports whether err is a *sim.FieldError of that reason.
func reason(err error, is string) bool {
	var field *sim.FieldError
	return errors.As(err, &field) && field.Reason == is
}

func (f fit) verdict(fits bool, part sim.Quantity, left float64, needed sim.Quantity, never bool) engine.Verdict {
	each := format.Value(part.Value, "B")
	cards := format.Number(f.d.GPUs) + " 张 " + f.d.GPU.Name
	switch {
	case fits && needed.Value < f.d.GPUs:
		return engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("%s 放得下：每张要 %s，还剩 %s。", cards, each, format.Value(left, "B")),
			Detail: fmt.Sprintf("其实 %s 张就够；多出来的卡换来更长的上下文或更多的并发。", format.Number(needed.Value))}
	case fits:
		return engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("%s 放得下：每张要 %s，还剩 %s。", cards, each, format.Value(left, "B"))}
	case never:
		return engine.Verdict{Tone: engine.Bad, Text: fmt.Sprintf("%s 放不下，%d 张也不行：每张要 %s，超出 %s。", cards, maxCards, each, format.Value(-left, "B")),
			Detail: "缩短上下文、减少并发，或者换一种精度。"}
	}
	return engine.Verdict{Tone: engine.Bad, Text: fmt.Sprintf("%s 放不下：每张要 %s，超出 %s；至少要 %s 张。", cards, each, format.Value(-left, "B"), format.Number(needed.Value))}
}

// memory is what each card holds, by part, on as many cards as chosen and on
// others.
func (f fit) memory(part sim.Quantity) (engine.Part, error) {
	weights, err := f.d.Weights()
	if err != nil {
		return engine.Part{}, err
	}
	cache, err := f.d.Cache()
	if err != nil {
		return engine.Part{}, err
	}
	capacity := *f.d.GPU.MemoryGB * 1e9
	out := engine.Part{
		Title: "显存花在哪里",
		Text:  "权重与 KV 缓存由公式算出；余量取“预留比例”与“激活 + 框架”中大的一个，是假设，可以改。",
		Quantities: []engine.Quantity{
			sheet.Quantity(weights), sheet.Quantity(cache),
			sheet.Noted(sheet.Quantity(part), "显存的 %s", format.Ratio(round3(part.Value/capacity))),
			sheet.Plain("每张卡的显存", capacity, "B", sheet.Sources(sources(f.d.GPU))...),
		},
	}
	figure, err := f.byCards(capacity)
	out.Figures = []engine.Figure{figure}
	return out, err
}

func sources(g *sim.GPU) []sim.Source {
	var all []sim.Source
	for _, s := range g.Sources {
		all = append(all, sim.Source{Title: s, URL: link(s), Date: g.AsOf})
	}
	return all
}

func link(s string) string {
	if len(s) > 8 && s[:8] == "https://" {
		return s
	}
	return ""
}

// byCards draws what each card holds on one, two, four … cards.
func (f fit) byCards(capacity float64) (engine.Figure, error) {
	spec := chart.BarsSpec{
		Value: chart.Axis{Name: "每张卡的显存", Unit: "GB"}, Parts: []string{"权重", "KV 缓存", "余量"},
		Rules: []chart.Rule{{At: capacity / 1e9, Label: "显存 " + format.Value(capacity, "B")}},
	}
	table := engine.Table{Columns: sheet.Columns("卡数", "权重（GB）", "KV 缓存（GB）", "余量（GB）", "合计（GB）")}
	desc := ""
	for n := 1.0; n <= 8; n *= 2 {
		d := f.d
		d.GPUs = n
		q, err := d.PerGPU()
		if reason(err, sim.OutOfRange) {
			continue // the heads cannot be shared among so many
		}
		if err != nil {
			return engine.Figure{}, err
		}
		bar := chart.Bar{Name: format.Number(n) + " 张卡", Label: format.Value(q.Value, "B")}
		row := []string{format.Number(n)}
		for _, t := range q.Terms[:3] {
			bar.Values = append(bar.Values, t.Value/1e9)
			row = append(row, format.Fixed(t.Value/1e9, 2))
		}
		spec.Bars = append(spec.Bars, bar)
		table.Rows = append(table.Rows, append(row, format.Fixed(q.Value/1e9, 2)))
		desc += fmt.Sprintf("%s 张卡时每张 %s；", format.Number(n), format.Value(q.Value, "B"))
	}
	title := "分到每张卡上的显存"
	desc = f.d.Model.Name + "：" + desc + "一张卡有 " + format.Value(capacity, "B") + "。"
	spec.Frame = chart.Frame{Key: f.in.Key("cards"), Title: title, Desc: desc}
	svg, err := chart.Bars(spec)
	return sheet.Figure(title, desc, table, svg, err)
}

// limits are how far the same cards go.
func (f fit) limits(fits bool, needed sim.Quantity, never bool) (engine.Part, error) {
	out := engine.Part{Title: "还能放多少"}
	if !never {
		q := sheet.Quantity(needed)
		q.Text += " 张"
		out.Quantities = append(out.Quantities, q)
	}
	for _, limit := range []struct {
		name string
		find func() (sim.Quantity, error)
		note string
	}{
		{"放得下的最长上下文", f.d.MaxContext, "并发不变"},
		{"放得下的最多并发", f.d.MaxBatch, "上下文不变"},
	} {
		q, err := limit.find()
		switch {
		case reason(err, sim.NeverFits):
			out.Quantities = append(out.Quantities, engine.Quantity{Name: limit.name, Text: "一个也放不下", Tone: engine.Bad})
		case err != nil:
			return out, err
		default:
			out.Quantities = append(out.Quantities, sheet.Noted(sheet.Quantity(q), "%s", limit.note))
		}
	}
	return out, nil
}

// precisions draws the same load in other formats.
func (f fit) precisions() (engine.Part, error) {
	capacity := *f.d.GPU.MemoryGB * 1e9
	spec := chart.BarsSpec{
		Value: chart.Axis{Name: "每张卡的显存", Unit: "GB"}, Parts: []string{"权重", "KV 缓存", "余量"},
		Rules: []chart.Rule{{At: capacity / 1e9, Label: "一张卡"}},
	}
	table := engine.Table{Columns: sheet.Columns("格式", "每个权重的位数（bit）", "权重（GB）", "每张卡合计（GB）", "放得下")}
	smallest, least := "", math.Inf(1)
	for _, p := range sim.Precisions() {
		d := f.d
		d.Precision = p
		q, err := d.PerGPU()
		if err != nil {
			return engine.Part{}, err
		}
		w, err := d.Weights()
		if err != nil {
			return engine.Part{}, err
		}
		bar := chart.Bar{Name: p.Name, Label: format.Value(q.Value, "B")}
		for _, t := range q.Terms[:3] {
			bar.Values = append(bar.Values, t.Value/1e9)
		}
		spec.Bars = append(spec.Bars, bar)
		table.Rows = append(table.Rows, []string{p.Name, format.Number(p.WeightBits()), format.Fixed(w.Value/1e9, 2), format.Fixed(q.Value/1e9, 2), yesNo(q.Value <= capacity)})
		if q.Value < least {
			least, smallest = q.Value, p.Name
		}
	}
	title := "同样的负载，换一种精度"
	desc := fmt.Sprintf("%s 在 %s 种格式下每张卡要的显存；最小的是 %s，%s。", f.d.Model.Name, format.Number(float64(len(spec.Bars))), smallest, format.Value(least, "B"))
	spec.Frame = chart.Frame{Key: f.in.Key("precisions"), Title: title, Desc: desc}
	svg, err := chart.Bars(spec)
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{Title: "换一种精度", Text: "“4 位”不是十六位的四分之一：缩放因子要占位，词表常常留在 16 位；KV 缓存不随权重的精度变。", Figures: []engine.Figure{figure}}, err
}

func yesNo(yes bool) string {
	if yes {
		return "是"
	}
	return "否"
}
