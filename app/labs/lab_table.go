package labs

import (
	"strings"

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
	for _, c := range t.Columns {
		put(`<th scope="col">`, plain(c.Name))
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
			if i == 0 {
				put(`<th scope="row">`)
			} else {
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
