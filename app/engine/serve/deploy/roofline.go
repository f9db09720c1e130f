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

// maxBatch is the largest batch of the chart of throughput.
const maxBatch = 256

// Roofline answers the lab "roofline": what bounds reading a prompt and writing an
// answer, on cards and in the learner's browser.
func Roofline(in *sheet.Input) (engine.Sheet, error) {
	d := read(in)
	prompt, answer := in.Number("prompt"), in.Number("answer")
	d.Context = max(1, prompt+answer)
	d.BandwidthShare, d.RateShare = in.Number("bandwidth_share")/100, in.Number("rate_share")/100
	d.Link = in.Number("link")
	r := speed{in: in, d: d, prompt: prompt, answer: answer,
		browserGFLOPs: in.NumberOr("browser_gflops", 0), browserGPU: in.NumberOr("browser_webgpu", 0), browserGBps: in.NumberOr("browser_gbps", 0)}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	s, err := r.sheet()
	return s, placed(in, sheet.Rename(err, "context", "prompt"))
}

type speed struct {
	in             *sheet.Input
	d              sim.Deployment
	prompt, answer float64
	// Measured in the learner's browser; 0: not.
	browserGFLOPs, browserGPU, browserGBps float64
	read, write, single                    sim.Pass // prefill, decode of the batch, decode of one
}

func (r *speed) sheet() (engine.Sheet, error) {
	var s engine.Sheet
	var err error
	if r.read, err = r.d.Prefill(r.prompt, r.d.Batch); err != nil {
		return s, err
	}
	at := math.Round(r.prompt + r.answer/2)
	if r.write, err = r.d.Decode(at, r.d.Batch); err != nil {
		return s, err
	}
	if r.single, err = r.d.Decode(at, 1); err != nil {
		return s, err
	}
	s.Verdict = engine.Verdict{
		Text: fmt.Sprintf("%s 路并发，每路每秒 %s 个词元，首字约 %s；解码受%s限制。",
			format.Number(r.d.Batch), format.Number(1/r.write.Value), format.Value(r.read.Value, "s"), bound(r.write)),
		Detail: fmt.Sprintf("预填充受%s限制：每读一个字节做 %s 次运算，解码只做 %s 次。", bound(r.read), format.Number(r.read.Intensity()), format.Number(r.write.Intensity())),
	}
	s.Answer = map[bool]string{true: "bandwidth", false: "compute"}[r.single.MemoryBound()]
	s.Because = fmt.Sprintf("一路解码每步搬 %s，只做 %s 运算。", format.Value(r.single.Bytes, "B"), format.Value(r.single.FLOPs, "FLOP"))
	times, err := r.times()
	if err != nil {
		return s, err
	}
	roof, err := r.roof()
	if err != nil {
		return s, err
	}
	batches, err := r.batches()
	if err != nil {
		return s, err
	}
	measured, err := measuredPart(r.in, &r.d, "与实测对照", sim.MeasuredDecode, sim.MeasuredPrefill, sim.MeasuredThroughput)
	if err != nil {
		return s, err
	}
	s.Parts = []engine.Part{times, {Title: "屋顶线", Figures: []engine.Figure{roof}, Quantities: r.browser()}, batches, measured}
	s.Notes = []engine.Note{{Text: fmt.Sprintf("屋顶线给上限，不给预报：这里假设带宽用到 %s、算力用到 %s，换框架、换批量都要重测。", format.Ratio(r.d.BandwidthShare), format.Ratio(r.d.RateShare))}}
	for _, c := range r.d.Caveats() {
		s.Notes = append(s.Notes, engine.Note{Tone: engine.Warn, Text: c})
	}
	return s, nil
}

func bound(p sim.Pass) string {
	if p.MemoryBound() {
		return "带宽"
	}
	return "算力"
}

