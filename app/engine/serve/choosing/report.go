package choosing

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/report"
)

const (
	labsFile = "data/labs.json"
	// leftOut, in the place of a lab's settings, leaves that lab out.
	leftOut = "-"
	// mostRows is how many rows of a table a report shows.
	mostRows = 12
)

// reportFiles are the data files that a report may rest on.
var reportFiles = []string{"data/models.json", "data/gpus.json", "data/prices.json", "data/measurements.json", termsFile}

// labInfo is a lab as registry.Describe writes it.
type labInfo struct {
	Name, Title string
	Params      []paramInfo
}

type paramInfo struct {
	Name, Label, Kind, Unit, Default, Empty string
	Options                                 []struct{ Value, Label string }
	Only                                    []struct {
		Name   string
		Values []string
	}
}

// Report answers the lab "report": it computes the labs that it gathers, with the
// handlers that answer for them, so that its numbers are theirs.
func Report(handlers map[string]sheet.Handler) sheet.Handler {
	return func(in *sheet.Input) (engine.Sheet, error) {
		var labs []labInfo
		text := in.File(labsFile)
		if err := in.Err(); err != nil {
			return engine.Sheet{}, err
		}
		if err := json.Unmarshal([]byte(text), &labs); err != nil {
			return engine.Sheet{}, fmt.Errorf("read %s: %w", labsFile, err)
		}
		d := document(in)
		for _, lab := range labs {
			part, err := gather(in, lab, handlers[lab.Name])
			if err != nil {
				return engine.Sheet{}, err
			}
			d.Parts = append(d.Parts, part)
		}
		d.Check()
		return reportSheet(in, d), in.Err()
	}
}

// document is the report without its parts.
func document(in *sheet.Input) *report.Document {
	d := &report.Document{Title: in.Text("title"), Author: in.Text("author"), Date: in.Text("date"), Rubric: report.Rubric()}
	for i, name := range []string{"scene", "conditions", "candidates", "evaluation", "costs", "sensitivity", "conclusion", "sources"} {
		if points, err := strconv.Atoi(in.Text("score_" + name)); err == nil {
			d.Rubric[i].Points = points
		}
		switch name {
		case "candidates", "costs", "sources": // computed, not written
		default:
			d.Texts = append(d.Texts, report.Text{Heading: d.Rubric[i].Criterion, Body: in.Text(name)})
		}
	}
	for _, path := range reportFiles {
		if text, ok := in.FileIf(path); ok {
			d.Data = append(d.Data, dataVersion(path, text))
		}
	}
	return d
}

// dataVersion names the version of a file by the date it bears and by its text.
func dataVersion(path, text string) report.Data {
	var head struct {
		Generated string `json:"generated"`
	}
	// A file without that date has none; it was parsed whole where it was used.
	_ = json.Unmarshal([]byte(text), &head)
	h := fnv.New64a()
	h.Write([]byte(text))
	return report.Data{Name: path, Date: head.Generated, Mark: strconv.FormatUint(h.Sum64(), 36) + "-" + strconv.Itoa(len(text))}
}

// gather computes one lab as the learner set it, or as it begins.
func gather(in *sheet.Input, lab labInfo, handler sheet.Handler) (report.Part, error) {
	part := report.Part{ID: lab.Name, Title: lab.Title}
	given := in.Text(lab.Name)
	switch {
	case given == leftOut:
		part.Missing = "没有收进这一项。"
		return part, nil
	case handler == nil || len(lab.Params) == 0:
		part.Missing = "这个实验还没有完成。"
		return part, nil
	}
	over, err := url.ParseQuery(given)
	if err != nil {
		in.Fault(lab.Name, "设置读不懂，请重新收一次")
		return part, nil
	}
	values := map[string]string{}
	for _, p := range lab.Params {
		values[p.Name] = p.Default
		if over.Has(p.Name) {
			values[p.Name] = over.Get(p.Name)
		}
	}
	other := in.For(lab.Name, values)
	s, err := handler(other)
	if err != nil {
		if in.Context.Err() != nil {
			return part, in.Context.Err()
		}
		faults, ok := sheet.Explain(err, values)
		if !ok {
			return part, fmt.Errorf("lab %s: %w", lab.Name, err)
		}
		part.Missing = "这一项算不出来："
		for _, f := range faults {
			part.Missing += f.Field + " " + f.Message + "。"
		}
		return part, nil
	}
	for _, p := range lab.Params {
		if p.asked(values) {
			part.Assumptions = append(part.Assumptions, report.Assumption{Name: p.Label, Value: p.shown(in, values[p.Name]), Changed: values[p.Name] != p.Default})
		}
	}
	fill(&part, s)
	return part, nil
}

// asked reports whether the lab asks for the parameter under values.
func (p paramInfo) asked(values map[string]string) bool {
	for _, c := range p.Only {
		if !slices.Contains(c.Values, values[c.Name]) {
			return false
		}
	}
	return true
}

