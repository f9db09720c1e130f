package content

import (
	"fmt"
	"path"

	"courselab/lessons"
)

// dataFolder holds the data files of a course: "data/models.json".
const dataFolder = "data"

// Data returns a data file of the course with a mark that differs when its text
// does. It is read when it is first asked for, and belongs to the set from then
// on; PassagesFile is made from the lessons instead. It may block on the network: not to be called on the UI's goroutine in the
// browser.
func (l *Library) Data(name string) (text []byte, mark string, err error) {
	if name == PassagesFile {
		return l.passages()
	}
	if path.Dir(name) != dataFolder {
		return nil, "", fmt.Errorf("read data %q: not in %s", name, dataFolder)
	}
	// One reads, the others wait for it: several tables of a page ask at once.
	l.reading.Lock()
	defer l.reading.Unlock()
	l.mu.Lock()
	text, ok := l.files[name]
	l.mu.Unlock()
	if !ok {
		if text, err = l.read(name); err != nil {
			return nil, "", fmt.Errorf("read %s: %w", name, err)
		}
		l.mu.Lock()
		l.files[name] = text
		l.mu.Unlock()
	}
	// JSON takes what is no UTF-8 for signs of replacement, and says nothing.
	if err := lessons.CheckText(name, text); err != nil {
		return nil, "", err
	}
	// Notepad puts a mark before UTF-8, which no parser of JSON takes.
	text = lessons.WithoutMark(text)
	return text, markOf(text), nil
}

// optional reports whether a file of the set is read on demand: a drawing or
// data, which a refresh reads again with the rest.
func optional(name string) bool { return isDrawing(name) || path.Dir(name) == dataFolder }
