package service

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/caching"
	"courselab/sim/chart"
)

var (
	sourceChe    = sim.Source{Title: "Che, Tung, Wang, Hierarchical Web Caching Systems: Modeling, Design and Experimental Results", URL: "https://doi.org/10.1109/JSAC.2002.801752", Date: "2002-09"}
	sourceRobert = sim.Source{Title: "Fricker, Robert, Roberts, A Versatile and Accurate Approximation for LRU Cache Performance", URL: "https://arxiv.org/abs/1202.3974", Date: "2012-02-17"}
	sourceSignal = sim.Source{Title: "Green, Swets, Signal Detection Theory and Psychophysics", Date: "1966"}
)

const (
	secondsPerDay = 86_400
	cacheAsked    = 200_000 // questions of a simulation, of which half fill the cache
)

// Cache answers the lab "cache": what answers kept for the next who asks save,
// and what they spoil.
func Cache(in *sheet.Input) (engine.Sheet, error) {
	cost, penalty := in.Number("cost"), in.Number("penalty")
	seed := uint64(in.Number("seed"))
	if in.Text("kind") == "semantic" {
		return semanticCache(in, cost, penalty, seed)
	}
	e := caching.Exact{
		Seed: seed, Questions: int(in.Number("questions")), Skew: in.Number("skew"), Rate: in.Number("perday") / secondsPerDay,
		Capacity: int(in.Number("cached")), Lifetime: in.Number("ttl") * 3600, ChangeEvery: in.Number("change") * secondsPerDay, Asked: cacheAsked,
	}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	return exactCache(in, e, cost, penalty)
}

