// Package scaling sets published laws of loss side by side: what each predicts for
// a size and an amount of data, where each puts the optimum of a budget, and where
// named models and the project's own measurements lie.
//
// # Notation
//
//	N   parameters
//	D   training tokens
//	C   training budget in FLOP, 6 · N · D
//
// Losses of different laws belong to different tokenizers and data: their optima
// compare, their losses do not.
//
// # Imports
//
// sim and the standard library.
package scaling
