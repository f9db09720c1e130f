package main

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible returns text from a course or from a learner as a terminal may be given
// it: on one line, with what would move the cursor, set a colour or turn the
// reading order written as Go writes it in a string, such as \x1b.
func visible(text string) string {
	harmless := func(r rune) bool { return r != utf8.RuneError && !unicode.IsControl(r) && !turnsOrder(r) }
	if strings.IndexFunc(text, func(r rune) bool { return !harmless(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if harmless(r) || r == utf8.RuneError && n > 1 {
			b.WriteString(text[:n])
		} else {
			quoted := strconv.QuoteToASCII(text[:n])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[n:]
	}
	return b.String()
}

// turnsOrder tells the characters that change in which order the others are shown,
// and those that end a line without being control characters.
func turnsOrder(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}