func exactCache(in *sheet.Input, e caching.Exact, cost, penalty float64) (engine.Sheet, error) {
	t, err := e.Theory()
	if err != nil {
		return engine.Sheet{}, sheet.Rename(err, "capacity", "cached", "lifetime", "ttl", "change every", "change", "rate", "perday")
	}
	net := caching.Money(t.HitRate, t.StaleRate, cost, penalty)
	var out engine.Sheet
	out.Verdict = engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("答掉 %s 的提问，其中过期的占全部提问的 %s；每千次净省 %s。", format.Ratio(t.HitRate), format.Ratio(t.StaleRate), format.Value(net*1000, "CNY"))}
	if net < 0 {
		out.Verdict.Tone = engine.Bad
		out.Verdict.Text = fmt.Sprintf("答掉 %s 的提问，过期的占 %s：每千次反而亏 %s。", format.Ratio(t.HitRate), format.Ratio(t.StaleRate), format.Value(-net*1000, "CNY"))
	}
	out.Verdict.Detail = fmt.Sprintf("缓存装得下 %s 的问题。", format.Ratio(math.Min(1, float64(e.Capacity)/float64(e.Questions))))
	switch {
	case t.HitRate < 0.05:
		out.Answer = "tiny"
	case t.HitRate < 0.5:
		out.Answer = "some"
	default:
		out.Answer = "most"
	}
	out.Because = fmt.Sprintf("在这些设置下是 %s：热门的问题被问得多。", format.Ratio(t.HitRate))
	out.Notes = []engine.Note{
		{Text: "提问互相独立、热度不随时间变、到达随机；同一个问题的答案在“平均多久变一次”之后随机地变。真实流量有突发与话题，请用自己的日志估 α。"},
		{Text: "每次命中省下的钱和过期答案的损失是假设。"},
	}
	held := sheet.Quantity(sim.Quantity{Name: "命中率（公式）", Unit: sim.Ratio, Value: t.HitRate,
		Formula: "Σ p_i · m_i / (1 + m_i)；m_i 是一个存下的答案平均还能答几次，直到 t_C 内没人问或过了有效期",
		Terms: []sim.Term{{Symbol: "t_C", Name: "没人问多久就被挤掉", Value: t.Characteristic, Unit: sim.Second}, {Symbol: "C", Name: "缓存装得下", Value: float64(e.Capacity)},
			{Symbol: "N", Name: "不同的问题", Value: float64(e.Questions)}, {Symbol: "α", Name: "Zipf 指数", Value: e.Skew}},
		Sources: []sim.Source{sourceChe, sourceRobert}})
	held.Text = format.Ratio(t.HitRate)
	stale := sheet.Quantity(sim.Quantity{Name: "过期的答案（公式）", Unit: sim.Ratio, Value: t.StaleRate,
		Formula: "Σ p_i · 其中命中时答案已经变了的份额；存了 s 秒的答案已变的概率是 1 − exp(−μ · s)"})
	stale.Text, stale.Note = format.Ratio(t.StaleRate), "占全部提问"
	saved := sheet.Quantity(sim.Quantity{Name: "每千次提问净省", Unit: "CNY", Value: net * 1000, Formula: "1000 ·（h · c − w · p）",
		Working: fmt.Sprintf("1000 × (%s × %s − %s × %s)", sim.Number(t.HitRate), sim.Number(cost), sim.Number(t.StaleRate), sim.Number(penalty)),
		Terms: []sim.Term{{Symbol: "h", Name: "命中率", Value: t.HitRate}, {Symbol: "c", Name: "一次回答的模型费（假设）", Value: cost, Unit: "元"},
			{Symbol: "w", Name: "过期的答案", Value: t.StaleRate}, {Symbol: "p", Name: "一个过期答案的损失（假设）", Value: penalty, Unit: "元"}}})
	numbers := engine.Part{Title: "这一份缓存", Quantities: []engine.Quantity{held, stale, saved}}
	size, err := hitBySize(in, e)
	if err != nil {
		return engine.Sheet{}, err
	}
	life, best, err := tradeByLife(in, e, cost, penalty)
	if err != nil {
		return engine.Sheet{}, err
	}
	numbers.Quantities = append(numbers.Quantities, best)
	in.Partial(with(out, numbers, size, life))

	// Questions come one by one at the rate, and the cache must have filled.
	m, err := e.Simulate(in.Context, func(done, total int) { _ = in.Progress("模拟提问", float64(done), float64(total), "次") })
	if err != nil {
		return engine.Sheet{}, err
	}
	check := sheet.Quantity(sim.Quantity{Name: "命中率（模拟）", Unit: sim.Ratio, Value: m.HitRate, Formula: "命中 ÷ 计数的提问"})
	check.Text = fmt.Sprintf("%s ± %s", format.Ratio(m.HitRate), format.Ratio(m.HalfWidth))
	check.Note = fmt.Sprintf("一个个地问了 %s，前一半只用来装满；缓存里有 %s 个答案", format.Value(cacheAsked, "次"), format.Count(float64(m.Held)))
	wrong := sheet.Quantity(sim.Quantity{Name: "过期的答案（模拟）", Unit: sim.Ratio, Value: m.StaleRate, Formula: "命中而已变的 ÷ 计数的提问"})
	wrong.Text = fmt.Sprintf("%s ± %s", format.Ratio(m.StaleRate), format.Ratio(m.StaleHalfWidth))
	wrong.Note = "热门的答案一变就连着错一串，所以区间宽"
	numbers.Quantities = append(numbers.Quantities, check, wrong)
	settles := e.Lifetime
	if settles == 0 {
		settles = math.Max(e.ChangeEvery, math.Min(t.Characteristic, 1e12))
	}
	if filled := float64(cacheAsked) / 2 / e.Rate; filled < 2*settles {
		out.Notes = append(out.Notes, engine.Note{Tone: engine.Warn, Text: "模拟的时间比有效期或缓存换一遍的时间长不了多少，还没有稳定下来；公式是长期的结果。"})
	}
	return with(out, numbers, size, life), nil
}

// hitBySize draws the hit rate against the cache's size for several exponents.
func hitBySize(in *sheet.Input, e caching.Exact) (engine.Part, error) {
	skews := []float64{0.4, 0.6, 0.8, 1.0, 1.2}
	known := false
	for _, s := range skews {
		known = known || s == e.Skew
	}
	if !known {
		skews = append(skews, e.Skew)
	}
	columns := []string{"缓存的问题（个）", "占全部（%）"}
	var series []chart.Series
	for _, s := range skews {
		name := "α = " + format.Number(s)
		if s == e.Skew {
			name += "（现在）"
		}
		series = append(series, chart.Series{Name: name})
		columns = append(columns, name+"（%）")
	}
	table := engine.Table{Columns: sheet.Columns(columns...)}
	sizes := sizesUpTo(e.Questions)
	for _, c := range sizes {
		if err := in.Pause(); err != nil {
			return engine.Part{}, err
		}
		row := []string{decimals(float64(c), 0), decimals(100*float64(c)/float64(e.Questions), 3)}
		for j, s := range skews {
			one := e
			one.Capacity, one.Skew = c, s
			t, err := one.Theory()
			if err != nil {
				return engine.Part{}, err
			}
			series[j].Points = append(series[j].Points, chart.Point{X: float64(c), Y: 100 * t.HitRate})
			row = append(row, decimals(100*t.HitRate, 2))
		}
		table.Rows = append(table.Rows, row)
	}
	title := "命中率随缓存的大小"
	desc := fmt.Sprintf("横轴是缓存装得下几个答案，对数刻度；每条线一种热度的集中程度。装 %s 个时，α = 0.4 命中 %s%%，α = 1.2 命中 %s%%。",
		format.Count(float64(sizes[len(sizes)/2])), format.Number(rounded(series[0].Points[len(sizes)/2].Y)), format.Number(rounded(series[4].Points[len(sizes)/2].Y)))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("size"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "缓存装得下", Unit: "个答案", Scale: chart.Log10}, Y: chart.Axis{Name: "命中率", Unit: "%", Zero: true},
		Series: series,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{Title: title, Text: "有效期与上面设的相同，所以装得再多也到不了 100%。", Figures: []engine.Figure{figure}}, err
}

