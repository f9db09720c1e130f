package lessons

import "slices"

// Lesson is one parsed and validated module.
type Lesson struct {
	ID         string // "m3"
	Title      string
	Summary    string
	Minutes    int
	Objectives []Objective
	Sources    []Source
	// Coming lessons have front matter only: they stand in the course map.
	Coming   bool
	Sections []Section
	Quiz     *Quiz // nil where the lesson has none
	// Terms are the terms of the glossary that each section uses.
	Terms []TermUse
}

// Objective is what a learner can do afterwards. Questions refer to ID.
type Objective struct {
	ID   string // "o1"
	Text string
}

// Source is where facts come from. Date is the source's own, ISO 8601, as
// precise as known ("2017", "2017-06-12").
type Source struct {
	ID    string // "vaswani2017": cited in the text as [^vaswani2017] or listed only
	Title string
	URL   string // may be empty for a book
	Date  string
}

// Course is what a course file says.
type Course struct {
	ID      string // part of the key that progress is stored under
	Title   string
	Lang    string // the folder of the lessons, and the pages' language: "zh"
	Summary string
	Goals   []string
	Modules []string // lesson ids in order; the files are LANG/ID.md
	// Glossary is the file of the terms in that folder, "glossary.md"; empty
	// where the course has none.
	Glossary string
	// Hidden labs are drawn nowhere: neither in lessons nor in the gallery.
	Hidden []string
	// Accent is the colour of links and buttons on a light page, AccentDark on a
	// dark one: "#1b5a7d"; empty: the program's own.
	Accent     string
	AccentDark string
	// Guide is the id of the instructor's guide, a text in the form of a lesson that
	// is none of the modules: "guide" for guide.md; empty where the course has none.
	Guide string
	// About is the file's text as HTML; it may be empty.
	About string
}

// Hides reports whether a course hides a lab.
func (c *Course) Hides(lab string) bool { return c != nil && slices.Contains(c.Hidden, lab) }

// Texts lists the ids of everything in the form of a lesson: the modules in order,
// then the guide.
func (c *Course) Texts() []string {
	if c.Guide == "" {
		return c.Modules
	}
	return append(slices.Clone(c.Modules), c.Guide)
}

// Section is a heading and the blocks below it, up to the next heading. The
// first section of a lesson may have no heading (Level 0).
type Section struct {
	Level  int    // 2 … 4; 0 without heading
	ID     string // anchor
	Title  string // plain text
	HTML   string // the heading's inline content
	Blocks []Block
}

// Block is prose or a lab.
type Block struct {
	// HTML is sanitised markup of any number of sibling elements; empty for a lab.
	HTML string
	Lab  *Lab
}

// Lab is a placed lab: its registered name, the parameters that the lesson
// sets, and a key unique in the lesson ("attention-1").
type Lab struct {
	Key    string
	Name   string
	Params map[string]string
	Line   int
}

// Quiz is the self-check of a lesson.
type Quiz struct {
	ID        string // anchor of its heading
	Title     string
	Intro     string // HTML, may be empty
	Questions []Question
}

// QuestionKind is how a question is answered.
type QuestionKind string

const (
	Single   QuestionKind = "single"
	Multiple QuestionKind = "multiple"
	Order    QuestionKind = "order"
	Fill     QuestionKind = "fill"
	Compute  QuestionKind = "compute"
)

// Question is one question of a quiz.
type Question struct {
	ID         string
	Kind       QuestionKind
	Title      string // plain text of its heading
	TitleHTML  string // the heading's inline content
	Prompt     string // HTML; empty where the heading says it all; a compute prompt holds <span data-param="name"> elements
	Hint       string // HTML, may be empty
	Objectives []string
	Options    []Option // single, multiple, order (in the right order)
	Blanks     []Blank  // fill: Prompt holds <span data-blank="0"></span> elements
	Compute    *ComputeSpec
	// Explanation of the whole answer (HTML; fill, order and compute).
	Explanation string
	// Fingerprint changes exactly when the set of correct answers, or the
	// computed function, changes: a stored answer is valid while it is equal.
	Fingerprint string
	Line        int
}

// Option is one choice. Key is what the author wrote at its end as {#key},
// otherwise its place in the question, counted from 1: so mending a typo in an
// option keeps the answers that learners have stored. See the package comment
// for what that trades away.
type Option struct {
	Key         string
	HTML        string
	Correct     bool
	Explanation string // HTML, may be empty
}

// Blank is a gap to fill in; every accepted answer is right.
type Blank struct {
	Accepted []string // as written; Grade compares them normalised
}

// ComputeSpec is a computed question: a registered function, the ranges its
// parameters are drawn from, the unit asked for and the relative tolerance.
type ComputeSpec struct {
	Function string
	// Ranges say where each parameter's values are drawn from: "8",
	// "4096..32768 step 4096" or "32 | 40 | 80".
	Ranges    map[string]string
	Unit      string  // empty for a pure number
	Tolerance float64 // relative: 0.01 is 1 %
}
