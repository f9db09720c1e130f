package site

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"courselab/app/site/deflate"
)

// Pack writes NAME.wasm.gz beside each program in a folder, packed as small as
// there is patience for, unless it is there already.
func Pack(dir string) error {
	programs := os.DirFS(dir)
	for _, name := range []string{"app.wasm", "engine.wasm"} {
		data, err := readProgram(programs, name)
		if err != nil {
			return err
		}
		if _, fits := packedProgram(programs, name, data); fits {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name+".gz"), deflate.Gzip(data), 0o644); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return nil
}

// readProgram returns a program as it is shipped.
func readProgram(dir fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read program %s: %w", name, ErrNoProgram)
	}
	if err == nil && path.Ext(name) == ".wasm" {
		data, err = joinSegments(data)
	}
	if err != nil {
		return nil, fmt.Errorf("read program %s: %w", name, err)
	}
	return data, nil
}

// packedProgram returns what Pack left of a program, if it is of this very one.
func packedProgram(dir fs.FS, name string, data []byte) (packed []byte, fits bool) {
	packed, err := fs.ReadFile(dir, name+".gz")
	if err != nil {
		return nil, false
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, false
	}
	unpacked, err := io.ReadAll(r)
	return packed, err == nil && bytes.Equal(unpacked, data)
}
