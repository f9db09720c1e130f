package quantise

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/quantise"
	"courselab/sim"
	"courselab/sim/chart"
)

var (
	sourceGPTQ = engine.SourceNote{Title: "Frantar et al. GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers. ICLR 2023", URL: "https://arxiv.org/abs/2210.17323", Date: "2023-03-22"}
	sourceInt8 = engine.SourceNote{Title: "Jacob et al. Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference. CVPR 2018", URL: "https://arxiv.org/abs/1712.05877", Date: "2017-12-15"}
)

// Sheet answers the lab "quantise" at once: one matrix.
func Sheet(in *sheet.Input) (engine.Sheet, error) {
	s := read(in)
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	m, _, err := in.Shiya()
	if err != nil {
		return engine.Sheet{}, err
	}
	p, err := s.parameter(in, m)
	if err != nil {
		return engine.Sheet{}, err
	}
	w := quantise.Matrix(p)
	t, err := quantise.Round(w, s.scheme)
	if err != nil {
		return engine.Sheet{}, err
	}
	after := t.Matrix()
	whole, sizes := sizesOf(m, s.scheme)
	var out engine.Sheet
	distance := quantise.Distance(w, after)
	out.Verdict.Text = fmt.Sprintf("%s：%s 存成 %s，误差 %s。", name(s.scheme), nameOf(p.Name), format.Value(float64(t.Bytes()), "B"), format.Ratio(distance))
	if s.scheme.Bits == 32 {
		out.Verdict.Text = fmt.Sprintf("fp32：%s 存成 %s，没有误差。", nameOf(p.Name), format.Value(float64(t.Bytes()), "B"))
	}
	out.Verdict.Detail = fmt.Sprintf("整个模型 %s，是 fp16 的 %s。", format.Value(float64(whole), "B"), format.Ratio(float64(whole)/float64(sizes[1].bytes)))
	if s.gptq && !s.scheme.Float() {
		out.Notes = append(out.Notes, engine.Note{Text: "上面的矩阵是就近舍入的：GPTQ 要先看模型在校准文字上的输入，点“开始测量”才算。"})
	}
	out.Notes = append(out.Notes, engine.Note{Text: "“诗芽”的权重文件本来就是 fp16，所以 fp16 在这里没有误差，fp32 只是占两倍地方。"})
	per, quarter, err := guess()
	if err != nil {
		return engine.Sheet{}, err
	}
	out.Answer = "more"
	out.Because = fmt.Sprintf("每个权重 4 位，外加每 32 个一个 16 位的尺度，合 4.5 位：%s，不是 %s。", format.Ratio(per), format.Ratio(quarter))

	picture, err := histogram(in, w, after, nameOf(p.Name), s.scheme)
	if err != nil {
		return engine.Sheet{}, err
	}
	out.Parts = []engine.Part{{Title: "量化前后的权重", Figures: []engine.Figure{picture}, Quantities: matrixQuantities(t, w, after, distance)}}
	if !s.scheme.Float() {
		out.Parts = append(out.Parts, engine.Part{Title: "一个权重怎样存", Quantities: one(t, w)})
	}
	rows := make([][]string, len(sizes))
	for i, size := range sizes {
		rows[i] = []string{size.name, format.Count(float64(size.bytes)), format.Value(float64(size.bytes), "B"), format.Ratio(float64(size.bytes) / float64(sizes[1].bytes))}
	}
	out.Parts = append(out.Parts, engine.Part{
		Title:  "整个模型占多少",
		Text:   "整数按位紧挨着排，每行补足整字节；尺度 fp16，零点与权重同样的位数；归一化的增益不量化。名字和形状不计。",
		Tables: []engine.FactTable{sheet.Table("存法与大小", sheet.Columns("存法", "字节", "大小", "与 fp16 之比"), rows...)},
	})
	return out, nil
}

