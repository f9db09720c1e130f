package choosing

import (
	"context"
	"fmt"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
	"courselab/sim/rag"
)

// mostCurve is how far down the ranks the curve of recall goes.
const mostCurve = 20

// whole adds to a quick sheet what the set of questions says.
func (a *asked) whole(in *sheet.Input, s engine.Sheet) (engine.Sheet, error) {
	recall, hit := a.report.Recall(a.k, false)
	fits, _ := a.report.Recall(a.k, true)
	n := len(a.report.Graded)
	s.Verdict = engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("题集 %d 题：recall@%d 是 %s，MRR %s。", n, a.k, format.Ratio(recall), format.Fixed(a.report.MRR, 2)), Detail: s.Verdict.Text}
	if recall < 0.8 {
		s.Verdict.Tone = engine.Warn
	}
	if fits < recall-1e-9 {
		s.Verdict.Tone = engine.Warn
		s.Verdict.Text = fmt.Sprintf("窗口太小：取到的放不进去，题集 %d 题的 recall@%d 从 %s 掉到 %s。", n, a.k, format.Ratio(recall), format.Ratio(fits))
	}
	s.Answer, s.Because = ragAnswer(recall), fmt.Sprintf("%d 题里，答案所在的段进了前 %d 的平均占 %s。", n, a.k, format.Ratio(recall))
	curve, err := a.curve(in)
	if err != nil {
		return s, err
	}
	p := engine.Part{Title: "课程自己的题集", Text: "每题标了答案所在的小节与其中一段原文；只有整段原文都在同一块里才算取到，被切断的怎么取都取不到。", Figures: []engine.Figure{curve}}
	p.Quantities = []engine.Quantity{
		share("recall@"+fmt.Sprint(a.k), recall, "每题的标准段有多少进了前 k，再取平均"),
		share("命中率", hit, "至少取到一段的题"),
		{Name: "MRR", Text: format.Fixed(a.report.MRR, 3), Value: &a.report.MRR, Formula: "(1 / n) · Σ 1 / 第一个标准段的名次", Note: fmt.Sprintf("名次看到第 %d", rag.Depth)},
		share("放得进提示词的 recall", fits, "窗口放不下的不算"),
	}
	if a.report.Torn > 0 {
		p.Quantities = append(p.Quantities, engine.Quantity{Name: "被切断的题", Text: format.Value(float64(a.report.Torn), "题"), Tone: engine.Warn, Note: "加大重叠或块长"})
	}
	if a.report.Gone > 0 {
		s.Notes = append(s.Notes, engine.Note{Tone: engine.Warn, Text: fmt.Sprintf("有 %d 题的标准段在课文里找不到了（课文改过），按没取到计。", a.report.Gone)})
	}
	p.Tables = []engine.FactTable{a.missed()}
	s.Parts = append(s.Parts, p, a.windows(), a.models())
	return s, nil
}

// ragAnswer is the right option of the lab's guess.
func ragAnswer(recall float64) string {
	switch {
	case recall < 0.5:
		return "low"
	case recall < 0.8:
		return "middle"
	}
	return "high"
}

func share(name string, v float64, note string) engine.Quantity {
	return engine.Quantity{Name: name, Text: format.Ratio(v), Value: &v, Note: note}
}

