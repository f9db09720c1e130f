package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
)

// programsDir is where `make wasm` leaves the programs for the browser.
const programsDir = "build"

// released reports whether this program carries a built site.
func released() bool { return len(embeddedSite) > 0 }

// programs returns the folder with the programs for the browser: those that a
// released program carries, else those that `make wasm` wrote.
func programs() (fs.FS, error) {
	if !released() {
		return os.DirFS(programsDir), nil
	}
	archive, err := zip.NewReader(bytes.NewReader(embeddedSite), int64(len(embeddedSite)))
	if err != nil {
		return nil, fmt.Errorf("read the embedded site: %w", err)
	}
	folder, err := fs.Sub(archive, "assets")
	if err != nil {
		return nil, fmt.Errorf("read the embedded site: %w", err)
	}
	return folder, nil
}