// guess is what four bits in groups of 32 take of sixteen, and what four alone do.
func guess() (per, quarter float64, err error) {
	grouped, err := sim.GroupedBytes(1e6, 4, 32, 16)
	if err != nil {
		return 0, 0, err
	}
	full, err := sim.WeightBytes(1e6, 16)
	if err != nil {
		return 0, 0, err
	}
	return grouped.Value / full.Value, 0.25, nil
}

type size struct {
	name  string
	bytes int
}

// sizesOf counts the whole model under a scheme, and under the usual ones; the
// second of those is fp16.
func sizesOf(m *attention.Model, s quantise.Scheme) (whole int, usual []size) {
	for _, u := range []quantise.Scheme{
		{Bits: 32}, {Bits: 16}, {Bits: 8}, {Bits: 8, Group: 32},
		{Bits: 4, Group: quantise.Whole}, {Bits: 4}, {Bits: 4, Group: 128}, {Bits: 4, Group: 32}, {Bits: 4, Group: 32, Asymmetric: true},
	} {
		usual = append(usual, size{name(u), modelBytes(m, u)})
	}
	return modelBytes(m, s), usual
}

// modelBytes is what quantise.Quantise counts, without doing it.
func modelBytes(m *attention.Model, s quantise.Scheme) int {
	bytes := 0
	for _, p := range m.Parameters() {
		if len(p.Shape) == 2 {
			bytes += s.Bytes(p.Shape[0], p.Shape[1])
		} else {
			bytes += min(4, max(2, s.Bits/8)) * len(p.Values)
		}
	}
	return bytes
}

// bins of the histogram.
const bins = 80

// histogram counts weights before and after in the same bins.
func histogram(in *sheet.Input, w, after attention.Matrix, what string, s quantise.Scheme) (engine.Figure, error) {
	var reach float64
	for _, m := range []attention.Matrix{w, after} {
		for _, v := range m.Data {
			reach = math.Max(reach, math.Abs(float64(v)))
		}
	}
	if reach == 0 {
		reach = 1
	}
	reach *= 1.0001 // the greatest weight lies inside the last bin
	count := func(m attention.Matrix) []int {
		all := make([]int, bins)
		for _, v := range m.Data {
			all[min(bins-1, int((float64(v)/reach+1)/2*bins))]++
		}
		return all
	}
	before, rounded := count(w), count(after)
	a, b := chart.Series{Name: "原来", Step: true}, chart.Series{Name: name(s), Step: true}
	table := engine.Table{Columns: sheet.Columns("从", "到", "原来（个）", "量化后（个）")}
	filled := 0
	for i := range bins {
		from, to := reach*(2*float64(i)/bins-1), reach*(2*float64(i+1)/bins-1)
		a.Points = append(a.Points, chart.Point{X: from, Y: float64(before[i])})
		b.Points = append(b.Points, chart.Point{X: from, Y: float64(rounded[i])})
		if rounded[i] > 0 {
			filled++
		}
		table.Rows = append(table.Rows, []string{format.Fixed(from, 4), format.Fixed(to, 4), format.Plain(float64(before[i])), format.Plain(float64(rounded[i]))})
	}
	for _, line := range []*chart.Series{&a, &b} {
		line.Points = append(line.Points, chart.Point{X: reach, Y: line.Points[bins-1].Y})
	}
	title := what + " 的权重分布"
	desc := fmt.Sprintf("横轴是权重的值，从 %s 到 %s，分 %d 格；纵轴是个数。量化后有 %d 格里还有权重。", format.Fixed(-reach, 3), format.Fixed(reach, 3), bins, filled)
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("histogram"), Title: title, Desc: desc, Width: in.Width()},
		X:     chart.Axis{Name: "权重"}, Y: chart.Axis{Name: "个数", Unit: "个", Zero: true},
		Series: []chart.Series{a, b},
	})
	return sheet.Figure(title, desc, table, svg, err)
}

