package quiz

import (
	"html"
	"sort"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/lessons"
)

// Example is a computed question with numbers put in, as the engine draws and
// grades it.
type Example struct {
	Draw  engine.DrawOutput
	Grade engine.GradeOutput
}

// Answers returns a question with everything that its author wrote, the right
// answer and the explanations included, as one element of markup: for who
// teaches or writes it, not for who learns. objectives are the texts of the
// lesson's, by id; example may be nil.
func Answers(q lessons.Question, number int, objectives map[string]string, example *Example) string {
	title := q.TitleHTML
	if title == "" {
		title = html.EscapeString(q.Title)
	}
	name := "answers-" + q.ID
	body := element("h3", element("span", strconv.Itoa(number), "class", "question-number")+
		element("span", title, "class", "question-name")+
		element("span", kindNames[q.Kind], "class", "question-kind"), "id", name, "class", "question-title")
	var about []string
	for _, id := range q.Objectives {
		about = append(about, id+" "+objectives[id])
	}
	if len(about) == 0 {
		about = []string{"没有写考查哪个目标"}
	}
	body += element("p", html.EscapeString(strings.Join(about, "；"))+" · "+element("code", html.EscapeString(q.ID)), "class", "answers-about")
	if p := answeredPrompt(q, example); p != "" {
		body += element("div", p, "class", "question-prompt prose")
	}
	if q.Hint != "" {
		body += labelled("提示", q.Hint)
	}
	body += answerPart(q, example)
	if q.Explanation != "" {
		body += labelled("解释", q.Explanation)
	}
	return element("section", body, "class", "question answers", "aria-labelledby", name)
}

func labelled(label, markup string) string {
	return element("div", element("p", label, "class", "answers-label")+markup, "class", "answers-part")
}

// answeredPrompt returns the prompt with its gaps filled in, and numbers, or else
// names, for its parameters.
func answeredPrompt(q lessons.Question, example *Example) string {
	p := fill(q.Prompt, "blank", func(value string) (string, bool) {
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(q.Blanks) || len(q.Blanks[i].Accepted) == 0 {
			return "", false
		}
		return element("b", html.EscapeString(q.Blanks[i].Accepted[0]), "class", "answers-gap"), true
	})
	return fill(p, "param", func(name string) (string, bool) {
		shown := name
		if example != nil && example.Draw.Shown[name] != "" {
			shown = example.Draw.Shown[name]
		}
		return element("strong", html.EscapeString(shown), "class", "param"), true
	})
}

func answerPart(q lessons.Question, example *Example) string {
	var b strings.Builder
	switch q.Kind {
	case lessons.Single, lessons.Multiple:
		for _, o := range q.Options {
			mark, right := "✗ 不选", "no"
			if o.Correct {
				mark, right = "✓ 正确", "yes"
			}
			why := ""
			if o.Explanation != "" {
				why = element("div", o.Explanation, "class", "answers-why")
			}
			b.WriteString(element("li", element("span", mark, "class", "answers-mark")+element("div", o.HTML+why), "data-right", right))
		}
		return element("ul", b.String(), "class", "answers-options")
	case lessons.Order:
		for _, o := range q.Options {
			b.WriteString(element("li", o.HTML))
		}
		return labelled("正确的次序", element("ol", b.String()))
	case lessons.Fill:
		for _, blank := range q.Blanks {
			b.WriteString(element("li", html.EscapeString(strings.Join(blank.Accepted, "，或 "))))
		}
		return labelled("各空接受的答案", element("ol", b.String()))
	case lessons.Compute:
		return labelled("每次作答另抽一组数", computedPart(q.Compute, example))
	}
	return ""
}

func computedPart(c *lessons.ComputeSpec, example *Example) string {
	unit := c.Unit
	if unit == "" {
		unit = "没有单位的数"
	}
	rows := []string{"函数", c.Function, "单位", unit, "容许误差", strconv.FormatFloat(100*c.Tolerance, 'g', 3, 64) + "%"}
	names := make([]string, 0, len(c.Ranges))
	for name := range c.Ranges {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		rows = append(rows, name, c.Ranges[name])
	}
	if example != nil {
		g := example.Grade
		rows = append(rows, "例中的答案", strconv.FormatFloat(g.Expected, 'g', 6, 64)+" "+g.Unit, "公式", g.Formula, "代入", g.Working)
	}
	var b strings.Builder
	for i := 0; i < len(rows); i += 2 {
		b.WriteString(element("dt", html.EscapeString(rows[i])) + element("dd", html.EscapeString(rows[i+1])))
	}
	return element("dl", b.String(), "class", "facts")
}
