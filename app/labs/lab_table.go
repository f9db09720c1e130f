package labs

import (
	"strings"
	"unicode/utf8"

	"courselab/app/engine"
)

// factTableHTML draws a table as markup; a cell with a source opens it. An empty
// cell is what is not published.
func factTableHTML(t engine.FactTable, o sheetOptions) string {
	var b strings.Builder
	put := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s)
		}
	}
	put(`<div aria-label="`, escape(t.Title), `，可滚动`, escape(o.place), `" class="lab-scroll sheet-table" role="region" tabindex="0"><table class="lab-data"><thead><tr>`)
	words := wordColumns(t)
	for i, c := range t.Columns {
		if words[i] {
			put(`<th class="sheet-words" scope="col">`, plain(c.Name))
		} else {
			put(`<th scope="col">`, plain(c.Name))
		}
		if c.Unit != "" {
			put(`<span class="lab-unit">（`, plain(c.Unit), `）</span>`)
		}
		put(`</th>`)
	}
	put(`</tr></thead><tbody>`)
	for _, r := range t.Rows {
		put(`<tr`)
		if r.Tone != engine.Plain {
			put(` data-tone="`, escape(string(r.Tone)), `"`)
		}
		put(`>`)
		for i, c := range r.Cells {
			switch {
			case i == 0:
				put(`<th scope="row">`)
			case i < len(words) && words[i]:
				put(`<td class="sheet-words">`)
			default:
				put(`<td>`)
			}
			putFact(put, c)
			if i == 0 {
				put(`</th>`)
			} else {
				put(`</td>`)
			}
		}
		put(`</tr>`)
	}
	put(`</tbody></table></div>`)
	return b.String()
}

// wordColumns tells the columns that hold sentences, which are set as text and not
// as numbers.
func wordColumns(t engine.FactTable) []bool {
	const most = 14 // characters of a number with its unit
	words := make([]bool, len(t.Columns))
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			if i < len(words) && utf8.RuneCountInString(c.Text) > most && !strings.HasPrefix(c.Text, "未公布") {
				words[i] = true
			}
		}
	}
	return words
}
