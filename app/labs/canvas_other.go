//go:build !(js && wasm)

package labs

// readPalette returns no colours: there is no page.
func readPalette() *palette { return &palette{} }

// watchTheme never calls f: there is no page.
func watchTheme(f func()) (stop func()) { return func() {} }

// paint does nothing: there is no canvas.
func paint(list []painting, p *palette) {}
