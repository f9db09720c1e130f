package sizes

import (
	"fmt"

	"courselab/app/engine"
	"courselab/app/format"
	"courselab/sim"
)

// table lists every model with what was computed; a cell opens its formula.
func table(all []sized, l load) engine.Part {
	t := engine.FactTable{Title: "一张表", Name: "scale",
		Columns: []engine.Column{{Name: "模型"}, {Name: "参数量"}, {Name: "每词元激活"}, {Name: "注意力"}, {Name: "权重", Unit: format.Number(l.bits) + " 位"},
			{Name: "前向计算", Unit: "每词元"}, {Name: "KV 缓存", Unit: "每词元"}, {Name: "KV 缓存", Unit: "这份负载"}},
		Text: "前向计算是读入整段上下文时每个词元的平均；它随上下文变长，因为每个词元要看前面的全部。"}
	for _, m := range all {
		kind := ""
		if m.arch != nil {
			kind = m.arch.AttentionName()
		}
		perToken := m.flops
		if m.flops != nil {
			q := *m.flops
			q.Value /= l.context
			perToken = &q
		}
		t.Rows = append(t.Rows, engine.FactRow{Cells: []engine.Fact{
			{Text: m.name}, cell(m.params), cell(m.active), {Text: kind}, cell(m.weights), cell(perToken), cell(m.perToken), cell(m.cache),
		}})
	}
	return engine.Part{Title: "放在一起", Tables: []engine.FactTable{t}}
}

// cell shows a quantity; opened, it says the formula and where the numbers come
// from. One that could not be computed is not published.
func cell(q *sim.Quantity) engine.Fact {
	if q == nil {
		return engine.Fact{}
	}
	f := engine.Fact{Text: format.Value(q.Value, q.Unit)}
	note := ""
	if q.Formula != "" {
		note = q.Formula
	}
	for _, s := range q.Sources {
		source := s.URL
		if source == "" {
			source = s.Title
		}
		f.Origins = append(f.Origins, engine.Origin{Text: f.Text, Source: source, Date: s.Date, Note: note})
		note = ""
	}
	return f
}

// scores are the benchmarks that the claims about sizes are held against.
var scores = []string{"MMLU", "HellaSwag", "HumanEval", "C-Eval"}

// claims sets what the syllabus says of sizes beside published scores.
func claims(all []sized) engine.Part {
	t := engine.FactTable{Title: "公开得分", Name: "scores", Columns: []engine.Column{{Name: "模型"}, {Name: "参数量"}},
		Text: "得分来自模型卡与论文，提示与示例数各不相同；几家说法不一写成区间。没有来源的写“未公布”，不等于零分。"}
	var known []string
	for _, name := range scores {
		for _, m := range all {
			if m.model != nil && m.model.Benchmarks[name] != nil {
				known = append(known, name)
				t.Columns = append(t.Columns, engine.Column{Name: name, Unit: "%"})
				break
			}
		}
	}
	for _, m := range all {
		if m.model == nil {
			continue
		}
		row := engine.FactRow{Cells: []engine.Fact{{Text: m.name}, cell(m.params)}}
		for _, name := range known {
			row.Cells = append(row.Cells, score(m.model.Benchmarks[name], m.model.AsOf))
		}
		t.Rows = append(t.Rows, row)
	}
	return engine.Part{Title: "“7B 基础、13B 推理、70B 接近人类”？", Text: "原课程按参数量说能力。" + upset(all), Tables: []engine.FactTable{t}}
}

// upset is the pair in which a model scores higher than the largest one that has
// more parameters than it, by what is published of MMLU.
func upset(all []sized) string {
	const name = "MMLU"
	var small, large sized
	ratio := 1.0
	for _, a := range all {
		for _, b := range all {
			if a.model == nil || b.model == nil || a.params == nil || b.params == nil || a.model.Benchmarks[name] == nil || b.model.Benchmarks[name] == nil {
				continue
			}
			low, _ := a.model.Benchmarks[name].Range()
			_, high := b.model.Benchmarks[name].Range()
			if r := b.params.Value / a.params.Value; low > high && r > ratio {
				small, large, ratio = a, b, r
			}
		}
	}
	if small.model == nil {
		return "在所选的模型里，参数多的得分也高；换几个年份不同的再看。"
	}
	return fmt.Sprintf("对着得分看：%s（%s）的 %s 高过参数是它 %s 倍的 %s（%s）。数据、年份与训练，和参数量一样要紧。",
		small.name, day(small.model), name, format.Number(round(ratio)), large.name, day(large.model))
}

func day(m *sim.Model) string {
	if m.ReleaseDate == "" {
		return "日期未公布"
	}
	return m.ReleaseDate
}

func score(s *sim.Score, day string) engine.Fact {
	if s == nil {
		return engine.Fact{}
	}
	origin := func(o *sim.Score) engine.Origin {
		text := format.Number(o.Score)
		if o.Shots != "" {
			text += "（" + o.Shots + "）"
		}
		return engine.Origin{Text: text, Source: o.Source, Date: day, Note: o.Variant}
	}
	lo, hi := s.Range()
	f := engine.Fact{Text: format.Number(lo), Origins: []engine.Origin{origin(s)}}
	if lo != hi {
		f.Text += "–" + format.Number(hi)
	}
	for i := range s.Alternatives {
		f.Origins = append(f.Origins, origin(&s.Alternatives[i]))
	}
	return f
}
