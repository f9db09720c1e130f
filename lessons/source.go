package lessons

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
)

// source is one file on its way through the parser: its text with line ends
// made "\n", and the faults found in it so far.
type source struct {
	file   string
	text   []byte
	starts []int // offset of each line
	faults Faults
	// appended are the lines that generated text at the end of text stands for.
	appended []int
	lines    int // lines of the file itself
}

const byteOrderMark = "\ufeff"

// MaxText is the greatest size of a lesson, a course file or a glossary in bytes:
// about fifty times the longest lesson of the shipped course. What is larger is
// no text that somebody wrote, and would hold up the page for seconds.
const MaxText = 4 << 20

// readSource accepts UTF-8 with or without a byte order mark, with any line
// ends. Anything else is one fault.
func readSource(file string, src []byte) (*source, error) {
	if err := CheckText(file, src); err != nil {
		return nil, err
	}
	text := WithoutMark(src)
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	if !bytes.HasSuffix(text, []byte("\n")) {
		text = append(bytes.Clone(text), '\n')
	}
	s := &source{file: file, text: text}
	s.index()
	s.lines = len(s.starts)
	return s, nil
}

func (s *source) index() {
	s.starts = s.starts[:0]
	for i := 0; i < len(s.text); {
		s.starts = append(s.starts, i)
		n := bytes.IndexByte(s.text[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
	}
}

// appendLine adds a generated line that stands for another line of the file.
func (s *source) appendLine(text string, line int) {
	s.text = append(append(s.text, text...), '\n')
	s.appended = append(s.appended, line)
}

// line returns the line, counted from 1, of an offset into text.
func (s *source) line(offset int) int {
	n := sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > offset })
	if n > s.lines && n-s.lines <= len(s.appended) {
		return s.appended[n-s.lines-1]
	}
	return max(n, 1)
}

func (s *source) fault(line int, format string, args ...any) {
	s.faults = append(s.faults, Fault{File: s.file, Line: line, Message: fmt.Sprintf(format, args...)})
}

// blank empties the first n lines, so that what follows keeps its place.
func (s *source) blank(n int) {
	end := len(s.text)
	if n < len(s.starts) {
		end = s.starts[n]
	}
	s.text = append([]byte(strings.Repeat("\n", n)), s.text[end:]...)
	s.index()
}

// lineText returns the text of a line counted from 0, without its end.
func (s *source) lineText(i int) string {
	end := len(s.text)
	if i+1 < len(s.starts) {
		end = s.starts[i+1]
	}
	return strings.TrimSuffix(string(s.text[s.starts[i]:end]), "\n")
}