// curve is recall against k.
func (a *asked) curve(in *sheet.Input) (engine.Figure, error) {
	most := min(mostCurve, rag.Depth)
	table := engine.Table{Columns: sheet.Columns("k", "recall（%）", "命中率（%）")}
	all := chart.Series{Name: "recall@k"}
	any := chart.Series{Name: "命中率"}
	for k := 1; k <= most; k++ {
		recall, hit := a.report.Recall(k, false)
		all.Points = append(all.Points, chart.Point{X: float64(k), Y: 100 * recall})
		any.Points = append(any.Points, chart.Point{X: float64(k), Y: 100 * hit})
		table.Rows = append(table.Rows, []string{fmt.Sprint(k), format.Fixed(100*recall, 1), format.Fixed(100*hit, 1)})
	}
	at, _ := a.report.Recall(a.k, false)
	now := chart.Series{Name: fmt.Sprintf("现在的 k = %d", a.k), Points: []chart.Point{{X: float64(min(a.k, most)), Y: 0}, {X: float64(min(a.k, most)), Y: 100 * at}}}
	first, _ := a.report.Recall(1, false)
	last, _ := a.report.Recall(most, false)
	title := "recall 随 k"
	desc := fmt.Sprintf("题集 %d 题，recall 从 k = 1 的 %s 升到 k = %d 的 %s；现在 k = %d，是 %s。", len(a.report.Graded), format.Ratio(first), most, format.Ratio(last), a.k, format.Ratio(at))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("recall"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "取回的段数 k", Min: 0, Max: float64(most)}, Y: chart.Axis{Name: "取到的比例", Unit: "%", Min: 0, Max: 100},
		Series: []chart.Series{all, any, now},
	})
	return sheet.Figure(title, desc, table, svg, err)
}

// missed lists the questions whose gold passages are not all among the first k.
func (a *asked) missed() engine.FactTable {
	t := sheet.Table("没有取全的题", sheet.Columns("题目", "标准段所在", "名次", "原因"))
	for _, g := range a.report.Graded {
		if g.Recall(a.k) == 1 {
			continue
		}
		for i, gold := range g.Question.Gold {
			rank, why := g.Ranks[i], ""
			switch {
			case rank > 0 && rank <= a.k:
				continue
			case rank > 0:
				why = fmt.Sprintf("k 加到 %d 就能取到", rank)
			case g.Gone > 0:
				why = "课文里已找不到这一段"
			case g.Torn > 0:
				why = "被切断了"
			default:
				why = fmt.Sprintf("前 %d 段里没有：问法与原文用词不同", rag.Depth)
			}
			place := format.None
			if rank > 0 {
				place = fmt.Sprint(rank)
			}
			t.Rows = append(t.Rows, row(g.Question.Text, gold.Section, place, why))
		}
	}
	t.Name = "rag-missed"
	if len(t.Rows) == 0 {
		t.Rows = append(t.Rows, row("全部取到", "", "", ""))
	}
	return t
}

// windows shows what a small context does to the same retrieval.
func (a *asked) windows() engine.Part {
	sizes := []float64{512, 1024, 2048, 4096, 8192, 32768, a.budget.Window}
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	t := sheet.Table("上下文变小时", sheet.Columns("上下文（词元）", "放得下的段（平均）", "recall（%）", "装不下问题的题（个）"))
	for _, w := range sizes {
		b := a.budget
		b.Window = w
		used, recall, refused := 0.0, 0.0, 0
		for _, g := range a.report.Graded {
			p, err := a.store.Assemble(a.guide, g.Question.Text, g.Found, b)
			if err != nil {
				refused++
				continue
			}
			used += float64(p.Used)
			recall += g.Recall(min(a.k, p.Used))
		}
		n := float64(len(a.report.Graded))
		name := format.Plain(w)
		if w == a.budget.Window {
			name += "（现在）"
		}
		t.Rows = append(t.Rows, row(name, format.Fixed(used/n, 1), format.Fixed(100*recall/n, 1), fmt.Sprint(refused)))
	}
	t.Text = "同样的检索，先扣掉指令、问题与留给回答的词元，剩下的按名次从高到低放，放不下就停。"
	return engine.Part{Title: "换成小上下文的型号", Tables: []engine.FactTable{t}}
}

