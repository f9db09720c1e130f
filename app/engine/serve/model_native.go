//go:build !(js && wasm)

package serve

import (
	"io/fs"

	"courselab/assets"
)

// siteModel reads the model that this program carries.
func siteModel() ModelFiles {
	folder, err := fs.Sub(assets.FS, "model")
	if err != nil {
		panic(err) // "model" is a valid path
	}
	return ModelFolder(folder)
}
