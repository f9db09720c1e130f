// Package route knows the addresses of pages and files. It is the only place
// that does: pages, lessons and the site builder all ask it.
//
// On the client the base is absolute ("/any/sub/path/"), taken from where
// boot.js was loaded. While prerendering it is relative to the page being
// written ("../../"), so that the same folder works under any path.
package route

import (
	"net/url"
	"strings"
)

// base ends in "/" or is empty.
var base = "/"

// document is whether one document holds all pages, named by its query.
var document bool

// index ends the address of a page: "", or "index.html" for hosts that show no
// folders.
var index string

// SetIndex names each page's file in its address, for hosts that show no folders,
// as learning platforms do, or leaves it out.
func SetIndex(named bool) {
	index = ""
	if named {
		index = "index.html"
	}
}

// fileAddress, where set, finds the files that a document carries.
var fileAddress func(path string) string

// SetDocument makes addresses those of the single-file edition: pages are
// "ADDRESS?p=/lessons/m3", since a document on a disk can change its query but
// not its path, and files have the address that file returns. An empty address
// names the document relative to itself.
func SetDocument(address string, file func(path string) string) {
	base, document, fileAddress = address, true, file
}

// FromQuery returns the page that the query of such a document names.
func FromQuery(query url.Values) string { return strings.Trim(query.Get("p"), "/") }

// SetBase sets what every address starts with: "/", "/sub/path/", "../../" or
// "" (the page lies in the site's root).
func SetBase(b string) {
	if b != "" && !strings.HasSuffix(b, "/") {
		b += "/"
	}
	base, document, fileAddress = b, false, nil
}

// Base returns what SetBase set.
func Base() string { return base }

// Page returns the address of a page such as "lessons/m3", "labs" or "" (the
// course map): always the folder form with a trailing slash.
func Page(path string) string {
	path = strings.Trim(path, "/")
	if document {
		return base + "?p=/" + path
	}
	if path == "" {
		if base == "" && index == "" {
			return "./"
		}
		return base + index
	}
	return base + path + "/" + index
}

// Lesson returns the address of a lesson, at a fragment unless it is empty.
func Lesson(id, fragment string) string {
	href := Page("lessons/" + id)
	if fragment != "" {
		href += "#" + fragment
	}
	return href
}

// Lab returns the address of a lab's own page.
func Lab(name string) string { return Page("labs/" + name) }

// Term returns the address of a term of the glossary.
func Term(id string) string { return Page("glossary") + "#" + id }

// PageQuery returns the address of a page with a query, such as "seed=7".
func PageQuery(path, query string) string {
	if document {
		return Page(path) + "&" + query
	}
	return Page(path) + "?" + query
}

// Search returns the address of the search for a query; of the empty search
// page where it is empty.
func Search(query string) string {
	if query == "" {
		return Page("search")
	}
	return PageQuery("search", "q="+url.QueryEscape(query))
}

// File returns the address of a file of the site, such as "assets/style.css"
// or "content/zh/m3.md".
func File(path string) string {
	path = strings.TrimPrefix(path, "/")
	if document && fileAddress != nil {
		return fileAddress(path)
	}
	return base + path
}

// Depth returns the relative base of the page at path: "" for the course map,
// "../../" for "lessons/m3".
func Depth(path string) string {
	path = strings.Trim(path, "/")
	if path == "" {
		return ""
	}
	return strings.Repeat("../", strings.Count(path, "/")+1)
}
