//go:build !(js && wasm)

package route

import "strings"

var attrEscaper = strings.NewReplacer(
	"&", "&amp;", `"`, "&#34;", "<", "&lt;", ">", "&gt;", "\n", "&#10;", "\t", "&#9;")

// Attr returns s fit for an attribute value of a go-app element. While
// prerendering, go-app prints values with %q and escapes nothing else, so every
// character that %q or HTML would take for its own must be gone beforehand.
// On the client it returns s itself.
func Attr(s string) string { return attrEscaper.Replace(s) }