// models shows what the same question costs with each model that has a price.
func (a *asked) models() engine.Part {
	type line struct {
		m      *sim.Model
		cost   bill
		prompt rag.Prompt
	}
	var lines []line
	for i := range a.catalogue.Models {
		m := &a.catalogue.Models[i]
		if m.Context == nil || m.Price == nil {
			continue
		}
		b := a.budget
		b.Window = max(64, *m.Context)
		p, err := a.store.Assemble(a.guide, a.question, a.found, b)
		if err != nil {
			continue
		}
		if c, ok := a.cost(m, p.Input); ok {
			lines = append(lines, line{m, c, p})
		}
	}
	slices.SortStableFunc(lines, func(x, y line) int {
		switch {
		case x.cost.Value < y.cost.Value:
			return -1
		case x.cost.Value > y.cost.Value:
			return 1
		}
		return 0
	})
	t := sheet.Table("这一问换成别的型号", sheet.Columns("型号", "每千问（USD）", "放得下的段（个）", "输入（词元）", "上下文（词元）"))
	for _, l := range lines {
		cost := engine.Fact{Text: format.Number(1000 * l.cost.Value)}
		for _, s := range l.cost.Sources {
			cost.Origins = append(cost.Origins, origin(format.Value(l.cost.Value, l.cost.Unit)+"每问", s))
		}
		r := engine.FactRow{Cells: []engine.Fact{{Text: l.m.Name}, cost, {Text: fmt.Sprint(l.prompt.Used)}, {Text: format.Fixed(l.prompt.Input, 0)}, {Text: format.Plain(*l.m.Context)}}}
		if l.prompt.Used < len(a.found) {
			r.Tone = engine.Warn
		}
		t.Rows = append(t.Rows, r)
	}
	t.Text = "按目录价、从便宜到贵；左边有线的放不下取回的全部段。词元都按同一估法，各家分词器实际不同。"
	t.Name = "rag-models"
	return engine.Part{Title: "任何型号的每问成本", Tables: []engine.FactTable{t}}
}

// sweepSizes are the chunks that a sweep compares.
var sweepSizes = []int{80, 150, 300, 600, 1200}

// sweep compares chunk sizes, at the same share of overlap.
func (a *asked) sweep(in *sheet.Input) (engine.Part, error) {
	share := float64(a.chunking.Overlap) / float64(a.chunking.Size)
	t := sheet.Table("块长的影响", sheet.Columns("块长（字）", "重叠（字）", "段（个）", fmt.Sprintf("recall@%d（%%）", a.k), "MRR", "被切断的题（个）", "每问输入（词元，平均）"))
	pause := func(context.Context) error { return in.Pause() }
	for i, size := range sweepSizes {
		if err := in.Progress("对比块长", float64(i), float64(len(sweepSizes)), "种"); err != nil {
			return engine.Part{}, err
		}
		c := rag.Chunking{Size: size, Overlap: int(share * float64(size)), Sentences: a.chunking.Sentences}
		ranking := rag.DefaultRanking
		ranking.Title = in.Number("title")
		store, err := rag.NewStore(in.Context, a.store.Sections, c, ranking, pause)
		if err != nil {
			return engine.Part{}, err
		}
		report, err := store.Evaluate(in.Context, a.questions, a.guide, a.k, a.budget, pause)
		if err != nil {
			return engine.Part{}, err
		}
		tokens := 0.0
		for _, g := range report.Graded {
			if p, err := store.Assemble(a.guide, g.Question.Text, g.Found, a.budget); err == nil {
				tokens += p.Input
			}
		}
		recall, _ := report.Recall(a.k, true)
		t.Rows = append(t.Rows, row(fmt.Sprint(size), fmt.Sprint(c.Overlap), fmt.Sprint(len(store.Chunks)), format.Fixed(100*recall, 1), format.Fixed(report.MRR, 3), fmt.Sprint(report.Torn), format.Fixed(tokens/float64(len(report.Graded)), 0)))
	}
	t.Text = "块越长越不容易切断答案，也越费词元：同样的 recall，看哪一行的输入最少。"
	return engine.Part{Title: "对比块长", Tables: []engine.FactTable{t}}, nil
}
