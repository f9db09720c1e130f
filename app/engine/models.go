package engine

import "strings"

// OpModels: ModelsInput → ModelsOutput: a table of published facts about models.
const OpModels = "models.table"

// ModelsInput asks for a table. The engine keeps the catalogue it was given last:
// a page names the one it means by Catalogue, and sends Data only when it is told
// NeedsData, which an engine that has just started says too.
type ModelsInput struct {
	IDs     []string `json:"ids"`     // rows, in order
	Columns []string `json:"columns"` // "release", "input-price" …, or a benchmark's name
	// Catalogue is a mark that differs between different catalogues.
	Catalogue string `json:"catalogue"`
	Data      string `json:"data,omitempty"` // the text of the course's models.json
}

// defaultModelColumns are shown where a lesson names none.
const defaultModelColumns = "release, context, input-price, output-price"

// ModelsOf reads the parameters of a block "models": lists separated by
// commas. It has no ids where the lesson names none.
func ModelsOf(params map[string]string) ModelsInput {
	list := func(text string) []string {
		var all []string
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、", r) }) {
			if part = strings.TrimSpace(part); part != "" {
				all = append(all, part)
			}
		}
		return all
	}
	columns := params["columns"]
	if columns == "" {
		columns = defaultModelColumns
	}
	return ModelsInput{IDs: list(params["ids"]), Columns: list(columns)}
}

// ModelsOutput is the table. An id or a column that the catalogue does not have
// is no failure: Problems says so, in Chinese, and the rest stands.
type ModelsOutput struct {
	Columns   []ModelsColumn `json:"columns"`
	Rows      []ModelsRow    `json:"rows"`
	Problems  []string       `json:"problems,omitempty"`
	Notes     []string       `json:"notes,omitempty"` // how to read the table
	Generated string         `json:"generated"`       // day of the catalogue
}

// ModelsColumn heads a column. Number says that its cells are numbers or dates.
type ModelsColumn struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Unit   string `json:"unit,omitempty"`
	Number bool   `json:"number,omitempty"`
}

// ModelsRow is one model. Cells are as many as columns; none for a model that
// the catalogue does not have.
type ModelsRow struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Note  string `json:"note,omitempty"`
	Cells []Fact `json:"cells,omitempty"`
}

// Fact is a published value. An empty Text is unknown.
type Fact struct {
	Text string `json:"text"`
	// Origins say where it comes from, the one that Text states first, then what
	// other sources state.
	Origins []Origin `json:"origins,omitempty"`
}

// Origin is what one source states.
type Origin struct {
	Text   string `json:"text"` // the value as it states it: "86.4（5-shot）"
	Source string `json:"source"`
	Date   string `json:"date,omitempty"` // on which it was so; ISO 8601
	Note   string `json:"note,omitempty"`
}
