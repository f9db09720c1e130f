package deploy

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
)

// maxCards is how many cards of one machine the lab looks at.
const maxCards = 8

// Fit answers the lab "fit": the memory of a model's weights and cache beside
// that of an accelerator.
func Fit(in *sheet.Input) (engine.Sheet, error) {
	model, gpu := in.Model("model"), in.GPU("gpu")
	bits, cacheBits := in.Number("bits"), in.Number("kv_bits")
	context, batch, usable := in.Number("context"), in.Number("batch"), in.Number("usable")
	if gpu != nil && gpu.MemoryGB == nil {
		in.Fault("gpu", "没有公布显存大小；请换一种")
	}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	f := fit{model: model, gpu: gpu, batch: batch, usable: usable * *gpu.MemoryGB * 1e9 / 100}
	var err error
	if f.weights, err = weights(model, bits); err != nil {
		return engine.Sheet{}, sheet.Rename(err, "params", "model", "bits", "bits")
	}
	if f.cache, err = model.KVCache(context, batch, cacheBits); err != nil {
		return engine.Sheet{}, sheet.Rename(err, "tokens", "context", "bits", "kv_bits")
	}
	s := f.sheet()
	figure, err := f.draw(in, cacheBits, context)
	if err != nil {
		return engine.Sheet{}, err
	}
	s.Parts = append(s.Parts, engine.Part{Title: "上下文变长时", Figures: []engine.Figure{figure}})
	return s, nil
}

func weights(m *sim.Model, bits float64) (sim.Quantity, error) {
	n, err := m.Parameters()
	if err != nil {
		return n, err
	}
	q, err := sim.WeightBytes(n.Value, bits)
	q.Sources = append(q.Sources, n.Sources...)
	return q, err
}

// fit is one question: does it go in.
type fit struct {
	model          *sim.Model
	gpu            *sim.GPU
	batch          float64
	usable         float64 // bytes of one card that may be filled
	weights, cache sim.Quantity
}

func (f fit) total() float64 { return f.weights.Value + f.cache.Value }
func (f fit) cards() float64 { return math.Ceil(f.total() / f.usable) }

func (f fit) sheet() engine.Sheet {
	var s engine.Sheet
	total, one := format.Value(f.total(), "B"), format.Value(f.usable, "B")
	switch n := f.cards(); {
	case n == 1:
		s.Verdict = engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("放得下：要 %s，一张 %s 可用 %s。", total, f.gpu.Name, one)}
		s.Answer = "yes"
	case n <= maxCards:
		s.Verdict = engine.Verdict{Tone: engine.Warn, Text: fmt.Sprintf("一张放不下：要 %s，一张 %s 可用 %s，至少 %s 张。", total, f.gpu.Name, one, format.Number(n))}
		s.Answer = "no"
	default:
		s.Verdict = engine.Verdict{Tone: engine.Bad, Text: fmt.Sprintf("一台 %d 卡的机器也放不下：要 %s，%d 张 %s 可用 %s。", maxCards, total, maxCards, f.gpu.Name, format.Value(maxCards*f.usable, "B"))}
		s.Answer = "no"
	}
	s.Because = fmt.Sprintf("权重 %s，KV 缓存 %s。", format.Value(f.weights.Value, "B"), format.Value(f.cache.Value, "B"))
	share := func(q sim.Quantity) engine.Quantity {
		return sheet.Noted(sheet.Quantity(q), "占 %s", format.Ratio(q.Value/f.total()))
	}
	sum := sim.Quantity{Name: "合计", Unit: sim.Byte, Value: f.total(), Formula: "W + K",
		Working: sim.Number(f.weights.Value) + " + " + sim.Number(f.cache.Value),
		Terms:   []sim.Term{{Symbol: "W", Name: "权重", Value: f.weights.Value, Unit: sim.Byte}, {Symbol: "K", Name: "KV 缓存", Value: f.cache.Value, Unit: sim.Byte}}}
	s.Parts = []engine.Part{{Title: "显存的每一部分", Quantities: []engine.Quantity{share(f.weights), share(f.cache), sheet.Quantity(sum)}}}
	return s
}

// draw shows the memory against the context, beside one card's and more.
func (f fit) draw(in *sheet.Input, cacheBits, context float64) (engine.Figure, error) {
	need := chart.Series{Name: "需要"}
	var contexts []float64
	for t := 512.0; t <= math.Max(context, 131072); t *= 2 {
		contexts = append(contexts, t)
	}
	table := engine.Table{Columns: sheet.Columns("上下文（词元）", "需要（GB）", "一张卡可用（GB）")}
	for _, t := range contexts {
		k, err := f.model.KVCache(t, f.batch, cacheBits)
		if err != nil {
			return engine.Figure{}, err
		}
		gb := (f.weights.Value + k.Value) / 1e9
		need.Points = append(need.Points, chart.Point{X: t, Y: gb})
		table.Rows = append(table.Rows, []string{format.Plain(t), format.Plain(math.Round(gb*100) / 100), format.Plain(math.Round(f.usable/1e7) / 100)})
	}
	series := []chart.Series{need}
	for _, n := range []float64{1, 2, 4, 8} {
		if n > 1 && n/2*f.usable/1e9 > need.Points[len(need.Points)-1].Y {
			break
		}
		y := n * f.usable / 1e9
		series = append(series, chart.Series{Name: format.Number(n) + " 张卡可用", Points: []chart.Point{{X: contexts[0], Y: y}, {X: contexts[len(contexts)-1], Y: y}}})
	}
	title := "显存随上下文增长"
	desc := fmt.Sprintf("%s：上下文从 %s 到 %s 词元，需要的显存从 %s GB 增到 %s GB；一张 %s 可用 %s。", f.model.Name,
		format.Count(contexts[0]), format.Count(contexts[len(contexts)-1]), format.Number(need.Points[0].Y), format.Number(need.Points[len(need.Points)-1].Y), f.gpu.Name, format.Value(f.usable, "B"))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("context"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "上下文", Unit: "词元", Scale: chart.Log2}, Y: chart.Axis{Name: "显存", Unit: "GB", Zero: true},
		Series: series,
	})
	return sheet.Figure(title, desc, table, svg, err)
}
