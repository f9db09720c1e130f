package shrink

import (
	"context"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/quality"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/prune"
	"courselab/attention/train"
)

// quickPoems are how many held-out poems the quick sheet measures on, and
// calibrationPoems how many the model writes for its importances.
const (
	quickPoems       = 8
	calibrationPoems = 8
)

// Prune answers the lab "prune": what a setting leaves, then what it costs on a
// few held-out poems, then other settings of the same method on one chart.
func (l *Lab) Prune(in *sheet.Input) (engine.Sheet, error) {
	s := readSetting(in)
	seed := uint64(in.Number("seed"))
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	m, t, err := in.Shiya()
	if err != nil {
		return engine.Sheet{}, err
	}
	if total := m.Config.Layers * m.Config.Heads; s.heads > total {
		in.Faultf("heads", "超过了：这个模型一共有 %d 个头", total)
		return engine.Sheet{}, in.Err()
	}
	b := in.Backend()
	var imp train.Importance
	if s.structured() {
		if imp, err = l.importances(in, m, b, seed); err != nil {
			return engine.Sheet{}, err
		}
	}
	cut, err := s.cut(m, imp)
	if err != nil {
		return engine.Sheet{}, err
	}
	out := pruneSheet(m, s, cut, imp)
	in.Partial(out)

	documents, err := heldOut(m, t, quickPoems)
	if err != nil {
		return engine.Sheet{}, err
	}
	whole, err := keep(l, m, "whole", func() (float64, error) { return meanLoss(in, m, b, documents) })
	if err != nil {
		return engine.Sheet{}, err
	}
	loss, err := l.lossOf(in, m, b, s, imp, seed, documents)
	if err != nil {
		return engine.Sheet{}, err
	}
	points := []quality.Point{
		wholePoint(m, whole),
		{Method: methodNames[s.method], Setting: s.words(), Bytes: float64(cut.bytes), Loss: loss, Strong: true},
	}
	addLoss(&out, s, cut, documents, whole, loss)
	in.Partial(out)

	others := s.sweep(m.Config)
	for i, o := range others {
		if err := in.Progress("同一种剪法的别的设置", float64(i), float64(len(others)), "个"); err != nil {
			return engine.Sheet{}, err
		}
		other, err := o.cut(m, imp)
		if err != nil {
			return engine.Sheet{}, err
		}
		loss, err := l.lossOf(in, m, b, o, imp, seed, documents)
		if err != nil {
			return engine.Sheet{}, err
		}
		points = append(points, quality.Point{Method: methodNames[o.method], Setting: o.words(), Bytes: float64(other.bytes), Loss: loss})
	}
	figure, err := quality.Chart(in, "quality", "剪掉多少，损失多少", points)
	if err != nil {
		return engine.Sheet{}, err
	}
	out.Parts[0].Figures = []engine.Figure{figure}
	out.Parts[0].Text += "图里是同一种剪法的几个设置，每个都刚刚算过。按“跑完整的比较”，在全部留出诗上与量化画到一张图上。"
	return out, nil
}

// importances are those of the model on poems of its own.
func (l *Lab) importances(in *sheet.Input, m *attention.Model, b attention.Backend, seed uint64) (train.Importance, error) {
	return keep(l, m, fmt.Sprint("importance ", seed), func() (train.Importance, error) {
		p, err := newPoet(m, b, seed)
		if err != nil {
			return train.Importance{}, err
		}
		for len(p.poems) < calibrationPoems {
			if err := in.Progress("诗芽写几首诗，用来量重要性", float64(len(p.poems)), calibrationPoems, "首"); err != nil {
				return train.Importance{}, err
			}
			if err := p.write(in); err != nil {
				return train.Importance{}, err
			}
		}
		return train.Importances(in.Context, m, b, p.poems, batchRows, func(context.Context) error { return in.Pause() }, nil)
	})
}

// lossOf is the mean loss of a setting on documents, the quick ones.
func (l *Lab) lossOf(in *sheet.Input, m *attention.Model, b attention.Backend, s setting, imp train.Importance, seed uint64, documents []train.Document) (float64, error) {
	if !s.structured() {
		seed = 0 // it draws the poems that importances are measured on
	}
	return keep(l, m, fmt.Sprint(s.key(), " ", seed), func() (float64, error) {
		cut, err := s.cut(m, imp)
		if err != nil {
			return 0, err
		}
		all, err := losses(in, cut.model, b, documents, func(done int) error {
			return in.Progress("读留出的诗", float64(done), float64(len(documents)), "首")
		})
		if err != nil {
			return 0, err
		}
		return train.MeanLoss(all, documents), nil
	})
}

// wholePoint is the model as it is.
func wholePoint(m *attention.Model, loss float64) quality.Point {
	return quality.Point{Method: asItIs, Setting: "fp16", Bytes: float64(prune.Measure(m).Dense), Loss: loss, Strong: true}
}

