package lessons

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// markdown is goldmark with everything a lesson may hold. It keeps no state
// between texts.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Linkify,
			extension.Strikethrough,
			extension.Footnote,
			mathExtension{},
			quizExtension{},
			pageExtension{},
		),
		goldmark.WithParserOptions(parser.WithHeadingAttribute()),
		goldmark.WithRendererOptions(html.WithEastAsianLineBreaks(html.EastAsianLineBreaksSimple)),
	)
})

// document is a text between parsing and the parts that a lesson is made of.
type document struct {
	*source
	opt        Options
	lesson     string // its id
	root       ast.Node
	anchors    map[string]int // id → line
	references []reference
	labs       map[string]int // name → how often it was placed
	isGlossary bool
}

// readDocument parses the text below the front matter and checks every node.
func (s *source) readDocument(lesson string, opt Options) *document {
	d := s.newDocument(lesson, opt)
	d.parse()
	return d
}

// readGlossaryDocument is readDocument for a glossary.
func (s *source) readGlossaryDocument(opt Options) *document {
	d := s.newDocument("", opt)
	d.isGlossary = true
	d.parse()
	return d
}

func (s *source) newDocument(lesson string, opt Options) *document {
	return &document{source: s, opt: opt, lesson: lesson, anchors: map[string]int{}, labs: map[string]int{}}
}

func (d *document) parse() {
	d.root = markdown().Parser().Parse(text.NewReader(d.text))
	_ = ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			d.check(n)
		}
		return ast.WalkContinue, nil
	})
}

// check reports what is wrong with one node, and prepares it for rendering.
func (d *document) check(n ast.Node) {
	switch n := n.(type) {
	case *ast.HTMLBlock, *ast.RawHTML:
		d.fault(d.lineOf(n), "不能写 HTML 标签或注释；要显示 < 请写 &lt;，代码放进反引号")
	case *ast.Heading:
		if n.Parent() != d.root {
			d.fault(d.lineOf(n), "标题不能放在列表、引用块或脚注里")
		}
	case *ast.Link:
		n.SetAttributeString(targetAttribute, d.resolve(n.Destination, d.lineOf(n)))
	case *ast.AutoLink:
		address := n.URL(d.text)
		if n.AutoLinkType == ast.AutoLinkEmail && scheme(string(address)) == "" {
			address = append([]byte("mailto:"), address...)
		}
		n.SetAttributeString(targetAttribute, d.resolve(address, d.lineOf(n)))
	case *ast.Image:
		d.resolveImage(n, d.lineOf(n))
	case *ast.Text:
		if bytes.Contains(n.Value(d.text), []byte("**")) && !n.IsRaw() {
			d.fault(d.lineOf(n), "加粗没有生效：** 紧挨标点和文字时认不出来，把标点移到 ** 外面，或写成 \\*\\*")
		}
	case *ast.FencedCodeBlock:
		if name, _ := infoOf(n, d.text); (name == "lab" || name == "compute") && n.Parent() != d.root {
			d.fault(d.lineOf(n), "%s 块不能放在列表、引用块或脚注里", name)
		}
	case *mathNode:
		d.checkMath(n)
		n.tie(d.text)
	case *mathBlock:
		d.checkMathBlock(n)
	case *undefinedNote:
		d.fault(d.lineOf(n), "脚注 [^%s] 没有定义：在文件头的 sources 里写 id: %s，或在文中写“[^%s]: 说明”", n.label, n.label, n.label)
	case *extast.TableCell:
		if first := n.FirstChild(); n.Parent().Kind() == extast.KindTableHeader && n.ChildCount() == 1 && first.Kind() == kindMath {
			d.fault(d.lineOf(n), "表头只有公式 $%s$，读屏软件读不出来：加上文字，如“比值 $D/N$”", first.(*mathNode).tex)
		}
	case *extast.Table:
		n.SetAttributeString("aria-label", "表格："+strings.Join(headerCells(n, d.text), "、"))
	}
}

func (d *document) checkMath(n *mathNode) {
	line := d.lineOf(n)
	if n.open {
		d.fault(line, "公式没有结束：缺少第二个 $（金额请写 \\$）")
		return
	}
	html, err := mathML(n.tex, n.display)
	if err != nil {
		d.fault(line, "公式 %s：%v", shorten(n.tex), err)
	}
	n.html = html
}

func (d *document) checkMathBlock(n *mathBlock) {
	tex := string(n.Lines().Value(d.text))
	line := d.lineOf(n)
	if !n.closed {
		d.fault(line, "公式没有结束：缺少单独一行的 $$")
		return
	}
	html, err := mathML(tex, true)
	if err != nil {
		d.fault(line, "公式 %s：%v", shorten(tex), err)
	}
	n.html = html
}

// shorten makes a text fit into one line of a message.
func shorten(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}

// lineOf returns the line a node starts at.
func (d *document) lineOf(n ast.Node) int {
	for m := n; m != nil; m = m.Parent() {
		if pos := m.Pos(); pos >= 0 && m.Kind() != ast.KindDocument {
			return d.line(pos)
		}
		if m.Type() == ast.TypeBlock && m.Lines().Len() > 0 {
			return d.line(m.Lines().At(0).Start)
		}
		for c := m.FirstChild(); c != nil; c = c.FirstChild() {
			if pos := c.Pos(); pos >= 0 {
				return d.line(pos)
			}
		}
	}
	return 1
}

// infoOf returns the first word of a fenced block's info string and the rest.
func infoOf(n *ast.FencedCodeBlock, source []byte) (name, rest string) {
	if n.Info == nil {
		return "", ""
	}
	name, rest, _ = strings.Cut(strings.TrimSpace(string(n.Info.Segment.Value(source))), " ")
	return name, strings.TrimSpace(rest)
}

// plainText returns the text of a node's inline content, with formulas as TeX.
func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() || n.Parent().Kind() == ast.KindCodeSpan {
				b.Write(n.Value(source))
			} else {
				b.WriteString(unescapeText(n.Value(source)))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(source))
		case *mathNode:
			b.WriteString(n.tex + n.tail)
		case *mathBlock:
			b.Write(n.Lines().Value(source))
		case *blank:
			b.WriteString("＿＿")
		case *param:
			b.WriteString("{" + n.name + "}")
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

// unescapeText resolves backslashes and character references of Markdown text.
func unescapeText(s []byte) string {
	var b bytes.Buffer
	w := newBufWriter(&b)
	html.DefaultWriter.Write(w, s)
	_ = w.Flush()
	return unescape(b.String())
}

func itoa(i int) string { return strconv.Itoa(i) }
