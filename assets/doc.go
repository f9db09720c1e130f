// Package assets carries the site's fixed files for the native command. The
// programs for the browser do not import it: they load these files by address.
//
// kernel.wasm and kernel-relaxed.wasm are built from attention/kernel and
// committed; a test fails when source and file differ. fonts/math.woff2 has its licence beside it.
//
// It may import nothing of this module.
package assets
