package route

import (
	"net/url"
	"testing"
)

// TestAddresses states what the same page is called in each edition.
func TestAddresses(t *testing.T) {
	defer SetBase(Base())
	defer SetIndex(false)
	file := func(path string) string { return "blob:" + path }
	for _, tt := range []struct {
		name string
		set  func()
		want [6]string // map, lesson at a fragment, lab, term, search, file
	}{
		{"root", func() { SetBase("/") },
			[6]string{"/", "/lessons/m3/#s", "/labs/cost/", "/glossary/#kv", "/search/?q=a+b", "/content/zh/m3.md"}},
		{"sub-path", func() { SetBase("/any/sub") },
			[6]string{"/any/sub/", "/any/sub/lessons/m3/#s", "/any/sub/labs/cost/", "/any/sub/glossary/#kv", "/any/sub/search/?q=a+b", "/any/sub/content/zh/m3.md"}},
		{"prerendered", func() { SetBase(Depth("lessons/m3")) },
			[6]string{"../../", "../../lessons/m3/#s", "../../labs/cost/", "../../glossary/#kv", "../../search/?q=a+b", "../../content/zh/m3.md"}},
		{"named files", func() { SetBase("/any/sub"); SetIndex(true) },
			[6]string{"/any/sub/index.html", "/any/sub/lessons/m3/index.html#s", "/any/sub/labs/cost/index.html", "/any/sub/glossary/index.html#kv",
				"/any/sub/search/index.html?q=a+b", "/any/sub/content/zh/m3.md"}},
		{"one document", func() { SetDocument("/C:/%E8%AF%BE/course.html", file) },
			[6]string{"/C:/%E8%AF%BE/course.html?p=/", "/C:/%E8%AF%BE/course.html?p=/lessons/m3#s", "/C:/%E8%AF%BE/course.html?p=/labs/cost",
				"/C:/%E8%AF%BE/course.html?p=/glossary#kv", "/C:/%E8%AF%BE/course.html?p=/search&q=a+b", "blob:content/zh/m3.md"}},
		{"one document, prerendered", func() { SetDocument("", nil) },
			[6]string{"?p=/", "?p=/lessons/m3#s", "?p=/labs/cost", "?p=/glossary#kv", "?p=/search&q=a+b", "content/zh/m3.md"}},
	} {
		tt.set()
		got := [6]string{Page(""), Lesson("m3", "s"), Lab("cost"), Term("kv"), Search("a b"), File("/content/zh/m3.md")}
		if got != tt.want {
			t.Errorf("%s: got  %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

func TestFromQuery(t *testing.T) {
	for query, want := range map[string]string{"": "", "p=/": "", "p=/lessons/m3": "lessons/m3", "p=lessons/m3/&q=1": "lessons/m3", "q=1": ""} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := FromQuery(values); got != want {
			t.Errorf("%q names %q, want %q", query, got, want)
		}
	}
}

// A page with a query: in the single file, whose pages are queries themselves, it
// goes on with theirs.
func TestPageQuery(t *testing.T) {
	defer SetBase(Base())
	SetBase("/sub/")
	if got := PageQuery("exam", "n=10&seed=7"); got != "/sub/exam/?n=10&seed=7" {
		t.Errorf("got %s", got)
	}
	SetDocument("file:///课.html", nil)
	if got := PageQuery("exam", "n=10&seed=7"); got != "file:///课.html?p=/exam&n=10&seed=7" {
		t.Errorf("in a document: %s", got)
	}
	if got := Search("a b"); got != "file:///课.html?p=/search&q=a+b" {
		t.Errorf("search in a document: %s", got)
	}
}
