package lessons

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	kindBox   = ast.NewNodeKind("Box")
	kindBlank = ast.NewNodeKind("Blank")
	kindParam = ast.NewNodeKind("Param")
	kindNote  = ast.NewNodeKind("UndefinedNote")
)

// box is the mark at the start of a list item: [x], [ ], and their full-width
// forms.
type box struct {
	ast.BaseInline
	checked bool
}

// blank is a gap to fill in: [[answer|other answer]].
type blank struct {
	ast.BaseInline
	accepted []string
	empty    bool // an answer is missing
	index    int  // in its question, −1 outside of one
}

// param is {name} in the text: a parameter where the question has it, text
// otherwise.
type param struct {
	ast.BaseInline
	name  string
	known bool
}

// undefinedNote is [^label] without a footnote or source of that name.
type undefinedNote struct {
	ast.BaseInline
	label string
}

func (n *box) Kind() ast.NodeKind                      { return kindBox }
func (n *box) Dump(source []byte, level int)           { ast.DumpHelper(n, source, level, nil, nil) }
func (n *blank) Kind() ast.NodeKind                    { return kindBlank }
func (n *blank) Dump(source []byte, level int)         { ast.DumpHelper(n, source, level, nil, nil) }
func (n *param) Kind() ast.NodeKind                    { return kindParam }
func (n *param) Dump(source []byte, level int)         { ast.DumpHelper(n, source, level, nil, nil) }
func (n *undefinedNote) Kind() ast.NodeKind            { return kindNote }
func (n *undefinedNote) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// quizExtension adds the marks of questions to goldmark.
type quizExtension struct{}

func (quizExtension) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(
		util.Prioritized(boxParser{}, 10),
		util.Prioritized(blankParser{}, 20),
		util.Prioritized(undefinedNoteParser{}, 102), // after goldmark's footnotes
		util.Prioritized(paramParser{}, 110),
	))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(marksRenderer{}, 100)))
}

type boxParser struct{}

// Trigger has a space for the full-width forms: goldmark asks so at the start of
// a line.
func (boxParser) Trigger() []byte { return []byte{'[', ' '} }

var (
	boxOpeners = []string{"[", "［", "【", "（"}
	boxClosers = []string{"]", "］", "】", "）"}
	boxMarks   = map[string]bool{"x": true, "X": true, "ｘ": true, "Ｘ": true, "√": true, "✓": true, "✔": true,
		" ": false, "　": false, "": false}
)

func (boxParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	item, ok := parent.Parent().(*ast.ListItem)
	if !ok || item.FirstChild() != parent || parent.HasChildren() {
		return nil
	}
	line, _ := block.PeekLine()
	checked, n, ok := cutBox(string(line))
	if !ok {
		return nil
	}
	block.Advance(n)
	return &box{checked: checked}
}

// cutBox reads a mark and the spaces behind it, and returns its length.
func cutBox(line string) (checked bool, n int, ok bool) {
	for _, opener := range boxOpeners {
		rest, found := strings.CutPrefix(line, opener)
		if !found {
			continue
		}
		for _, closer := range boxClosers {
			mark, after, found := strings.Cut(rest, closer)
			checked, known := boxMarks[mark]
			if !found || !known || strings.HasPrefix(after, "(") || strings.HasPrefix(after, "[") && mark == "" {
				continue
			}
			after = strings.TrimLeft(after, " \t　")
			return checked, len(line) - len(after), true
		}
	}
	return false, 0, false
}

type blankParser struct{}

func (blankParser) Trigger() []byte { return []byte{'['} }

func (blankParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("[[")) {
		return nil
	}
	end := bytes.Index(line, []byte("]]"))
	if end < 0 {
		return nil
	}
	n := &blank{index: -1}
	for _, answer := range strings.Split(strings.ReplaceAll(string(line[2:end]), "｜", "|"), "|") {
		if answer = strings.TrimSpace(answer); answer == "" {
			n.empty = true
		} else {
			n.accepted = append(n.accepted, answer)
		}
	}
	block.Advance(end + 2)
	return n
}

type paramParser struct{}

func (paramParser) Trigger() []byte { return []byte{'{'} }

func (paramParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	end := bytes.IndexByte(line, '}')
	if end < 2 || !isID(string(line[1:end])) {
		return nil
	}
	block.Advance(end + 1)
	return &param{name: string(line[1:end])}
}

type undefinedNoteParser struct{}

func (undefinedNoteParser) Trigger() []byte { return []byte{'['} }

func (undefinedNoteParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	end := bytes.IndexByte(line, ']')
	if !bytes.HasPrefix(line, []byte("[^")) || end < 3 {
		return nil
	}
	block.Advance(end + 1)
	return &undefinedNote{label: string(line[2:end])}
}

type marksRenderer struct{}

func (marksRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	write := func(kind ast.NodeKind, html func(ast.Node) string) {
		reg.Register(kind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
			if entering {
				_, _ = w.WriteString(html(n))
			}
			return ast.WalkSkipChildren, nil
		})
	}
	write(kindBox, func(n ast.Node) string {
		if n.(*box).checked {
			return `<span class="box" role="img" aria-label="已选">☑</span> `
		}
		return `<span class="box" role="img" aria-label="未选">☐</span> `
	})
	write(kindBlank, func(n ast.Node) string {
		if i := n.(*blank).index; i >= 0 {
			return `<span data-blank="` + itoa(i) + `"></span>`
		}
		return "" // a fault; the answer must not show
	})
	write(kindParam, func(n ast.Node) string {
		if p := n.(*param); p.known {
			return `<span data-param="` + p.name + `">…</span>`
		}
		return "{" + n.(*param).name + "}"
	})
	write(kindNote, func(n ast.Node) string { return escape("[^" + n.(*undefinedNote).label + "]") })
}
