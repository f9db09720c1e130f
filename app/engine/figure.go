package engine

// Figure is a drawn chart: SVG text that uses only CSS variables for colour,
// its name and description for readers who do not see it, and its data.
type Figure struct {
	SVG   string `json:"svg"`
	Title string `json:"title"`
	Desc  string `json:"desc"`
	Table Table  `json:"table"`
}

// Table is what a figure shows, as text: for the table view and the CSV file.
type Table struct {
	Columns []Column   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Column heads one column of a Table; Unit is empty for pure numbers and text.
type Column struct {
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`
}
