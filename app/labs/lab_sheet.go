package labs

import (
	"strconv"

	"courselab/app/engine"
	"courselab/app/format"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// sheetOptions say where a sheet stands.
type sheetOptions struct {
	lab   string                                // begins the names of files
	place string                                // begins with a space: tells sheets of one page apart, for those who hear them
	save  func(name string, table engine.Table) // nil: no buttons, as in a page that nothing runs behind
}

// sheetView draws a sheet. Native printing of the same elements is the static
// form of the lab.
func sheetView(s engine.Sheet, o sheetOptions) goapp.UI {
	body := []goapp.UI{verdictView(s.Verdict), notesView(s.Notes)}
	n := 0
	for _, part := range s.Parts {
		body = append(body, partView(part, o, &n))
	}
	return goapp.Div().Class("sheet").Body(body...)
}

// toneWords say a tone to those who do not see its colour.
var toneWords = map[engine.Tone]string{engine.Good: "可行", engine.Warn: "留意", engine.Bad: "不行"}

func verdictView(v engine.Verdict) goapp.UI {
	box := goapp.Div().Class("sheet-verdict").Role("status").DataSet("tone", tone(v.Tone))
	return box.Body(
		goapp.P().Class("sheet-headline").Body(toneMark(v.Tone), goapp.Text(v.Text)),
		goapp.P().Class("sheet-detail").Text(v.Detail),
	)
}

// toneMark is the sign of a tone, with the word that it stands for.
func toneMark(t engine.Tone) goapp.UI {
	sign := map[engine.Tone]string{engine.Good: "✓", engine.Warn: "！", engine.Bad: "✕"}[t]
	if sign == "" {
		return goapp.Span().Class("sheet-mark")
	}
	return goapp.Span().Class("sheet-mark").Role("img").Aria("label", toneWords[t]).Text(sign)
}

func tone(t engine.Tone) string {
	if t == engine.Plain {
		return "plain"
	}
	return string(t)
}

func notesView(notes []engine.Note) goapp.UI {
	var items []goapp.UI
	for _, n := range notes {
		items = append(items, goapp.Li().DataSet("tone", tone(n.Tone)).Body(toneMark(n.Tone), goapp.Text(n.Text)))
	}
	return goapp.Ul().Class("sheet-notes").Body(items...)
}

// partView draws one part; n counts the figures and tables before it.
func partView(part engine.Part, o sheetOptions, n *int) goapp.UI {
	var quantities, blocks []goapp.UI
	for _, q := range part.Quantities {
		quantities = append(quantities, quantityView(q))
	}
	for _, f := range part.Figures {
		*n++
		blocks = append(blocks, figureView(f, o, *n))
	}
	for _, t := range part.Tables {
		*n++
		blocks = append(blocks, factTableView(t, o, *n))
	}
	list := goapp.UI(goapp.Div().Class("sheet-list"))
	if len(quantities) > 0 {
		list = goapp.Dl().Class("sheet-list").Body(quantities...)
	}
	return goapp.Div().Class("sheet-part").Body(
		goapp.P().Class("lab-part").Text(part.Title),
		goapp.P().Class("sheet-text").Text(part.Text),
		list,
		goapp.Div().Class("sheet-blocks").Body(blocks...),
	)
}

// quantityView draws a number; one that can be explained opens.
func quantityView(q engine.Quantity) goapp.UI {
	value := goapp.UI(goapp.Span().Class("sheet-value").Text(q.Text))
	if q.Formula != "" || q.Working != "" || len(q.Terms) > 0 || len(q.Sources) > 0 {
		value = goapp.Details().Class("fact", "sheet-fact").Body(
			goapp.Summary().Class("sheet-value").Text(q.Text),
			explanationView(q),
		)
	}
	return goapp.Div().Class("sheet-item").DataSet("tone", tone(q.Tone)).Body(
		goapp.Dt().Text(q.Name),
		goapp.Dd().Body(value, goapp.Span().Class("sheet-remark").Text(q.Note)),
	)
}

func explanationView(q engine.Quantity) goapp.UI {
	var body []goapp.UI
	if q.Formula != "" {
		body = append(body, goapp.P().Class("lab-formula").Body(goapp.Code().Text(q.Formula)))
	}
	if q.Working != "" {
		body = append(body, goapp.P().Class("lab-formula").Body(goapp.Code().Text("= "+q.Working)))
	}
	if len(q.Terms) > 0 {
		var terms []goapp.UI
		for _, t := range q.Terms {
			terms = append(terms, goapp.Li().Text(t.Symbol+"　"+t.Name+" = "+t.Text))
		}
		body = append(body, goapp.Ul().Class("sheet-terms").Body(terms...))
	}
	for _, s := range q.Sources {
		body = append(body, sourceView(s))
	}
	return goapp.Div().Class("sheet-why").Body(body...)
}

func sourceView(s engine.SourceNote) goapp.UI {
	date := ""
	if s.Date != "" {
		date = "（" + s.Date + "）"
	}
	if s.URL == "" {
		return goapp.P().Class("sheet-source").Text("来源：" + s.Title + date)
	}
	return goapp.P().Class("sheet-source").Body(
		goapp.Text("来源："),
		goapp.A().Href(route.Attr(s.URL)).Target("_blank").Rel("noopener noreferrer").Text(s.Title),
		goapp.Text(date),
	)
}

// figureView draws a figure with the table behind it.
func figureView(f engine.Figure, o sheetOptions, n int) goapp.UI {
	body := []goapp.UI{goapp.Raw(figureHTML(f))}
	if len(f.Table.Columns) > 0 {
		body = append(body, goapp.Details().Class("lab-figure-table").Body(
			goapp.Summary().Text("这张图的表格"),
			goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="`+escape(f.Title)+`的表格`+escape(o.place)+`">`+tableHTML(f.Title, f.Table, true)+`</div>`),
			saveView(o, fileName(o, "", n), f.Table),
		))
	}
	return goapp.Div().Class("sheet-block").Body(body...)
}

// factTableView draws a table whose cells open their sources.
func factTableView(t engine.FactTable, o sheetOptions, n int) goapp.UI {
	return goapp.Div().Class("sheet-block").Body(
		goapp.P().Class("lab-sub").Text(t.Title),
		goapp.Raw(factTableHTML(t, o)),
		goapp.P().Class("sheet-text").Text(t.Text),
		saveView(o, fileName(o, t.Name, n), textTable(t)),
	)
}

func fileName(o sheetOptions, name string, n int) string {
	if name != "" {
		return name
	}
	return o.lab + "-" + strconv.Itoa(n)
}

func saveView(o sheetOptions, name string, t engine.Table) goapp.UI {
	if o.save == nil {
		return goapp.Div().Class("lab-none")
	}
	return button("下载 "+name+".csv", false, func(ctx goapp.Context, e goapp.Event) { o.save(name, t) }, name, len(t.Rows), tableMark(t))
}

// tableMark tells tables apart, so that a button saves the one beside it.
func tableMark(t engine.Table) string {
	mark := ""
	for _, row := range t.Rows {
		for _, cell := range row {
			mark += cell + "\x00"
		}
	}
	return mark
}

// textTable is a table without what its cells open.
func textTable(t engine.FactTable) engine.Table {
	out := engine.Table{Columns: t.Columns}
	for _, r := range t.Rows {
		row := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			row[i] = c.Text
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// sheetTable lists every quantity of a sheet, for the CSV file.
func sheetTable(s engine.Sheet) engine.Table {
	t := engine.Table{Columns: []engine.Column{{Name: "部分"}, {Name: "项目"}, {Name: "值"}, {Name: "单位"}, {Name: "显示为"}, {Name: "公式"}, {Name: "代入"}, {Name: "来源"}}}
	t.Rows = append(t.Rows, []string{"结论", "", "", "", s.Verdict.Text + s.Verdict.Detail, "", "", ""})
	for _, part := range s.Parts {
		for _, q := range part.Quantities {
			value, sources := "", ""
			if q.Value != nil {
				value = format.Plain(*q.Value)
			}
			for i, src := range q.Sources {
				if i > 0 {
					sources += "；"
				}
				sources += src.Title
				if src.URL != "" && src.URL != src.Title {
					sources += " " + src.URL
				}
				if src.Date != "" {
					sources += "（" + src.Date + "）"
				}
			}
			t.Rows = append(t.Rows, []string{part.Title, q.Name, value, q.Unit, q.Text, q.Formula, q.Working, sources})
		}
	}
	for _, n := range s.Notes {
		t.Rows = append(t.Rows, []string{"说明", "", "", "", n.Text, "", "", ""})
	}
	return t
}
