// Package content carries the shipped course text for the native command, which
// lays it out as plain files beside the site. The programs for the browser do
// not import it: they fetch those files, so that an instructor's edits count.
//
// It may import nothing of this module.
package content

import "embed"

// FS is the shipped course folder: course.md and one folder per language.
//
//go:embed course.md zh
var FS embed.FS
