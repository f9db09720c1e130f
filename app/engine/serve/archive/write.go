package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"courselab/app/engine"
)

// Write returns a zip of the files, which it takes in the order of their names.
// A name that Read would refuse, or twice the same, is an error.
func Write(files []engine.FolderFile, modified time.Time, pause func() error) ([]byte, error) {
	if len(files) > engine.MaxFolderFiles {
		return nil, ErrTooMany
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b engine.FolderFile) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	size := 0
	for i, f := range files {
		if err := pause(); err != nil {
			return nil, err
		}
		if !plain(f.Name) || i > 0 && files[i-1].Name == f.Name {
			return nil, fmt.Errorf("pack %q: 文件名不能用", f.Name)
		}
		if size += len(f.Data); size > engine.MaxFolderBytes {
			return nil, ErrTooLarge
		}
		header := &zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: modified}
		if compressed(f.Name) {
			header.Method = zip.Store
		}
		w, err := z.CreateHeader(header)
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return out.Bytes(), nil
}

// compressed reports whether a file's kind is compressed already.
func compressed(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".zip", ".woff2", ".mp4", ".pdf":
		return true
	}
	return false
}
