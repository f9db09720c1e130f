// Package bpe trains byte-pair encoding on a text and cuts texts with what it has
// learnt: the tokenisation of GPT-2 and of most language models since.
//
// # What it does
//
// A text is first cut into pieces (Split). Each piece begins as its bytes in
// UTF-8: 256 tokens, whose ids are the bytes. Training then repeats: count how
// often each two tokens stand side by side within a piece, all places counted,
// overlapping ones too; make the pair that does so most often a new token, whose
// id is the next one, and put it in the pair's place everywhere, in a piece from
// left to right. Of pairs that are equally frequent the one with the lower left
// id is taken, then the one with the lower right id: training is deterministic.
// It ends when no pair occurs twice. Sources: Sennrich et al. 2015
// (arXiv:1508.07909) for pairs in text, Radford et al. 2019 (GPT-2) for bytes.
//
// Encoding replays the merges in the order in which they were learnt. With the
// first k of them it gives what a training of k merges would. Every string of
// bytes can be encoded, valid UTF-8 or not, and Decode gives back the same bytes.
//
// # How fast
//
// Trainer keeps the pieces, equal ones once with a weight, as linked lists of
// tokens, and for every pair its count and its places: a merge touches only the
// places of its pair. A pair's count never grows after the merge that made the
// younger of its two tokens, so the queue holds each pair once and corrects its
// count when it comes to the front. TrainReference and EncodeReference do the
// same by counting anew each time; tests hold the two against each other.
//
// # Notation
//
//	n  bytes of the text
//	k  merges learnt or used; the vocabulary has 256 + k tokens
//	id of a token: 0 to 255 a byte, 256 + i the i-th merge, counted from 0
//
// # Imports
//
// The standard library only.
package bpe
