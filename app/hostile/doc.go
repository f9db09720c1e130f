// Package hostile holds what tries to run something in the page, or to have it ask
// another site for something: a course whose text does it by every way that
// Markdown, formulas, drawings and questions know, data files that do it in every
// text that they hold, and payloads for fields and addresses. Faults finds in HTML
// what would have worked.
//
// Lesson m1 of the course is one that a check accepts, since its attempts stand
// where any text may stand; m2 is refused, and is shown only to its author. Each
// attempt calls pwned or asks evil.example.
//
// It is for tests alone, and imports nothing of this module but the shipped data.
package hostile
