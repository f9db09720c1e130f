package run

import (
	"context"
	"io"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
)

// Run is a computation that goes on step by step and shows a sheet at any time.
// It is used by one goroutine at a time.
type Run interface {
	// Step does the next step. One that takes more than a few milliseconds calls
	// the input's Pause within. After the context's error the run is as it was
	// before the step, or so that it can be gone on with; after another it is
	// given up.
	Step(ctx context.Context) error
	// At is how far it has come: Done of Total in Unit. It has ended when Done is
	// Total.
	At() engine.Progressed
	// Sheet shows what is known so far. It is asked for about once a second, and
	// at the end.
	Sheet(ctx context.Context) (engine.Sheet, error)
	// Bytes is the memory that it holds.
	Bytes() int64
}

// Saver is a Run that can be written to a file: a safetensors file that carries
// metadata beside what the run itself needs.
type Saver interface {
	Save(w io.Writer, metadata map[string]string) error
	// Load goes on from a file. It changes nothing when it fails.
	Load(data []byte) error
}

// Setter is a Run some of whose values may change while it is under way.
type Setter interface {
	// Set takes the values of in. ok is false, and nothing changed, where one
	// that differs needs a run of its own.
	Set(in *sheet.Input) (ok bool, err error)
}

// Lab makes the runs of one lab.
type Lab struct {
	// Bytes estimates from the inputs what a run will hold. It is called before
	// Begin and allocates little.
	Bytes func(in *sheet.Input) (int64, error)
	// Begin returns a run at its first step. The run may keep in; its Context is
	// that of the request under way.
	Begin func(in *sheet.Input) (Run, error)
	// Version is of the lab's files: one of another version is refused.
	Version string
}

// ended reports whether nothing is left to do.
func ended(r Run) bool {
	at := r.At()
	return at.Done >= at.Total
}
