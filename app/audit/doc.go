// Package audit holds the built site to what it promises of itself: that its
// first lesson, its quiz and the whole of it are small, and that Lighthouse finds
// nothing in its pages for accessibility, good practice and search engines. It is
// what `lab audit` prints.
//
// A size is what a host that compresses sends: of each file the smaller of itself
// and its gzip form, headers left out. Lighthouse's performance depends on the
// machine; it is told, as the median of several runs, and decides nothing.
//
// It may import app/site and app/browsertest.
package audit
