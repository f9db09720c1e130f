package author

import (
	"fmt"
	"io/fs"
	"path"
	"sort"

	"courselab/lessons"
)

// Checked is the folder as a check reads it. Nothing is borrowed for a whole
// course, which is published as it is; lessons alone, without a course.md, are
// held against what would stand around them. Before each file is read pause is
// called: it lets a page be drawn in between, and an error of its ends the reading.
func (f *Folder) Checked(pause func() error) lessons.Folder { return checked{f, pause} }

type checked struct {
	folder *Folder
	pause  func() error
}

// List implements lessons.Folder.
func (v checked) List() []lessons.File {
	var lent []string
	if !v.folder.Has(courseFile) {
		lent = []string{courseFile, shippedGlossary, modelsFile, gpusFile}
	}
	for _, name := range lent {
		_, _ = v.folder.Read(name) // it may do without
	}
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	var all []lessons.File
	add := func(name string, data []byte) {
		all = append(all, lessons.File{Name: name, Size: int64(len(data))})
	}
	for name, data := range v.folder.files {
		add(name, data)
	}
	for _, name := range lent {
		if data, ok := v.folder.borrowed[name]; ok {
			add(name, data)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// Read implements lessons.Folder.
func (v checked) Read(name string) ([]byte, error) {
	if err := v.pause(); err != nil {
		return nil, err
	}
	data, ok := v.folder.own(name)
	if !ok {
		return nil, fmt.Errorf("%s: %w", path.Base(name), fs.ErrNotExist)
	}
	return data, nil
}
