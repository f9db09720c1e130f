// Package deflate packs bytes into gzip's format as small as a patient search
// makes them: about 5 % smaller than compress/gzip at its best, and twenty times
// as slow. It is for programs that are packed once and downloaded often; any
// gzip reader unpacks them.
//
// Of every position all useful matches are looked up once. The cheapest way
// through them is then found by dynamic programming, with what each symbol cost
// in the way before; after some rounds the costs fit the way. Where the statistics
// of the data change a new block begins. The method is that of zopfli and libdeflate.
//
// It imports nothing but the standard library.
package deflate
