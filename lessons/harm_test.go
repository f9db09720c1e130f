package lessons

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlOf returns every text of a lesson that a page shows as HTML.
func htmlOf(l *Lesson) []string {
	var texts []string
	for _, s := range l.Sections {
		texts = append(texts, s.HTML)
		for _, b := range s.Blocks {
			texts = append(texts, b.HTML)
		}
	}
	if l.Quiz == nil {
		return texts
	}
	texts = append(texts, l.Quiz.Intro)
	for _, q := range l.Quiz.Questions {
		texts = append(texts, q.TitleHTML, q.Prompt, q.Hint, q.Explanation)
		for _, o := range q.Options {
			texts = append(texts, o.HTML, o.Explanation)
		}
	}
	return texts
}

var allowedElements = words(`p a em strong del code pre ul ol li blockquote br hr img figure figcaption span sup div
	table thead tbody tr th td
	math semantics annotation mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom msub msup
	msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd menclose
	svg g path rect circle ellipse line polyline polygon text tspan textpath title desc defs marker use symbol
	lineargradient radialgradient stop clippath pattern mask`)

// harmless fails the test where HTML holds an element that a lesson cannot need,
// a style or a handler, or an address that runs something.
func harmless(t *testing.T, text string) {
	t.Helper()
	for _, n := range parseHTML(t, text) {
		walkHTML(n, func(n *html.Node) {
			if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
				t.Errorf("comment or doctype in %q", text)
			}
			if n.Type != html.ElementNode {
				return
			}
			if !allowedElements[strings.ToLower(n.Data)] {
				t.Errorf("element <%s> in %q", n.Data, text)
			}
			for _, a := range n.Attr {
				key := strings.ToLower(a.Key)
				switch {
				case strings.HasPrefix(key, "on"), key == "style", key == "srcdoc", key == "srcset", key == "action", key == "formaction":
					t.Errorf("attribute %s in %q", a.Key, text)
				case key == "href" || key == "src" || key == "xlink:href":
					if s := scheme(strings.TrimLeft(strings.Map(dropControl, a.Val), " ")); s != "" && s != "http" && s != "https" && s != "mailto" {
						t.Errorf("address %q in %q", a.Val, text)
					}
				}
			}
		})
	}
}

func dropControl(r rune) rune {
	if r < 0x20 {
		return -1
	}
	return r
}

// wellFormed fails the test where the HTML parser had to mend the text: where
// the elements found are not those written, in the same order and nesting.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(text))
	written := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("%v not closed in %q", open, text)
			}
			found := 0
			for _, n := range parseHTML(t, text) {
				walkHTML(n, func(n *html.Node) {
					if n.Type == html.ElementNode {
						found++
					}
				})
			}
			if found != written {
				t.Errorf("%d elements written, %d found in %q", written, found, text)
			}
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			written++
			if tag := string(name); tag != "img" && tag != "br" && tag != "hr" {
				open = append(open, tag)
			}
		case html.SelfClosingTagToken:
			written++
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Errorf("</%s> closes %v in %q", name, open, text)
				return
			}
			open = open[:len(open)-1]
		}
	}
}

func parseHTML(t *testing.T, text string) []*html.Node {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(bytes.NewReader([]byte(text)), body)
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

func walkHTML(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walkHTML(c, visit)
	}
}
