package lessons

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// NotesID is the anchor of the section that footnotes are gathered in.
const NotesID = "footnotes"

// readBody divides the document into sections and the quiz.
func (d *document) readBody(l *Lesson, m marks) {
	d.reserveIDs()
	level := 1 // of the heading before; the title is level 1
	var section *Section
	var notes ast.Node
	terms := termMarker{glossary: d.opt.Glossary, href: d.opt.termHref}
	begin := func(s Section) {
		l.Sections = append(l.Sections, s)
		section = &l.Sections[len(l.Sections)-1]
		terms.seen, terms.used = map[string]bool{}, nil
	}
	note := func() {
		for _, id := range terms.used {
			l.Terms = append(l.Terms, TermUse{ID: id, Section: section.ID})
		}
		terms.used = nil
	}
	nodes := children(d.root)
	for i := 0; i < len(nodes); i++ {
		n := nodes[i]
		if n.Kind() == extast.KindFootnoteList {
			notes = n
			continue
		}
		h, isHeading := n.(*ast.Heading)
		if !isHeading {
			if section == nil {
				begin(Section{})
			}
			d.addBlock(section, n, &terms)
			note()
			continue
		}
		d.checkLevel(h, level)
		level = h.Level
		if isQuiz(h) {
			end := i + 1
			for end < len(nodes) && !endsQuiz(nodes[end]) {
				end++
			}
			d.readQuizOnce(l, h, nodes[i+1:end], m)
			i, section = end-1, nil
			level = 2
			continue
		}
		d.checkAttributes(h, nil)
		begin(Section{
			Level: h.Level, ID: d.headingID(h), Title: plainText(h, d.text), HTML: d.inner(h),
		})
		if section.Title == "" {
			d.fault(d.lineOf(h), "标题是空的")
		}
	}
	if notes != nil {
		l.Sections = append(l.Sections, Section{
			Level: 2, ID: NotesID, Title: "注释与出处", HTML: "注释与出处",
			Blocks: []Block{{HTML: d.html(notes)}},
		})
		d.anchors[NotesID] = d.lineOf(notes)
	}
}

// endsQuiz reports whether a node stands after the quiz: the next heading of its
// level, or the footnotes.
func endsQuiz(n ast.Node) bool {
	if h, ok := n.(*ast.Heading); ok {
		return h.Level <= 2
	}
	return n.Kind() == extast.KindFootnoteList
}

// addBlock adds a node to a section: prose goes on the prose before it.
func (d *document) addBlock(s *Section, n ast.Node, terms *termMarker) {
	if code, ok := n.(*ast.FencedCodeBlock); ok {
		switch name, rest := infoOf(code, d.text); name {
		case "lab":
			if lab := d.readLab(code, rest); lab != nil {
				s.Blocks = append(s.Blocks, Block{Lab: lab})
			}
			return
		case "compute":
			d.fault(d.lineOf(n), "compute 块只能写在自测的题目里")
			return
		}
	}
	d.refuseMarks(n)
	html := d.html(n)
	if html == "" {
		return
	}
	if terms.glossary != nil {
		html = terms.mark(html)
	}
	if i := len(s.Blocks) - 1; i >= 0 && s.Blocks[i].Lab == nil {
		s.Blocks[i].HTML += html
		return
	}
	s.Blocks = append(s.Blocks, Block{HTML: html})
}

// refuseMarks reports gaps outside of questions.
func (d *document) refuseMarks(n ast.Node) {
	for _, b := range find[*blank](n) {
		d.fault(d.lineOf(b), "填空 [[…]] 只能写在自测题目的题干里")
	}
}

// find returns the nodes of one type below and including n.
func find[T ast.Node](n ast.Node) []T {
	var found []T
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(T); ok && entering {
			found = append(found, t)
		}
		return ast.WalkContinue, nil
	})
	return found
}

func (d *document) checkLevel(h *ast.Heading, before int) {
	line := d.lineOf(h)
	switch {
	case h.Level == 1:
		d.fault(line, "正文的标题从 ## 开始：# 是课名，写在文件头的 title 里")
	case h.Level > 4:
		d.fault(line, "标题最多到 ####")
	case h.Level > before+1:
		d.fault(line, "标题跳级：%s 前面缺少 %s", strings.Repeat("#", h.Level), strings.Repeat("#", h.Level-1))
	}
}

// checkAttributes reports what is written in braces after a heading beyond an id
// and what is allowed there.
func (d *document) checkAttributes(h *ast.Heading, classes []string, attributes ...string) {
	for _, a := range h.Attributes() {
		switch name := string(a.Name); name {
		case "id":
		case "class":
			for _, class := range classesOf(h) {
				if !slices.Contains(classes, class) {
					d.fault(d.lineOf(h), "标题后的花括号里不认识 .%s", class)
				}
			}
		default:
			if !slices.Contains(attributes, name) {
				d.fault(d.lineOf(h), "标题后的花括号里不认识 %s", name)
			}
		}
	}
	if text := h.Lines(); text.Len() > 0 {
		s := bytes.TrimSpace(text.Value(d.text))
		if i := bytes.LastIndex(s, []byte("{")); bytes.HasSuffix(s, []byte("}")) && i >= 0 && bytes.ContainsAny(s[i:min(i+2, len(s))], "#.") {
			d.fault(d.lineOf(h), "标题后的花括号写错了：应为 {#id}、{.quiz} 或 {#id objectives=\"o1,o2\"}")
		}
	}
}

func classesOf(h *ast.Heading) []string {
	class, _ := h.AttributeString("class")
	b, _ := class.([]byte)
	return strings.Fields(string(b))
}

// explicitID returns the id written after a heading.
func explicitID(h *ast.Heading) string {
	id, _ := h.AttributeString("id")
	b, _ := id.([]byte)
	return string(b)
}

// reserveIDs records the ids that authors wrote, so that none made from a title
// takes one of them, and those that the page itself uses.
func (d *document) reserveIDs() {
	for _, n := range find[*extast.FootnoteLink](d.root) {
		d.anchors[noteRef(n.Index, n.RefIndex)] = d.lineOf(n)
		d.anchors["fn:"+itoa(n.Index)] = d.lineOf(n)
	}
	for _, h := range find[*ast.Heading](d.root) {
		id, line := explicitID(h), d.lineOf(h)
		if _, written := h.AttributeString("id"); !written {
			continue
		}
		if id == "" || id == NotesID {
			d.fault(line, "标题的 id %q 不行：换一个", id)
		} else if first, ok := d.anchors[id]; ok {
			d.fault(line, "id %s 重复（第 %d 行已经用过）", id, first)
		} else {
			d.anchors[id] = line
		}
	}
}

// headingID returns the anchor of a heading: as written, or made from its title
// the way GitHub does it.
func (d *document) headingID(h *ast.Heading) string {
	if id := explicitID(h); id != "" {
		return id
	}
	base := slug(plainText(h, d.text))
	id := base
	for i := 1; ; i++ {
		if _, taken := d.anchors[id]; !taken && id != NotesID {
			break
		}
		id = fmt.Sprintf("%s-%d", base, i)
	}
	d.anchors[id] = d.lineOf(h)
	return id
}

func slug(title string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case unicode.IsSpace(r):
			return '-'
		}
		return -1
	}, title)
	if s == "" {
		return "section"
	}
	return s
}
