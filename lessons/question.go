package lessons

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// objectivesAttribute names the objectives that a question asks about.
const objectivesAttribute = "objectives"

// questionReader reads one question: a heading, and what stands below it up to
// the next heading:
//
//	heading
//	> hint                    quotes before the answer part
//	prompt                    blocks of any other kind
//	options, gaps or compute  the answer part, which tells the question's kind
//	> explanation             quotes after it
type questionReader struct {
	*document
	heading *ast.Heading
	marks   marks
	line    int
	q       Question
	prompt  []ast.Node
}

func (r *questionReader) read(nodes []ast.Node) Question {
	r.line = r.lineOf(r.heading)
	r.q = Question{Line: r.line, Title: plainText(r.heading, r.text), TitleHTML: r.inner(r.heading)}
	r.readID()
	for _, b := range find[*blank](r.heading) {
		r.fault(r.lineOf(b), "填空写在标题下面的题干里，不写在标题里")
	}
	part := r.answerPart(nodes)
	r.divide(nodes, part)
	if r.q.Title == "" {
		r.fault(r.line, "题目是空的：应为“### 题目 {#id}”")
	}
	switch r.q.Kind {
	case Single, Multiple, Order:
		r.readOptions(part.(*ast.List))
	case Compute:
		r.readCompute(part.(*ast.FencedCodeBlock))
	}
	r.refuseStrayMarks()
	for _, n := range r.prompt {
		r.q.Prompt += r.html(n)
	}
	r.q.Fingerprint = fingerprint(&r.q)
	return r.q
}

// readID reads {#id objectives="o1,o2"} after the heading.
func (r *questionReader) readID() {
	r.q.ID = explicitID(r.heading)
	switch {
	case r.q.ID == "":
		r.fault(r.line, "题目缺少 id，进度按它保存：### 题目 {#id}")
	case !isID(r.q.ID):
		r.fault(r.line, "题目的 id %q 不行：以英文字母开头，只用英文字母、数字、- 和 _", r.q.ID)
	}
	r.checkAttributes(r.heading, nil, objectivesAttribute)
	value, given := r.heading.AttributeString(objectivesAttribute)
	if !given {
		return
	}
	list, _ := value.([]byte)
	ids := strings.FieldsFunc(string(list), func(r rune) bool { return strings.ContainsRune(", ，、", r) })
	if len(ids) == 0 {
		r.fault(r.line, "objectives 应写作 objectives=\"o1,o2\"")
	}
	for _, id := range ids {
		switch _, known := r.marks.objectives[id]; {
		case !known:
			r.fault(r.line, "题目考查的目标 %q 不在文件头的 objectives 里：可用 %s，写作 objectives=\"o1,o2\"", id, names(r.marks.objectives))
		case slices.Contains(r.q.Objectives, id):
			r.fault(r.line, "目标 %s 写了两次", id)
		default:
			r.q.Objectives = append(r.q.Objectives, id)
		}
	}
}

// answerPart finds the node that is answered, and sets the kind. Of a fill-in it
// is the last block with a gap.
func (r *questionReader) answerPart(nodes []ast.Node) ast.Node {
	var parts []ast.Node
	var gap, plainOrdered, plainBullets ast.Node
	for _, n := range nodes {
		switch {
		case r.isCompute(n):
			parts = append(parts, n)
		case n.Kind() == ast.KindList && hasBoxes(n):
			parts = append(parts, n)
		case n.Kind() == ast.KindBlockquote:
		case len(find[*blank](n)) > 0:
			gap = n
		case n.Kind() == ast.KindList && n.(*ast.List).IsOrdered():
			plainOrdered = n
		case n.Kind() == ast.KindList:
			plainBullets = n
		}
	}
	if gap != nil {
		parts = append(parts, gap)
	}
	if len(parts) == 0 && plainOrdered != nil {
		r.q.Kind = Order
		return plainOrdered
	}
	if len(parts) == 0 {
		if plainBullets != nil {
			r.fault(r.lineOf(plainBullets), "选项前缺少方框：正确的写 - [x]，其余写 - [ ]")
		} else {
			r.fault(r.line, "题目没有作答部分：写选项（1. [x]、- [x]）、排序（1.）、填空 [[答案]] 或 ```compute 块")
		}
		return nil
	}
	for _, extra := range parts[1:] {
		r.refuseSecond(nodes, parts[0], extra)
	}
	switch n := parts[0].(type) {
	case *ast.List:
		r.q.Kind = Multiple
		if n.IsOrdered() {
			r.q.Kind = Single
		}
	case *ast.FencedCodeBlock:
		r.q.Kind = Compute
	}
	if parts[0] == gap {
		r.q.Kind = Fill
	}
	return parts[0]
}

