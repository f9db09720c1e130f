package lessons

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

func newBufWriter(w io.Writer) *bufio.Writer { return bufio.NewWriter(w) }

// html renders nodes one after the other.
func (d *document) html(nodes ...ast.Node) string {
	var b bytes.Buffer
	for _, n := range nodes {
		// A bytes.Buffer cannot fail, nor do the renderers.
		_ = markdown().Renderer().Render(&b, d.text, n)
	}
	return b.String()
}

// inner renders the children of a node.
func (d *document) inner(n ast.Node) string { return d.html(children(n)...) }

func children(n ast.Node) []ast.Node {
	var nodes []ast.Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		nodes = append(nodes, c)
	}
	return nodes
}

// pageExtension renders what a page needs otherwise than goldmark does it:
// addresses that were checked, figures, tables that scroll on a phone, and
// nothing of what the author wrote in braces after a heading.
type pageExtension struct{}

func (pageExtension) Extend(m goldmark.Markdown) {
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(pageRenderer{}, 50)))
}

type pageRenderer struct{}

func (r pageRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindHTMLBlock, renderNothing)
	reg.Register(ast.KindRawHTML, renderNothing)
	reg.Register(ast.KindHeading, renderHeading)
	reg.Register(ast.KindParagraph, renderParagraph)
	reg.Register(ast.KindLink, renderLink)
	reg.Register(ast.KindAutoLink, renderAutoLink)
	reg.Register(ast.KindImage, renderImage)
	reg.Register(ast.KindFencedCodeBlock, renderCode)
	reg.Register(ast.KindCodeBlock, renderCode)
	reg.Register(extast.KindTable, renderTable)
	reg.Register(extast.KindTableCell, renderTableCell)
	reg.Register(extast.KindFootnoteList, renderNotes)
	reg.Register(extast.KindFootnoteLink, renderNoteLink)
	reg.Register(extast.KindFootnoteBacklink, renderNoteBacklink)
}

func renderNothing(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkSkipChildren, nil
}

// renderHeading is reached only for headings out of place, which are faults.
func renderHeading(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	tag(w, "p", entering)
	return ast.WalkContinue, nil
}

func tag(w util.BufWriter, name string, entering bool) {
	if entering {
		_, _ = w.WriteString("<" + name + ">")
		return
	}
	_, _ = w.WriteString("</" + name + ">\n")
}

// isFigure reports whether a paragraph is one image and nothing else.
func isFigure(n ast.Node) bool {
	return n.Kind() == ast.KindParagraph && n.ChildCount() == 1 && n.FirstChild().Kind() == ast.KindImage
}

func renderParagraph(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if isFigure(n) {
		tag(w, "figure", entering)
		return ast.WalkContinue, nil
	}
	tag(w, "p", entering)
	return ast.WalkContinue, nil
}

func renderLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	t := targetOf(node)
	switch {
	case t.href == "":
	case !entering:
		_, _ = w.WriteString("</a>")
	default:
		openLink(w, t, string(node.(*ast.Link).Title))
	}
	return ast.WalkContinue, nil
}

func openLink(w util.BufWriter, t target, title string) {
	if t.term != "" {
		openTerm(w, t.href, t.term)
		return
	}
	_, _ = w.WriteString(`<a href="` + escape(t.href) + `"`)
	if strings.HasPrefix(t.href, "data:") {
		// A file of a folder on the author's page: it has no page to lead to.
		_, _ = w.WriteString(` download`)
	}
	if title != "" {
		_, _ = w.WriteString(` title="` + escape(unescapeText([]byte(title))) + `"`)
	}
	if t.external {
		_, _ = w.WriteString(` rel="noopener noreferrer" target="_blank"`)
	}
	_, _ = w.WriteString(">")
}

func renderAutoLink(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.AutoLink)
	t := targetOf(n)
	if t.href != "" {
		openLink(w, t, "")
	}
	_, _ = w.WriteString(escape(string(n.Label(source))))
	if t.href != "" {
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

func renderImage(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.Image)
	alt := plainText(n, source)
	if t := targetOf(n); t.href == "" {
		_, _ = w.WriteString(escape(alt))
	} else if svg, ok := n.AttributeString(svgAttribute); ok {
		_, _ = w.WriteString(svg.(string))
	} else {
		_, _ = w.WriteString(`<img src="` + escape(t.href) + `" alt="` + escape(alt) + `" loading="lazy" decoding="async">`)
	}
	if len(n.Title) > 0 && isFigure(n.Parent()) {
		_, _ = w.WriteString("<figcaption>" + escape(unescapeText(n.Title)) + "</figcaption>")
	}
	return ast.WalkSkipChildren, nil
}

// renderCode makes code reachable by keyboard, since it may have to scroll.
func renderCode(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString(`<pre tabindex="0"><code`)
	if fenced, ok := n.(*ast.FencedCodeBlock); ok {
		if language, _ := infoOf(fenced, source); language != "" {
			_, _ = w.WriteString(` class="language-` + escape(language) + `"`)
		}
	}
	_, _ = w.WriteString(">" + escape(string(n.Lines().Value(source))) + "</code></pre>\n")
	return ast.WalkSkipChildren, nil
}

func renderTable(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		label, _ := n.AttributeString("aria-label")
		text, _ := label.(string)
		_, _ = w.WriteString(`<div class="table" tabindex="0" role="region" aria-label="` + escape(text) + "\"><table>\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("</table></div>\n")
	return ast.WalkContinue, nil
}

func renderTableCell(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*extast.TableCell)
	name, scope := "td", ""
	if n.Parent().Kind() == extast.KindTableHeader {
		if name = "th"; n.ChildCount() > 0 {
			scope = ` scope="col"`
		} else {
			name = "td" // an empty corner heads nothing
		}
	}
	if !entering {
		_, _ = w.WriteString("</" + name + ">\n")
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<" + name + scope)
	if n.Alignment != extast.AlignNone {
		_, _ = w.WriteString(` align="` + n.Alignment.String() + `"`)
	}
	_, _ = w.WriteString(">")
	return ast.WalkContinue, nil
}

// headerCells returns the texts of a table's first row.
func headerCells(table ast.Node, source []byte) []string {
	var cells []string
	for _, row := range children(table) {
		if row.Kind() == extast.KindTableHeader {
			for _, cell := range children(row) {
				if text := plainText(cell, source); text != "" {
					cells = append(cells, text)
				}
			}
		}
	}
	return cells
}

func renderNotes(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<div class="footnotes" role="doc-endnotes"><ol>` + "\n")
	} else {
		_, _ = w.WriteString("</ol></div>\n")
	}
	return ast.WalkContinue, nil
}

func renderNoteLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		n := node.(*extast.FootnoteLink)
		i := itoa(n.Index)
		_, _ = w.WriteString(`<sup id="` + noteRef(n.Index, n.RefIndex) + `"><a href="#fn:` + i +
			`" class="footnote-ref" role="doc-noteref" aria-label="注释 ` + i + `">` + i + `</a></sup>`)
	}
	return ast.WalkContinue, nil
}

func renderNoteBacklink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		n := node.(*extast.FootnoteBacklink)
		_, _ = w.WriteString(` <a href="#` + noteRef(n.Index, n.RefIndex) +
			`" class="footnote-backref" role="doc-backlink" aria-label="回到正文第 ` + itoa(n.Index) + ` 处注释">↩︎</a>`)
	}
	return ast.WalkContinue, nil
}

func noteRef(index, ref int) string {
	if ref > 0 {
		return "fnref" + itoa(ref) + ":" + itoa(index)
	}
	return "fnref:" + itoa(index)
}
