package lessons

import (
	"slices"

	"github.com/yuin/goldmark/ast"
)

func isQuiz(h *ast.Heading) bool { return slices.Contains(classesOf(h), "quiz") }

// readQuizOnce reads a quiz: the nodes below its heading. A lesson has one.
func (d *document) readQuizOnce(l *Lesson, h *ast.Heading, nodes []ast.Node, m marks) {
	line := d.lineOf(h)
	if h.Level != 2 {
		d.fault(line, "自测的标题应为二级：## 自测 {.quiz}")
	}
	if l.Quiz != nil {
		d.fault(line, "一课只有一个自测：把题目放到前一个 {.quiz} 标题下面")
		return
	}
	d.checkAttributes(h, []string{"quiz"})
	quiz := &Quiz{ID: d.headingID(h), Title: plainText(h, d.text)}
	l.Quiz = quiz
	if quiz.Title == "" {
		d.fault(line, "标题是空的")
	}
	for i := 0; i < len(nodes); {
		heading, ok := nodes[i].(*ast.Heading)
		if !ok {
			quiz.Intro += d.introHTML(nodes[i])
			i++
			continue
		}
		end := i + 1
		for end < len(nodes) && nodes[end].Kind() != ast.KindHeading {
			end++
		}
		if heading.Level == 3 {
			r := questionReader{document: d, heading: heading, marks: m}
			quiz.Questions = append(quiz.Questions, r.read(nodes[i+1:end]))
		} else {
			d.fault(d.lineOf(heading), "自测里只用三级标题，一个标题一道题：### 题目 {#id}")
		}
		i = end
	}
	if len(quiz.Questions) == 0 {
		d.fault(line, "自测里没有题目：每道题写 ### 题目 {#id}")
	}
}

func (d *document) introHTML(n ast.Node) string {
	if code, ok := n.(*ast.FencedCodeBlock); ok {
		if name, _ := infoOf(code, d.text); name == "lab" || name == "compute" {
			d.fault(d.lineOf(n), "%s 块不能写在第一道题的前面", name)
			return ""
		}
	}
	for _, list := range find[*ast.List](n) {
		if len(find[*box](list)) > 0 {
			d.fault(d.lineOf(list), "选项前面没有题目：先写 ### 题目 {#id}")
			return ""
		}
	}
	d.refuseMarks(n)
	return d.html(n)
}
