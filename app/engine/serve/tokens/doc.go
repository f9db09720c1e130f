// Package tokens answers the lab "tokens": byte-pair encoding trained on the
// course's text or the learner's, what it makes of a text, and what that does to
// price and context. Learning is attention/bpe's, arithmetic sim's.
//
// A character is a code point of Unicode, so that an emoji of several counts as
// several; a byte that is no UTF-8 counts as one.
//
// It may import app/engine, app/engine/serve/sheet, app/format, attention/bpe, sim
// and sim/chart.
package tokens