func (r *speed) times() (engine.Part, error) {
	total, err := r.d.Throughput(r.prompt, r.answer, r.d.Batch)
	if err != nil {
		return engine.Part{}, err
	}
	first := r.read.Quantity
	first.Name = "首字时间（预填充）"
	ideal := r.d
	ideal.Assumptions = r.d.Ideal()
	best, err := ideal.Decode(math.Round(r.prompt+r.answer/2), r.d.Batch)
	if err != nil {
		return engine.Part{}, err
	}
	out := engine.Part{Title: "时间", Quantities: []engine.Quantity{
		sheet.Noted(sheet.Quantity(first), "受%s限制", bound(r.read)),
		sheet.Noted(sheet.Quantity(r.write.Quantity), "受%s限制", bound(r.write)),
		sheet.Noted(sheet.Plain("理想的每步解码时间", best.Value, "s"), "带宽与算力全用上"),
		sheet.Plain("每路速度", 1/r.write.Value, "词元/秒"),
		sheet.In(total, "词元/秒"),
	}}
	batch, ok, err := r.d.Crossing(math.Round(r.prompt+r.answer/2), 1<<16)
	if err != nil {
		return out, err
	}
	crossing := engine.Quantity{Name: "从受带宽限制变成受算力限制的并发", Text: "没有这样的并发", Note: "每多一路就多读一份 KV"}
	if ok {
		crossing = sheet.Plain(crossing.Name, batch, "路")
	}
	out.Quantities = append(out.Quantities, crossing)
	return out, nil
}

// roof draws the roofline of the cards with the passes below it, and that of the
// browser where it was measured.
func (r *speed) roof() (engine.Figure, error) {
	bandwidth, peak, err := r.peaks()
	if err != nil {
		return engine.Figure{}, err
	}
	knee := peak / bandwidth
	const lo, hi = 0.1, 1e5 // FLOP/B
	line := func(name string, gbps, gflops float64) chart.Series {
		s := chart.Series{Name: name}
		for _, x := range []float64{lo, gflops / gbps, hi} {
			s.Points = append(s.Points, chart.Point{X: x, Y: math.Min(gflops, gbps*x)})
		}
		return s
	}
	cards := format.Number(r.d.GPUs) + " × " + r.d.GPU.Name
	spec := chart.ScatterSpec{
		X: chart.Axis{Name: "计算强度", Unit: "FLOP/字节", Scale: chart.Log10}, Y: chart.Axis{Name: "速度", Unit: "GFLOP/s", Scale: chart.Log10},
		Lines: []chart.Series{line(cards, bandwidth, peak)},
	}
	table := engine.Table{Columns: sheet.Columns("点", "计算强度（FLOP/字节）", "速度（GFLOP/s）", "受什么限制")}
	add := func(name string, p sim.Pass) {
		y := p.FLOPs / p.Value / 1e9
		spec.Groups = append(spec.Groups, chart.Group{Name: name, Dots: []chart.Dot{{X: p.Intensity(), Y: y, Label: name, Strong: true}}})
		table.Rows = append(table.Rows, []string{name, format.Number(p.Intensity()), format.Number(y), bound(p)})
	}
	add("预填充", r.read)
	add("解码，1 路", r.single)
	if r.d.Batch > 1 {
		add("解码，"+format.Number(r.d.Batch)+" 路", r.write)
	}
	table.Rows = append(table.Rows, []string{cards + " 的拐点", format.Number(knee), format.Number(peak), "—"})
	if r.browserGBps > 0 {
		for _, b := range []struct {
			name   string
			gflops float64
		}{{"这个浏览器，CPU", r.browserGFLOPs}, {"这个浏览器，WebGPU", r.browserGPU}} {
			if b.gflops > 0 {
				spec.Lines = append(spec.Lines, line(b.name, r.browserGBps, b.gflops))
				table.Rows = append(table.Rows, []string{b.name + " 的拐点", format.Number(b.gflops / r.browserGBps), format.Number(b.gflops), "—"})
			}
		}
	}
	title := "屋顶线与这份负载"
	desc := fmt.Sprintf("%s 的拐点在 %s FLOP/字节；单路解码在 %s，预填充在 %s。左边受带宽限制，右边受算力限制。", cards, format.Number(knee), format.Number(r.single.Intensity()), format.Number(r.read.Intensity()))
	spec.Frame = chart.Frame{Key: r.in.Key("roof"), Title: title, Desc: desc}
	svg, err := chart.Scatter(spec)
	return sheet.Figure(title, desc, table, svg, err)
}

