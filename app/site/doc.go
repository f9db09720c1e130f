// Package site turns the course, the assets and the two wasm binaries into the
// folder that any static host can serve. It renders and packs; it compiles
// nothing.
//
// Every page is prerendered through the same components that run in the
// browser, with each lab's default figure computed by the engine in process.
// Addresses in prerendered pages are relative to the page, so one build runs at
// "/", under "/any/sub/path/" and from a cache. Two builds of the same inputs
// are byte-identical.
//
// Single makes the same course one HTML document that opens from a disk, Scorm a
// package for a learning platform.
//
// It is native only and may import app and everything below it, lessons,
// app/engine/serve, and golang.org/x/net/html.
package site
