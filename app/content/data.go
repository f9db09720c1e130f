package content

import (
	"fmt"
	"hash/fnv"
	"path"
	"strconv"
)

// dataFolder holds the data files of a course: "data/models.json".
const dataFolder = "data"

// Data returns a data file of the course with a mark that differs when its text
// does. It is read when it is first asked for, and belongs to the set from then
// on. It may block on the network: not to be called on the UI's goroutine in the
// browser.
func (l *Library) Data(name string) (text []byte, mark string, err error) {
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
	h := fnv.New64a()
	h.Write(text)
	return text, strconv.FormatUint(h.Sum64(), 36) + "-" + strconv.Itoa(len(text)), nil
}

// optional reports whether a file of the set is read on demand: a drawing or
// data, which a refresh reads again with the rest.
func optional(name string) bool { return isDrawing(name) || path.Dir(name) == dataFolder }
