// Package run is how a lab computes something that takes long, such as training a
// model: step by step, with its state kept between requests, so that it can be
// paused, stepped, gone on with, saved and opened again.
//
// A lab gives a Lab, which begins a Run; Runs keeps the runs of all labs, one for
// each, and bounds the memory that they hold together. Several may be under way
// at once: each lets the others in by Pause, within its steps too.
//
// It may import app/engine, app/engine/serve/sheet, app/format and
// attention/safetensors.
package run
