package lessons

import (
	"regexp"
	"strings"
)

// A date as precise as a month: 2026-10, 2026-10-23, 2026 年 10 月.
var datePattern = regexp.MustCompile(`(?:19|20)\d\d(?:-\d\d|\s*年\s*\d{1,2}\s*月)`)

// checkDates reports prose that states a date and cites nothing: a fact that has
// a date has a source. A table may be cited in the paragraph before or after it.
// Code, headings and the quiz, which asks about what the text has cited, are
// left out.
func (c *checker) checkDates(file string, src []byte) {
	blocks := proseBlocks(string(src))
	cited := func(i int) bool {
		return i >= 0 && i < len(blocks) && strings.Contains(blocks[i].text, "[^")
	}
	for i, b := range blocks {
		date := datePattern.FindString(b.text)
		table := strings.HasPrefix(b.text, "|")
		if date == "" || cited(i) || table && (cited(i-1) || cited(i+1)) {
			continue
		}
		c.fault(file, b.line, "写了日期 "+date+" 却没有出处：在这一段里加 [^来源]，来源写在文件头的 sources 里")
	}
}

type proseBlock struct {
	line int // of its first line
	text string
}

// proseBlocks splits a lesson's Markdown at blank lines and drops what is no
// prose: the front matter, fenced blocks, headings, and all from the quiz on.
func proseBlocks(src string) []proseBlock {
	var blocks []proseBlock
	var lines []string
	start, fence, matter := 0, "", 0
	flush := func() {
		if len(lines) > 0 {
			blocks = append(blocks, proseBlock{start, strings.Join(lines, "\n")})
		}
		lines = nil
	}
	for i, line := range strings.Split(strings.ReplaceAll(strings.TrimPrefix(src, byteOrderMark), "\r\n", "\n"), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case matter < 2 && trimmed == "---":
			matter++
		case matter == 1:
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			flush()
			blocks = append(blocks, proseBlock{}) // nothing is its neighbour
			fence = trimmed[:3]
		case strings.HasPrefix(trimmed, "#"):
			flush()
			if strings.Contains(trimmed, ".quiz") {
				return blocks
			}
			blocks = append(blocks, proseBlock{})
		case trimmed == "":
			flush()
		default:
			if len(lines) == 0 {
				start = i + 1
			}
			lines = append(lines, trimmed)
		}
	}
	flush()
	return blocks
}
