// Package choose ranks models for a use: hard constraints first, then weighted
// criteria, with what is not known carried along as an interval.
//
// # Notation
//
//	x_ik   what model i measures on criterion k, put on a scale from 0 (worst) to 1 (best)
//	w_k    weight of criterion k; the weights used sum to 1
//	S_i    Σ_k w_k · x_ik, the score of model i
//
// A measure that is not known counts as the interval from the worst to the best
// value that any remaining model is known to have; one that no model is known to
// have, as [0, 1]. Sources that disagree make an interval of what they state. So a
// score is an interval, and a place too: the best that a model can reach if all
// its unknowns turn out well and everyone else's ill, and the worst.
//
// When the weight of one criterion moves, the others keep their proportions. A
// score is then linear in that weight, so that where the winner changes is solved,
// not sampled.
//
// # Errors
//
// A bad input is a *sim.FieldError that names it.
//
// # Imports
//
// sim, sim/paste and the standard library.
package choose
