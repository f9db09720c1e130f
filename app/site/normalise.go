package site

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// normalise parses what go-app printed for a page and prints it as HTML that
// means the same as the nodes go-app makes in the browser. The printer of go-app
// puts every child on a line of its own (spaces between Chinese characters and
// in preformatted text), writes attributes in map order, prints the value "true"
// as no value and keeps booleans that are "false".
func normalise(printed string) (string, error) {
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(printed), context)
	if err != nil {
		return "", fmt.Errorf("parse page: %w", err)
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := printNode(&b, n); err != nil {
			return "", fmt.Errorf("print page: %w", err)
		}
	}
	return b.String(), nil
}

func printNode(w io.Writer, n *html.Node) error {
	clean(n, false)
	// The end tag of the outermost element stands on a line without indentation.
	if last := n.LastChild; last != nil && last.Type == html.TextNode && last.Data == "\n" {
		n.RemoveChild(last)
	}
	return html.Render(w, n)
}

// clean mends n and its descendants in place. Within preformatted text nothing
// is trimmed.
func clean(n *html.Node, pre bool) {
	if n.Type == html.ElementNode {
		n.Attr = cleanAttributes(n.Attr)
		pre = pre || n.DataAtom == atom.Pre || n.DataAtom == atom.Textarea
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.TextNode && !pre {
			if c.Data = trimIndent(c.Data); c.Data == "" {
				n.RemoveChild(c)
				c = next
				continue
			}
		}
		clean(c, pre)
		c = next
	}
}

// trimIndent removes the line break and indentation that go-app's printer puts
// before and after each child. Line breaks within prose, which is raw HTML and
// not printed by go-app, carry no indentation, and stay.
func trimIndent(s string) string {
	if !strings.HasPrefix(s, "\n  ") {
		return s
	}
	s = strings.TrimLeft(s[1:], " ")
	if i := strings.LastIndexByte(s, '\n'); i >= 0 && strings.Trim(s[i:], "\n ") == "" {
		s = s[:i]
	}
	return s
}

// booleans are the attributes that hold by being there.
var booleans = map[string]bool{
	"async": true, "autofocus": true, "checked": true, "defer": true, "disabled": true,
	"hidden": true, "loop": true, "multiple": true, "muted": true, "open": true,
	"readonly": true, "required": true, "reversed": true, "selected": true,
}

func cleanAttributes(attrs []html.Attribute) []html.Attribute {
	kept := attrs[:0]
	for _, a := range attrs {
		switch {
		case booleans[a.Key] && a.Val == "false":
			continue
		case booleans[a.Key]:
			a.Val = ""
		case strings.HasPrefix(a.Key, "aria-") && a.Val == "", a.Key == "draggable" && a.Val == "":
			a.Val = "true"
		}
		kept = append(kept, a)
	}
	slices.SortFunc(kept, func(a, b html.Attribute) int {
		return strings.Compare(a.Namespace+":"+a.Key, b.Namespace+":"+b.Key)
	})
	return kept
}
