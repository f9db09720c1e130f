// Package format writes numbers for the learner: the one place that decides how
// a value and its unit look on a page. What is no number is written as "—", and
// zero never carries a sign.
//
// Units are those of package sim ("B", "s", "FLOP", "个", "词元", "%" …) and the
// currencies CNY and USD; a unit that it does not know stands behind the number
// as it is.
//
// Imports: the standard library only; it is linked into both programs.
package format
