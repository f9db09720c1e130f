package lessons

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/util"
)

// element is a node of a small tree of markup: an element, or text where tag is
// empty. It is how MathML and SVG, which come from elsewhere, are checked
// against a list of what is allowed and written anew.
type element struct {
	tag      string
	attrs    []attr
	text     string // unescaped
	children []*element
	line     int // counted from 1
}

type attr struct{ name, value string } // value unescaped

func (e *element) attr(name string) (string, bool) {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

func (e *element) setAttr(name, value string) {
	for i := range e.attrs {
		if e.attrs[i].name == name {
			e.attrs[i].value = value
			return
		}
	}
	e.attrs = append(e.attrs, attr{name, value})
}

func (e *element) removeAttr(names ...string) {
	e.attrs = slices.DeleteFunc(e.attrs, func(a attr) bool { return slices.Contains(names, a.name) })
}

// write appends the element with its attributes in order of name, so that the
// same tree is always the same text.
func (e *element) write(b *strings.Builder) {
	if e.tag == "" {
		b.WriteString(escape(e.text))
		return
	}
	b.WriteByte('<')
	b.WriteString(e.tag)
	sort.Slice(e.attrs, func(i, j int) bool { return e.attrs[i].name < e.attrs[j].name })
	for _, a := range e.attrs {
		b.WriteByte(' ')
		b.WriteString(a.name)
		b.WriteString(`="`)
		b.WriteString(escape(a.value))
		b.WriteByte('"')
	}
	b.WriteByte('>')
	for _, c := range e.children {
		c.write(b)
	}
	b.WriteString("</")
	b.WriteString(e.tag)
	b.WriteByte('>')
}

func escape(s string) string { return string(util.EscapeHTML([]byte(s))) }

// unescape resolves character references.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return string(util.ResolveEntityNames(util.ResolveNumericReferences([]byte(s))))
}

// markupError is what stopped readMarkup, at a line of its input.
type markupError struct {
	line    int
	message string
}

func (e *markupError) Error() string { return e.message }

type markupReader struct {
	src string
	pos int
	// loose reads a "<" that starts no allowed tag as text: treeblood does not
	// escape the text it passes on.
	loose   bool
	allowed map[string]bool
}

// readMarkup reads one element with all it holds. Prolog, comments and a doctype
// without declarations of its own are dropped.
func readMarkup(src string, allowed map[string]bool, loose bool) (*element, error) {
	r := &markupReader{src: src, allowed: allowed, loose: loose}
	root := &element{}
	open := []*element{root}
	for r.pos < len(src) {
		top := open[len(open)-1]
		if src[r.pos] != '<' {
			end := strings.IndexByte(src[r.pos:], '<')
			if end < 0 {
				end = len(src) - r.pos
			}
			r.addText(top, src[r.pos:r.pos+end])
			r.pos += end
			continue
		}
		if skipped, err := r.skipDeclaration(); err != nil {
			return nil, err
		} else if skipped {
			continue
		}
		tag, closing, single, err := r.readTag()
		switch {
		case err != nil && r.loose:
			r.addText(top, "<")
			r.pos++
		case err != nil:
			return nil, err
		case closing && top.tag != tag.tag:
			return nil, r.errorf("结束标签 </%s> 与 <%s> 不配对", tag.tag, top.tag)
		case closing:
			open = open[:len(open)-1]
		default:
			top.children = append(top.children, tag)
			if !single {
				open = append(open, tag)
			}
		}
	}
	if len(open) > 1 {
		top := open[len(open)-1]
		return nil, &markupError{top.line, "<" + top.tag + "> 没有结束"}
	}
	if len(root.children) != 1 {
		return nil, &markupError{1, "应只有一个最外层元素"}
	}
	return root.children[0], nil
}

func (r *markupReader) errorf(format string, args ...any) error {
	line := 1 + strings.Count(r.src[:min(r.pos, len(r.src))], "\n")
	return &markupError{line, fmt.Sprintf(format, args...)}
}

// addText adds text below an element. White space that breaks the line between
// elements is only there for the reader of the source.
func (r *markupReader) addText(to *element, text string) {
	text = unescape(text)
	if to.tag == "" || strings.TrimSpace(text) == "" && strings.Contains(text, "\n") {
		return
	}
	if n := len(to.children); n > 0 && to.children[n-1].tag == "" {
		to.children[n-1].text += text
		return
	}
	to.children = append(to.children, &element{text: text})
}

func (r *markupReader) skipDeclaration() (bool, error) {
	rest := r.src[r.pos:]
	var end string
	switch {
	case strings.HasPrefix(rest, "<!--"):
		end = "-->"
	case strings.HasPrefix(rest, "<?"):
		end = "?>"
	case strings.HasPrefix(rest, "<!DOCTYPE"):
		end = ">"
	default:
		return false, nil
	}
	n := strings.Index(rest, end)
	switch {
	case r.loose:
		return false, nil
	case n < 0:
		return false, r.errorf("缺少 %s", end)
	case end == ">" && strings.Contains(rest[:n], "["):
		return false, r.errorf("不能用带声明的 DOCTYPE")
	}
	r.pos += n + len(end)
	return true, nil
}

// readTag reads the tag at pos, and moves past it unless it returns an error.
func (r *markupReader) readTag() (tag *element, closing, single bool, err error) {
	p := r.pos + 1
	if strings.HasPrefix(r.src[p:], "/") {
		closing = true
		p++
	}
	name := r.src[p : p+nameLength(r.src[p:])]
	if !r.allowed[name] {
		return nil, false, false, r.errorf("不能用元素 <%s>", name)
	}
	tag = &element{tag: name, line: 1 + strings.Count(r.src[:r.pos], "\n")}
	p += len(name)
	for {
		p += len(r.src[p:]) - len(strings.TrimLeft(r.src[p:], " \t\n"))
		rest := r.src[p:]
		switch {
		case strings.HasPrefix(rest, ">"):
			r.pos = p + 1
			return tag, closing, false, nil
		case strings.HasPrefix(rest, "/>") && !closing:
			r.pos = p + 2
			return tag, false, true, nil
		}
		n := nameLength(rest)
		if n == 0 || closing {
			return nil, false, false, r.errorf("标签 <%s> 没有写完", name)
		}
		value, length, ok := quoted(rest[n:])
		if !ok {
			return nil, false, false, r.errorf("<%s> 的属性 %s 应写成 %s=\"…\"", name, rest[:n], rest[:n])
		}
		if _, twice := tag.attr(rest[:n]); twice {
			return nil, false, false, r.errorf("<%s> 的属性 %s 写了两次", name, rest[:n])
		}
		tag.attrs = append(tag.attrs, attr{rest[:n], unescape(value)})
		p += n + length
	}
}

// quoted reads ="value" or ='value' and returns how long that was.
func quoted(s string) (value string, length int, ok bool) {
	t := strings.TrimLeft(s, " \t\n")
	if !strings.HasPrefix(t, "=") {
		return "", 0, false
	}
	t = strings.TrimLeft(t[1:], " \t\n")
	if t == "" || t[0] != '"' && t[0] != '\'' {
		return "", 0, false
	}
	end := strings.IndexByte(t[1:], t[0])
	if end < 0 {
		return "", 0, false
	}
	return t[1 : 1+end], len(s) - len(t) + end + 2, true
}

// nameLength is the length of the XML name that s starts with.
func nameLength(s string) int {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || strings.IndexByte("-_:.", c) >= 0)) {
			return i
		}
	}
	return len(s)
}

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}
