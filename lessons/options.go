package lessons

// Options says what a lesson may refer to. A nil function skips its check and
// leaves the address as it is written.
type Options struct {
	// Registry holds the labs and functions. A nil map in it skips the check of
	// their names and parameters.
	Registry Registry
	// Lesson returns the address of a lesson, at a fragment unless it is empty.
	// A link to "m1.md#id" asks for ("m1", "id").
	Lesson func(id, fragment string) string
	// File returns the address of a file, given its path from the lesson's
	// folder: "img/block.svg".
	File func(path string) string
	// KnownLesson reports whether the course has a lesson.
	KnownLesson func(id string) bool
	// KnownFile reports whether a file exists beside the lesson.
	KnownFile func(path string) bool
	// Inline returns the text of an SVG file that is to stand in the page itself
	// instead of an <img>, so that it follows the page's theme. It goes through
	// Drawing, whose faults are reported.
	Inline func(path string) (svg string, ok bool)
	// Glossary holds the terms that are linked where a section first uses them,
	// and that [文字](term:ID) may name; nil leaves such links as plain text.
	Glossary *Glossary
	// Term returns the address of a term of the glossary.
	Term func(id string) string
}
