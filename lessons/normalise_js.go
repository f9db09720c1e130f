//go:build js && wasm

package lessons

import "syscall/js"

// nfkc asks the browser: the tables of golang.org/x/text would add 56 KB to what
// a learner downloads. String.prototype.normalize does not throw for a string
// and this form.
func nfkc(s string) string {
	return js.Global().Get("String").Get("prototype").Get("normalize").Call("call", s, "NFKC").String()
}