// shown writes a value for a reader.
func (p paramInfo) shown(in *sheet.Input, value string) string {
	for _, o := range p.Options {
		if o.Value == value {
			return o.Label
		}
	}
	switch {
	case value == "" && p.Empty != "" && p.Kind != "long":
		return p.Empty
	case value == "":
		return "空"
	case p.Kind == "number":
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			return format.Value(v, p.Unit)
		}
	case p.Kind == "toggle" && value == "1":
		return "是"
	case p.Kind == "toggle":
		return "否"
	case p.Kind == "model":
		if all := in.Models(""); all != nil {
			if m, ok := all.Find(value); ok {
				return m.Name
			}
		}
	case p.Kind == "gpu":
		for _, g := range in.GPUs("") {
			if g.ID == value {
				return g.Name
			}
		}
	case p.Kind == "long":
		return fmt.Sprintf("%d 个字", len([]rune(value)))
	}
	return value
}

// fill takes over what a lab's sheet says.
func fill(part *report.Part, s engine.Sheet) {
	part.Verdict = s.Verdict.Text
	if s.Verdict.Detail != "" {
		part.Verdict += " " + s.Verdict.Detail
	}
	for _, n := range s.Notes {
		part.Notes = append(part.Notes, n.Text)
	}
	for _, p := range s.Parts {
		for _, q := range p.Quantities {
			n := report.Number{Name: q.Name, Text: q.Text, Formula: q.Formula, Working: q.Working}
			if q.Note != "" {
				n.Text += "（" + q.Note + "）"
			}
			for _, x := range q.Sources {
				n.Sources = append(n.Sources, sim.Source{Title: x.Title, URL: x.URL, Date: x.Date})
			}
			part.Numbers = append(part.Numbers, n)
		}
		for _, f := range p.Figures {
			part.Figures = append(part.Figures, report.Figure{Title: f.Title, Desc: f.Desc, SVG: f.SVG})
		}
		for _, t := range p.Tables {
			part.Tables = append(part.Tables, reportTable(t))
			if len(t.Rows) > mostRows {
				part.Notes = append(part.Notes, fmt.Sprintf("“%s”只列前 %d 行，共 %d 行，其余在实验里。", t.Title, mostRows, len(t.Rows)))
			}
		}
	}
}

func reportTable(t engine.FactTable) report.Table {
	out := report.Table{Title: t.Title}
	for _, c := range t.Columns {
		name := c.Name
		if c.Unit != "" {
			name += "（" + c.Unit + "）"
		}
		out.Columns = append(out.Columns, name)
	}
	for i, r := range t.Rows {
		if i == mostRows {
			break
		}
		row := make([]report.Cell, len(r.Cells))
		for j, c := range r.Cells {
			row[j].Text = c.Text
			for _, o := range c.Origins {
				row[j].Sources = append(row[j].Sources, source(o))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// source takes the address out of an origin that ends in one.
func source(o engine.Origin) sim.Source {
	s := sim.Source{Title: o.Source, Date: o.Date}
	if i := strings.LastIndex(o.Source, "https://"); i >= 0 && !strings.ContainsAny(o.Source[i:], " \n") {
		s.URL = o.Source[i:]
		if title := strings.TrimSpace(o.Source[:i]); title != "" {
			s.Title = title
		}
	}
	return s
}

// reportSheet is what the lab shows; the document itself is in its files.
func reportSheet(in *sheet.Input, d *report.Document) engine.Sheet {
	points, given, of := d.Points()
	taken, sources := 0, len(d.Sources())
	t := engine.FactTable{Title: "收进来的", Name: "report-parts", Columns: sheet.Columns("实验", "结论", "自己定的假设（个）")}
	for _, p := range d.Parts {
		verdict, own := p.Verdict, 0
		if p.Missing != "" {
			verdict = p.Missing
		} else {
			taken++
		}
		for _, a := range p.Assumptions {
			if a.Changed {
				own++
			}
		}
		t.Rows = append(t.Rows, row(p.Title, verdict, fmt.Sprint(own)))
	}
	rubric := engine.FactTable{Title: "评分表", Name: "report-rubric", Columns: sheet.Columns("栏目", "要写什么", "得 2 分的样子", "自评", "自动核对")}
	open := 0
	for _, s := range d.Rubric {
		r := row(s.Criterion, s.Asks, s.Full, s.Own(), s.Mark())
		if !s.Holds {
			r.Tone = engine.Warn
			open++
		}
		rubric.Rows = append(rubric.Rows, r)
	}
	v := engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("收进 %d 项实验、%d 条来源；自评 %d / %d。", taken, sources, points, of)}
	if open > 0 || given < len(d.Rubric) {
		v.Tone = engine.Warn
		v.Detail = fmt.Sprintf("自动核对还有 %d 栏没有过，自评还有 %d 栏没有打分。", open, len(d.Rubric)-given)
	}
	return engine.Sheet{
		Verdict: v,
		Parts:   []engine.Part{{Title: "收进来的实验", Tables: []engine.FactTable{t}}, {Title: "评分表", Tables: []engine.FactTable{rubric}}},
		Files: []engine.File{
			{Name: "report.md", Type: "text/markdown", Text: d.Markdown()},
			{Name: "report.html", Type: "text/html", Text: d.HTML(in.Key("doc"))},
		},
	}
}
