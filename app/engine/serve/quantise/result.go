package quantise

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/quality"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/quantise"
	"courselab/sim/chart"
)

// Sheet shows what is known so far.
func (r *measurement) Sheet(context.Context) (engine.Sheet, error) {
	var out engine.Sheet
	if r.base == nil {
		out.Verdict.Text = "还没有量出什么。"
		return out, nil
	}
	base := r.mean(r.base)
	tokens := 0
	for _, d := range r.held {
		tokens += len(d) - 1
	}
	out.Notes = []engine.Note{
		{Text: fmt.Sprintf("困惑度量在 %d 首专为本课写的诗上（%s 个字与篇末记号）；它们没有发表过，没有模型训练过。用语平常，所以比语料的留出集好猜。", len(r.held), format.Count(float64(tokens)))},
		{Text: fmt.Sprintf("GPTQ 的校准文字是“诗芽”自己写的 %d 首诗，不是训练语料，也不是上面的诗。", len(r.texts))},
	}
	if r.chosen == nil {
		out.Verdict.Text = fmt.Sprintf("原来的困惑度是 %s，下面量所选的设置。", format.Number(math.Exp(base)))
		return out, nil
	}
	after := r.mean(r.chosen.losses)
	rise, margin := r.rise(r.chosen.losses)
	fp16 := modelBytes(r.model, quantise.Scheme{Bits: 16})
	out.Verdict = engine.Verdict{
		Tone: tone(rise, margin),
		Text: fmt.Sprintf("%s（%s）：困惑度 %s → %s，大小是 fp16 的 %s。", name(r.chosen.scheme), methodName(r.chosen.gptq),
			format.Number(math.Exp(base)), format.Number(math.Exp(after)), format.Ratio(float64(r.chosen.bytes)/float64(fp16))),
		Detail: fmt.Sprintf("每字的损失多 %s ± %s 奈特（按诗配对，95%% 区间）。", format.Fixed(rise, 4), format.Fixed(margin, 4)),
	}
	if r.chosen.scheme.Float() {
		out.Verdict.Text = fmt.Sprintf("%s：困惑度 %s → %s，大小是 fp16 的 %s。", name(r.chosen.scheme), format.Number(math.Exp(base)), format.Number(math.Exp(after)), format.Ratio(float64(r.chosen.bytes)/float64(fp16)))
	}
	loss := sheet.Plain("损失（原来）", base, "奈特/字")
	loss.Formula = "−(1/N) Σ ln p(下一个字)，困惑度 = e^损失"
	part := engine.Part{Title: "质量", Quantities: []engine.Quantity{
		loss, sheet.Plain("损失（所选设置，浮点乘法）", after, "奈特/字"),
	}}
	if r.integers != nil {
		q := sheet.Plain("损失（所选设置，整数乘法）", r.mean(r.integers), "奈特/字", sourceInt8)
		q.Note = "输入也逐行舍入到 8 位"
		q.Formula = "y = s_x · s_w · Σ q_x · q_w，整数里求和"
		part.Quantities = append(part.Quantities, q)
	}
	picture, err := quality.Chart(r.in, "quality", "质量与大小", r.points())
	if err != nil {
		return engine.Sheet{}, err
	}
	part.Figures = []engine.Figure{picture}
	out.Parts = append(out.Parts, part)
	if len(r.versions) > 1 {
		out.Parts = append(out.Parts, r.table())
	}
	if len(r.matrices) > 0 {
		hurt, err := r.hurt()
		if err != nil {
			return engine.Sheet{}, err
		}
		out.Parts = append(out.Parts, hurt)
	}
	if len(r.poems) > 0 {
		out.Parts = append(out.Parts, r.verse())
	}
	if len(r.speeds) > 0 {
		out.Parts = append(out.Parts, r.speed())
	}
	return out, nil
}

// tone is how bad a rise of the loss is: below a tenth of a nat a reader will
// hardly see it, above half a nat the model is another.
func tone(rise, margin float64) engine.Tone {
	switch {
	case rise > 0.5:
		return engine.Bad
	case rise > 0.1 && rise > margin:
		return engine.Warn
	}
	return engine.Good
}

// points are the versions measured, for the chart.
func (r *measurement) points() []quality.Point {
	point := func(v version) quality.Point {
		p := quality.Point{
			Method: bitsName(v.scheme.Bits), Setting: name(v.scheme), Bytes: float64(v.bytes), Loss: r.mean(v.losses), Label: bitsName(v.scheme.Bits),
		}
		if !v.scheme.Float() {
			p.Method += " " + methodName(v.gptq)
			p.Label = bitsName(v.scheme.Bits) + " " + groupName(v.scheme.Group)
		}
		return p
	}
	chosen := point(*r.chosen)
	chosen.Method, chosen.Strong = "所选的设置", true
	points := []quality.Point{chosen, {Method: "原来", Setting: "fp32", Bytes: float64(modelBytes(r.model, quantise.Scheme{Bits: 32})), Loss: r.mean(r.base)}}
	for _, v := range r.versions {
		if v.scheme != r.chosen.scheme || v.gptq != r.chosen.gptq {
			points = append(points, point(v))
		}
	}
	return points
}

