package lessons

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	kindMath      = ast.NewNodeKind("Math")
	kindMathBlock = ast.NewNodeKind("MathBlock")
)

// mathNode is a formula in a line of text: $…$, or $$…$$ set by itself.
type mathNode struct {
	ast.BaseInline
	tex     string
	display bool
	html    string // set once the formula was understood
	// open is a "$" before a command that no "$" closes.
	open bool
	tail string // punctuation tied to the formula; see tie
}

func (n *mathNode) Kind() ast.NodeKind             { return kindMath }
func (n *mathNode) Dump(source []byte, level int)  { ast.DumpHelper(n, source, level, nil, nil) }
func (n *mathBlock) Kind() ast.NodeKind            { return kindMathBlock }
func (n *mathBlock) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
func (n *mathBlock) IsRaw() bool                   { return true }

// mathBlock is a formula of lines of its own between $$ and $$.
type mathBlock struct {
	ast.BaseBlock
	html   string
	closed bool
}

// mathExtension adds formulas to goldmark.
type mathExtension struct{}

func (mathExtension) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(mathBlockParser{}, 650)),
		parser.WithInlineParsers(util.Prioritized(mathParser{}, 90)),
	)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(mathRenderer{}, 100)))
}

type mathParser struct{}

func (mathParser) Trigger() []byte { return []byte{'$'} }

// Parse reads a formula. A "$" is a price and not the start of a formula when a
// space follows it, when no "$" closes it in the same paragraph, when the next
// "$" has a space before it or a letter or digit after it, or when a digit
// follows it and the text up to the next "$" holds Chinese outside of \text{…}.
func (mathParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if bytes.HasPrefix(line, []byte("$$")) {
		return parseDisplay(block)
	}
	if len(line) < 2 || util.IsSpace(line[1]) {
		return nil
	}
	startLine, start := block.Position()
	block.Advance(1)
	var tex []byte
	for {
		line, _ := block.PeekLine()
		if line == nil {
			block.SetPosition(startLine, start)
			if len(tex) > 1 && tex[0] == '\\' && unicode.IsLetter(rune(tex[1])) {
				block.Advance(1)
				return &mathNode{tex: "$", open: true}
			}
			return nil
		}
		i := closingDollar(line)
		if i < 0 {
			tex = append(tex, line...)
			block.AdvanceLine()
			continue
		}
		tex = append(tex, line[:i]...)
		after := byte(' ')
		if i+1 < len(line) {
			after = line[i+1]
		}
		before := tex[max(len(tex)-1, 0)]
		if len(tex) == 0 || util.IsSpace(before) || util.IsAlphaNumeric(after) ||
			util.IsNumeric(tex[0]) && holdsChinese(tex) {
			return nil
		}
		block.Advance(i + 1)
		return &mathNode{tex: string(tex)}
	}
}

// closingDollar finds the first "$" that no backslash escapes.
func closingDollar(line []byte) int {
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '$':
			return i
		}
	}
	return -1
}

func holdsChinese(tex []byte) bool {
	for _, r := range string(tex) {
		if unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef {
			return !bytes.Contains(tex, []byte(`\text`))
		}
	}
	return false
}

// parseDisplay reads $$…$$ inside a paragraph.
func parseDisplay(block text.Reader) ast.Node {
	block.Advance(2)
	var tex []byte
	for {
		line, _ := block.PeekLine()
		if line == nil {
			return nil
		}
		if i := bytes.Index(line, []byte("$$")); i >= 0 {
			tex = append(tex, line[:i]...)
			block.Advance(i + 2)
			return &mathNode{tex: string(tex), display: true}
		}
		tex = append(tex, line...)
		block.AdvanceLine()
	}
}

type mathBlockParser struct{}

func (mathBlockParser) Trigger() []byte             { return []byte{'$'} }
func (mathBlockParser) CanInterruptParagraph() bool { return true }
func (mathBlockParser) CanAcceptIndentedLine() bool { return false }

// Open takes lines that start with "$$" and either end there or are closed at
// their end; "$$x$$ and text" is left to the inline parser.
func (mathBlockParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || !bytes.HasPrefix(line[pos:], []byte("$$")) {
		return nil, parser.NoChildren
	}
	rest := bytes.TrimRight(line[pos+2:], " \n")
	closed := false
	if i := bytes.Index(rest, []byte("$$")); i >= 0 {
		if i+2 != len(rest) {
			return nil, parser.NoChildren
		}
		closed = true
		rest = rest[:i]
	}
	n := &mathBlock{closed: closed}
	if start := segment.Start - segment.Padding + pos + 2; len(rest) > 0 {
		n.Lines().Append(text.NewSegment(start, start+len(rest)))
	}
	reader.AdvanceToEOL()
	return n, parser.NoChildren
}

func (mathBlockParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	n := node.(*mathBlock)
	if n.closed {
		return parser.Close
	}
	line, segment := reader.PeekLine()
	trimmed := bytes.TrimRight(line, " \n")
	if bytes.HasSuffix(trimmed, []byte("$$")) {
		n.closed = true
		segment = segment.WithStop(segment.Start + len(trimmed) - 2 - segment.Padding)
		if segment.Start < segment.Stop {
			n.Lines().Append(segment)
		}
		reader.AdvanceToEOL()
		return parser.Close
	}
	n.Lines().Append(segment)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (mathBlockParser) Close(ast.Node, text.Reader, parser.Context) {}

// longFormula is the length in bytes of TeX above which a formula in a line of
// text may be wider than a phone.
const longFormula = 40

// tie takes the punctuation that follows the formula into it: browsers break a
// line between the two, and no line may begin with a comma.
func (n *mathNode) tie(source []byte) {
	next, ok := n.NextSibling().(*ast.Text)
	if !ok || len(n.tex) > longFormula {
		return // a long one may fill the line by itself
	}
	r, size := utf8.DecodeRune(next.Value(source))
	if strings.ContainsRune("，。；：、！？）」』”’》〉…", r) {
		n.tail = string(r)
		next.Segment = next.Segment.WithStart(next.Segment.Start + size)
	}
}

type mathRenderer struct{}

func (mathRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindMath, func(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		n := node.(*mathNode)
		if !entering {
			return ast.WalkContinue, nil
		}
		// A formula does not break over lines: a long one gets a box to scroll in.
		if n.tail != "" {
			_, _ = w.WriteString(`<span class="tied">`)
		}
		long := len(n.tex) > longFormula && n.html != ""
		if long {
			_, _ = w.WriteString(`<span class="formula" tabindex="0" role="group" aria-label="公式">`)
		}
		writeMath(w, n.html, n.tex)
		if long {
			_, _ = w.WriteString(`</span>`)
		}
		if n.tail != "" {
			_, _ = w.WriteString(escape(n.tail) + `</span>`)
		}
		return ast.WalkContinue, nil
	})
	reg.Register(kindMathBlock, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if n := node.(*mathBlock); entering {
			_, _ = w.WriteString(`<div class="math" tabindex="0" role="group" aria-label="公式">`)
			writeMath(w, n.html, string(n.Lines().Value(source)))
			_, _ = w.WriteString("</div>\n")
		}
		return ast.WalkContinue, nil
	})
}

// writeMath writes the formula, or what its author wrote where it is broken.
func writeMath(w util.BufWriter, html, tex string) {
	if html != "" {
		_, _ = w.WriteString(html)
		return
	}
	_, _ = w.WriteString(escape(tex))
}
