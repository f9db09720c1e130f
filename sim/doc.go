// Package sim computes the numbers that choosing a model rests on. A result is
// a Quantity: the value with its unit, its formula, the formula with the
// numbers put in, its operands and where the formula comes from.
//
// # Notation
//
//	L      layers                    d      width of the residual stream (d_model)
//	n_h    query heads               n_kv   key and value heads
//	d_h    width of one head         d_ff   width of the feed-forward layer
//	V      vocabulary                T      tokens
//	B      sequences in a batch      b      bits per number
//	N      parameters                D      training tokens
//
// A multiplication and its addition count as two FLOP. Tokens, layers and the
// like are whole numbers given as float64 or int; results are exact up to 2⁵³.
//
// # Errors
//
// A missing, non-finite or out-of-range input is a *FieldError that names it.
// Nothing is replaced by a default.
//
// # Imports
//
// The standard library. Never app, lessons, attention or a user interface.
package sim