// table is the perplexity by method, bits and who shares a scale.
func (r *measurement) table() engine.Part {
	type row struct{ bits, group int }
	cells := map[row]*[4]string{}
	bytes := map[row]int{}
	var order []row
	for _, v := range r.versions {
		if v.scheme.Float() {
			continue
		}
		at := row{v.scheme.Bits, v.scheme.Group}
		if cells[at] == nil {
			cells[at] = &[4]string{format.None, format.None, format.None, format.None}
			order = append(order, at)
		}
		i := 0
		if v.gptq {
			i = 2
		}
		if v.scheme.Asymmetric {
			i++
		} else {
			bytes[at] = v.bytes
		}
		cells[at][i] = format.Number(math.Exp(r.mean(v.losses)))
	}
	rows := [][]string{{"fp32，fp16", "—", format.Value(float64(modelBytes(r.model, quantise.Scheme{Bits: 16})), "B") + "（fp16）", format.Number(math.Exp(r.mean(r.base))), format.None, format.None, format.None}}
	for _, at := range order {
		c := cells[at]
		rows = append(rows, []string{bitsName(at.bits), groupName(at.group), format.Value(float64(bytes[at]), "B"), c[0], c[1], c[2], c[3]})
	}
	t := sheet.Table("困惑度：方法与位数", sheet.Columns("位数", "共用尺度的", "大小", "就近，对称", "就近，非对称", "GPTQ，对称", "GPTQ，非对称"), rows...)
	t.Text = "大小是对称时的；非对称再加零点。困惑度越低越好；把整张字表乱猜是 " + format.Count(float64(r.model.Config.Vocab)) + "。"
	return engine.Part{
		Title:  "方法与位数",
		Text:   "就近舍入只看权重；GPTQ 一列一列地舍入，用后面的列弥补前面的误差，弥补多少由校准文字上的输入决定。",
		Tables: []engine.FactTable{t},
		Quantities: []engine.Quantity{{Name: "GPTQ 要压低的", Text: "‖XWᵀ − XŴᵀ‖²", Formula: "H = XᵀX + λI；第 j 列舍入后，其余各列减去 (w_j − ŵ_j) / U_jj · U_j，U 是 H⁻¹ 的上三角 Cholesky 因子，λ 取 H 对角线均值的 1%",
			Sources: []engine.SourceNote{sourceGPTQ}}},
	}
}

// hurt ranks the matrices by what quantising each alone does.
func (r *measurement) hurt() (engine.Part, error) {
	all := slices.Clone(r.matrices)
	slices.SortStableFunc(all, func(a, b matrix) int { return cmp.Compare(r.mean(b.losses), r.mean(a.losses)) })
	var rows [][]string
	spec := chart.BarsSpec{Value: chart.Axis{Name: "损失增加", Unit: "毫奈特/字"}, Parts: []string{"只量化这一个"}}
	table := engine.Table{Columns: sheet.Columns("矩阵", "损失增加（毫奈特/字）")}
	for i, m := range all {
		rise, margin := r.rise(m.losses)
		output := format.None
		if !math.IsNaN(m.output) {
			output = format.Number(100 * m.output)
		}
		rows = append(rows, []string{nameOf(m.name), format.Fixed(1000*rise, 2) + " ± " + format.Fixed(1000*margin, 2), format.Number(100 * m.distance), output})
		if i < 10 {
			shown := math.Max(0, 1000*rise)
			spec.Bars = append(spec.Bars, chart.Bar{Name: nameOf(m.name), Values: []float64{shown}, Label: format.Fixed(1000*rise, 1)})
			table.Rows = append(table.Rows, []string{nameOf(m.name), format.Fixed(1000*rise, 2)})
		}
	}
	title := "哪些矩阵最怕量化"
	desc := fmt.Sprintf("每次只量化一个矩阵，其余不动，量损失增加多少；画最多的 %d 个。最怕的是 %s。", len(spec.Bars), nameOf(all[0].name))
	spec.Frame = chart.Frame{Key: r.in.Key("hurt"), Title: title, Desc: desc, Width: r.in.Width()}
	svg, err := chart.Bars(spec)
	picture, err := sheet.Figure(title, desc, table, svg, err)
	if err != nil {
		return engine.Part{}, err
	}
	t := sheet.Table("逐个矩阵", sheet.Columns("矩阵", "损失增加（毫奈特/字）", "权重的相对误差（%）", "输出的相对误差（%）"), rows...)
	t.Text = "输出的误差量在校准文字上：‖X(W − Ŵ)ᵀ‖ / ‖XWᵀ‖。"
	return engine.Part{Title: title, Figures: []engine.Figure{picture}, Tables: []engine.FactTable{t}}, nil
}

func (r *measurement) verse() engine.Part {
	var rows [][]string
	for _, p := range r.poems {
		form := "合格"
		if p.form < 1 {
			form = "不合"
		}
		rows = append(rows, []string{p.version, p.text, form})
	}
	return engine.Part{
		Title:  "同一个种子写的诗",
		Text:   fmt.Sprintf("温度 %s，种子 %d。概率稍有不同，抽到的字就可能不同，之后越走越远：字不同不等于写得差。", format.Number(temperature), r.set.seed),
		Tables: []engine.FactTable{sheet.Table("同一个种子写的诗", sheet.Columns("存法", "诗", "格式"), rows...)},
	}
}

func (r *measurement) speed() engine.Part {
	var rows [][]string
	for _, s := range r.speeds {
		rows = append(rows, []string{s.what, format.Value(float64(s.weights), "B"), format.Value(s.floats, "s"), format.Value(s.integers, "s"), format.Fixed(s.floats/s.integers, 2)})
	}
	text := "后端 " + r.backend.Name() + "，各取最快的一批；别的程序忙时会慢。权重放不进缓存时，读内存是瓶颈，字节少到四分之一就快；放得进时，快在一条指令乘更多的数。"
	if _, ok := r.backend.(attention.Go); ok {
		text += "这里没有 SIMD 内核，数字不说明浏览器里的快慢。"
	}
	return engine.Part{
		Title:  "int8 快多少",
		Text:   text,
		Tables: []engine.FactTable{sheet.Table("此刻在这台机器上的实测", sheet.Columns("做什么", "fp32 权重", "fp32", "int8", "快几倍"), rows...)},
	}
}
