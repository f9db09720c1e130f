package site

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrForeignFolder is returned by Write when the output folder holds something
// that no build wrote.
var ErrForeignFolder = errors.New("the folder is not empty and holds no earlier build")

// Write puts the files into dir, replacing an earlier build as a whole: they are
// written beside it first, so a failure leaves the earlier build as it was.
func (f Files) Write(dir string) error {
	dir = filepath.Clean(dir)
	if err := replaceable(dir); err != nil {
		return fmt.Errorf("write site %s: %w", dir, err)
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("write site %s: %w", dir, err)
	}
	fresh, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+"-*")
	if err != nil {
		return fmt.Errorf("write site %s: %w", dir, err)
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil {
		return fmt.Errorf("write site %s: %w", dir, err)
	}
	for _, name := range f.names() {
		file := filepath.Join(fresh, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("write site %s: %w", dir, err)
		}
		if err := os.WriteFile(file, f[name], 0o644); err != nil {
			return fmt.Errorf("write site %s: %w", dir, err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("write site %s: %w", dir, err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		return fmt.Errorf("write site %s: %w", dir, err)
	}
	return nil
}

// replaceable reports nil when dir is absent, empty, or an earlier build.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"sw.js", "manifest.webmanifest", "index.html"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return ErrForeignFolder
		}
	}
	return nil
}
