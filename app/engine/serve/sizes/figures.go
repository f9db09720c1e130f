package sizes

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/chart"
)

// partNames are the parts of a model's parameters, by the symbols of the terms of
// sim's count.
var partNames = []struct{ symbol, name string }{
	{"A", "注意力"}, {"F", "前馈"}, {"X", "专家"}, {"S", "共享专家"}, {"E", "词嵌入"}, {"H", "输出层"}, {"G", "归一化"}, {"R", "路由"},
}

// parts draws the parameters by part: to one scale, and as shares of each model.
func parts(in *sheet.Input, all []sized, _ load) (engine.Part, error) {
	spec := chart.BarsSpec{Value: chart.Axis{Name: "参数量", Unit: "B，十亿"}}
	shares := chart.BarsSpec{Value: chart.Axis{Name: "占全部参数", Unit: "%", Min: 0, Max: 100}}
	columns := []string{"模型"}
	for _, p := range partNames {
		spec.Parts = append(spec.Parts, p.name)
		columns = append(columns, p.name+"（个）")
	}
	shares.Parts = spec.Parts
	counted, percent := engine.Table{Columns: sheet.Columns(append(columns, "合计（个）")...)}, engine.Table{}
	percent.Columns = append(percent.Columns, engine.Column{Name: "模型"})
	for _, p := range partNames {
		percent.Columns = append(percent.Columns, engine.Column{Name: p.name, Unit: "%"})
	}
	desc, whole := "", ""
	for _, m := range all {
		if m.params == nil {
			continue
		}
		values := map[string]float64{}
		for _, t := range m.params.Terms {
			values[t.Symbol] = t.Value
		}
		bar := chart.Bar{Name: m.name, Label: format.Value(m.params.Value, "个")}
		share := chart.Bar{Name: m.name}
		row, shareRow := []string{m.name}, []string{m.name}
		sum := 0.0
		for _, p := range partNames {
			sum += values[p.symbol]
		}
		if sum == 0 { // published as one number
			bar.Values = make([]float64, len(partNames))
			desc += m.name + " 只公布了总数；"
			continue
		}
		for _, p := range partNames {
			v := values[p.symbol]
			bar.Values = append(bar.Values, v/1e9)
			share.Values = append(share.Values, v/sum*100)
			row = append(row, format.Plain(v))
			shareRow = append(shareRow, format.Fixed(v/sum*100, 2))
		}
		spec.Bars, shares.Bars = append(spec.Bars, bar), append(shares.Bars, share)
		counted.Rows = append(counted.Rows, append(row, format.Plain(sum)))
		percent.Rows = append(percent.Rows, shareRow)
		desc += m.name + " " + bar.Label + "；"
		whole += fmt.Sprintf("%s 的词嵌入与输出层占 %s；", m.name, format.Ratio(round((values["E"]+values["H"])/sum)))
	}
	out := engine.Part{Title: "参数在哪里", Text: "上图按同一比例：看不见的那一条就是诗芽。下图各自按 100%：模型越小，词表占得越多。"}
	for _, f := range []struct {
		key, title, desc string
		spec             chart.BarsSpec
		table            engine.Table
	}{{"parts", "参数量，按部件，同一比例", desc, spec, counted}, {"shares", "各部件占全部参数的份额", whole, shares, percent}} {
		f.spec.Frame = chart.Frame{Key: in.Key(f.key), Title: f.title, Desc: f.desc}
		svg, err := chart.Bars(f.spec)
		figure, err := sheet.Figure(f.title, f.desc, f.table, svg, err)
		if err != nil {
			return out, err
		}
		out.Figures = append(out.Figures, figure)
	}
	return out, nil
}

func round(v float64) float64 { return math.Round(v*1000) / 1000 }

