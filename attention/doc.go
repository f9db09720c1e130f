// Package attention computes scaled dot-product attention,
//
//	softmax(QKᵀ/√d_k) V        (Vaswani et al. 2017, equation 1)
//
// keeps every matrix on the way, and explains any cell of any of them by the
// numbers that entered it.
//
// # Notation and shapes
//
//	n        tokens, one per character of the text
//	d_model  width of an embedding: DModel
//	d_k      width of a head's queries, keys and values
//	X        (n, d_model)    character embedding plus position
//	W_Q, W_K, W_V  (d_model, d_k)  one of each per head
//	Q, K, V  (n, d_k)        X·W_Q, X·W_K, X·W_V, then the learner's edits
//	S        (n, n)          scores QKᵀ: row = query, column = key
//	S′       (n, n)          scaled: S/√d_k, or S where scaling is off
//	M        (n, n)          masked: −∞ where the key comes after the query
//	A        (n, n)          weights: softmax of each row of M
//	O        (n, d_k)        output A·V
//
// All matrices are row-major float32. Indices count from zero.
//
// # Where the numbers come from
//
// Nothing is trained here: embeddings and projections are drawn from a seeded
// normal distribution, the state in which the argument for √d_k is made. They
// are scaled so that the entries of Q and K have about unit variance, and hence
// Var(q·k) ≈ d_k. The generator is ours (normal.go), so that a link to a lab
// state shows the same numbers with every Go release.
//
// # Backends
//
// A Backend does the matrix products and the softmax. Go is the portable one;
// package attention/kernel provides the SIMD one, whose committed artefact is
// assets/kernel.wasm.
//
// # Imports
//
// The standard library only, and never syscall/js: this package runs natively
// and in the browser alike.
package attention
