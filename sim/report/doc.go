// Package report gathers the choices of a selection into one document: what was
// asked, what was assumed, what was computed, where every number comes from and
// which data it rests on. The same document is written as a page and as Markdown.
//
// # What a document holds
//
// Parts in the order in which they are read; in each the result in a sentence,
// numbers with formula and working, tables, and notes. Assumptions and sources are
// gathered from all parts: a source that several parts cite stands once, numbered
// in the order in which it is cited first.
//
// # Imports
//
// sim and the standard library.
package report
