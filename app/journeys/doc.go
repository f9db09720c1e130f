// Package journeys holds the tests that walk through the built site as a learner
// does, in real headless Chromium: online and offline, at the root and under a
// sub-path, wide and narrow, by mouse and by keyboard.
//
// They need the programs that `make wasm` compiles and what `make browsers`
// installs. The package has no code of its own and is built into no program.
package journeys
