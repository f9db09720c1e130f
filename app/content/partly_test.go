package content

import (
	"errors"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"courselab/lessons"
)

// counted reads from a course and notes what was read.
type counted struct {
	course fstest.MapFS
	mu     sync.Mutex
	read   []string
	fail   error
}

func (c *counted) file(path string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = append(c.read, path)
	if c.fail != nil {
		return nil, c.fail
	}
	return fs.ReadFile(c.course, path)
}

func twoLessons() *counted {
	return &counted{course: fstest.MapFS{
		"course.md":         {Data: []byte(courseFile)},
		"zh/m1.md":          {Data: []byte(written(body))},
		"zh/m2.md":          {Data: []byte(coming)},
		"zh/img/circle.svg": {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`)},
	}}
}

func TestLoadForReadsOneText(t *testing.T) {
	c := twoLessons()
	l, err := LoadFor(c.file, lessons.Registry{}, "m1")
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(c.read, "zh/m2.md") {
		t.Errorf("read %q", c.read)
	}
	first, err := l.Lesson("m1")
	if err != nil {
		t.Fatal(err)
	}
	if l.Head("m2") != nil {
		t.Error("the head of a lesson that was not read")
	}
	c.fail = errors.New("no network")
	if _, err := l.Lesson("m2"); !errors.Is(err, c.fail) {
		t.Errorf("without a network: %v", err)
	}
	c.fail = nil
	if second, err := l.Lesson("m2"); err != nil || second.Title != "第二课" {
		t.Errorf("asked for: %v", err)
	}
	if again, _ := l.Lesson("m1"); again != first {
		t.Error("the first lesson was parsed again")
	}
	if head := l.Head("m2"); head == nil || len(l.Files()) != 4 {
		t.Errorf("head %v of %q", head, l.Files())
	}
	read := len(c.read)
	if changed, err := l.Rest(); changed || err != nil || len(c.read) != read {
		t.Errorf("again: %v, %v, %q", changed, err, c.read[read:])
	}
}

// What has changed on the host in between comes as one set.
func TestRestTakesAChangedSetWhole(t *testing.T) {
	c := twoLessons()
	l, err := LoadFor(c.file, lessons.Registry{}, "m1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Lesson("m1"); err != nil {
		t.Fatal(err)
	}
	c.course["zh/m1.md"] = &fstest.MapFile{Data: []byte(written(body + "\n又一段。\n"))}
	if changed, err := l.Rest(); err != nil || !changed {
		t.Fatalf("changed %v, %v", changed, err)
	}
	if _, _, cached := l.Cached("m1"); cached {
		t.Error("the text from before still stands")
	}
}

func TestLoadForAnUnknownTextReadsAll(t *testing.T) {
	c := twoLessons()
	if _, err := LoadFor(c.file, lessons.Registry{}, "labs"); err != nil {
		t.Fatal(err)
	}
	if len(c.read) != 3 {
		t.Errorf("read %q", c.read)
	}
}
