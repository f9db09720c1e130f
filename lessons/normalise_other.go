//go:build !(js && wasm)

package lessons

import "golang.org/x/text/unicode/norm"

func nfkc(s string) string { return norm.NFKC.String(s) }
