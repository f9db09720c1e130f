package author

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"
)

// FS is the folder as a file system, with what was borrowed. Before each file is
// opened pause is called: it lets a page be drawn in between, and an error of its
// ends the reading.
func (f *Folder) FS(pause func() error) fs.FS { return files{f, pause} }

type files struct {
	folder *Folder
	pause  func() error
}

// Open implements fs.FS.
func (v files) Open(name string) (fs.File, error) {
	if err := v.pause(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return v.find(name)
}

// Stat implements fs.StatFS: it takes no time, so there is no pause.
func (v files) Stat(name string) (fs.FileInfo, error) {
	f, err := v.find(name)
	if err != nil {
		return nil, err
	}
	return f.Stat()
}

func (v files) find(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	data, ok := v.folder.own(name)
	if !ok && name == shippedGlossary {
		if text, err := v.folder.Read(name); err == nil && text != nil {
			data, ok = text, true
		}
	}
	if ok {
		return &file{info{path.Base(name), int64(len(data)), false}, bytes.NewReader(data)}, nil
	}
	if list := v.list(name); len(list) > 0 {
		return &folder{info{path.Base(name), 0, true}, list}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// list returns what lies in a folder, sorted by name.
func (v files) list(name string) []fs.DirEntry {
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	found := map[string]info{}
	for _, held := range []map[string][]byte{v.folder.files, v.folder.borrowed} {
		for full, data := range held {
			if rest, ok := strings.CutPrefix(full, prefix); ok {
				first, _, nested := strings.Cut(rest, "/")
				if nested {
					data = nil
				}
				found[first] = info{first, int64(len(data)), nested}
			}
		}
	}
	list := make([]fs.DirEntry, 0, len(found))
	for _, i := range found {
		list = append(list, fs.FileInfoToDirEntry(i))
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name() < list[j].Name() })
	return list
}

type info struct {
	name   string
	size   int64
	folder bool
}

func (i info) Name() string { return i.name }
func (i info) Size() int64  { return i.size }
func (i info) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.folder }
func (i info) Sys() any           { return nil }

type file struct {
	info
	*bytes.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Size() int64                { return f.info.size }
func (f *file) Close() error               { return nil }

type folder struct {
	info
	rest []fs.DirEntry
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

// ReadDir implements fs.ReadDirFile.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		list := f.rest
		f.rest = nil
		return list, nil
	}
	n = min(n, len(f.rest))
	list := f.rest[:n]
	f.rest = f.rest[n:]
	if n == 0 {
		return nil, io.EOF
	}
	return list, nil
}
