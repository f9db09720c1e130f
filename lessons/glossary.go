package lessons

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// Glossary is the course's list of terms.
type Glossary struct {
	Title   string
	Summary string
	Groups  []TermGroup

	forms map[rune][]form // by first character, the longest first
}

// TermGroup is a heading of the second rank and the terms below it.
type TermGroup struct {
	ID    string
	Title string
	Terms []Term
}

// Term is one entry of the glossary.
type Term struct {
	ID      string // anchor: "kv-cache"
	Name    string // "KV 缓存"
	English string // "KV cache"
	Aliases []string
	HTML    string // the definition: paragraphs
	// Tip is the definition without links, for a place that nothing can be
	// clicked in.
	Tip string
	// Manual terms are linked only where an author writes [文字](term:ID): their
	// name is also an everyday word.
	Manual bool
	Line   int
}

// Term returns the entry with an id.
func (g *Glossary) Term(id string) (Term, bool) {
	if g != nil {
		for _, group := range g.Groups {
			for _, t := range group.Terms {
				if t.ID == id {
					return t, true
				}
			}
		}
	}
	return Term{}, false
}

// Terms lists all entries in the file's order.
func (g *Glossary) Terms() []Term {
	var all []Term
	if g != nil {
		for _, group := range g.Groups {
			all = append(all, group.Terms...)
		}
	}
	return all
}

const (
	glossaryForm = "### 键值缓存 (KV cache) {#kv-cache}"
	aliasMark    = "别名："
	manualClass  = "manual"
)

// ParseGlossary reads a glossary. The error is Faults; the glossary comes with
// it as far as it was understood, and is nil only where CheckText refuses
// the file.
// opt.Glossary is not used: terms refer to one another as [文字](term:ID).
func ParseGlossary(file string, src []byte, opt Options) (*Glossary, error) {
	g, d, err := parseGlossary(file, src, opt)
	if err != nil {
		return nil, err
	}
	return g, d.faults.err()
}

func parseGlossary(file string, src []byte, opt Options) (*Glossary, *document, error) {
	s, err := readSource(file, src)
	if err != nil {
		return nil, nil, err
	}
	g := &Glossary{}
	if entries, ok := s.readFrontMatter(); ok {
		h := header{source: s, entries: entries}
		g.Title = h.text("title", "title: 术语表", true)
		g.Summary = h.text("summary", "summary: 一句话说明这份术语表", true)
		h.finish()
	}
	opt.Glossary = nil
	d := s.readGlossaryDocument(opt)
	d.reserveIDs()
	r := glossaryReader{document: d, glossary: g, named: map[string]int{}}
	for _, n := range children(d.root) {
		r.read(n)
	}
	r.endTerm()
	d.checkReferences()
	g.compile()
	return g, d, nil
}

type glossaryReader struct {
	*document
	glossary *Glossary
	term     *Term
	named    map[string]int // folded name → line
}

func (r *glossaryReader) read(n ast.Node) {
	line := r.lineOf(n)
	switch h, isHeading := n.(*ast.Heading); {
	case isHeading && h.Level == 2:
		r.endTerm()
		r.checkAttributes(h, nil)
		r.glossary.Groups = append(r.glossary.Groups, TermGroup{ID: r.headingID(h), Title: plainText(h, r.text)})
	case isHeading && h.Level == 3:
		r.endTerm()
		r.checkAttributes(h, []string{manualClass})
		r.beginTerm(h, line)
	case isHeading:
		r.fault(line, "术语表只有两级标题：## 分组，%s", glossaryForm)
	case n.Kind() == extast.KindFootnoteList:
		r.fault(line, "术语表里不用脚注：出处写在课文里")
	case r.term == nil:
		r.fault(line, "这段文字不属于任何术语：先写 %s", glossaryForm)
	case n.Kind() != ast.KindParagraph && n.Kind() != kindMathBlock:
		r.fault(line, "术语的释义只用段落和公式")
	default:
		r.refuseMarks(n)
		r.addText(n, line)
	}
}

// beginTerm reads "键值缓存 (KV cache) {#kv-cache}"; the brackets may be
// full-width.
func (r *glossaryReader) beginTerm(h *ast.Heading, line int) {
	title := plainText(h, r.text)
	t := &Term{ID: explicitID(h), Line: line}
	title = strings.NewReplacer("（", "(", "）", ")").Replace(title)
	t.Name = title
	if open := strings.LastIndex(title, "("); open >= 0 && strings.HasSuffix(title, ")") {
		t.Name = strings.TrimSpace(title[:open])
		t.English = strings.TrimSpace(title[open+1 : len(title)-1])
	}
	switch {
	case t.Name == "":
		r.fault(line, "术语没有中文名：应为 %s", glossaryForm)
	case t.English == "":
		r.fault(line, "术语 %s 没有英文：应为 %s", t.Name, glossaryForm)
	}
	if !isID(t.ID) {
		r.fault(line, "术语 %s 没有 id，或 id 不行：应为 %s", t.Name, glossaryForm)
	}
	for _, class := range classesOf(h) {
		t.Manual = t.Manual || class == manualClass
	}
	r.name(t.Name, line)
	r.term = t
}

// name notes that a term goes by a name, which no other may.
func (r *glossaryReader) name(name string, line int) {
	if name == "" {
		return
	}
	key := strings.ToLower(name)
	if first, ok := r.named[key]; ok {
		r.fault(line, "术语 %s 定义了两次（第 %d 行已经有了）", name, first)
		return
	}
	r.named[key] = line
}

func (r *glossaryReader) addText(n ast.Node, line int) {
	if list, ok := strings.CutPrefix(plainText(n, r.text), aliasMark); ok && n.Kind() == ast.KindParagraph {
		for _, alias := range strings.FieldsFunc(list, func(c rune) bool { return c == '、' || c == ',' || c == '，' || c == '；' }) {
			if alias = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(alias), "。")); alias != "" {
				r.name(alias, line)
				r.term.Aliases = append(r.term.Aliases, alias)
			}
		}
		if len(r.term.Aliases) == 0 {
			r.fault(line, "别名是空的：应为“%s名字、另一个名字”", aliasMark)
		}
		return
	}
	r.term.HTML += r.html(n)
}

func (r *glossaryReader) endTerm() {
	t := r.term
	if t == nil {
		return
	}
	r.term = nil
	if t.HTML == "" {
		r.fault(t.Line, "术语 %s 没有释义", t.Name)
	}
	t.Tip = withoutLinks(t.HTML)
	groups := r.glossary.Groups
	if len(groups) == 0 {
		r.fault(t.Line, "术语要放在一个分组里：前面写 ## 分组名")
		return
	}
	last := &groups[len(groups)-1]
	last.Terms = append(last.Terms, *t)
}

// withoutLinks takes the anchors out of markup and keeps what is in them.
func withoutLinks(html string) string {
	var b strings.Builder
	for {
		i := strings.Index(html, "<a ")
		if i < 0 {
			break
		}
		b.WriteString(html[:i])
		_, html, _ = strings.Cut(html[i:], ">")
	}
	b.WriteString(html)
	return strings.ReplaceAll(b.String(), "</a>", "")
}
