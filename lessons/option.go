package lessons

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// readOptions reads the items of a list: choices with boxes, or steps in their
// right order.
func (r *questionReader) readOptions(list *ast.List) {
	texts, keys := map[string]int{}, map[string]int{}
	correct := 0
	for i, item := range children(list) {
		line := r.lineOf(item)
		o := r.readOption(item, i)
		text := r.optionText(item)
		switch first, twice := texts[text]; {
		case o.HTML == "" && o.Explanation != "":
			r.fault(line, "解释没有选项：引用块上面应有选项的文字")
		case o.HTML == "":
			r.fault(line, "选项是空的")
		case twice:
			r.fault(line, "选项与第 %d 行的相同", first)
		default:
			texts[text] = line
		}
		if first, twice := keys[o.Key]; twice {
			r.fault(line, "选项的 {#%s} 与第 %d 行的相同", o.Key, first)
		}
		keys[o.Key] = line
		if o.Correct {
			correct++
		}
		r.q.Options = append(r.q.Options, o)
	}
	line := r.lineOf(list)
	switch {
	case len(r.q.Options) < 2:
		r.fault(line, "至少要有两个选项")
	case r.q.Kind == Order:
	case correct == 0:
		r.fault(line, "没有正确选项：正确的写 [x]")
	case r.q.Kind == Single && correct > 1:
		r.fault(line, "单选题有 %d 个正确选项：只留一个 [x]，多选题改用“- [x]”", correct)
	}
}

// optionText is what tells two options apart.
func (r *questionReader) optionText(item ast.Node) string {
	var texts []string
	for _, n := range children(item) {
		if n.Kind() != ast.KindBlockquote {
			texts = append(texts, r.html(n))
		}
	}
	return strings.Join(texts, "\n")
}

func (r *questionReader) readOption(item ast.Node, index int) Option {
	o := Option{Key: itoa(index + 1)}
	if b := boxOf(item); b != nil {
		o.Correct = b.checked
		b.Parent().RemoveChild(b.Parent(), b)
	} else if r.q.Kind != Order {
		r.fault(r.lineOf(item), "选项缺少方框：正确的写 [x]，其余写 [ ]")
	}
	if key := r.cutKey(item); key != "" {
		o.Key = key
	}
	for _, b := range find[*blank](item) {
		r.fault(r.lineOf(b), "选项里不能有填空")
	}
	var content []ast.Node
	for _, n := range children(item) {
		switch {
		case n.Kind() == ast.KindBlockquote:
			o.Explanation += r.inner(n)
		case n.Kind() == ast.KindList:
			r.fault(r.lineOf(n), "选项里不能再套列表：检查缩进")
		default:
			content = append(content, n)
		}
	}
	if len(content) == 1 && (content[0].Kind() == ast.KindTextBlock || content[0].Kind() == ast.KindParagraph && !isFigure(content[0])) {
		o.HTML = strings.TrimSpace(r.inner(content[0]))
	} else {
		o.HTML = strings.TrimSpace(r.html(content...))
	}
	return o
}

// cutKey takes {#key} off the end of an option's first block, where it is one
// word of text.
func (r *questionReader) cutKey(item ast.Node) string {
	first := item.FirstChild()
	if first == nil {
		return ""
	}
	last, ok := first.LastChild().(*ast.Text)
	if !ok {
		return ""
	}
	text := string(last.Value(r.text))
	i := strings.LastIndex(text, "{#")
	if i < 0 || !strings.HasSuffix(text, "}") {
		return ""
	}
	key := text[i+2 : len(text)-1]
	if !isID(key) {
		r.fault(r.lineOf(last), "选项的 {#%s} 不行：以英文字母开头，只用英文字母、数字、- 和 _", key)
		return ""
	}
	last.Segment = last.Segment.WithStop(last.Segment.Start + len(strings.TrimRight(text[:i], " ")))
	return key
}
