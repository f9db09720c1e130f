package sim

import "unicode"

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
	var words []Word
	runes := []rune(text)
	for i := 0; i < len(runes); {
		switch c := plain(runes[i]); {
		case isChinese(c):
			end := i + 1
			for end < len(runes) && isChinese(runes[end]) {
				end++
			}
			for j := i; j < end; j++ {
				if singles || end-i == 1 {
					words = append(words, Word{string(runes[j]), j, j + 1})
				}
				if j+1 < end {
					words = append(words, Word{string(runes[j : j+2]), j, j + 2})
				}
			}
			i = end
		case inWord(c):
			end := i
			var word []rune
			for end < len(runes) && inWord(plain(runes[end])) && !isChinese(runes[end]) {
				word = append(word, unicode.ToLower(plain(runes[end])))
				end++
			}
			words = append(words, Word{string(word), i, end})
			i = end
		default:
			i++
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

func isChinese(c rune) bool { return unicode.Is(unicode.Han, c) }

func inWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }
