package shrink

import (
	"fmt"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/prune"
	"courselab/attention/train"
)

// Sources of the measures.
var (
	sourceHan      = engine.SourceNote{Title: "Han 等，Learning both Weights and Connections for Efficient Neural Networks", URL: "https://arxiv.org/abs/1506.02626", Date: "2015-06-08"}
	sourceMishra   = engine.SourceNote{Title: "Mishra 等，Accelerating Sparse Deep Neural Networks（2:4）", URL: "https://arxiv.org/abs/2104.08378", Date: "2021-04-16"}
	sourceMichel   = engine.SourceNote{Title: "Michel、Levy、Neubig，Are Sixteen Heads Really Better than One?", URL: "https://arxiv.org/abs/1905.10650", Date: "2019-05-25"}
	sourceMolchan  = engine.SourceNote{Title: "Molchanov 等，Pruning Convolutional Neural Networks for Resource Efficient Inference（一阶 Taylor）", URL: "https://arxiv.org/abs/1611.06440", Date: "2016-11-19"}
	sourceHinton   = engine.SourceNote{Title: "Hinton、Vinyals、Dean，Distilling the Knowledge in a Neural Network", URL: "https://arxiv.org/abs/1503.02531", Date: "2015-03-09"}
	methodSources  = map[string]engine.SourceNote{global: sourceHan, matrix: sourceHan, two: sourceMishra, heads: sourceMichel, columns: sourceMolchan}
	projections    = []string{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
	projectionName = []string{"Q", "K", "V", "O", "门", "上", "下"}
)

// sizePart says what is left in bytes and multiplications.
func sizePart(m *attention.Model, s setting, cut pruned, whole prune.Size) engine.Part {
	dense := engine.Quantity{Name: "普通存法", Text: bytes(cut.size.Dense), Value: number(float64(cut.size.Dense)), Unit: "B",
		Formula: "2 × 参数数（零也写）", Working: "2 × " + format.Count(float64(cut.size.Weights)), Note: "fp16，每个权重 2 字节"}
	sparse := engine.Quantity{Name: "位图加非零值", Text: bytes(cut.bytes), Value: number(float64(cut.bytes)), Unit: "B",
		Formula: "逐个张量取小的：2n，或 ⌈n/8⌉ + 2 × 非零数", Note: ratioOf(cut.bytes, whole.Dense), Sources: []engine.SourceNote{methodSources[s.method]}}
	part := engine.Part{Title: "还剩多少", Quantities: []engine.Quantity{dense, sparse}}
	left := cut.size.NonzeroProducts
	switch {
	case s.method == two:
		part.Text = "每四个留两个，每个留下的再记 2 位说它在第几位：与一半是零的位图一样大。这种花样买的不是体积，而是速度：显卡的稀疏单元能跳过它。"
	case s.structured():
		n := cut.structure.Parameters()
		part.Quantities = []engine.Quantity{{Name: "更小的矩阵", Text: bytes(cut.bytes), Value: number(float64(cut.bytes)), Unit: "B",
			Formula: "2 × 剩下的参数", Working: "2 × " + format.Count(float64(n)), Note: ratioOf(cut.bytes, whole.Dense), Sources: []engine.SourceNote{methodSources[s.method]}}}
		part.Text = "一个查询头带走 Q 的 h 行、O 的 h 列。诗芽每两个查询头共用一个键值头，组里最后一个查询头剪掉，K 与 V 的 h 行才一起走。前馈的一列带走门与上各一行、下的一列。"
		if s.method == columns && s.share > 0 && s.share < 1 {
			part.Text += "每层剪得一样多，所以剩下的仍是一个规整的 LLaMA 模型，任何程序都能直接读。"
		}
	}
	products := engine.Quantity{Name: "每个字与权重的乘法", Text: format.Count(float64(whole.Products)) + " 次", Value: number(float64(whole.Products)), Unit: "次",
		Formula: "每个矩阵的每个权重一次（不含 QKᵀ 与加权和）", Note: "普通程序：零也要乘"}
	skipped := engine.Quantity{Name: "会跳过零的程序", Text: format.Count(float64(left)) + " 次", Value: number(float64(left)), Unit: "次", Note: ratioOf(left, whole.Products)}
	if s.structured() {
		products.Name, products.Note, skipped.Name = "剪之前，每个字与权重的乘法", "", "剪之后"
	}
	part.Quantities = append(part.Quantities, products, skipped)
	return part
}

func ratioOf(n, whole int) string {
	return "占原来的 " + format.Ratio(round(float64(n)/float64(whole), 3))
}

// matrixPart says how much of each matrix is cut.
func matrixPart(m *attention.Model, cut pruned) engine.Part {
	table := engine.FactTable{Title: "每个矩阵剪掉了百分之几", Columns: sheet.Columns(append([]string{"层"}, withUnit(projectionName, "%")...)...)}
	shares := map[string]string{}
	for _, p := range cut.model.Parameters() {
		zeros := 0
		for _, v := range p.Values {
			if v == 0 {
				zeros++
			}
		}
		shares[p.Name] = format.Fixed(100*float64(zeros)/float64(len(p.Values)), 1)
	}
	for i := range m.Layers {
		row := engine.FactRow{Cells: []engine.Fact{{Text: fmt.Sprintf("第 %d 层", i)}}}
		for _, name := range projections {
			for full, share := range shares {
				if strings.HasPrefix(full, fmt.Sprintf("model.layers.%d.", i)) && strings.Contains(full, "."+name+".") {
					row.Cells = append(row.Cells, engine.Fact{Text: share})
				}
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return engine.Part{Title: "剪在哪里", Tables: []engine.FactTable{table}}
}

func withUnit(names []string, unit string) []string {
	var out []string
	for _, n := range names {
		out = append(out, n+"（"+unit+"）")
	}
	return out
}

// layerPart says what each layer keeps.
func layerPart(cut pruned) engine.Part {
	table := engine.FactTable{Title: "每层剩下什么", Columns: sheet.Columns("层", "查询头（个）", "键值头（个）", "前馈的列（个）")}
	for i := range cut.structure.Config.Layers {
		l := cut.structure.Layer(i)
		table.Rows = append(table.Rows, engine.FactRow{Cells: []engine.Fact{
			{Text: fmt.Sprintf("第 %d 层", i)}, {Text: format.Plain(float64(l.Heads))}, {Text: format.Plain(float64(l.KVHeads))}, {Text: format.Plain(float64(l.Columns))},
		}})
	}
	return engine.Part{Title: "剪在哪里", Tables: []engine.FactTable{table}}
}

// headPart lists the heads in the order in which they are cut.
func headPart(m *attention.Model, cut pruned, imp train.Importance) engine.Part {
	table := engine.FactTable{Title: "各头的重要性，按剪的次序", Columns: sheet.Columns("次序", "层与头", "重要性（奈特/字）", "除以本层的范数", "键值组", "剪了吗"),
		Text: "重要性 = 每首诗的 |∂L/∂ξ| 的平均，ξ 乘在这个头的输出上（Michel 等 2019）。论文再除以本层的 ℓ2 范数才跨层比较。"}
	perLayer := train.Scaled(imp.Heads)
	size := m.Config.Heads / m.Config.KVHeads
	for i, u := range cut.ranked {
		gone, tone := "留", engine.Plain
		if !cut.structure.Heads[u.Layer][u.Index] {
			gone, tone = "剪", engine.Warn
		}
		table.Rows = append(table.Rows, engine.FactRow{Tone: tone, Cells: []engine.Fact{
			{Text: format.Plain(float64(i + 1))}, {Text: headName(u)},
			{Text: format.Fixed(imp.Heads[u.Layer][u.Index], 4)}, {Text: format.Fixed(perLayer[u.Layer][u.Index], 3)},
			{Text: fmt.Sprintf("第 %d 组", u.Index/size)}, {Text: gone},
		}})
	}
	return engine.Part{Title: "按重要性排的头", Tables: []engine.FactTable{table}}
}

func headName(u prune.Unit) string { return fmt.Sprintf("第 %d 层 头 %d", u.Layer, u.Index) }
