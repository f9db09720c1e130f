// Package prune takes weights out of a model: single ones by their size, in any
// pattern or two of each four, and whole heads of attention and columns of the
// feed-forward by their importance. It says what is left in bytes, by layouts
// that it also writes and reads, and in multiplications.
//
// # Notation
//
// As in attention. A weight that is cut is zero. Sparsity is the share of the
// weights of the matrices in question that are cut.
//
// # What goes with a head and a column
//
// Query head a owns rows a·h … a·h+h−1 of W_Q and the same columns of W_O. Under
// grouped-query attention H/G query heads read one head of keys and values: its
// rows of W_K and W_V go once the last of its query heads has gone. A column of
// the feed-forward's middle owns one row of W_gate, one of W_up and one column of
// W_down.
//
// # Imports
//
// attention, attention/safetensors (for float16) and the standard library.
package prune
