package lessons

import (
	"bytes"
	"fmt"
	"strings"
)

// Parse reads a lesson. The error is Faults: everything that is wrong with the
// file, sorted by line. The lesson comes with it as far as it was understood, so
// that a page can show the rest; it is nil only where CheckText refuses the
// file.
//
// file names the lesson in faults; nothing is read from disk. Parse keeps no
// reference to src and may be called on several goroutines.
func Parse(file string, src []byte, opt Options) (*Lesson, error) {
	l, d, err := parseLesson(file, src, opt)
	if err != nil {
		return nil, err
	}
	return l, d.faults.err()
}

// parseLesson is Parse, with the document for checks across lessons. The error
// is only that of a file that cannot be read.
func parseLesson(file string, src []byte, opt Options) (*Lesson, *document, error) {
	s, err := readSource(file, src)
	if err != nil {
		return nil, nil, err
	}
	l := &Lesson{}
	m := s.readHeader(l)
	s.citeSources(l, m)
	d := s.readDocument(l.ID, opt)
	d.readBody(l, m)
	d.checkObjectives(l, m)
	d.checkReferences()
	return l, d, nil
}

// citeSources appends a footnote for each source that the text cites as [^id]
// without defining it.
func (s *source) citeSources(l *Lesson, m marks) {
	for _, src := range l.Sources {
		mark := "[^" + src.ID + "]"
		if !bytes.Contains(s.text, []byte(mark)) || bytes.Contains(s.text, []byte("\n"+mark+":")) {
			continue
		}
		line := m.sources[src.ID]
		note := escapeMarkdown(src.Title)
		if src.URL != "" {
			note = "[" + note + "](<" + escapeMarkdown(src.URL) + ">)"
		}
		if src.Date != "" {
			note += "，" + escapeMarkdown(src.Date)
		}
		s.appendLine("", line)
		s.appendLine(fmt.Sprintf("%s: %s", mark, note), line)
	}
	s.index()
}

// escapeMarkdown makes text of the front matter mean itself in Markdown.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]()<>#+-.!|&$~:", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// checkObjectives asks a lesson with text for a question on each objective.
func (d *document) checkObjectives(l *Lesson, m marks) {
	if l.Coming {
		return
	}
	asked := map[string]bool{}
	if l.Quiz != nil {
		for _, q := range l.Quiz.Questions {
			for _, id := range q.Objectives {
				asked[id] = true
			}
		}
	}
	for _, o := range l.Objectives {
		if !asked[o.ID] {
			d.fault(m.objectives[o.ID], "目标 %s 没有题目考查：在某道题的标题后写 {#题目-id objectives=\"%s\"}", o.ID, o.ID)
		}
	}
}

// checkReferences checks the links within the lesson.
func (d *document) checkReferences() {
	for _, r := range d.references {
		if _, ok := d.anchors[r.fragment]; r.lesson == "" && r.fragment != "" && !ok {
			d.fault(r.line, "本页没有 #%s 这个位置", r.fragment)
		}
	}
}
