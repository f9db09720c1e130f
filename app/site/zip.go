package site

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"path"
	"time"
)

// packedTypes are endings of files that a zip stores as they are.
var packedTypes = map[string]bool{".gz": true, ".png": true, ".jpg": true, ".jpeg": true, ".webp": true, ".woff2": true}

// zipTime stands for every file's time, so that equal files make equal archives.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Zip returns the files as a zip archive, in order of their names.
func (f Files) Zip() ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, name := range f.names() {
		method := zip.Deflate
		if packedTypes[path.Ext(name)] {
			method = zip.Store
		}
		entry, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: zipTime})
		if err != nil {
			return nil, fmt.Errorf("zip %s: %w", name, err)
		}
		if _, err := entry.Write(f[name]); err != nil {
			return nil, fmt.Errorf("zip %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	return b.Bytes(), nil
}

// Unzip reads what Zip wrote.
func Unzip(archive []byte) (Files, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("unzip: %w", err)
	}
	files := Files{}
	for _, entry := range r.File {
		data, err := readEntry(entry)
		if err != nil {
			return nil, fmt.Errorf("unzip %s: %w", entry.Name, err)
		}
		files[entry.Name] = data
	}
	return files, nil
}

func readEntry(entry *zip.File) ([]byte, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