// refuseSecond reports a second answer part. Two lists with a quote between them
// are one whose explanation was not indented.
func (r *questionReader) refuseSecond(nodes []ast.Node, first, second ast.Node) {
	i, j := slices.Index(nodes, first), slices.Index(nodes, second)
	if first.Kind() == ast.KindList && second.Kind() == ast.KindList {
		for _, n := range nodes[i+1 : max(j, i+1)] {
			if n.Kind() == ast.KindBlockquote {
				r.fault(r.lineOf(n), "解释没有归到选项：在选项下面缩进写“   > 解释”")
				return
			}
		}
	}
	r.fault(r.lineOf(second), "一道题只能有一种作答方式：前面第 %d 行已经有一种", r.lineOf(first))
}

func (r *questionReader) isCompute(n ast.Node) bool {
	code, ok := n.(*ast.FencedCodeBlock)
	if !ok {
		return false
	}
	name, _ := infoOf(code, r.text)
	return name == "compute"
}

// hasBoxes reports whether one of a list's own items starts with a box.
func hasBoxes(list ast.Node) bool {
	return slices.ContainsFunc(children(list), func(item ast.Node) bool { return boxOf(item) != nil })
}

// boxOf returns the box that an item starts with.
func boxOf(item ast.Node) *box {
	if first := item.FirstChild(); first != nil && first.FirstChild() != nil {
		b, _ := first.FirstChild().(*box)
		return b
	}
	return nil
}

// divide sorts what stands around the answer part into hint, prompt and
// explanation.
func (r *questionReader) divide(nodes []ast.Node, part ast.Node) {
	answered := false
	for _, n := range nodes {
		switch {
		case n == part && r.q.Kind == Fill:
			answered = true
			r.prompt = append(r.prompt, n)
		case n == part:
			answered = true
		case n.Kind() == ast.KindBlockquote && answered:
			r.q.Explanation += r.inner(n)
		case n.Kind() == ast.KindBlockquote:
			r.q.Hint += r.inner(n)
		case n.Kind() == ast.KindList && hasBoxes(n) || r.isCompute(n) || r.q.Kind != Fill && len(find[*blank](n)) > 0:
			// a second answer part, reported already
		case answered && r.q.Kind != Fill:
			r.fault(r.lineOf(n), "作答部分后面只能写解释：以 > 开头")
		case r.isLab(n):
			r.fault(r.lineOf(n), "题目里不能放实验")
		default:
			r.prompt = append(r.prompt, n)
		}
	}
}

func (r *questionReader) isLab(n ast.Node) bool {
	code, ok := n.(*ast.FencedCodeBlock)
	if !ok {
		return false
	}
	name, _ := infoOf(code, r.text)
	return name == "lab"
}

// refuseStrayMarks numbers the gaps of a fill-in, and reports those elsewhere.
func (r *questionReader) refuseStrayMarks() {
	for _, n := range r.prompt {
		for _, b := range find[*blank](n) {
			if r.q.Kind != Fill {
				continue // reported as a second answer part
			}
			if b.empty {
				r.fault(r.lineOf(b), "填空没有答案：应为 [[答案]] 或 [[答案|同义]]")
			}
			b.index = len(r.q.Blanks)
			r.q.Blanks = append(r.q.Blanks, Blank{Accepted: b.accepted})
		}
	}
}
