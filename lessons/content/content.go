// Package content carries the shipped course text for the native command, which
// lays it out as plain files beside the site. The programs for the browser do
// not import it: they fetch those files, so that an instructor's edits count.
//
// It may import nothing of this module.
package content

import "embed"

// FS is the shipped course folder: course.md, one folder per language, and the data
// that labs and tables read.
//
//go:embed course.md zh data
var FS embed.FS