// caches draws the cache at the load's context, and against the context.
func caches(in *sheet.Input, all []sized, l load) (engine.Part, error) {
	bars := chart.BarsSpec{Value: chart.Axis{Name: "KV 缓存", Unit: "GB"}, Parts: []string{"KV 缓存"}}
	barTable := engine.Table{Columns: sheet.Columns("模型", "注意力", "每词元（KB）", "合计（GB）")}
	lines := chart.LinesSpec{X: chart.Axis{Name: "上下文", Unit: "词元", Scale: chart.Log2}, Y: chart.Axis{Name: "KV 缓存", Unit: "GB", Scale: chart.Log10}}
	lineTable := engine.Table{Columns: sheet.Columns("上下文（词元）")}
	var contexts []float64
	for t := 1024.0; t <= math.Max(131072, l.context); t *= 4 {
		contexts = append(contexts, t)
		lineTable.Rows = append(lineTable.Rows, []string{format.Plain(t)})
	}
	desc := ""
	for _, m := range all {
		if m.cache == nil {
			continue
		}
		kind := ""
		if m.arch != nil {
			kind = m.arch.AttentionName()
		}
		bars.Bars = append(bars.Bars, chart.Bar{Name: m.name + "　" + kind, Values: []float64{m.cache.Value / 1e9}, Label: format.Value(m.cache.Value, "B")})
		barTable.Rows = append(barTable.Rows, []string{m.name, kind, format.Fixed(m.perToken.Value/1e3, 2), format.Fixed(m.cache.Value/1e9, 4)})
		desc += m.name + " " + format.Value(m.cache.Value, "B") + "；"
		if len(lines.Series) == chart.MaxSeries {
			continue
		}
		s := chart.Series{Name: m.name}
		for i, t := range contexts {
			q, err := m.cacheAt(t, l)
			if err != nil {
				return engine.Part{}, err
			}
			s.Points = append(s.Points, chart.Point{X: t, Y: q.Value / 1e9})
			lineTable.Rows[i] = append(lineTable.Rows[i], format.Plain(math.Round(q.Value)/1e9))
		}
		lineTable.Columns = append(lineTable.Columns, engine.Column{Name: m.name, Unit: "GB"})
		lines.Series = append(lines.Series, s)
	}
	out := engine.Part{Title: "KV 缓存", Text: fmt.Sprintf("%s × %s 路，每个数 %s 位。", format.Value(l.context, "词元"), format.Number(l.batch), format.Number(l.cacheBits))}
	if len(bars.Bars) == 0 {
		return out, nil
	}
	title := "KV 缓存，同一比例"
	bars.Frame = chart.Frame{Key: in.Key("cache"), Title: title, Desc: desc}
	svg, err := chart.Bars(bars)
	bar, err := sheet.Figure(title, desc, barTable, svg, err)
	if err != nil {
		return out, err
	}
	title = "KV 缓存随上下文增长"
	desc = fmt.Sprintf("上下文从 %s 到 %s；没有窗口的模型，缓存与上下文成正比。", format.Value(contexts[0], "词元"), format.Value(contexts[len(contexts)-1], "词元"))
	lines.Frame = chart.Frame{Key: in.Key("contexts"), Title: title, Desc: desc}
	svg, err = chart.Lines(lines)
	line, err := sheet.Figure(title, desc, lineTable, svg, err)
	out.Figures = []engine.Figure{bar, line}
	return out, err
}

func (m *sized) cacheAt(tokens float64, l load) (sim.Quantity, error) {
	if m.model != nil {
		return m.model.KVCache(tokens, l.batch, l.cacheBits)
	}
	return m.arch.KVCache(tokens, l.batch, l.cacheBits)
}

// variants draws one model's cache with each kind of attention.
func variants(in *sheet.Input, m *sim.Model, l load) (engine.Part, error) {
	out := engine.Part{Title: "换一种注意力", Text: "层数、头数不变，只换键值怎样存。省下的显存换来更长的上下文和更多的并发；质量是否一样，要看训练与评测，这里算不出来。"}
	if m.Arch == nil {
		return out, &sim.FieldError{Field: "arch", Reason: sim.Missing, Detail: m.Name}
	}
	all, err := m.Arch.CacheVariants(l.context, l.batch, l.cacheBits, l.windows)
	if err != nil {
		return out, err
	}
	if own, err := m.KVCache(l.context, l.batch, l.cacheBits); err == nil {
		all = append([]sim.Variant{{Name: "它自己：" + m.Arch.AttentionName(), Cache: own}}, all...)
	}
	spec := chart.BarsSpec{Value: chart.Axis{Name: "KV 缓存", Unit: "GB"}, Parts: []string{"KV 缓存"}}
	table := engine.Table{Columns: sheet.Columns("注意力", "KV 缓存（GB）", "是 MHA 的几分之几（%）")}
	full := 0.0
	for _, v := range all {
		full = math.Max(full, v.Cache.Value)
	}
	desc := m.Name + "："
	for _, v := range all {
		spec.Bars = append(spec.Bars, chart.Bar{Name: v.Name, Values: []float64{v.Cache.Value / 1e9}, Label: format.Value(v.Cache.Value, "B")})
		table.Rows = append(table.Rows, []string{v.Name, format.Fixed(v.Cache.Value/1e9, 3), format.Fixed(v.Cache.Value/full*100, 1)})
		q := sheet.Quantity(v.Cache)
		q.Name = v.Name
		out.Quantities = append(out.Quantities, sheet.Noted(q, "%s", format.Ratio(round(v.Cache.Value/full))))
		desc += v.Name + " " + format.Value(v.Cache.Value, "B") + "；"
	}
	title := m.Name + " 换五种注意力"
	spec.Frame = chart.Frame{Key: in.Key("variants"), Title: title, Desc: desc}
	svg, err := chart.Bars(spec)
	figure, err := sheet.Figure(title, desc, table, svg, err)
	out.Figures = []engine.Figure{figure}
	return out, err
}
