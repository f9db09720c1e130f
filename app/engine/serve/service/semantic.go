package service

import (
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/caching"
	"courselab/sim/chart"
)

// semanticDraws are the questions that are drawn to check the integral.
const semanticDraws = 100_000

// semanticCache answers the lab "cache" for a cache that goes by similarity.
func semanticCache(in *sheet.Input, cost, penalty float64, seed uint64) (engine.Sheet, error) {
	s := caching.Semantic{Known: in.Number("known") / 100, Same: in.Number("same"), SameSD: in.Number("same_sd"), Other: in.Number("other"), OtherSD: in.Number("other_sd")}
	threshold := in.Number("threshold")
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	now, err := s.At(threshold)
	if err != nil {
		return engine.Sheet{}, sheet.Rename(err, "same sd", "same_sd", "other sd", "other_sd")
	}
	best, bestNet, err := s.Best(cost, penalty)
	if err != nil {
		return engine.Sheet{}, err
	}
	money := func(x caching.Split) float64 { return 1000 * caching.Money(x.Right+x.Wrong, x.Wrong, cost, penalty) }
	net, hits := money(now), now.Right+now.Wrong
	var out engine.Sheet
	tone := engine.Good
	if net < 0 {
		tone = engine.Bad
	}
	out.Verdict = engine.Verdict{Tone: tone, Text: fmt.Sprintf("阈值 %s：答对 %s，答错 %s，其余交给模型；每千次净省 %s。", format.Number(threshold), format.Ratio(now.Right), format.Ratio(now.Wrong), format.Value(net, "CNY"))}
	out.Verdict.Detail = fmt.Sprintf("按这些假设，最划算的阈值是 %s，每千次净省 %s。", format.Number(best), format.Value(1000*bestNet, "CNY"))
	if best > 1 {
		out.Verdict.Detail = "按这些假设，任何阈值都省不下钱：不如不用。"
	}
	out.Because = "这个问题问的是精确缓存。"
	out.Notes = []engine.Note{
		{Tone: engine.Warn, Text: "这是一个写明的模型，不是测量：同义问题与最像的异义问题的相似度各是一个正态分布，互相独立，取更像的那个。五个数都要在自己的流量上量。"},
		{Text: "模型费与错答的损失是假设。"},
	}
	share := func(name string, v float64, formula string) engine.Quantity {
		q := sheet.Quantity(sim.Quantity{Name: name, Unit: sim.Ratio, Value: v, Formula: formula, Sources: []sim.Source{sourceSignal},
			Terms: []sim.Term{{Symbol: "K", Name: "缓存里有同义问题的比例", Value: s.Known}, {Symbol: "t", Name: "阈值", Value: threshold},
				{Symbol: "μ_同", Name: "同义的相似度：平均", Value: s.Same}, {Symbol: "σ_同", Name: "同义的相似度：标准差", Value: s.SameSD},
				{Symbol: "μ_异", Name: "最像的异义：平均", Value: s.Other}, {Symbol: "σ_异", Name: "最像的异义：标准差", Value: s.OtherSD}}})
		q.Text = format.Ratio(v)
		return q
	}
	wrongOfHits := 0.0
	if hits > 0 {
		wrongOfHits = now.Wrong / hits
	}
	drawn, err := s.Simulate(seed, threshold, semanticDraws)
	if err != nil {
		return engine.Sheet{}, err
	}
	numbers := engine.Part{Title: "这个阈值", Quantities: []engine.Quantity{
		sheet.Noted(share("答对", now.Right, "K · ∫_t^∞ f_同(s) · F_异(s) ds"), "随机抽 %s提问：%s", format.Value(semanticDraws, "次"), format.Ratio(drawn.Right)),
		sheet.Noted(share("答错（错配）", now.Wrong, "K · ∫_t^∞ f_异(s) · F_同(s) ds +（1 − K）·（1 − F_异(t)）"), "随机抽：%s；占命中的 %s", format.Ratio(drawn.Wrong), format.Ratio(wrongOfHits)),
		share("交给模型", now.Miss, "1 − 答对 − 答错"),
		sheet.Quantity(sim.Quantity{Name: "每千次提问净省", Unit: "CNY", Value: net, Formula: "1000 ·（h · c − w · p）",
			Working: fmt.Sprintf("1000 × (%s × %s − %s × %s)", sim.Number(hits), sim.Number(cost), sim.Number(now.Wrong), sim.Number(penalty)),
			Terms: []sim.Term{{Symbol: "h", Name: "命中（答对与答错）", Value: hits}, {Symbol: "c", Name: "一次回答的模型费（假设）", Value: cost, Unit: "元"},
				{Symbol: "w", Name: "答错", Value: now.Wrong}, {Symbol: "p", Name: "一个错答的损失（假设）", Value: penalty, Unit: "元"}}}),
	}}
	if penalty > 0 {
		q := sheet.Quantity(sim.Quantity{Name: "命中里最多容许的错配", Unit: sim.Ratio, Value: cost / penalty, Formula: "c / p", Working: sim.Number(cost) + " / " + sim.Number(penalty),
			Terms: []sim.Term{{Symbol: "c", Name: "一次回答的模型费（假设）", Value: cost, Unit: "元"}, {Symbol: "p", Name: "一个错答的损失（假设）", Value: penalty, Unit: "元"}}})
		q.Text = format.Ratio(cost / penalty)
		numbers.Quantities = append(numbers.Quantities, sheet.Noted(q, "超过它，缓存就是亏的"))
	}
	right, wrong, saved := chart.Series{Name: "答对"}, chart.Series{Name: "答错"}, chart.Series{Name: "每千次净省"}
	table := engine.Table{Columns: sheet.Columns("阈值", "答对（%）", "答错（%）", "交给模型（%）", "每千次净省（元）")}
	for i := 0; i <= 50; i++ {
		t := 0.5 + float64(i)/100
		x, err := s.At(t)
		if err != nil {
			return engine.Sheet{}, err
		}
		right.Points = append(right.Points, chart.Point{X: t, Y: 100 * x.Right})
		wrong.Points = append(wrong.Points, chart.Point{X: t, Y: 100 * x.Wrong})
		saved.Points = append(saved.Points, chart.Point{X: t, Y: money(x)})
		table.Rows = append(table.Rows, []string{decimals(t, 2), decimals(100*x.Right, 2), decimals(100*x.Wrong, 3), decimals(100*x.Miss, 2), decimals(money(x), 2)})
	}
	axis := chart.Axis{Name: "相似度阈值", Min: 0.5, Max: 1}
	title := "阈值：命中与错配"
	desc := fmt.Sprintf("阈值从 0.5 升到 1：答对从 %s%% 降到 %s%%，答错从 %s%% 降到 %s%%。", format.Number(rounded(right.Points[0].Y)), format.Number(rounded(right.Points[50].Y)), format.Number(rounded(wrong.Points[0].Y)), format.Number(rounded(wrong.Points[50].Y)))
	svg, err := chart.Lines(chart.LinesSpec{Frame: chart.Frame{Key: in.Key("threshold"), Title: title, Desc: desc}, X: axis, Y: chart.Axis{Name: "占全部提问", Unit: "%", Zero: true}, Series: []chart.Series{right, wrong}})
	shares, err := sheet.Figure(title, desc, table, svg, err)
	if err != nil {
		return engine.Sheet{}, err
	}
	title = "阈值：每千次净省"
	desc = "横轴是阈值。" + out.Verdict.Detail
	svg, err = chart.Lines(chart.LinesSpec{Frame: chart.Frame{Key: in.Key("net"), Title: title, Desc: desc}, X: axis, Y: chart.Axis{Name: "每千次净省", Unit: "元", Zero: true}, Series: []chart.Series{saved}, Height: 160})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	if err != nil {
		return engine.Sheet{}, err
	}
	return with(out, numbers, engine.Part{Title: "换一个阈值", Figures: []engine.Figure{shares, figure}}), nil
}
