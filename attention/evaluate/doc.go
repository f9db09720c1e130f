// Package evaluate puts a language model to a benchmark: multiple choice by
// likelihood, writing that is checked by a rule, and perplexity; with a set of
// questions made from the verse that was written for this course.
//
// # Notation
//
//	prompt        what stands before: the stem of a question
//	continuation  what may follow it: a choice
//	log p         natural logarithm of a probability, nats; 0 or below
//
// A prompt is read after the mark that begins a document. log p of a continuation
// is the sum over its tokens, each after all that is before it, as
// lm-evaluation-harness computes loglikelihood.
//
// # Questions
//
// Items makes them of attention/verse.HeldOut, three of each poem: which line
// follows, which character ends the line, and which continuation, short or long,
// goes on. Wrong choices come from other poems of the same Set; the poems are
// dealt to two sets, so that one can be given away and the other stays fresh.
//
// # Imports
//
// attention, attention/verse and the standard library; it runs natively and in
// the browser alike. Statistics over results are sim/judge's.
package evaluate
