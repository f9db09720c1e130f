package lessons

import (
	"bytes"
	"net/url"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// target is where a link or an image leads after it was checked. The zero value
// leads nowhere: the text of the link is written alone.
type target struct {
	href     string
	external bool   // another site
	term     string // of the glossary
}

// targetAttribute keeps a target on a goldmark node.
const targetAttribute = "courselab-target"

func targetOf(n ast.Node) target {
	t, _ := n.AttributeString(targetAttribute)
	found, _ := t.(target)
	return found
}

// reference is a link to a place in this lesson or another, checked once all
// anchors are known.
type reference struct {
	lesson   string // empty: this one
	fragment string
	line     int
}

// scheme returns what stands before the first ":" of an address, unless a "/",
// "?" or "#" comes earlier. Browsers skip control characters and spaces there,
// so any scheme but those expected is refused rather than certain ones.
func scheme(address string) string {
	i := strings.IndexAny(address, ":/?#")
	if i < 0 || address[i] != ':' {
		return ""
	}
	return strings.ToLower(address[:i])
}

// resolve checks where a link leads.
func (d *document) resolve(destination []byte, line int) target {
	address := string(util.URLEscape(destination, true))
	switch s := scheme(address); s {
	case "http", "https":
		if u, err := url.Parse(address); err != nil || u.Host == "" {
			d.fault(line, "链接写错了：%s", address)
			return target{}
		}
		return target{href: address, external: true}
	case "mailto":
		return target{href: address}
	case "term":
		return d.resolveTerm(strings.TrimPrefix(address, "term:"), line)
	case "":
	default:
		d.fault(line, "不允许的链接 %s：只能用 https://、mailto:、课文（m1.md#标题）、术语（term:kv-cache）或 #标题", address)
		return target{}
	}
	if address == "" {
		d.fault(line, "链接是空的")
		return target{}
	}
	if bytes.IndexByte(destination, '\\') >= 0 {
		d.fault(line, "链接 %s 用了反斜杠：写成 %s", destination, bytes.ReplaceAll(destination, []byte(`\`), []byte("/")))
		return target{}
	}
	u, err := url.Parse(address)
	if err != nil || strings.HasPrefix(address, "/") || u.RawQuery != "" {
		d.fault(line, "链接 %s 写错了：站外写完整的 https://…，课文写 m1.md#标题，本页写 #标题", address)
		return target{}
	}
	if u.Path == "" {
		d.references = append(d.references, reference{fragment: u.Fragment, line: line})
		return target{href: "#" + u.EscapedFragment()}
	}
	return d.resolvePath(address, u, line)
}

// resolveTerm checks a link to the glossary; in the glossary itself it leads to
// another of its entries.
func (d *document) resolveTerm(id string, line int) target {
	if d.isGlossary {
		d.references = append(d.references, reference{fragment: id, line: line})
		return target{href: "#" + id}
	}
	if d.opt.Glossary == nil {
		return target{}
	}
	if _, ok := d.opt.Glossary.Term(id); !ok {
		d.fault(line, "术语表里没有 %s", id)
		return target{}
	}
	return target{href: d.opt.termHref(id), term: id}
}

// resolvePath checks a relative address: another lesson, or a file.
func (d *document) resolvePath(address string, u *url.URL, line int) target {
	name := path.Clean(u.Path)
	if id, ok := strings.CutSuffix(name, ".md"); ok && isID(id) {
		if id == d.lesson {
			d.references = append(d.references, reference{fragment: u.Fragment, line: line})
		} else if d.opt.KnownLesson != nil && !d.opt.KnownLesson(id) {
			d.fault(line, "链接 %s 指向不存在的课文 %s", address, name)
			return target{}
		} else {
			d.references = append(d.references, reference{lesson: id, fragment: u.Fragment, line: line})
		}
		if d.opt.Lesson != nil {
			return target{href: d.opt.Lesson(id, u.Fragment)}
		}
		return target{href: address}
	}
	if d.opt.KnownFile != nil && !d.opt.KnownFile(name) {
		d.fault(line, "链接 %s 指向不存在的文件", address)
		return target{}
	}
	if d.opt.File != nil {
		return target{href: d.opt.File(name)}
	}
	return target{href: address}
}

// resolveImage checks an image: a file of the course, with a text alternative.
func (d *document) resolveImage(n *ast.Image, line int) {
	address := string(util.URLEscape(n.Destination, true))
	u, err := url.Parse(address)
	alt := strings.TrimSpace(plainText(n, d.text))
	if alt == "" {
		d.fault(line, "图片 %s 没有替代文字：![图里画的是什么](%s)", address, address)
	}
	if bytes.IndexByte(n.Destination, '\\') >= 0 && scheme(address) == "" {
		d.fault(line, "图片地址 %s 用了反斜杠：写成 %s", n.Destination, bytes.ReplaceAll(n.Destination, []byte(`\`), []byte("/")))
		return
	}
	if err != nil || address == "" || scheme(address) != "" || strings.HasPrefix(address, "/") ||
		u.RawQuery != "" || u.Fragment != "" {
		d.fault(line, "图片地址 %s 不行：应为课文旁边的文件，如 img/block.svg", address)
		return
	}
	name := path.Clean(u.Path)
	if d.opt.KnownFile != nil && !d.opt.KnownFile(name) {
		d.fault(line, "找不到图片 %s", name)
		return
	}
	t := target{href: address}
	if d.opt.File != nil {
		t.href = d.opt.File(name)
	}
	n.SetAttributeString(targetAttribute, t)
	if d.opt.Inline == nil {
		return
	}
	src, ok := d.opt.Inline(name)
	if !ok {
		return
	}
	svg, err := Drawing(name, []byte(src), alt)
	if err != nil {
		d.fault(line, "图片 %v", err)
		return
	}
	n.SetAttributeString(svgAttribute, svg)
}

// svgAttribute keeps the text of an inlined drawing on its image.
const svgAttribute = "courselab-svg"
