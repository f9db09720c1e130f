package report

import (
	"html"
	"strconv"
	"strings"
)

// HTML writes the document as markup for a page of its own or for printing:
// headings from level 2, tables, and nothing that a strict policy refuses. id
// begins the ids within.
func (d *Document) HTML(id string) string {
	w := writer{id: id}
	w.open("article", "report")
	w.text("h2", d.Title)
	if who := join(" · ", d.Author, d.Date); who != "" {
		w.textClass("p", "report-who", who)
	}
	for _, t := range d.Texts {
		w.text("h3", t.Heading)
		if strings.TrimSpace(t.Body) == "" {
			w.textClass("p", "report-empty", "（未填写）")
			continue
		}
		for paragraph := range strings.SplitSeq(strings.TrimSpace(t.Body), "\n") {
			if strings.TrimSpace(paragraph) != "" {
				w.text("p", paragraph)
			}
		}
	}
	for _, p := range d.Parts {
		w.part(p)
	}
	w.text("h3", "假设")
	for _, p := range d.Parts {
		if len(p.Assumptions) == 0 {
			continue
		}
		rows := make([][]string, len(p.Assumptions))
		for i, a := range p.Assumptions {
			rows[i] = []string{a.Name, a.Value, a.by()}
		}
		w.table(p.Title, []string{"假设", "取值", "由谁定"}, rows)
	}
	rows := make([][]string, len(d.Rubric))
	for i, s := range d.Rubric {
		rows[i] = []string{s.Criterion, s.Asks, s.Full, s.Own(), s.Mark()}
	}
	w.text("h3", "评分表")
	w.table("每栏 0 至 2 分", []string{"栏目", "要写什么", "得 2 分的样子", "自评", "自动核对"}, rows)
	w.text("p", d.total())
	w.text("h3", "来源")
	w.b.WriteString(`<ol class="report-sources">`)
	for _, c := range w.cites.list {
		w.b.WriteString(`<li id="` + html.EscapeString(w.id) + "-s" + strconv.Itoa(c.Number) + `">`)
		if isWeb(c.Source.URL) {
			w.b.WriteString(`<a rel="noreferrer" href="` + html.EscapeString(c.Source.URL) + `">` + html.EscapeString(c.Source.Title) + `</a>`)
		} else {
			w.b.WriteString(html.EscapeString(c.Source.Title))
		}
		w.b.WriteString(html.EscapeString("，"+undated(c.Source.Date)) + `</li>`)
	}
	w.b.WriteString(`</ol>`)
	w.text("h3", "数据的版本")
	rows = make([][]string, len(d.Data))
	for i, x := range d.Data {
		rows[i] = []string{x.Name, orUnknown(x.Date), x.Mark}
	}
	w.table("结果所依据的文件", []string{"文件", "日期", "标记"}, rows)
	w.b.WriteString(`</article>`)
	return w.b.String()
}

func undated(date string) string {
	if date == "" {
		return "日期未注明"
	}
	return date
}

type writer struct {
	id    string
	b     strings.Builder
	cites bibliography
}

func (w *writer) open(tag, class string) { w.b.WriteString(`<` + tag + ` class="` + class + `">`) }

func (w *writer) text(tag, text string) {
	w.b.WriteString(`<` + tag + `>` + html.EscapeString(text) + `</` + tag + `>`)
}

func (w *writer) textClass(tag, class, text string) {
	w.open(tag, class)
	w.b.WriteString(html.EscapeString(text) + `</` + tag + `>`)
}

// cited writes the numbers of sources. They are no links: on the lab's page the
// fragment of the address holds the report.
func (w *writer) cited(numbers []int) {
	for _, n := range numbers {
		w.b.WriteString(`<sup class="report-cite">[` + strconv.Itoa(n) + `]</sup>`)
	}
}

func (w *writer) part(p Part) {
	w.open("section", "report-part")
	w.text("h3", p.Title)
	if p.Missing != "" {
		w.textClass("p", "report-empty", p.Missing)
		w.b.WriteString(`</section>`)
		return
	}
	if p.Verdict != "" {
		w.textClass("p", "report-verdict", p.Verdict)
	}
	if len(p.Numbers) > 0 {
		w.open("dl", "report-numbers")
		for _, n := range p.Numbers {
			w.b.WriteString(`<dt>` + html.EscapeString(n.Name) + `</dt><dd><strong>` + html.EscapeString(n.Text) + `</strong>`)
			w.cited(w.cites.cite(n.Sources))
			for _, f := range [][2]string{{"公式", n.Formula}, {"代入", n.Working}} {
				if f[1] != "" {
					w.textClass("p", "report-formula", f[0]+"："+f[1])
				}
			}
			w.b.WriteString(`</dd>`)
		}
		w.b.WriteString(`</dl>`)
	}
	for _, f := range p.Figures {
		w.b.WriteString(`<figure>` + f.SVG + `<figcaption>` + html.EscapeString(f.Title+"："+f.Desc) + `</figcaption></figure>`)
	}
	for _, t := range p.Tables {
		w.scroll(t.Title)
		for _, c := range t.Columns {
			w.b.WriteString(`<th scope="col">` + html.EscapeString(c) + `</th>`)
		}
		w.b.WriteString(`</tr></thead><tbody>`)
		for _, row := range t.Rows {
			w.b.WriteString(`<tr>`)
			for i, c := range row {
				tag := "td"
				if i == 0 {
					tag = `th scope="row"`
				}
				w.b.WriteString(`<` + tag + `>` + html.EscapeString(c.Text))
				w.cited(w.cites.cite(c.Sources))
				w.b.WriteString(`</` + tag[:2] + `>`)
			}
			w.b.WriteString(`</tr>`)
		}
		w.b.WriteString(`</tbody></table></div>`)
	}
	for _, n := range p.Notes {
		w.textClass("p", "report-note", n)
	}
	w.b.WriteString(`</section>`)
}

// scroll begins a table in a box that a keyboard can scroll, up to its heads.
func (w *writer) scroll(caption string) {
	title := html.EscapeString(caption)
	w.b.WriteString(`<div class="report-scroll" tabindex="0" role="group" aria-label="` + title + `"><table><caption>` + title + `</caption><thead><tr>`)
}

func (w *writer) table(caption string, columns []string, rows [][]string) {
	w.scroll(caption)
	for _, c := range columns {
		w.b.WriteString(`<th scope="col">` + html.EscapeString(c) + `</th>`)
	}
	w.b.WriteString(`</tr></thead><tbody>`)
	for _, row := range rows {
		w.b.WriteString(`<tr>`)
		for i, v := range row {
			if i == 0 {
				w.b.WriteString(`<th scope="row">` + html.EscapeString(v) + `</th>`)
			} else {
				w.b.WriteString(`<td>` + html.EscapeString(v) + `</td>`)
			}
		}
		w.b.WriteString(`</tr>`)
	}
	w.b.WriteString(`</tbody></table></div>`)
}
