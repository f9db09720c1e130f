package lessons

import (
	"strings"
	"testing"
)

func TestDrawing(t *testing.T) {
	src := `<?xml version="1.0"?>
<!-- drawn by hand -->
<!DOCTYPE svg>
<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20" viewBox="0 0 10 20" class="x">
  <title id="t">块 &amp; &lt;图&gt;</title>
  <defs><marker id="arrow"><path d="M0 0"/></marker></defs>
  <line x1="0" marker-end="url(#arrow)" stroke='var(--text)'/>
  <use href="#arrow" aria-labelledby="t u"/>
  <text>甲 <tspan>乙</tspan></text>
</svg>
`
	got, err := Drawing("zh/img/block.svg", []byte(src), "一块")
	if err != nil {
		t.Fatal(err)
	}
	want := `<svg aria-label="一块" class="drawing" role="img" viewBox="0 0 10 20">` +
		`<title id="block-t">块 &amp; &lt;图&gt;</title>` +
		`<defs><marker id="block-arrow"><path d="M0 0"></path></marker></defs>` +
		`<line marker-end="url(#block-arrow)" stroke="var(--text)" x1="0"></line>` +
		`<use aria-labelledby="block-t block-u" href="#block-arrow"></use>` +
		`<text>甲 <tspan>乙</tspan></text></svg>`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	harmless(t, got)
	if got, _ = Drawing("a.svg", []byte(`<svg viewBox="0 0 1 1" aria-labelledby="t"/>`), "甲"); strings.Contains(got, "甲") {
		t.Errorf("named twice: %s", got)
	}
}

func TestDrawingRefusals(t *testing.T) {
	const open, end = "<svg viewBox=\"0 0 1 1\">\n", "\n</svg>"
	for _, c := range []struct{ name, src, want string }{
		{"script", open + "<script>alert(1)</script>" + end, "2: SVG 不能用元素 <script>"},
		{"foreignObject", open + "<foreignObject/>" + end, "2: SVG 不能用元素 <foreignObject>"},
		{"style element", open + "<style/>" + end, "2: SVG 不能用元素 <style>"},
		{"link", open + "<a/>" + end, "2: SVG 不能用元素 <a>"},
		{"image", open + "<image/>" + end, "2: SVG 不能用元素 <image>"},
		{"animation", open + "<set/>" + end, "2: SVG 不能用元素 <set>"},
		{"handler", open + `<g onclick="x"/>` + end, "2: SVG 的 <g> 不能用属性 onclick"},
		{"style", open + `<g style="x"/>` + end, "2: SVG 的 <g> 不能用属性 style"},
		{"outside link", open + `<use href="https://a.com/#b"/>` + end, "2: SVG 里的 href 只能指向自己的部件"},
		{"script link", open + `<use xlink:href="java&#115;cript:x"/>` + end, "2: SVG 里的 xlink:href 只能"},
		{"outside paint", open + `<g fill="URL(//a.com)"/>` + end, "2: SVG 的 fill 不能引用外部文件"},
		{"escaped paint", open + `<g fill="u\72l(x)"/>` + end, "2: SVG 的 fill 不能引用外部文件"},
		{"two faults", open + `<g style="x"/>` + "\n" + `<g style="x"/>` + end, "2: SVG 的 <g> 不能用属性 style|3: SVG 的 <g> 不能用属性 style"},
		{"not closed", open + "<g>" + end, "3: SVG 结束标签 </svg> 与 <g> 不配对"},
		{"end missing", open + "<g>", "2: SVG <g> 没有结束"},
		{"tag broken off", open + "<g x", "2: SVG <g> 的属性 x 应写成"},
		{"no quotes", open + "<g x=1/>" + end, "2: SVG <g> 的属性 x 应写成"},
		{"quote not closed", open + `<g x="1/>` + end, "2: SVG <g> 的属性 x 应写成"},
		{"attribute twice", open + `<g x="1" x="2"/>` + end, "2: SVG <g> 的属性 x 写了两次"},
		{"end tag with attribute", open + `<g></g x="1">` + end, "2: SVG 标签 <g> 没有写完"},
		{"CDATA", open + "<![CDATA[x]]>" + end, "2: SVG 不能用元素 <>"},
		{"entities", "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + open + end, "1: SVG 不能用带声明的 DOCTYPE"},
		{"comment not closed", open + "<!-- x", "2: SVG 缺少 -->"},
		{"two roots", "<svg viewBox=\"\"/><svg/>", "1: SVG 应只有一个最外层元素"},
		{"empty", "", "1: SVG 应只有一个最外层元素"},
		{"not svg", "<g/>", "1: 最外层应为 <svg>，现在是 <g>"},
		{"no viewBox", "<svg/>", "1: <svg> 缺少 viewBox"},
		{"GBK", "\xc4\xe3\xba\xc3", "1: 文件不是 UTF-8"},
	} {
		svg, err := Drawing("a.svg", []byte(c.src), "")
		if err == nil || svg != "" {
			t.Errorf("%s: accepted as %s", c.name, svg)
			continue
		}
		for i, line := range strings.Split(err.Error(), "\n") {
			wants := strings.Split(c.want, "|")
			if i >= len(wants) || !strings.HasPrefix(line, "a.svg:"+wants[i]) {
				t.Errorf("%s: %s; want %s", c.name, line, c.want)
			}
		}
	}
}

func TestInline(t *testing.T) {
	opt := testOptions
	opt.Inline = func(path string) (string, bool) {
		return `<svg viewBox="0 0 1 1"><g id="a"/></svg>`, path == "img/block.svg"
	}
	l, err := Parse("m9.md", []byte(header9+"![甲](img/block.svg \"图注\")\n"), opt)
	if err != nil {
		t.Fatal(err)
	}
	want := `<figure><svg aria-label="甲" class="drawing" role="img" viewBox="0 0 1 1"><g id="block-a"></g></svg><figcaption>图注</figcaption></figure>` + "\n"
	if got := l.Sections[0].Blocks[0].HTML; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	opt.Inline = func(string) (string, bool) { return "<svg viewBox=\"0 0 1 1\">\n<script/></svg>", true }
	l, err = Parse("m9.md", []byte(header9+"![甲](img/block.svg)\n"), opt)
	if err == nil || err.Error() != "m9.md:8: 图片 img/block.svg:2: SVG 不能用元素 <script>" {
		t.Errorf("%v", err)
	}
	harmless(t, l.Sections[0].Blocks[0].HTML)
}
