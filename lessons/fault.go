package lessons

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Fault is one thing wrong with a file, at a line counted from 1. Message is
// Chinese, for the author, and says what form was expected.
type Fault struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message) }

// Faults is everything that is wrong, sorted by file, line and message. It is
// the error that Parse and ParseCourse return.
type Faults []Fault

// Error returns one fault a line, as "file:line: message".
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the faults in order, each once.
func (fs Faults) sorted() Faults {
	// sort.Slice and not slices.SortFunc here and elsewhere in this package: each
	// instance of that adds 3 KB to what a learner downloads.
	sort.Slice(fs, func(i, j int) bool {
		a, b := fs[i], fs[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Message < b.Message
	})
	return slices.Compact(fs)
}

// err returns the faults as an error, nil where there are none: an empty Faults
// in an error interface would not be nil.
func (fs Faults) err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs.sorted()
}
