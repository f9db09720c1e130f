// Package judge evaluates two systems side by side: questions with the answers of
// both, shown blind and shuffled, judged by one or more people, and what may be
// concluded from it.
//
// # Notation
//
//	A, B    the two systems
//	n       questions; a question is one sample, however many judged it
//	p       the share of decided questions that A wins
//	κ       agreement beyond chance, 1 for full agreement, 0 for chance
//
// A win rate counts a tie as half for either. The interval over decided questions
// is Wilson's; the interval over all is a bootstrap that draws questions, and with
// each all its judgements.
//
// # Errors
//
// A bad input is a *sim.FieldError that names it.
//
// # Imports
//
// sim, sim/paste and the standard library.
package judge
