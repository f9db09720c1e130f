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

func TestDataIsReadOnceAndBelongsToTheSet(t *testing.T) {
	course := courseFS()
	course["data/models.json"] = &fstest.MapFile{Data: []byte(`{"a": 1}`)}
	var mu sync.Mutex
	reads := 0
	l, err := Load(func(path string) ([]byte, error) {
		if path == "data/models.json" {
			mu.Lock()
			reads++
			mu.Unlock()
		}
		return fs.ReadFile(course, path)
	}, lessons.Registry{})
	if err != nil {
		t.Fatal(err)
	}
	if reads != 0 {
		t.Error("data is read before it is asked for")
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if text, mark, err := l.Data("data/models.json"); err != nil || string(text) != `{"a": 1}` || mark == "" {
				t.Errorf("Data() = %s, %q, %v", text, mark, err)
			}
		})
	}
	group.Wait()
	if reads != 1 {
		t.Errorf("read %d times", reads)
	}
	if !slices.Contains(l.Files(), "content/data/models.json") {
		t.Errorf("Files() = %v", l.Files())
	}
	_, before, _ := l.Data("data/models.json")
	course["data/models.json"] = &fstest.MapFile{Data: []byte(`{"a": 2}`)}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh() = %v, %v", changed, err)
	}
	if text, after, _ := l.Data("data/models.json"); string(text) != `{"a": 2}` || after == before {
		t.Errorf("after a change: %s, mark %q, before %q", text, after, before)
	}
}

func TestDataThatIsNotThere(t *testing.T) {
	course := courseFS()
	l := load(t, course)
	if _, _, err := l.Data("data/models.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, _, err := l.Data("zh/m1.md"); err == nil {
		t.Error("a lesson is given out as data")
	}
	// It is tried again: the network may be back.
	course["data/models.json"] = &fstest.MapFile{Data: []byte(`{}`)}
	if _, _, err := l.Data("data/models.json"); err != nil {
		t.Error(err)
	}
}
