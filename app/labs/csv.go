package labs

import (
	"strconv"
	"strings"

	"courselab/app/engine"
)

// csvBOM makes spreadsheet programs read the file as UTF-8.
const csvBOM = "\ufeff"

// csvFile returns a table as a CSV file (RFC 4180, CRLF, UTF-8 with BOM). A cell
// that a spreadsheet would run as a formula is given a leading apostrophe.
func csvFile(t engine.Table) []byte {
	var b strings.Builder
	b.WriteString(csvBOM)
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Name
		if c.Unit != "" {
			head[i] += "（" + c.Unit + "）"
		}
	}
	writeCSV(&b, head)
	for _, row := range t.Rows {
		writeCSV(&b, row)
	}
	return []byte(b.String())
}

func writeCSV(b *strings.Builder, row []string) {
	for i, v := range row {
		if i > 0 {
			b.WriteByte(',')
		}
		if v != "" && strings.ContainsRune("=+-@\t", rune(v[0])) {
			if _, err := strconv.ParseFloat(v, 64); err != nil {
				v = "'" + v
			}
		}
		if strings.ContainsAny(v, "\",\r\n") {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		b.WriteString(v)
	}
	b.WriteString("\r\n")
}

// tableHTML returns a table as markup. rowHeads says that the first column
// names its row.
func tableHTML(caption string, t engine.Table, rowHeads bool) string {
	var b strings.Builder
	b.WriteString(`<table class="lab-data"><caption>` + escape(caption) + `</caption><thead><tr>`)
	for _, c := range t.Columns {
		b.WriteString(`<th scope="col">` + escape(c.Name))
		if c.Unit != "" {
			b.WriteString(`<span class="lab-unit">（` + escape(c.Unit) + `）</span>`)
		}
		b.WriteString(`</th>`)
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for i, v := range row {
			if i == 0 && rowHeads {
				b.WriteString(`<th scope="row">` + escape(v) + `</th>`)
			} else {
				b.WriteString(`<td>` + escape(v) + `</td>`)
			}
		}
		b.WriteString("</tr>")
	}
	b.WriteString(`</tbody></table>`)
	return b.String()
}

// matrixTable returns a matrix with its labels as a table. plain writes numbers
// for a program to read instead of a person.
func matrixTable(t engine.Tensor, rowLabels, colLabels []string, corner string, plain bool) engine.Table {
	// A token is told from its like by its place; a dimension is its place.
	name := func(i int, label string) string {
		if at := strconv.Itoa(i); at != label {
			return at + " " + label
		}
		return label
	}
	table := engine.Table{Columns: []engine.Column{{Name: corner}}}
	for c := range t.Cols {
		table.Columns = append(table.Columns, engine.Column{Name: name(c, colLabels[c])})
	}
	for r := range t.Rows {
		row := []string{name(r, rowLabels[r])}
		for c := range t.Cols {
			v := t.At(r, c)
			if plain {
				row = append(row, strconv.FormatFloat(float64(v), 'g', -1, 32))
			} else {
				row = append(row, number(float64(v)))
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}
