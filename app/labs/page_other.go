//go:build !(js && wasm)

package labs

// Stand-ins for the page around a lab: natively there is none.

func readFragment() string              { return "" }
func writeFragment(string)              {}
func absolute(href string) string       { return href }
func download(name string, data []byte) {}
func focus(id string)                   {}
func reveal(list, item string)          {}

func copyText(text string, done func(ok bool)) { done(false) }
