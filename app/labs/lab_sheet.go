package labs

import (
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/format"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// sheetOptions say where a sheet stands.
type sheetOptions struct {
	lab   string     // begins the names of files
	place string     // begins with a space: tells sheets of one page apart, for those who hear them
	saver tableSaver // nil: no buttons, as in a page that nothing runs behind
}

// tableSaver hands a table to the learner as a file.
type tableSaver interface {
	save(name string, table engine.Table)
}

// sheetView draws a sheet; stale marks the parts that belong to earlier inputs.
// Native printing of the same elements is the static form
// of the lab.
func sheetView(s engine.Sheet, stale []bool, o sheetOptions) goapp.UI {
	body := []goapp.UI{verdictView(s.Verdict), notesView(s.Notes)}
	n := 0
	for i, part := range s.Parts {
		body = append(body, partView(part, i < len(stale) && stale[i], o, &n))
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

// partView draws one part; n counts the figures and tables before it. One that
// belongs to earlier inputs says so.
func partView(part engine.Part, stale bool, o sheetOptions, n *int) goapp.UI {
	var quantities, blocks []goapp.UI
	for _, q := range part.Quantities {
		quantities = append(quantities, &quantityPiece{Quantity: q})
	}
	for _, f := range part.Figures {
		*n++
		blocks = append(blocks, &figurePiece{Figure: f, Options: o, Number: *n})
	}
	for _, t := range part.Tables {
		*n++
		blocks = append(blocks, &tablePiece{Table: t, Options: o, Number: *n})
	}
	list := goapp.UI(goapp.Div().Class("sheet-list"))
	if len(quantities) > 0 {
		list = goapp.Dl().Class("sheet-list").Body(quantities...)
	}
	box := goapp.Div().Class("sheet-part")
	if stale {
		box.Aria("busy", "true")
	}
	return box.Body(
		goapp.P().Class("lab-part").Text(part.Title),
		goapp.P().Class("sheet-text").Text(part.Text),
		list,
		goapp.Div().Class("sheet-blocks").Body(blocks...),
	)
}

// Render draws a number; one that can be explained opens.
func (p *quantityPiece) Render() goapp.UI {
	q := p.Quantity
	value := goapp.UI(goapp.Span().Class("sheet-value").Text(q.Text))
	if q.Formula != "" || q.Working != "" || len(q.Terms) > 0 || len(q.Sources) > 0 {
		value = goapp.Details().Class("fact", "sheet-fact").Body(
			goapp.Summary().Class("sheet-value").Text(q.Text),
			goapp.Raw(explanationHTML(q)),
		)
	}
	return goapp.Div().Class("sheet-item").DataSet("tone", tone(q.Tone)).Body(
		goapp.Dt().Text(q.Name),
		goapp.Dd().Body(value, goapp.Span().Class("sheet-remark").Text(q.Note)),
	)
}

// explanationHTML is what a number opens. It is markup rather than elements: a
// sheet has dozens, and each changes as a whole.
func explanationHTML(q engine.Quantity) string {
	var b strings.Builder
	put := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	put(`<div class="sheet-why">`)
	if q.Formula != "" {
		put(`<p class="lab-formula"><code>`, plain(q.Formula), `</code></p>`)
	}
	if q.Working != "" {
		put(`<p class="lab-formula"><code>= `, plain(q.Working), `</code></p>`)
	}
	if len(q.Terms) > 0 {
		put(`<ul class="sheet-terms">`)
		for _, t := range q.Terms {
			put(`<li>`, plain(t.Symbol), `　`, plain(t.Name), ` = `, plain(t.Text), `</li>`)
		}
		put(`</ul>`)
	}
	for _, s := range q.Sources {
		put(`<p class="sheet-source">来源：`)
		if !strings.HasPrefix(s.URL, "https://") && !strings.HasPrefix(s.URL, "http://") {
			put(plain(s.Title))
		} else {
			put(`<a href="`, escape(s.URL), `" rel="noopener noreferrer" target="_blank">`, plain(s.Title), `</a>`)
		}
		if s.Date != "" {
			put(`（`, plain(s.Date), `）`)
		}
		put(`</p>`)
	}
	put(`</div>`)
	return b.String()
}

// Render draws a figure with the table behind it.
func (p *figurePiece) Render() goapp.UI {
	f, o, n := p.Figure, p.Options, p.Number
	body := []goapp.UI{goapp.Raw(figureHTML(f))}
	if len(f.Table.Columns) > 0 {
		body = append(body, goapp.Details().Class("lab-figure-table").Body(
			goapp.Summary().Text("这张图的表格"),
			goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="`+escape(f.Title)+`的表格`+escape(o.place)+`">`+tableHTML(f.Title, f.Table, true)+`</div>`),
			saveView(o, fileName(o, "", n), func() engine.Table { return p.Figure.Table }),
		))
	}
	return goapp.Div().Class("sheet-block").Body(body...)
}

// Render draws a table whose cells open their sources.
func (p *tablePiece) Render() goapp.UI {
	t, o, n := p.Table, p.Options, p.Number
	return goapp.Div().Class("sheet-block").Body(
		goapp.P().Class("lab-sub").Text(t.Title),
		goapp.Raw(factTableHTML(t, o)),
		goapp.P().Class("sheet-text").Text(t.Text),
		saveView(o, fileName(o, t.Name, n), func() engine.Table { return textTable(p.Table) }),
	)
}

func fileName(o sheetOptions, name string, n int) string {
	if name != "" {
		return name
	}
	return o.lab + "-" + strconv.Itoa(n)
}

// saveView is a button that saves the table beside it.
func saveView(o sheetOptions, name string, table func() engine.Table) goapp.UI {
	if o.saver == nil {
		return goapp.Div().Class("lab-none")
	}
	return button("下载 "+name+".csv", false, func(ctx goapp.Context, e goapp.Event) { o.saver.save(name, table()) }, name)
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