// matrixQuantities sum a matrix up.
func matrixQuantities(t *quantise.Tensor, w, after attention.Matrix, distance float64) []engine.Quantity {
	var off, all, worst float64
	values := map[float32]bool{}
	for i, v := range w.Data {
		d := float64(v) - float64(after.Data[i])
		off, all, worst = off+d*d, all+float64(v)*float64(v), math.Max(worst, math.Abs(d))
		values[after.Data[i]] = true
	}
	relative := sheet.Plain("相对误差", 100*distance, "%", sourceInt8)
	relative.Formula = "‖W − Ŵ‖ / ‖W‖（各元素平方和的平方根）"
	relative.Working = format.Number(math.Sqrt(off)) + " / " + format.Number(math.Sqrt(all))
	s := t.Scheme
	bytes := sheet.Plain("这个矩阵占", float64(t.Bytes()), "B")
	bytes.Formula = "行 × ⌈列 × 位 / 8⌉ + 2 × 尺度数 + ⌈零点数 × 位 / 8⌉"
	bytes.Working = fmt.Sprintf("%d × ⌈%d × %d / 8⌉ + 2 × %d + ⌈%d × %d / 8⌉", t.Rows, t.Cols, s.Bits, len(t.Scales), len(t.Zeros), s.Bits)
	return []engine.Quantity{
		relative,
		sheet.Plain("错得最多的权重差", worst, ""),
		sheet.Plain("权重", float64(len(w.Data)), "个"),
		sheet.Plain("量化后还有的不同值", float64(len(values)), "种"),
		sheet.Plain("尺度", float64(len(t.Scales)), "个"),
		bytes,
	}
}

// one follows the greatest weight of the first row and the one beside it through
// the formulas.
func one(t *quantise.Tensor, w attention.Matrix) []engine.Quantity {
	group := t.Int8().Group
	low, high := 0.0, 0.0
	cells := w.Row(0)[:min(group, w.Cols)]
	if t.Scheme.Group == quantise.Whole {
		cells = w.Data
	}
	for _, v := range cells {
		low, high = math.Min(low, float64(v)), math.Max(high, float64(v))
	}
	scale, bits := float64(t.Scales[0]), t.Scheme.Bits
	step := sheet.Plain("尺度 s", scale, "", sourceInt8)
	step.Note = groupName(t.Scheme.Group) + "一个，取整到 fp16"
	v := float64(w.Data[0])
	var zero float64
	text := fmt.Sprintf("%s ÷ %s", format.Number(v), format.Number(scale))
	if t.Scheme.Asymmetric {
		step.Formula, step.Working = "(H − L) / (2^b − 1)", fmt.Sprintf("(%s − %s) / %d", format.Number(high), format.Number(low), 1<<bits-1)
		step.Terms = []engine.Term{{Symbol: "H", Name: "最大的权重（不小于 0）", Text: format.Number(high)}, {Symbol: "L", Name: "最小的权重（不大于 0）", Text: format.Number(low)}, {Symbol: "b", Name: "位数", Text: format.Plain(float64(bits))}}
		zero = float64(t.Zeros[0]) + float64(int(1)<<(bits-1))
		text += " + " + format.Plain(zero)
	} else {
		most := math.Max(high, -low)
		step.Formula, step.Working = "M / (2^(b−1) − 1)", fmt.Sprintf("%s / %d", format.Number(most), 1<<(bits-1)-1)
		step.Terms = []engine.Term{{Symbol: "M", Name: "绝对值最大的权重", Text: format.Number(most)}, {Symbol: "b", Name: "位数", Text: format.Plain(float64(bits))}}
	}
	q := float64(t.Q[0])
	if t.Scheme.Asymmetric {
		q += float64(int(1) << (bits - 1))
	}
	stored := sheet.Plain("第 0 行第 0 列存成 q", q, "")
	stored.Formula, stored.Working = "w / s + z，取最近的整数", text
	back := sheet.Plain("读回来 ŵ", scale*(q-zero), "")
	back.Formula, back.Working = "s · (q − z)", fmt.Sprintf("%s × (%s − %s)", format.Number(scale), format.Plain(q), format.Plain(zero))
	back.Note = "原来 " + format.Number(v)
	return []engine.Quantity{step, stored, back}
}
