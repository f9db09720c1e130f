// Package content holds the text of the course as it is now: the course file,
// the lessons, and the drawings they show, read from plain files beside the
// program and parsed on demand.
//
// The files are read as one set: all or none. A set that cannot be read, and a
// lesson that does not parse, leave the last good version standing; the error
// says what is wrong, by file and line.
//
// SVG drawings go into the page itself, so that they follow its theme; package
// lessons refuses what could run or reach outside in them.
//
// Paths are relative to the course folder: "course.md", "zh/m3.md",
// "zh/img/block.svg", "data/models.json".
//
// Imports: lessons, app/route.
package content
