package hostile

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// addressAttributes lead somewhere, or have something fetched.
var addressAttributes = map[string]bool{"href": true, "src": true, "action": true, "formaction": true, "data": true, "poster": true, "cite": true, "background": true, "ping": true}

// forbidden elements run or fetch something, or change what the others mean.
var forbidden = map[string]bool{"iframe": true, "frame": true, "object": true, "embed": true, "base": true, "style": true,
	"foreignobject": true, "animate": true, "set": true, "applet": true, "portal": true, "template": true, "audio": true, "video": true, "mglyph": true}

// Faults parses a document or a part of one as a browser does, and says what in it
// would run, set a style or ask another site for something. A script from a file
// beside the page is the page's own.
func Faults(document string) ([]string, error) {
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		return nil, err
	}
	var faults []string
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			faults = append(faults, elementFaults(n)...)
		}
	}
	return faults, nil
}

func elementFaults(n *html.Node) []string {
	var faults []string
	add := func(format string, args ...any) {
		faults = append(faults, "<"+n.Data+"> "+fmt.Sprintf(format, args...))
	}
	tag := strings.ToLower(n.Data)
	if forbidden[tag] {
		add("stands in the page")
	}
	own, saved := false, false
	for _, a := range n.Attr {
		saved = saved || tag == "a" && a.Key == "download" // is not opened
	}
	for _, a := range n.Attr {
		key, scheme := strings.ToLower(a.Key), schemeOf(a.Val)
		fetched := key == "src" || key == "poster" || key == "data" || key == "background" || key == "href" && tag != "a"
		switch {
		case strings.HasPrefix(key, "on"), key == "style", key == "srcdoc", key == "autofocus", key == "srcset":
			add("has %s=%q", a.Key, a.Val)
		case key == "http-equiv" && strings.EqualFold(a.Val, "refresh"):
			add("reloads")
		case !addressAttributes[key]:
		case scheme == "" && !strings.HasPrefix(a.Val, "//"):
			own = own || key == "src"
		case scheme == "data" && saved:
		case fetched && !(scheme == "data" && (tag == "img" || tag == "link")), scheme != "http" && scheme != "https" && scheme != "mailto" && !fetched:
			add("has %s=%q", a.Key, a.Val)
		}
	}
	if tag == "script" && (!own || n.FirstChild != nil) {
		add("stands in the page")
	}
	return faults
}

// schemeOf reads an address as a browser does, which passes over white space and
// control characters.
func schemeOf(address string) string {
	address = strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, address)
	i := strings.IndexAny(address, ":/?#")
	if i < 0 || address[i] != ':' {
		return ""
	}
	return strings.ToLower(address[:i])
}
