package lessons

import "testing"

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
