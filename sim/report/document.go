package report

import "courselab/sim"

// Document is a selection report.
type Document struct {
	Title, Author, Date string // Date is the learner's, ISO 8601
	Texts               []Text // what the learner wrote, in the rubric's order
	Parts               []Part
	Data                []Data
	Rubric              []Score
}

// Text is an answer in the learner's own words; empty where nothing is written.
type Text struct{ Heading, Body string }

// Data is a file that the numbers rest on.
type Data struct {
	Name string // "data/models.json"
	Date string // of the file, as it says itself
	Mark string // differs between different texts
}

// Part is the result of one choice.
type Part struct {
	ID, Title   string // "fit", "能不能跑"
	Link        string // to the exact state of the lab; may be empty
	Verdict     string // the result in one sentence
	Assumptions []Assumption
	Numbers     []Number
	Figures     []Figure
	Tables      []Table
	Notes       []string
	// Missing says why there is no result, in Chinese; the rest is then empty.
	Missing string
}

// Assumption is an input that was chosen.
type Assumption struct {
	Name, Value string
	Changed     bool // by the learner; else as the course proposes
}

// Number is a result that explains itself.
type Number struct {
	Name, Text       string // Text with its unit
	Formula, Working string
	Sources          []sim.Source
}

// Figure is a drawing. SVG is markup of the program's own, written as it is; a
// reader of the Markdown gets the description.
type Figure struct{ Title, Desc, SVG string }

// Table is a table whose cells may cite sources.
type Table struct {
	Title   string
	Columns []string
	Rows    [][]Cell
}

// Cell is one cell.
type Cell struct {
	Text    string
	Sources []sim.Source
}

// Score is one line of the rubric.
type Score struct {
	Criterion, Asks string // what is to be written
	Full            string // what earns two points
	Points          int    // the learner's own, 0 to 2; −1 where not given
	// Checked is what can be seen in the document itself: "" where nothing can.
	Checked string
	Holds   bool // what Checked says is met
}

// Cited is a source with its number.
type Cited struct {
	Number int // from 1
	Source sim.Source
}

// bibliography numbers sources as they are cited.
type bibliography struct {
	numbers map[sim.Source]int
	list    []Cited
}

func (b *bibliography) cite(sources []sim.Source) []int {
	if b.numbers == nil {
		b.numbers = map[sim.Source]int{}
	}
	var numbers []int
	for _, s := range sources {
		if s.Title == "" {
			continue
		}
		n, known := b.numbers[s]
		if !known {
			n = len(b.list) + 1
			b.numbers[s] = n
			b.list = append(b.list, Cited{n, s})
		}
		twice := false
		for _, m := range numbers {
			twice = twice || m == n
		}
		if !twice {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// Sources lists every source that the document cites.
func (d *Document) Sources() []Cited {
	var b bibliography
	for _, p := range d.Parts {
		for _, n := range p.Numbers {
			b.cite(n.Sources)
		}
		for _, t := range p.Tables {
			for _, row := range t.Rows {
				for _, c := range row {
					b.cite(c.Sources)
				}
			}
		}
	}
	return b.list
}

// Points sums the rubric's scores; of is the most that could be had, 2 a line.
func (d *Document) Points() (points, given, of int) {
	for _, s := range d.Rubric {
		of += 2
		if s.Points >= 0 {
			points += s.Points
			given++
		}
	}
	return points, given, of
}
