package labs

import (
	"strconv"
	"strings"

	"courselab/app/engine"
)

// unknownFact stands for what is not published.
const unknownFact = "未公布"

// modelsHTML draws a table of models. A value with a source opens it in its own
// cell, by click, tap or key; all sources stand once more below, for print and
// for reading in one go. The markup is as a browser prints it, so that a live
// table equal to the prerendered one changes nothing.
func modelsHTML(t engine.ModelsOutput) string {
	var b strings.Builder
	put := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	if len(t.Problems) > 0 {
		put(`<ul class="models-problems">`)
		for _, s := range t.Problems {
			put(`<li>`, plain(s), `</li>`)
		}
		put(`</ul>`)
	}
	put(`<div aria-label="`, escape(tableName(t)), `，可左右滚动" class="models-scroll" role="region" tabindex="0"><table><thead><tr><th scope="col">模型</th>`)
	for _, c := range t.Columns {
		put(`<th`, numberClass(c), ` scope="col">`, plain(c.Title))
		if c.Unit != "" {
			put(`<span class="models-unit">`, plain(c.Unit), `</span>`)
		}
		put(`</th>`)
	}
	put(`</tr></thead><tbody>`)
	for _, r := range t.Rows {
		put(`<tr><th scope="row">`)
		if r.Note != "" {
			put(`<details class="fact"><summary>`, plain(r.Name), `</summary><p>`, plain(r.Note), `</p></details>`)
		} else {
			put(plain(r.Name))
		}
		put(`</th>`)
		if len(r.Cells) < len(t.Columns) {
			put(`<td class="models-unknown" colspan="`, strconv.Itoa(max(1, len(t.Columns))), `">模型目录里没有这个模型</td></tr>`)
			continue
		}
		for i, c := range t.Columns {
			put(`<td`, numberClass(c), `>`)
			putFact(put, r.Cells[i])
			put(`</td>`)
		}
		put(`</tr>`)
	}
	put(`</tbody></table></div>`)
	putSources(put, t)
	return b.String()
}

func numberClass(c engine.ModelsColumn) string {
	if c.Number {
		return ` class="models-number"`
	}
	return ""
}

func putFact(put func(...string), f engine.Fact) {
	switch {
	case f.Text == "":
		put(`<span class="models-unknown">`, unknownFact, `</span>`)
	case len(f.Origins) == 0:
		put(plain(f.Text))
	default:
		put(`<details class="fact"><summary>`, plain(f.Text), `</summary>`)
		for i, o := range f.Origins {
			put(`<p>`)
			if i > 0 {
				put(`另一来源：`)
			}
			put(`<b>`, plain(o.Text), `</b>`)
			if o.Note != "" {
				put(`，`, plain(o.Note))
			}
			put(`。来源：`)
			putSource(put, o)
			put(`</p>`)
		}
		put(`</details>`)
	}
}

func putSource(put func(...string), o engine.Origin) {
	if strings.HasPrefix(o.Source, "https://") && !strings.ContainsAny(o.Source, " ；\"<>") {
		put(`<a href="`, escape(o.Source), `" rel="noopener noreferrer" target="_blank">`, plain(o.Source), `</a>`)
	} else {
		put(plain(o.Source))
	}
	if o.Date != "" {
		put(`（`, plain(o.Date), `）`)
	}
}

// putSources lists how the table is to be read and every source once.
func putSources(put func(...string), t engine.ModelsOutput) {
	var all []engine.Origin
	seen := map[[2]string]bool{}
	for _, r := range t.Rows {
		for _, f := range r.Cells {
			for _, o := range f.Origins {
				if key := [2]string{o.Source, o.Date}; !seen[key] {
					seen[key] = true
					all = append(all, o)
				}
			}
		}
	}
	if len(all) == 0 && len(t.Notes) == 0 {
		return
	}
	put(`<details class="models-sources"><summary>怎样读这张表，以及 `, strconv.Itoa(len(all)), ` 个来源（数据整理于 `, plain(t.Generated), `）</summary>`)
	for _, s := range t.Notes {
		put(`<p>`, plain(s), `</p>`)
	}
	if len(all) > 0 {
		put(`<ol>`)
		for _, o := range all {
			put(`<li>`)
			putSource(put, o)
			put(`</li>`)
		}
		put(`</ol>`)
	}
	put(`</details>`)
}

// plain escapes text as a browser does when it prints its own markup.
func plain(s string) string {
	if !strings.ContainsAny(s, "&<>") && !strings.Contains(s, "\u00a0") {
		return s
	}
	return plainEscaper.Replace(s)
}

var plainEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\u00a0", "&nbsp;")

// tableName tells a table from the others of its page: by its models and columns.
func tableName(t engine.ModelsOutput) string {
	var models, columns []string
	for _, r := range t.Rows {
		models = append(models, r.Name)
	}
	for _, c := range t.Columns {
		columns = append(columns, c.Title)
	}
	return "模型表：" + strings.Join(models, "、") + "；" + strings.Join(columns, "、")
}
