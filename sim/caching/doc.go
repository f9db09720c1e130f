// Package caching computes what a cache of answers brings: the share of
// questions that it answers, the share of those answers that are out of date or
// meant for another question, and the money saved.
//
// # Notation
//
//	N      different questions          C      of them, those that the cache holds
//	α      exponent of Zipf's law       λ_i    questions i per second
//	T      seconds an answer stays      t_C    characteristic time of an LRU
//	μ      changes of an answer's truth per second
//
// # Exact caches
//
// Exact simulates a cache that drops the least recently used answer and lets an
// answer live for T; a hit does not prolong it. Theory is the same in closed
// form by Che's approximation (Che, Tung, Wang 2002; Fricker, Robert, Roberts
// 2012): an answer leaves the cache when its question was not asked for t_C,
// the same time for all, where
//
//	Σ_i (1 − exp(−λ_i · t_C)) = C
//
// # Semantic caches
//
// Semantic is a model of ours, stated with it, of a cache that answers when a
// stored question is similar enough.
//
// # Imports
//
// The standard library and sim.
package caching
