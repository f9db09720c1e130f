package quiz

import (
	"slices"
	"strconv"
	"strings"

	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// choices draws the options of single and multiple.
func (v *view) choices(t *task) goapp.UI {
	legend := "选择一项"
	if t.q.Kind == lessons.Multiple {
		legend = "可以选择多项"
	}
	body := []goapp.UI{goapp.Legend().Class("options-legend").Text(legend)}
	for _, o := range t.q.Options {
		body = append(body, v.choice(t, o))
	}
	return goapp.FieldSet().Class("options").Aria("describedby", route.Attr(t.id("note"))).Body(body...)
}

// choice draws one option and, after checking, whether it was right and why.
func (v *view) choice(t *task, o lessons.Option) goapp.UI {
	chosen := slices.Contains(t.chosen, o.Key)
	input := goapp.Input().ID(route.Attr(t.optionID(o.Key, "input"))).Class("option-input")
	if t.q.Kind == lessons.Single {
		input = input.Type("radio").Name(route.Attr(t.id("choice")))
	} else {
		input = input.Type("checkbox")
	}
	// The browser's own state has to be overwritten also with false; on the
	// server a false would be written, and be taken for true.
	if chosen || goapp.IsClient {
		input = input.Checked(chosen)
	}
	if !v.interactive() || !t.open() {
		input = input.Disabled(true)
	}
	if v.interactive() {
		input = input.OnChange(v.onChoice(t.q.ID, o.Key), goapp.EventScope(t.q.ID, o.Key))
	}
	box := goapp.Div().Class("option")
	body := []goapp.UI{goapp.Label().Class("option-label").
		For(route.Attr(t.optionID(o.Key, "input"))).
		Body(input, raw("span", "option-text", o.HTML))}
	if t.phase == checked {
		if mark, word := verdictOf(t.q.Kind, o.Correct, chosen); word != "" {
			box = box.DataSet("mark", mark)
			body = append(body, marked("option-mark", mark, word))
		}
		if o.Explanation != "" {
			body = append(body, raw("div", "option-why", o.Explanation))
		}
	}
	return box.Body(body...)
}

// verdictOf says what an option was and what became of it.
func verdictOf(kind lessons.QuestionKind, correct, chosen bool) (mark, word string) {
	switch {
	case correct && chosen:
		return "right", "你选对了"
	case chosen:
		return "wrong", "你选了，但不对"
	case correct && kind == lessons.Multiple:
		return "missed", "漏选：这一项也对"
	case correct:
		return "missed", "正确答案"
	}
	return "", ""
}

// marked draws a verdict: an icon for the eye, words for everyone.
func marked(class, mark, word string) goapp.UI {
	icon := "✓"
	if mark == "wrong" {
		icon = "✗"
	}
	return goapp.P().Class(class).DataSet("mark", mark).Body(
		goapp.Raw(element("span", icon, "class", "icon", "aria-hidden", "true")),
		goapp.Text(word))
}

// steps draws the options of an order question as they stand.
func (v *view) steps(t *task) goapp.UI {
	items := make([]goapp.UI, len(t.chosen))
	for i, key := range t.chosen {
		items[i] = v.step(t, key, i)
	}
	legend := "用“上移”“下移”排好次序"
	if t.phase == checked {
		legend = "你排的次序"
	}
	return goapp.FieldSet().Class("steps").Aria("describedby", route.Attr(t.id("note"))).Body(
		goapp.Legend().Class("options-legend").Text(legend),
		goapp.Ol().Class("steps-list").Body(items...))
}

func (v *view) step(t *task, key string, place int) goapp.UI {
	o := t.option(key)
	item := goapp.Li().Class("step")
	body := []goapp.UI{goapp.Raw(element("div", o.HTML, "class", "step-text", "id", t.optionID(key, "text")))}
	if t.phase == checked {
		mark := markOf(t.result.Options[key])
		item = item.DataSet("mark", mark)
		word := "位置正确"
		if mark == "wrong" {
			word = "应在第 " + strconv.Itoa(slices.Index(keysOf(t.q), key)+1) + " 位"
		}
		body = append(body, marked("option-mark", mark, word))
		if o.Explanation != "" {
			body = append(body, raw("div", "option-why", o.Explanation))
		}
		return item.Body(body...)
	}
	return item.Body(append(body, goapp.Div().Class("step-moves").Body(
		v.mover(t, key, "up", "上移", -1, place == 0),
		v.mover(t, key, "down", "下移", 1, place == len(t.chosen)-1)))...)
}

// mover is a button that shifts a step. It is named by its own text and the
// step's.
func (v *view) mover(t *task, key, part, text string, delta int, end bool) goapp.UI {
	id := t.optionID(key, part)
	b := goapp.Button().ID(route.Attr(id)).Class("button button-move").Type("button").
		Aria("labelledby", route.Attr(id+" "+t.optionID(key, "text"))).Text(text)
	if v.interactive() {
		b = b.OnClick(v.onMove(t.q.ID, key, delta), goapp.EventScope(t.q.ID, key, delta))
	}
	if end || !v.interactive() {
		b = b.Disabled(true)
	}
	return b
}

// drawing says how the parameters of a computed question are coming.
func (v *view) drawing(t *task) goapp.UI {
	box := goapp.Div().Class("question-drawing")
	switch {
	case !v.interactive():
		return box.Body(goapp.P().Text("计算题每次作答换一组数，由页面里的计算引擎出题和批改。"))
	case t.draw.state == failed:
		return box.DataSet("state", "failed").Body(
			goapp.P().Text("题目的数没有出来："+t.draw.message+"。其他题目不受影响。"),
			goapp.Button().Class("button").Type("button").Text("重试").
				Aria("label", "重试出第 "+strconv.Itoa(t.number)+" 题").
				OnClick(v.onRetryEngine))
	case t.draw.state != ready:
		return box.DataSet("state", "drawing").Body(goapp.P().Text("正在出题；首次要等计算引擎载入……"))
	}
	text := "这组数只用于这一次作答，再试一次会换一组。"
	if v.Props.Paper != nil {
		text = "这组数由这场考试的种子抽出。"
	}
	return box.DataSet("state", "ready").Body(goapp.P().Text(text))
}

// numberInput draws the input of a computed question.
func (v *view) numberInput(t *task) goapp.UI {
	unit := ""
	if t.q.Compute != nil {
		unit = t.q.Compute.Unit
	}
	label := "答案"
	if unit != "" {
		label += "（单位 " + unit + "）"
	}
	box := goapp.Div().Class("question-number-input").Body(
		goapp.Label().For(route.Attr(t.id("text-0"))).Text(label),
		goapp.Raw(t.textInput(0, v.interactive(), "inputmode", "decimal", "class", "number-input")))
	if v.interactive() {
		box = box.OnInput(v.onText(t.q.ID), goapp.EventScope(t.q.ID)).
			OnKeyDown(v.onEnter(t.q.ID), goapp.EventScope(t.q.ID))
	}
	return box
}

// result draws what follows from a checked answer. The element is always there,
// so that the focus can go to it.
func (v *view) result(t *task) goapp.UI {
	box := goapp.Div().ID(route.Attr(t.id("result"))).Class("question-result").TabIndex(-1)
	if t.phase != checked {
		return box.Hidden(true)
	}
	mark, word := "wrong", "不正确"
	if t.result.Correct {
		mark, word = "right", "正确"
	}
	body := []goapp.UI{marked("result-verdict", mark, "第 "+strconv.Itoa(t.number)+" 题"+word)}
	if g := t.draw.grade; g != nil {
		expected := strings.TrimSpace(strconv.FormatFloat(g.Expected, 'g', 6, 64) + " " + g.Unit)
		body = append(body, goapp.Dl().Class("working").Body(
			goapp.Dt().Text("答案"), goapp.Dd().Text(expected),
			goapp.Dt().Text("公式"), goapp.Dd().Text(g.Formula),
			goapp.Dt().Text("代入"), goapp.Dd().Text(g.Working)))
	}
	if t.q.Explanation != "" {
		body = append(body, raw("div", "result-why", t.q.Explanation))
	}
	if past := v.history(t); past != "" {
		body = append(body, goapp.P().Class("result-history").Text(past))
	}
	return box.DataSet("mark", mark).Body(body...)
}

// history says how often the question was answered, and how well at best.
func (v *view) history(t *task) string {
	s := v.sheet()
	if s.store == nil {
		return ""
	}
	record := s.store.Lesson(s.lesson.ID).Questions[t.q.ID]
	n := len(record.Valid(t.q.Fingerprint))
	if n < 2 {
		return ""
	}
	text := "这道题作答过 " + strconv.Itoa(n) + " 次"
	switch {
	case record.FirstTry(t.q.Fingerprint):
		return text + "，第一次就答对了。"
	case record.Best(t.q.Fingerprint):
		return text + "，答对过。"
	}
	return text + "，还没有答对过。"
}
