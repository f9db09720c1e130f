package engine

// Operations of the labs that the common panel draws.
const (
	// OpLab: LabInput → Sheet. A quick part may come first as a Partial Sheet.
	OpLab = "lab"
	// OpLabChoices: LabChoicesInput → LabChoices: what can be chosen from the
	// course's data.
	OpLabChoices = "lab.choices"
)

// LabInput asks for what follows from the inputs of a lab.
type LabInput struct {
	Lab string `json:"lab"` // "fit"
	// Values holds every input by name in its canonical form: a number as a
	// decimal, a toggle as "1" or "0", a list separated by commas.
	Values map[string]string `json:"values"`
	// Data are the files of the course that the lab computes with, by path.
	Data map[string]DataFile `json:"data,omitempty"`
	// Width is how wide figures are on the screen, in CSS pixels; 0: as on a
	// phone.
	Width int `json:"width,omitempty"`
}

// DataFile is one file of the course. The engine keeps what it was given last: a
// page names the file by its Mark and sends its Text only when it is told
// NeedsData, which an engine that has just started says too.
type DataFile struct {
	Mark string `json:"mark"` // differs between different texts
	Text string `json:"text,omitempty"`
}

// Sheet is the result of a lab, in the order in which it is read.
type Sheet struct {
	Verdict Verdict `json:"verdict"`
	Notes   []Note  `json:"notes,omitempty"` // warnings and assumptions
	Parts   []Part  `json:"parts,omitempty"`
	// Faults name inputs that cannot be used. A Sheet of nothing else leaves what
	// stood before.
	Faults []Fault `json:"faults,omitempty"`
	// Answer is the Value of the lab's guess that is right for these inputs,
	// Because why; empty where it is open.
	Answer  string `json:"answer,omitempty"`
	Because string `json:"because,omitempty"`
	// Presets are ways to set the lab up; an element of the lab's own offers them.
	Presets []Preset `json:"presets,omitempty"`
	// Files are what the lab has made beside the sheet.
	Files []File `json:"files,omitempty"`
}

// Preset sets a lab up: Values of its parameters, the others stay.
type Preset struct {
	Title  string            `json:"title"`
	About  string            `json:"about,omitempty"`
	Values map[string]string `json:"values"`
}

// File is a text that a lab has made: a report as Markdown.
type File struct {
	Name string `json:"name"` // "report.md"
	Type string `json:"type"` // media type: "text/markdown"
	Text string `json:"text"`
}

// Empty reports whether the sheet shows nothing.
func (s Sheet) Empty() bool {
	return s.Verdict.Text == "" && len(s.Notes) == 0 && len(s.Parts) == 0
}

// Tone is how good a piece of news is; it is shown by a word and a mark too, not
// by colour alone.
type Tone string

const (
	Plain Tone = ""     // neither
	Good  Tone = "good" // fits, passes, saves
	Warn  Tone = "warn" // look again
	Bad   Tone = "bad"  // does not fit, fails, costs
)

// Verdict is the result in one sentence.
type Verdict struct {
	Tone   Tone   `json:"tone,omitempty"`
	Text   string `json:"text"`
	Detail string `json:"detail,omitempty"` // a second sentence; may be empty
}

// Note is a sentence that the result must not be read without.
type Note struct {
	Tone Tone   `json:"tone,omitempty"`
	Text string `json:"text"`
}

// Part is a piece of a Sheet under a title of its own.
type Part struct {
	Title      string      `json:"title,omitempty"`
	Text       string      `json:"text,omitempty"`
	Quantities []Quantity  `json:"quantities,omitempty"`
	Figures    []Figure    `json:"figures,omitempty"`
	Tables     []FactTable `json:"tables,omitempty"`
}

// Quantity is a number that explains itself.
type Quantity struct {
	Name string `json:"name"`
	Text string `json:"text"` // the value with its unit, as shown: "13.5 GB"
	// Value in Unit is for the CSV file; nil where there is no number.
	Value *float64 `json:"value,omitempty"`
	Unit  string   `json:"unit,omitempty"`
	Tone  Tone     `json:"tone,omitempty"`
	Note  string   `json:"note,omitempty"` // a short remark beside the value: "占 42%"
	// Formula, Working (with numbers), Terms and Sources unfold.
	Formula string       `json:"formula,omitempty"`
	Working string       `json:"working,omitempty"`
	Terms   []Term       `json:"terms,omitempty"`
	Sources []SourceNote `json:"sources,omitempty"`
}

// Term is one operand of a Quantity, as shown.
type Term struct {
	Symbol string `json:"symbol"`
	Name   string `json:"name"`
	Text   string `json:"text"`
}

// SourceNote is where a formula or a fact comes from.
type SourceNote struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Date  string `json:"date,omitempty"`
}

// FactTable is a table whose cells may open their sources.
type FactTable struct {
	Title   string    `json:"title"`
	Text    string    `json:"text,omitempty"` // below the table
	Columns []Column  `json:"columns"`
	Rows    []FactRow `json:"rows"`
	// Name is the CSV file's, without its end; empty: from the lab and the title's
	// place.
	Name string `json:"name,omitempty"`
}

// FactRow is one row; its first cell names it. Cells are as many as columns.
type FactRow struct {
	Cells []Fact `json:"cells"`
	Tone  Tone   `json:"tone,omitempty"`
}

// Fault is an input that cannot be used.
type Fault struct {
	Field   string `json:"field"` // the input's name; empty: several together
	Value   string `json:"value,omitempty"`
	Message string `json:"message"` // Chinese: what is wrong, what is accepted
}

// LabChoicesInput asks what can be chosen from files of the course.
type LabChoicesInput struct {
	Data map[string]DataFile `json:"data"`
}

// LabChoices are the models and accelerators of the course's data, in the files'
// order.
type LabChoices struct {
	Models []LabChoice `json:"models,omitempty"`
	GPUs   []LabChoice `json:"gpus,omitempty"`
}

// LabChoice is one of them. Traits say what is known of it: of models "arch"
// (weights can be counted), "kv", "price", "price-cny", "open", "params"; of
// accelerators "memory", "bandwidth", "fp16".
type LabChoice struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Group  string   `json:"group"` // the vendor
	Traits []string `json:"traits,omitempty"`
}

// Has reports whether a choice has a trait; all have the empty one.
func (c LabChoice) Has(trait string) bool {
	for _, t := range c.Traits {
		if t == trait {
			return true
		}
	}
	return trait == ""
}
