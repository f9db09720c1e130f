// Package sheet is what a lab's answer is made with on the engine's side: the
// Input that a handler reads its parameters from, and functions that turn
// quantities of sim and drawings of sim/chart into an engine.Sheet.
//
// A handler reads every parameter first; a value that cannot be read is noted as
// a fault and reads as zero. It then returns in.Err() if that is not nil, and
// computes. A *sim.FieldError that it returns becomes a fault too, of the
// parameter with the field's name; Rename gives it another.
//
// Where a point estimate is quick and its band is slow, the handler hands over
// the estimate by Partial, and calls Progress in its loop: that is also what lets
// the engine see that the request has been superseded.
//
// It may import app/engine, app/format, attention, sim and sim/chart.
package sheet
