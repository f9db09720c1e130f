package site

import (
	"io/fs"

	"courselab/app/author"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/lessons"
)

// Check returns everything wrong with a course folder, sorted, nil where nothing
// is: what author.Check finds, as the author's page does, with the engine's code
// in this program.
func Check(course fs.FS) lessons.Faults {
	never := func() error { return nil }
	faults, _ := author.Check(lessons.FolderOf(course), func(in engine.FolderDataInput) (engine.FolderDataOutput, error) {
		return serve.CheckFolder(in, never) // whose only error is never's
	})
	return faults
}
