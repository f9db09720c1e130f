package serve

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/sim"
)

// modelColumn is a column with the fact that it shows of a model.
type modelColumn struct {
	engine.ModelsColumn
	price bool
	fact  func(m *sim.Model) engine.Fact
}

// modelColumns are the columns that every catalogue has; the benchmarks that it
// names come after them.
var modelColumns = []modelColumn{
	{ModelsColumn: engine.ModelsColumn{Name: "vendor", Title: "厂商"}, fact: func(m *sim.Model) engine.Fact {
		return stated(m.Vendor)
	}},
	text("licence", "许可证", func(m *sim.Model) string { return licence(m.Licence) }),
	text("open", "开放权重", func(m *sim.Model) string {
		switch {
		case m.OpenWeights == nil:
			return ""
		case *m.OpenWeights:
			return "是"
		}
		return "否"
	}),
	{ModelsColumn: engine.ModelsColumn{Name: "release", Title: "发布日期", Number: true}, fact: func(m *sim.Model) engine.Fact {
		return stated(m.ReleaseDate, engine.Origin{Text: m.ReleaseDate, Source: m.ReleaseSource})
	}},
	parameters("params", "参数量", func(m *sim.Model) *float64 { return m.ParamsTotal }),
	parameters("active", "激活参数", func(m *sim.Model) *float64 { return m.ParamsActive }),
	{ModelsColumn: engine.ModelsColumn{Name: "context", Title: "上下文", Unit: "词元", Number: true}, fact: func(m *sim.Model) engine.Fact {
		if len(m.Sources) == 0 && m.Arch != nil {
			return stated(grouped(m.Context), engine.Origin{Text: grouped(m.Context), Source: m.Arch.Source, Date: m.AsOf})
		}
		return known(grouped(m.Context), m)
	}},
	text("modalities", "输入与输出", modalities),
	price("input-price", "输入价", func(r sim.Rate) *float64 { return r.Input }),
	price("output-price", "输出价", func(r sim.Rate) *float64 { return r.Output }),
	price("cached-price", "缓存输入价", func(r sim.Rate) *float64 { return r.CachedInput }),
	{ModelsColumn: engine.ModelsColumn{Name: "kv", Title: "每词元 KV 缓存", Unit: "16 位", Number: true}, fact: kvFact},
}

func modelColumnOf(c *sim.Catalogue, name string) (modelColumn, bool) {
	for _, column := range modelColumns {
		if column.Name == name {
			return column, true
		}
	}
	if slices.Contains(benchmarks(c), name) {
		return benchmark(name), true
	}
	return modelColumn{}, false
}

func modelColumnNames(c *sim.Catalogue) []string {
	var names []string
	for _, column := range modelColumns {
		names = append(names, column.Name)
	}
	return append(names, benchmarks(c)...)
}

// benchmarks lists the benchmarks that any entry of the catalogue names.
func benchmarks(c *sim.Catalogue) []string {
	var names []string
	for i := range c.Models {
		for name := range c.Models[i].Benchmarks {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// stated is a fact with its origins, or unknown where there is no text.
func stated(text string, origins ...engine.Origin) engine.Fact {
	if text == "" {
		return engine.Fact{}
	}
	var sourced []engine.Origin
	for _, o := range origins {
		if o.Source != "" {
			sourced = append(sourced, o)
		}
	}
	return engine.Fact{Text: text, Origins: sourced}
}

// known is a fact that the sources of the model as a whole state; some entries
// have none.
func known(text string, m *sim.Model) engine.Fact {
	return stated(text, engine.Origin{Text: text, Source: strings.Join(m.Sources, "；"), Date: m.AsOf})
}

func text(name, title string, of func(*sim.Model) string) modelColumn {
	return modelColumn{
		ModelsColumn: engine.ModelsColumn{Name: name, Title: title},
		fact:         func(m *sim.Model) engine.Fact { return known(of(m), m) },
	}
}

func licence(name string) string {
	switch name {
	case "proprietary API":
		return "专有（API）"
	case "proprietary":
		return "专有"
	}
	return name
}

func modalities(m *sim.Model) string {
	words := map[string]string{"text": "文本", "image": "图像", "audio": "音频", "video": "视频"}
	list := func(of []string) string {
		var all []string
		for _, name := range of {
			all = append(all, words[name])
		}
		return strings.Join(all, "、")
	}
	if len(m.ModalitiesIn) == 0 || len(m.ModalitiesOut) == 0 {
		return ""
	}
	return list(m.ModalitiesIn) + " → " + list(m.ModalitiesOut)
}

func parameters(name, title string, of func(*sim.Model) *float64) modelColumn {
	return modelColumn{
		ModelsColumn: engine.ModelsColumn{Name: name, Title: title, Unit: "B，十亿", Number: true},
		fact: func(m *sim.Model) engine.Fact {
			v := of(m)
			if v == nil {
				return engine.Fact{}
			}
			return stated(significant(*v/1e9), engine.Origin{Text: grouped(v) + " 个", Source: m.ParamsSource, Date: m.AsOf})
		},
	}
}

// significant writes v with three digits that count, more before the point.
func significant(v float64) string {
	decimals := 2 - int(math.Floor(math.Log10(math.Max(v, 1e-3))))
	s := strconv.FormatFloat(v, 'f', max(0, decimals), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// grouped writes a whole number as 128,000, and nothing for an unknown one.
func grouped(v *float64) string {
	if v == nil {
		return ""
	}
	s := strconv.FormatFloat(*v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func kvFact(m *sim.Model) engine.Fact {
	if m.KVBytesPerToken == nil {
		return engine.Fact{}
	}
	source := ""
	if m.Arch != nil {
		source = m.Arch.Source
	}
	return stated(significant(*m.KVBytesPerToken/1024)+" KiB", engine.Origin{
		Text: grouped(m.KVBytesPerToken) + " 字节", Source: source, Date: m.AsOf, Note: "由公布的配置算出，批量为 1",
	})
}

// benchmark shows the range of what sources state, for they often disagree.
func benchmark(name string) modelColumn {
	return modelColumn{
		ModelsColumn: engine.ModelsColumn{Name: name, Title: name, Unit: "%", Number: true},
		fact: func(m *sim.Model) engine.Fact {
			s := m.Benchmarks[name]
			if s == nil {
				return engine.Fact{}
			}
			lo, hi := s.Range()
			text := decimal(lo)
			if lo != hi {
				text += "–" + decimal(hi)
			}
			origins := []engine.Origin{scoreOrigin(s)}
			for i := range s.Alternatives {
				origins = append(origins, scoreOrigin(&s.Alternatives[i]))
			}
			return stated(text, origins...)
		},
	}
}

func scoreOrigin(s *sim.Score) engine.Origin {
	o := engine.Origin{Text: decimal(s.Score), Source: s.Source, Note: s.Variant}
	if s.Shots != "" {
		o.Text += "（" + s.Shots + "）"
	}
	return o
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
