package serve

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
)

// catalogueColumns are those of the lab's table, by the names of modelColumns.
var catalogueColumns = []string{"vendor", "release", "open", "licence", "params", "active", "context", "modalities", "input-price", "output-price"}

// pinnedColumns are the rows of the comparison of pinned models; the catalogue's
// benchmarks come after them.
var pinnedColumns = append(slices.Clone(catalogueColumns), "cached-price", "kv")

// browse is one question to the catalogue.
type browse struct {
	in      *sheet.Input
	all     *sim.Catalogue
	chosen  []*sim.Model
	unknown int
	pinned  []*sim.Model
	x, y    sim.Measure
}

// catalogueLab answers the lab "catalogue".
func catalogueLab(in *sheet.Input) (engine.Sheet, error) {
	b := browse{in: in, all: in.Models("pin")}
	if b.all == nil {
		return engine.Sheet{}, in.Err()
	}
	filter := sim.Filter{Text: in.Text("find"), Least: map[string]float64{}, Most: map[string]float64{}}
	filter.InCourse = map[string]*bool{"course": pointer(true), "later": pointer(false)}[in.Text("which")]
	filter.Open = map[string]*bool{"open": pointer(true), "closed": pointer(false)}[in.Text("weights")]
	if reads := in.Text("reads"); reads != "any" {
		filter.Reads = reads
	}
	for input, bound := range map[string]struct {
		into    map[string]float64
		measure string
	}{"min_context": {filter.Least, "context"}, "max_price": {filter.Most, "output-price"}, "max_params": {filter.Most, "params"}, "min_mmlu": {filter.Least, "MMLU"}} {
		if in.Has(input) {
			bound.into[bound.measure] = in.Number(input)
		}
	}
	sortBy := b.measure("sort")
	b.x, b.y = b.measure("x"), b.measure("y")
	for _, id := range in.List("pin") {
		if m := in.ModelOf("pin", id); m != nil {
			b.pinned = append(b.pinned, m)
		}
	}
	rows := in.Number("rows")
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	b.chosen, b.unknown = b.all.Choose(filter)
	b.chosen = sim.SortBy(b.chosen, sortBy, in.On("descending"))
	return b.sheet(sortBy, int(rows))
}

func pointer[T any](v T) *T { return &v }

// measure returns the measure that a parameter names.
func (b *browse) measure(input string) sim.Measure {
	m, ok := sim.MeasureNamed(b.all, b.in.Text(input))
	if !ok {
		b.in.Fault(input, "模型数据里没有这一项")
	}
	return m
}

func (b *browse) sheet(sortBy sim.Measure, rows int) (engine.Sheet, error) {
	s := engine.Sheet{Verdict: b.verdict()}
	b.answer(&s)
	if len(b.pinned) > 0 {
		s.Parts = append(s.Parts, b.comparison())
	}
	drawing, err := b.drawing()
	if err != nil {
		return s, err
	}
	s.Parts = append(s.Parts, drawing, b.table(sortBy, rows))
	if len(b.chosen) == 0 {
		s.Notes = append(s.Notes, engine.Note{Tone: engine.Warn, Text: "没有一个模型满足全部条件：放宽一条再看。"})
	}
	s.Parts = append(s.Parts, engine.Part{Title: "怎样读这份数据", Text: strings.Join(append([]string{b.all.Rule, b.all.PriceBasis}, b.all.Caveats...), "")})
	return s, nil
}

// published counts the models of which a measure is published.
func published(models []*sim.Model, m sim.Measure) (n int) {
	for _, model := range models {
		if _, ok := m.Of(model); ok {
			n++
		}
	}
	return n
}

func (b *browse) verdict() engine.Verdict {
	v := engine.Verdict{Text: fmt.Sprintf("%d 个模型里选出 %d 个；其中 %d 个公布了%s，%d 个公布了%s。", len(b.all.Models), len(b.chosen),
		published(b.chosen, b.x), b.x.Title, published(b.chosen, b.y), b.y.Title)}
	if b.unknown > 0 {
		v.Detail = fmt.Sprintf("另有 %d 个因为没有公布而无法判断，没有算进来：不知道不等于不合格。", b.unknown)
	}
	return v
}

// answer says how many of the closed models state their parameters.
func (b *browse) answer(s *engine.Sheet) {
	closed, _ := b.all.Choose(sim.Filter{Open: pointer(false)})
	params, _ := sim.MeasureNamed(b.all, "params")
	n := published(closed, params)
	switch {
	case n == 0:
		s.Answer = "none"
	case 2*n <= len(closed):
		s.Answer = "half"
	default:
		s.Answer = "most"
	}
	s.Because = fmt.Sprintf("目录里有 %d 个不开放权重的模型，公布参数量的有 %d 个。", len(closed), n)
}

// comparison sets the pinned models side by side: a row for each fact.
func (b *browse) comparison() engine.Part {
	t := engine.FactTable{Title: "并列比较", Name: "compare", Columns: []engine.Column{{Name: "项目"}}}
	for _, m := range b.pinned {
		t.Columns = append(t.Columns, engine.Column{Name: m.Name})
	}
	for _, name := range append(slices.Clone(pinnedColumns), benchmarks(b.all)...) {
		column, ok := modelColumnOf(b.all, name)
		if !ok {
			continue
		}
		title := column.Title
		if column.Unit != "" {
			title += "（" + column.Unit + "）"
		}
		row := engine.FactRow{Cells: []engine.Fact{{Text: title}}}
		for _, m := range b.pinned {
			row.Cells = append(row.Cells, column.fact(m))
		}
		t.Rows = append(t.Rows, row)
	}
	return engine.Part{Title: "固定的模型", Tables: []engine.FactTable{t}}
}

// table lists the chosen models; a cell opens its sources.
func (b *browse) table(sortBy sim.Measure, rows int) engine.Part {
	names := slices.Clone(catalogueColumns)
	for _, m := range []sim.Measure{sortBy, b.y, b.x} {
		if !slices.Contains(names, m.Name) && m.Name != "kv" {
			names = append(names, m.Name)
		}
	}
	t := engine.FactTable{Title: "模型", Name: "models", Columns: []engine.Column{{Name: "模型"}}}
	var columns []modelColumn
	for _, name := range names {
		if column, ok := modelColumnOf(b.all, name); ok {
			columns = append(columns, column)
			t.Columns = append(t.Columns, engine.Column{Name: column.Title, Unit: column.Unit})
		}
	}
	shown := b.chosen[:min(rows, len(b.chosen))]
	for _, m := range shown {
		row := engine.FactRow{Cells: []engine.Fact{{Text: m.Name}}}
		if m.Notes != "" {
			row.Cells[0].Origins = []engine.Origin{{Text: m.Name, Note: m.Notes, Source: strings.Join(m.Sources, "；"), Date: m.AsOf}}
		}
		for _, column := range columns {
			row.Cells = append(row.Cells, column.fact(m))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Text = "按" + sortBy.Title + "排序；没有公布的排在最后，不当作零。数据整理于 " + b.all.Generated + "。"
	if left := len(b.chosen) - len(shown); left > 0 {
		t.Text += "还有 " + strconv.Itoa(left) + " 个没有列出。"
	}
	return engine.Part{Title: "表", Tables: []engine.FactTable{t}}
}

// stretch writes a value with the range of what sources state.
func stretch(v sim.Spread) string {
	if v.Low == v.High {
		return format.Number(v.Value)
	}
	return format.Number(v.Low) + "–" + format.Number(v.High)
}
