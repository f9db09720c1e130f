// Package serve is the engine's side of app/engine: a request in, sim and
// attention computed, a reply out. It runs in the browser's worker through
// cmd/engine, and natively for prerendering and tests through InProcess.
//
// A handler returns its result or an error; an *engine.Error reaches the learner
// as it is, anything else as an internal fault. A handler that takes longer than
// a few milliseconds calls Pause, or it cannot be cancelled: in the browser a
// message is seen only when Go returns to the event loop.
//
// It may import app/engine, sim, sim/chart and attention.
package serve
