package lessons

import (
	"strings"
	"testing"
)

func TestPlainText(t *testing.T) {
	for _, c := range []struct{ html, want string }{
		{"", ""},
		{"<p>一段<strong>重</strong>话。</p>\n<p>二段。</p>", "一段重话。 二段。"},
		{"<p>a &lt; b &amp;amp; c</p>", "a < b &amp; c"},
		{`<p>引<sup id="fnref:1"><a href="#fn:1">1</a></sup>用</p>`, "引用"},
		{"<figure><svg><text>图</text></svg><figcaption>说明</figcaption></figure>", "说明"},
		{"<table><tr><td>甲</td><td>乙</td></tr></table>", "甲 乙"},
		{`见<a class="term" href="#x">词元</a>。`, "见词元。"},
		{"<p>没完", "没完"},
		{"<", ""},
	} {
		if got := PlainText(c.html); got != c.want {
			t.Errorf("PlainText(%q) = %q, want %q", c.html, got, c.want)
		}
	}
}

// TestLinkToHeldFile: an address that holds the file itself is no page, and clicking
// it must not take the author away from the one that he is on.
func TestLinkToHeldFile(t *testing.T) {
	opt := testOptions
	opt.File = func(string) string { return "data:image/png;base64,AAAA" }
	lesson, err := Parse("m9.md", []byte(header9+"[图](img/block.svg)\n"), opt)
	if err != nil {
		t.Fatal(err)
	}
	if html := lesson.Sections[0].Blocks[0].HTML; !strings.Contains(html, `<a href="data:image/png;base64,AAAA" download>`) {
		t.Errorf("the link is %s", html)
	}
}
