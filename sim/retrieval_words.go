package sim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a term of a text: a lower-case Latin word or number, a pair of
// neighbouring Chinese characters, or a single one. Start and End are its place,
// in characters.
type Word struct {
	Text       string
	Start, End int
}

// Words cuts a text into what is indexed. A run of Chinese characters gives every
// pair of neighbours, 注意力 → 注意, 意力, so that no dictionary is needed, and with
// singles every character as well, for queries of one. Full-width Latin counts as
// plain; punctuation, spaces and symbols separate.
func Words(text string, singles bool) []Word {
	words := make([]Word, 0, len(text)/3)
	// Characters are walked by their bytes, so that a term is a piece of the text
	// rather than a copy. at is the byte of the i-th character.
	for i, at := 0, 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch c := plain(r); {
		case isChinese(c):
			// before is where the character before begins.
			start, before := i, at
			for next := at + size; ; i++ {
				if next < len(text) {
					r, size = utf8.DecodeRuneInString(text[next:])
				}
				more := next < len(text) && isChinese(r)
				if singles || !more && i == start {
					words = append(words, Word{text[before:next], i, i + 1})
				}
				if !more {
					i, at = i+1, next
					break
				}
				words = append(words, Word{text[before : next+size], i, i + 2})
				before, next = next, next+size
			}
		case inWord(c):
			start, from, same := i, at, true
			for at < len(text) {
				r, size = utf8.DecodeRuneInString(text[at:])
				if c := plain(r); !inWord(c) || isChinese(r) {
					break
				} else if unicode.ToLower(c) != r {
					same = false
				}
				i, at = i+1, at+size
			}
			word := text[from:at]
			if !same {
				word = strings.Map(func(r rune) rune { return unicode.ToLower(plain(r)) }, word)
			}
			words = append(words, Word{word, start, i})
		default:
			i, at = i+1, at+size
		}
	}
	return words
}

// plain turns full-width Latin into the ordinary.
func plain(c rune) rune {
	if c >= '！' && c <= '～' {
		return c - '！' + '!'
	}
	return c
}

func isChinese(c rune) bool {
	return c >= 0x4e00 && c <= 0x9fff || c >= 0x2e80 && unicode.Is(unicode.Han, c) // the first are nearly all
}

func inWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }
