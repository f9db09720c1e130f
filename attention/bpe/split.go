package bpe

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// class is what a character counts as when a text is cut into pieces.
type class uint8

const (
	space  class = iota
	han          // Chinese characters
	letter       // all other letters
	number
	other // punctuation, symbols, emoji, bytes that are no text
	mark  // goes on with whatever stands before it
)

// digitsTogether is how many digits one piece holds.
const digitsTogether = 3

// Split cuts a text into the pieces that no token reaches across:
//
//	Chinese characters in a row
//	other letters in a row, with one blank before them if there is one
//	up to three digits
//	anything else in a row (punctuation, emoji, bytes that are no UTF-8), with
//	one blank before it if there is one
//	white space in a row, less a blank that went with what follows
//
// It follows GPT-2's pattern ' ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+'
// (Radford et al. 2019) with four changes: Chinese characters are a class of
// their own, so that 用GPT写 is cut in three; digits go by three without a blank,
// as in cl100k and Llama 3; combining marks and joiners stay with the character
// that they change; English contractions are not listed. The pieces put together
// are the text, byte for byte.
func Split(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for at := 0; at < len(text); {
			end := pieceEnd(text, at)
			if !yield(text[at:end]) {
				return
			}
			at = end
		}
	}
}

// pieceEnd returns where the piece that begins at a place ends.
func pieceEnd(text string, at int) int {
	kind, size := classAt(text, at)
	if kind == space {
		end := at
		last := 0 // size of the last character of white space
		for end < len(text) {
			k, n := classAt(text, end)
			if k != space {
				break
			}
			last = n
			end += n
		}
		if end == len(text) || text[end-1] != ' ' {
			return end
		}
		next, n := classAt(text, end)
		if next == han || next == number {
			return end
		}
		if end-last > at {
			return end - last // the blank begins the next piece
		}
		return run(text, end+n, next)
	}
	return run(text, at+size, kind)
}

// run returns where a run of a class ends whose first character ends at a place.
func run(text string, at int, kind class) int {
	if kind == mark {
		kind = letter // a mark without anything to change
	}
	digits := 1
	for at < len(text) {
		k, n := classAt(text, at)
		switch {
		case k == mark:
		case k != kind:
			return at
		case k == number:
			if digits++; digits > digitsTogether {
				return at
			}
		}
		at += n
	}
	return at
}

// classAt returns the class and the size of the character at a place; a byte that
// is no UTF-8 is a character of one byte.
func classAt(text string, at int) (class, int) {
	if c := text[at]; c < utf8.RuneSelf {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			return letter, 1
		case c >= '0' && c <= '9':
			return number, 1
		case c == ' ' || c >= '\t' && c <= '\r':
			return space, 1
		}
		return other, 1
	}
	r, n := utf8.DecodeRuneInString(text[at:])
	switch {
	case r == utf8.RuneError && n == 1:
		return other, 1
	case r >= 0x4e00 && r <= 0x9fff || unicode.Is(unicode.Han, r):
		return han, n
	case unicode.IsLetter(r):
		return letter, n
	case unicode.IsNumber(r):
		return number, n
	case unicode.IsSpace(r):
		return space, n
	case unicode.IsMark(r) || r == 0x200c || r == 0x200d: // and the joiners
		return mark, n
	}
	return other, n
}