// sizesUpTo returns about ten sizes on a logarithmic scale.
func sizesUpTo(n int) []int {
	var all []int
	const steps = 10
	for i := range steps + 1 {
		v := int(math.Round(math.Pow(float64(n), float64(i)/steps)))
		if len(all) == 0 || v > all[len(all)-1] {
			all = append(all, v)
		}
	}
	return all
}

// tradeByLife draws hits and stale answers against the lifetime, and finds the
// lifetime that saves most.
func tradeByLife(in *sheet.Input, e caching.Exact, cost, penalty float64) (engine.Part, engine.Quantity, error) {
	hit, stale := chart.Series{Name: "命中"}, chart.Series{Name: "其中过期的"}
	money := chart.Series{Name: "每千次净省"}
	table := engine.Table{Columns: sheet.Columns("有效期（小时）", "命中（%）", "过期（%）", "每千次净省（元）")}
	best, bestHours := 0.0, 0.0
	for i := 0; i <= 20; i++ {
		if err := in.Pause(); err != nil {
			return engine.Part{}, engine.Quantity{}, err
		}
		hours := 0.1 * math.Pow(21600, float64(i)/20) // to 2160 hours, the longest that can be set
		one := e
		one.Lifetime = hours * 3600
		t, err := one.Theory()
		if err != nil {
			return engine.Part{}, engine.Quantity{}, err
		}
		net := 1000 * caching.Money(t.HitRate, t.StaleRate, cost, penalty)
		if net > best {
			best, bestHours = net, hours
		}
		hit.Points = append(hit.Points, chart.Point{X: hours, Y: 100 * t.HitRate})
		stale.Points = append(stale.Points, chart.Point{X: hours, Y: 100 * t.StaleRate})
		money.Points = append(money.Points, chart.Point{X: hours, Y: net})
		table.Rows = append(table.Rows, []string{decimals(hours, 2), decimals(100*t.HitRate, 2), decimals(100*t.StaleRate, 3), decimals(net, 2)})
	}
	q := sheet.Plain("最划算的有效期", bestHours*3600, sim.Second)
	q.Note = fmt.Sprintf("每千次净省 %s；在 21 个有效期里选", format.Value(best, "CNY"))
	if bestHours == 0 {
		q = engine.Quantity{Name: "最划算的有效期", Text: "没有", Note: "任何有效期都省不下钱"}
	}
	last := len(hit.Points) - 1
	title := "有效期：新鲜与省钱"
	desc := fmt.Sprintf("有效期从 0.1 小时到 2160 小时，对数刻度：命中从 %s%% 升到 %s%%，过期的答案从 %s%% 升到 %s%%。",
		format.Number(rounded(hit.Points[0].Y)), format.Number(rounded(hit.Points[last].Y)), format.Number(rounded(stale.Points[0].Y)), format.Number(rounded(stale.Points[last].Y)))
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("life"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "有效期", Unit: "小时", Scale: chart.Log10}, Y: chart.Axis{Name: "占全部提问", Unit: "%", Zero: true},
		Series: []chart.Series{hit, stale},
	})
	shares, err := sheet.Figure(title, desc, table, svg, err)
	if err != nil {
		return engine.Part{}, q, err
	}
	title = "有效期：每千次净省"
	desc = fmt.Sprintf("横轴是有效期，对数刻度。净省最多是 %s，在 %s处。", format.Value(best, "CNY"), shown(bestHours*3600))
	svg, err = chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("money"), Title: title, Desc: desc},
		X:     chart.Axis{Name: "有效期", Unit: "小时", Scale: chart.Log10}, Y: chart.Axis{Name: "每千次净省", Unit: "元", Zero: true},
		Series: []chart.Series{money}, Height: 160,
	})
	saved, err := sheet.Figure(title, desc, table, svg, err)
	return engine.Part{Title: "有效期", Figures: []engine.Figure{shares, saved}}, q, err
}
