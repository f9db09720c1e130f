//go:build js && wasm

package route

// Attr returns s: the browser sets attributes as values, not as markup.
func Attr(s string) string { return s }
