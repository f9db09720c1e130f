// Package rag retrieves passages for a question, puts them into a prompt, and
// measures both: how often the passage that holds the answer is among those
// retrieved, and what the prompt costs in tokens, time and money.
//
// # Notation
//
//	size, overlap   of a chunk, in characters
//	k               how many chunks are retrieved
//	recall@k        of a question: the share of its gold passages that the first k
//	                chunks hold; of a set: the mean
//	hit@k           the share of questions of which the first k chunks hold any
//	MRR             the mean of 1 / rank of the first chunk that holds one, 0 where
//	                none of the first Depth does
//
// A chunk holds a gold passage if it is of that passage's section and contains its
// text whole, spaces not counted: a passage that the cutting tears apart is held by
// no chunk and cannot be found, however large k is.
//
// # Errors
//
// A bad input is a *sim.FieldError that names it.
//
// # Imports
//
// sim and the standard library.
package rag
