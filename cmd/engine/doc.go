//go:build !(js && wasm)

// Command engine answers the page's requests inside the worker; it runs in a
// browser only.
package main

func main() {}