// peaks are the published bandwidth in GB/s and rate in GFLOP/s of all cards. The
// passes were computed from them, so they are known.
func (r *speed) peaks() (bandwidth, rate float64, err error) {
	for _, t := range r.write.Terms {
		switch t.Symbol {
		case "β":
			bandwidth = t.Value * r.d.GPUs
		case "π":
			rate = t.Value * r.d.GPUs * 1e3
		}
	}
	if bandwidth == 0 || rate == 0 {
		return 0, 0, fmt.Errorf("peaks of %s: not among the terms of its time", r.d.GPU.ID)
	}
	return bandwidth, rate, nil
}

// browser says what the same model would do at the browser's memory bandwidth.
func (r *speed) browser() []engine.Quantity {
	if r.browserGBps == 0 {
		return nil
	}
	step := r.single.Bytes / (r.browserGBps * 1e9)
	out := []engine.Quantity{sheet.Plain("这个浏览器的内存带宽（实测）", r.browserGBps*1e9, "B/s")}
	if r.browserGFLOPs > 0 {
		out = append(out, sheet.Plain("这个浏览器的 CPU（实测）", r.browserGFLOPs*1e9, "FLOP/s"))
	}
	if r.browserGPU > 0 {
		out = append(out, sheet.Plain("这个浏览器的 WebGPU（实测）", r.browserGPU*1e9, "FLOP/s"))
	}
	q := sheet.Plain("同一个模型在这个浏览器里，每步解码至少", step, "s")
	q.Formula, q.Working = "（N · b / 8 + KV）/ β", sim.Number(r.single.Bytes)+" / "+sim.Number(r.browserGBps*1e9)
	return append(out, sheet.Noted(q, "如果装得下"))
}

// batches draws the speed against the batch.
func (r *speed) batches() (engine.Part, error) {
	at := math.Round(r.prompt + r.answer/2)
	total, each := chart.Series{Name: "合计"}, chart.Series{Name: "每路"}
	table := engine.Table{Columns: sheet.Columns("并发（路）", "每步（毫秒）", "合计（词元/秒）", "每路（词元/秒）", "受什么限制")}
	var firstTotal, lastTotal, lastEach float64
	for b := 1.0; b <= maxBatch; b *= 2 {
		p, err := r.d.Decode(at, b)
		if err != nil {
			return engine.Part{}, err
		}
		sum, one := b/p.Value, 1/p.Value
		total.Points = append(total.Points, chart.Point{X: b, Y: sum})
		each.Points = append(each.Points, chart.Point{X: b, Y: one})
		table.Rows = append(table.Rows, []string{format.Number(b), format.Fixed(p.Value*1e3, 2), format.Fixed(sum, 1), format.Fixed(one, 1), bound(p)})
		if b == 1 {
			firstTotal = sum
		}
		lastTotal, lastEach = sum, one
	}
	title := "并发、合计与每路的速度"
	desc := fmt.Sprintf("从 1 路到 %d 路，合计从每秒 %s 增到 %s 个词元，每路从 %s 降到 %s。", maxBatch, format.Number(math.Round(firstTotal)), format.Number(math.Round(lastTotal)), format.Number(math.Round(firstTotal)), format.Number(math.Round(lastEach*10)/10))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: r.in.Key("batches"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "并发", Unit: "路", Scale: chart.Log2}, Y: chart.Axis{Name: "解码速度", Unit: "词元/秒", Scale: chart.Log10},
		Series: []chart.Series{total, each},
		Rules:  []chart.Rule{{At: r.d.Batch, Vertical: true, Label: "现在"}},
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{Title: "并发的好处先大后小", Text: "权重只读一次，大家分摊；每路的 KV 各读各的。没有检查放不放得下，那是“能不能跑”的事。", Figures: []engine.Figure{figure}}, err
}
