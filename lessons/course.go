package lessons

import (
	"strings"

	extast "github.com/yuin/goldmark/extension/ast"
)

// ParseCourse reads a course file: front matter that names the course and its
// lessons, and a text about it that may be empty. The error is Faults; the
// course comes with it as far as it was understood, and is nil only where
// CheckText refuses the file.
func ParseCourse(file string, src []byte) (*Course, error) {
	c, d, err := parseCourse(file, src, Options{})
	if err != nil {
		return nil, err
	}
	return c, d.faults.err()
}

// parseCourse also returns the line that each module stands on.
func parseCourse(file string, src []byte, opt Options) (*Course, *courseDocument, error) {
	s, err := readSource(file, src)
	if err != nil {
		return nil, nil, err
	}
	c := &Course{}
	lines := s.readCourseHeader(c)
	d := s.readDocument("", opt)
	d.reserveIDs()
	for _, n := range children(d.root) {
		if n.Kind() != extast.KindFootnoteList {
			d.refuseMarks(n)
		}
		c.About += d.html(n)
	}
	return c, &courseDocument{document: d, courseLines: lines}, nil
}

type courseDocument struct {
	*document
	courseLines
}

// courseLines are where a course file names things, by name.
type courseLines struct {
	modules, hidden map[string]int
}

func (s *source) readCourseHeader(c *Course) courseLines {
	modules := map[string]int{}
	entries, ok := s.readFrontMatter()
	if !ok {
		return courseLines{modules: modules}
	}
	h := header{source: s, entries: entries}
	c.ID = h.text("id", "id: llm-selection", true)
	if c.ID != "" && !isID(c.ID) {
		h.fault(h.lineOf("id"), "id %q 不行：以英文字母开头，只用英文字母、数字、- 和 _", c.ID)
	}
	c.Title = h.text("title", "title: 课程名", true)
	c.Lang = h.text("lang", "lang: zh", true)
	if c.Lang != "" && !isID(c.Lang) {
		h.fault(h.lineOf("lang"), "lang 应为课文文件夹的名字，如 zh，现在是 %q", c.Lang)
	}
	c.Summary = h.text("summary", "summary: 一句话说明这门课", true)
	c.Goals, _ = h.texts("goals", "- 学完能做什么", true)
	ids, lines := h.texts("modules", "- m1", true)
	for i, id := range ids {
		if h.newID("modules", id, lines[i], modules) {
			c.Modules = append(c.Modules, id)
		}
	}
	c.Glossary = h.text("glossary", "glossary: glossary.md", false)
	if id, ok := strings.CutSuffix(c.Glossary, ".md"); c.Glossary != "" && (!ok || !isID(id)) {
		h.fault(h.lineOf("glossary"), "glossary 应为课文文件夹里的一个文件，如 glossary.md，现在是 %q", c.Glossary)
		c.Glossary = ""
	}
	hidden := map[string]int{}
	names, nameLines := h.texts("hide", "- attention", false)
	for i, name := range names {
		if h.newID("hide", name, nameLines[i], hidden) {
			c.Hidden = append(c.Hidden, name)
		}
	}
	c.Accent = h.colour("accent")
	c.AccentDark = h.colour("accent_dark")
	if guide := h.text("guide", "guide: guide.md", false); guide != "" {
		id, ok := strings.CutSuffix(guide, ".md")
		switch {
		case !ok || !isID(id):
			h.fault(h.lineOf("guide"), "guide 应为课文文件夹里的一个文件，如 guide.md，现在是 %q", guide)
		case modules[id] != 0:
			h.fault(h.lineOf("guide"), "guide 和 modules 里的 %s 是同一个文件：指南不算单元", id)
		default:
			c.Guide = id
		}
	}
	h.finish()
	return courseLines{modules: modules, hidden: hidden}
}

// colour returns a colour as "#1b5a7d"; the "#", which starts a comment where it
// is not quoted, may be left out.
func (h *header) colour(key string) string {
	form := key + ": 1b5a7d"
	text := h.text(key, form, false)
	if text == "" {
		return ""
	}
	digits := strings.ToLower(strings.TrimPrefix(text, "#"))
	if len(digits) != 6 || strings.Trim(digits, "0123456789abcdef") != "" {
		h.fault(h.lineOf(key), "%s 应为六位十六进制的颜色：“%s”，现在是 %q", key, form, text)
		return ""
	}
	return "#" + digits
}