// pruneSheet shows what can be said before anything is read.
func pruneSheet(m *attention.Model, s setting, cut pruned, imp train.Importance) engine.Sheet {
	whole := prune.Measure(m)
	left := 1 - float64(cut.size.Zeros)/float64(whole.Weights)
	out := engine.Sheet{Verdict: engine.Verdict{
		Text:   fmt.Sprintf("%s：%s。还剩 %s 的权重，正在量它丢了多少……", methodNames[s.method], s.words(), format.Ratio(round(left, 3))),
		Detail: sizeSentence(s, cut, whole),
	}}
	out.Parts = append(out.Parts, engine.Part{Title: "质量与大小"}, sizePart(m, s, cut, whole))
	if s.structured() {
		out.Parts = append(out.Parts, layerPart(cut))
		if s.method == heads {
			out.Parts = append(out.Parts, headPart(m, cut, imp))
		}
		out.Notes = append(out.Notes, engine.Note{Text: fmt.Sprintf("重要性量在诗芽自己写的 %d 首诗上（浏览器里没有训练语料）：把一个部件的输出乘上一个门 ξ，取每首诗的 |∂L/∂ξ|，再平均。它是一阶的估计，剪掉之后真实的损失未必照这个次序。", calibrationPoems)})
	} else {
		out.Parts = append(out.Parts, matrixPart(m, cut))
	}
	out.Notes = append(out.Notes, engine.Note{Text: "词嵌入（它也是输出矩阵）与归一化的增益没有剪：前者占全部参数的三分之一，所以剪掉一半的层，文件也小不到一半。"})
	guess(&out, s, cut, whole)
	return out
}

// guess answers how large an ordinary file is.
func guess(out *engine.Sheet, s setting, cut pruned, whole prune.Size) {
	if s.structured() {
		out.Because = fmt.Sprintf("题目问的是单个权重置零；这里剪的是整行整列，矩阵真的变小：%s 变成 %s。", bytes(whole.Dense), bytes(cut.bytes))
		return
	}
	out.Answer = "same"
	out.Because = fmt.Sprintf("零和别的数一样占 2 字节，普通文件仍是 %s；换成位图加非零值的存法才是 %s。", bytes(cut.size.Dense), bytes(cut.bytes))
}

func sizeSentence(s setting, cut pruned, whole prune.Size) string {
	if s.structured() {
		return fmt.Sprintf("矩阵变小，普通程序就能读：%s，原来 %s。", bytes(cut.bytes), bytes(whole.Dense))
	}
	if cut.bytes == cut.size.Dense {
		return fmt.Sprintf("零太少，位图反而占地方：文件仍是 %s。", bytes(whole.Dense))
	}
	return fmt.Sprintf("普通文件仍是 %s，因为零照样占位；换成位图加非零值是 %s。", bytes(whole.Dense), bytes(cut.bytes))
}

// addLoss puts the measured losses into the sheet.
func addLoss(out *engine.Sheet, s setting, cut pruned, documents []train.Document, whole, loss float64) {
	tone := engine.Good
	switch {
	case loss > whole+0.5:
		tone = engine.Bad
	case loss > whole+0.05:
		tone = engine.Warn
	}
	out.Verdict.Tone = tone
	out.Verdict.Text = fmt.Sprintf("%s：%s。每字损失从 %s 到 %s，困惑度从 %s 到 %s。", methodNames[s.method], s.words(),
		format.Fixed(whole, 3), format.Fixed(loss, 3), format.Number(round(math.Exp(whole), 1)), format.Number(round(math.Exp(loss), 1)))
	part := &out.Parts[0]
	part.Text = fmt.Sprintf("损失量在为本课写的留出诗上，这里先用前 %d 首（%d 个字，收尾记号也算）。", len(documents), positions(documents))
	part.Quantities = []engine.Quantity{
		lossQuantity("剪之前的损失", whole), lossQuantity("剪之后的损失", loss),
		{Name: "困惑度变为几倍", Text: format.Number(round(math.Exp(loss-whole), 3)) + " 倍", Value: number(math.Exp(loss - whole)), Formula: "exp(剪之后 − 剪之前)",
			Working: fmt.Sprintf("exp(%s − %s)", format.Fixed(loss, 4), format.Fixed(whole, 4)), Tone: tone},
	}
}

func lossQuantity(name string, loss float64) engine.Quantity {
	return engine.Quantity{Name: name, Text: format.Fixed(loss, 3) + " 奈特/字", Value: number(loss), Unit: "奈特/字", Formula: "每个字 −ln p(真实的下一个字) 的平均",
		Note: "困惑度 " + format.Number(round(math.Exp(loss), 1))}
}

func bytes(n int) string { return format.Value(float64(n), "B") }

func number(v float64) *float64 { return &v }

// round keeps n decimals.
func round(v float64, n int) float64 {
	scale := math.Pow(10, float64(n))
	return math.Round(v*scale) / scale
}
