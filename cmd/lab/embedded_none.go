//go:build !embedsite

package main

// embeddedSite is empty: this program takes the programs for the browser from
// where `make wasm` puts them.
var embeddedSite []byte
