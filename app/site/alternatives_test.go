package site

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"courselab/app/registry"
)

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, class string) bool {
	for _, c := range strings.Fields(attribute(n, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

// find returns the first element below n that fits, nil where none does.
func find(n *html.Node, fits func(*html.Node) bool) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && fits(c) {
			return c
		}
	}
	return nil
}

func textIn(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// named reports whether a picture has a name, or is left out for those who hear the
// page together with what holds it.
func named(root, n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if attribute(p, "aria-hidden") == "true" {
			return true
		}
	}
	if strings.TrimSpace(attribute(n, "aria-label")) != "" {
		return true
	}
	for _, id := range strings.Fields(attribute(n, "aria-labelledby")) {
		if e := find(root, func(e *html.Node) bool { return attribute(e, "id") == id }); e == nil || textIn(e) == "" {
			return false
		}
		return true
	}
	title := find(n, func(e *html.Node) bool { return e.Data == "title" })
	return title != nil && textIn(title) != ""
}

// rows counts the rows of data in the tables below n.
func rows(n *html.Node) int {
	count := 0
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == "td" && c.PrevSibling == nil || c.Data == "th" && attribute(c, "scope") == "row" {
			count++
		}
	}
	return count
}

// tableOf returns where the table of a figure stands: its own block of a sheet, or
// the lab.
func tableOf(n *html.Node) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if hasClass(p, "sheet-block") || attribute(p, "data-lab") != "" {
			return p
		}
	}
	return nil
}

// opensTable tells the button of a panel of its own that shows the figures' numbers
// once the program runs.
func opensTable(e *html.Node) bool { return e.Data == "button" && textIn(e) == "表格" }

// TestEveryFigureInWords asks every picture of every lab, as it stands before any
// program runs, for a name and for a table with the same numbers.
func TestEveryFigureInWords(t *testing.T) {
	files := build(t, "")
	pictures := 0
	for _, lab := range registry.Labs() {
		if lab.Coming {
			continue
		}
		root, err := html.Parse(strings.NewReader(string(files["labs/"+lab.Name+"/index.html"])))
		if err != nil {
			t.Fatal(err)
		}
		panel := find(root, func(e *html.Node) bool { return attribute(e, "data-lab") == lab.Name })
		if panel == nil {
			t.Errorf("%s: no panel on its page", lab.Name)
			continue
		}
		for n := range panel.Descendants() {
			if n.Type != html.ElementNode || n.Data != "svg" && n.Data != "canvas" {
				continue
			}
			pictures++
			where := fmt.Sprintf("%s: <%s class=%q id=%q>", lab.Name, n.Data, attribute(n, "class"), attribute(n, "id"))
			if !named(root, n) {
				t.Errorf("%s has no name", where)
			}
			if n.Data == "svg" && attribute(n, "role") == "img" {
				if place := tableOf(n); place == nil || rows(place) == 0 && find(place, opensTable) == nil {
					t.Errorf("%s has no table", where)
				}
			}
		}
	}
	if pictures < 40 {
		t.Errorf("only %d pictures", pictures)
	}
}
