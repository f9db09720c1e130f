//go:build embedsite

package main

import _ "embed"

// embeddedSite is the site of a released program as a zip, built for "/". `make
// release` writes it.
//
//go:embed site.zip
var embeddedSite []byte
