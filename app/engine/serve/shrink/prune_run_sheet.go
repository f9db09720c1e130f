package shrink

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/quality"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention/prune"
	"courselab/sim/chart"
)

// Sheet implements run.Run.
func (r *comparison) Sheet(context.Context) (engine.Sheet, error) {
	at := r.At()
	out := engine.Sheet{
		Verdict: engine.Verdict{Text: at.What + "。"},
		Answer:  "same", Because: "零和别的数一样占 2 字节；图上剪权重的点画在位图加非零值的大小上，普通文件都和原样一样大。",
		Notes: []engine.Note{
			{Text: fmt.Sprintf("每个点都是刚刚算的：%d 首为本课写的留出诗，%s。大小按各自的存法数，fp16 存值；量化的比例因子也算在内。", len(r.documents), format.Value(float64(positions(r.documents)), "字"))},
			{Text: fmt.Sprintf("重要性与再训练用的是诗芽自己写的 %d 首诗：浏览器里没有训练语料。再训练学的是原来的模型在每个位置上给出的概率。", r.texts)},
		},
	}
	points := r.points
	if r.after.Loss > 0 {
		points = append(slices.Clone(points), r.after)
	}
	if len(points) > 0 {
		figure, err := quality.Chart(r.in, "quality", "质量与大小：剪枝与量化", points)
		if err != nil {
			return engine.Sheet{}, err
		}
		text := "左下角最好：又小又准。"
		if r.done >= r.sheetEnd() {
			text += r.compared(points)
			out.Verdict = engine.Verdict{Tone: engine.Plain, Text: r.compared(points), Detail: r.recoveredWords()}
		}
		out.Parts = append(out.Parts, engine.Part{Title: "质量与大小", Text: text, Figures: []engine.Figure{figure}})
	}
	if len(r.curve) > 0 {
		part, err := r.curvePart()
		if err != nil {
			return engine.Sheet{}, err
		}
		out.Parts = append(out.Parts, part)
	}
	if len(r.alone) > 0 {
		out.Parts = append(out.Parts, r.alonePart())
	}
	if n := len(r.poet.poems); n > 0 && len(points) == 0 {
		out.Parts = append(out.Parts, engine.Part{Title: "诗芽写的诗", Text: text(r.tokenizer, r.poet.poems[n-1])})
	}
	return out, nil
}

func (r *comparison) sheetEnd() int {
	_, _, _, _, end := r.stages()
	return end
}

// compared holds the best pruned version against int8: one that is no larger, or
// the smallest there is.
func (r *comparison) compared(points []quality.Point) string {
	var eight, best quality.Point
	for _, p := range points {
		if p.Method == rounded && strings.HasPrefix(p.Setting, "int8") {
			eight = p
		}
	}
	for _, p := range points {
		if p.Method == rounded || p.Method == points[0].Method || p.Method == recovered {
			continue
		}
		small, smaller := p.Bytes <= eight.Bytes, p.Bytes < best.Bytes
		switch known := best.Loss > 0 && best.Bytes <= eight.Bytes; {
		case best.Loss == 0, small && !known, small && known && p.Loss < best.Loss, !small && !known && smaller:
			best = p
		}
	}
	if eight.Loss == 0 || best.Loss == 0 {
		return ""
	}
	words := "剪枝里不比它大的，最好的是"
	if best.Bytes > eight.Bytes {
		words = "剪枝里没有这么小的，最小的是"
	}
	return fmt.Sprintf("int8 只有 %s，损失 %s；%s“%s，%s”：%s，损失 %s。", bytes(int(eight.Bytes)), format.Fixed(eight.Loss, 3),
		words, best.Method, best.Setting, bytes(int(best.Bytes)), format.Fixed(best.Loss, 3))
}

// recoveredWords say what training gave back to the chosen setting.
func (r *comparison) recoveredWords() string {
	before, ok := r.before()
	if !ok || r.after.Loss == 0 {
		return ""
	}
	return fmt.Sprintf("“%s，%s”剪完损失 %s，再训练 %d 步后 %s（没剪时 %s）。", before.Method, before.Setting, format.Fixed(before.Loss, 3),
		len(r.curve), format.Fixed(r.after.Loss, 3), format.Fixed(r.points[0].Loss, 3))
}

