package verse

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Score is one judgement of a poem.
type Score struct {
	Value float64 // 0 … 1
	Why   string  // in Chinese, one sentence without its full stop
}

// Lines splits a poem at its marks ，and 。; what follows the last mark is a line
// too.
func Lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '，' || r == '。' })
}

// KeepsForm reports whether a text is four or eight lines of five or of seven
// characters, two lines to a sentence: 绝句 or 律诗 by their looks.
func KeepsForm(text string) bool {
	lines := Lines(text)
	if len(lines) != 4 && len(lines) != 8 {
		return false
	}
	width := utf8.RuneCountInString(lines[0])
	if width != 5 && width != 7 {
		return false
	}
	for _, line := range lines {
		if !written(line, width) {
			return false
		}
	}
	return punctuated(lines) == text
}

// written reports whether a line is width Chinese characters and nothing else.
func written(line string, width int) bool {
	n := 0
	for _, r := range line {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
		n++
	}
	return n == width
}

// punctuated joins lines by the marks of verse: ，within a couplet, 。after it.
func punctuated(lines []string) string {
	var out strings.Builder
	for i, line := range lines {
		out.WriteString(line)
		out.WriteString([]string{"，", "。"}[i%2])
	}
	return out.String()
}

// Form scores how far a text keeps the form that KeepsForm asks for: the mean of
// three shares, which is 1 exactly where KeepsForm holds.
//
//	count  1 for four or eight lines, else 0
//	width  the share of lines of the commoner of five and seven characters
//	marks  the share of lines that are followed by their mark, ，and 。in turn
func Form(text string) Score {
	lines, marks := cutLines(text)
	if len(lines) == 0 {
		return Score{0, "没有一行字"}
	}
	of := map[int]int{}
	for _, line := range lines {
		for _, width := range []int{5, 7} {
			if written(line, width) {
				of[width]++
			}
		}
	}
	width := 5
	if of[7] > of[5] {
		width = 7
	}
	count, right := 0.0, 0
	if len(lines) == 4 || len(lines) == 8 {
		count = 1
	}
	for i, mark := range marks {
		if mark == []rune("，。")[i%2] {
			right++
		}
	}
	n := len(lines)
	return Score{
		Value: (count + float64(of[width])/float64(n) + float64(right)/float64(n)) / 3,
		Why:   fmt.Sprintf("%d 行（要 4 或 8 行），其中 %d 行是 %d 字，%d 行之后的标点对", n, of[width], width, right),
	}
}

// cutLines splits a text at every mark: lines may be empty, and the mark of the
// last is 0 where the text ends without one.
func cutLines(text string) (lines []string, marks []rune) {
	from := 0
	for i, r := range text {
		if r == '，' || r == '。' {
			lines, marks = append(lines, text[from:i]), append(marks, r)
			from = i + utf8.RuneLen(r)
		}
	}
	if from < len(text) {
		lines, marks = append(lines, text[from:]), append(marks, 0)
	}
	return lines, marks
}

// Acrostic scores how far the lines of a text begin with the characters of
// heads, in order: the share of places that agree, of the greater of the number
// of heads and of lines.
func Acrostic(text, heads string) Score {
	lines, want := Lines(text), []rune(heads)
	agree := 0
	for i, line := range lines {
		if first, _ := utf8.DecodeRuneInString(line); i < len(want) && first == want[i] {
			agree++
		}
	}
	n := max(len(lines), len(want))
	if n == 0 {
		return Score{0, "没有一行字"}
	}
	return Score{float64(agree) / float64(n), fmt.Sprintf("%d 行中 %d 行以指定的字开头", n, agree)}
}

// Heads returns the first characters of a text's lines.
func Heads(text string) string {
	var out strings.Builder
	for _, line := range Lines(text) {
		first, _ := utf8.DecodeRuneInString(line)
		out.WriteRune(first)
	}
	return out.String()
}