// before is the chosen setting's point, the first after those that are quantised.
func (r *comparison) before() (quality.Point, bool) {
	at := 1 + len(quantised())
	if len(r.points) <= at {
		return quality.Point{}, false
	}
	return r.points[at], true
}

// curvePart draws the divergence from the whole model as the training goes on.
func (r *comparison) curvePart() (engine.Part, error) {
	line := chart.Series{Name: "与原模型的 KL 散度"}
	table := engine.Table{Columns: sheet.Columns("步", "KL 散度（奈特/字）", "读到的诗上的损失（奈特/字）")}
	for _, c := range r.curve {
		line.Points = append(line.Points, chart.Point{X: float64(c.Step), Y: c.Divergence})
		table.Rows = append(table.Rows, []string{format.Plain(float64(c.Step)), format.Fixed(c.Divergence, 4), format.Fixed(c.Loss, 4)})
	}
	title := "剪完再训练"
	last := r.curve[len(r.curve)-1]
	desc := fmt.Sprintf("横轴是步，纵轴是剪过的模型与原模型的 KL 散度，从 %s 到 %s。", format.Fixed(r.curve[0].Divergence, 3), format.Fixed(last.Divergence, 3))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: r.in.Key("recovery"), Title: title, Desc: desc, Width: r.in.Width()},
		X:     chart.Axis{Name: "训练", Unit: "步"}, Y: chart.Axis{Name: "KL 散度", Unit: "奈特/字", Zero: true}, Series: []chart.Series{line},
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{Title: title, Text: "每步约 256 个字。剪掉的权重每步之后都重新置零。" + r.recoveredWords(), Figures: []engine.Figure{figure}}, err
}

// alonePart holds the importance of heads against what cutting each one costs.
func (r *comparison) alonePart() engine.Part {
	table := engine.FactTable{Title: "每个头：重要性与单独剪掉它的损失", Columns: sheet.Columns("重要性的名次", "层与头", "重要性（奈特/字）", "单独剪掉后的损失（奈特/字）", "增加（奈特/字）")}
	c, whole := r.model.Config, r.points[0].Loss
	var imp, cost []float64
	for rank, u := range prune.Rank(r.imp.Heads) {
		i := u.Layer*c.Heads + u.Index
		row := engine.FactRow{Cells: []engine.Fact{{Text: format.Plain(float64(rank + 1))}, {Text: headName(u)}, {Text: format.Fixed(u.Importance, 4)}, {Text: "还没有算"}, {Text: format.None}}}
		if i < len(r.alone) {
			row.Cells[3].Text, row.Cells[4].Text = format.Fixed(r.alone[i], 3), format.Fixed(r.alone[i]-whole, 3)
			imp, cost = append(imp, u.Importance), append(cost, r.alone[i])
			if r.alone[i] > whole+1 {
				row.Tone = engine.Bad
			}
		}
		table.Rows = append(table.Rows, row)
	}
	part := engine.Part{Title: "重要性说得准吗", Tables: []engine.FactTable{table}}
	if len(r.alone) == c.Layers*c.Heads {
		rho := spearman(imp, cost)
		part.Quantities = []engine.Quantity{{Name: "两个名次的相关", Text: format.Fixed(rho, 2), Value: number(rho),
			Formula: "斯皮尔曼等级相关：名次的相关系数", Note: "1 是完全同序，0 是无关"}}
		part.Text = "重要性由一次反向传播得到，不必真的剪；右边两栏是真的剪掉一个头再量的。"
	}
	return part
}

// spearman is the correlation of the ranks of x and y; of equals each has the mean
// rank.
func spearman(x, y []float64) float64 {
	a, b := ranks(x), ranks(y)
	mean := float64(len(x)-1) / 2
	var both, ofA, ofB float64
	for i := range a {
		both += (a[i] - mean) * (b[i] - mean)
		ofA += (a[i] - mean) * (a[i] - mean)
		ofB += (b[i] - mean) * (b[i] - mean)
	}
	if ofA == 0 || ofB == 0 {
		return 0
	}
	return both / math.Sqrt(ofA*ofB)
}

func ranks(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		for j, w := range x {
			switch {
			case w < v:
				out[i]++
			case w == v && i != j:
				out[i] += 0.5
			}
		}
	}
	return out
}
