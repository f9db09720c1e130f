package quiz

import (
	"fmt"
	"strconv"

	"courselab/app/progress"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// id names a part of the question in the page.
func (t *task) id(part string) string { return "quiz-" + t.q.ID + "-" + part }

// optionID names a part of an option.
func (t *task) optionID(key, part string) string {
	return t.id("option-" + strconv.Itoa(t.slot(key)) + "-" + part)
}

// firstControl is the id of where answering begins.
func (t *task) firstControl() string {
	switch t.q.Kind {
	case lessons.Order:
		return t.optionID(t.chosen[0], "down")
	case lessons.Fill, lessons.Compute:
		return t.id("text-0")
	}
	return t.optionID(t.q.Options[0].Key, "input")
}

// raw puts markup of any number of siblings into one element.
func raw(tag, class, markup string) goapp.UI {
	return goapp.Raw(element(tag, markup, "class", class))
}

func (v *view) Render() goapp.UI {
	s := v.sheet()
	said := goapp.P().Class("visually-hidden").Role("status").Aria("live", "polite").Text(s.said)
	if v.Props.Only != "" {
		var body []goapp.UI
		for _, t := range s.tasks {
			body = append(body, v.question(t))
		}
		return goapp.Div().Class("quiz quiz-single").Body(append(body, said)...)
	}
	quiz := v.Props.Lesson.Quiz
	body := []goapp.UI{
		goapp.H2().ID(route.Attr(quiz.ID)).Class("quiz-title").Text(quiz.Title),
	}
	if quiz.Intro != "" {
		body = append(body, raw("div", "quiz-intro", quiz.Intro))
	}
	body = append(body, v.status(s, "quiz-status"))
	for _, t := range s.tasks {
		body = append(body, v.question(t))
	}
	body = append(body, v.closing(s), said)
	return goapp.Section().Class("quiz").Aria("labelledby", route.Attr(quiz.ID)).Body(body...)
}

// status says how the learner stands; while prerendering, in the same place,
// that the controls will work later.
func (v *view) status(s *sheet, class string) goapp.UI {
	p := goapp.P().Class(class)
	if !v.interactive() {
		return p.Body(goapp.Text("共 " + strconv.Itoa(len(s.tasks)) + " 题。页面载入完成后即可作答。"))
	}
	return p.Body(goapp.Text(standing(s.score())))
}

// standing says a score in words.
func standing(score progress.Score) string {
	if score.Answered == 0 {
		return fmt.Sprintf("共 %d 题，还没有作答。", score.Questions)
	}
	return fmt.Sprintf("共 %d 题，已答 %d 题，答对 %d 题；首次答对 %d 题（%.0f%%），共作答 %d 次。",
		score.Questions, score.Answered, score.Points, score.FirstTry, 100*score.FirstTryRate(), score.Attempts)
}

// closing repeats the score under the last question and offers the wrong ones
// again.
func (v *view) closing(s *sheet) goapp.UI {
	if !v.interactive() {
		return goapp.Div().Class("quiz-closing")
	}
	body := []goapp.UI{v.status(s, "quiz-score")}
	if n := s.wrong(); n > 0 {
		body = append(body, goapp.Button().Class("button").Type("button").
			Text(fmt.Sprintf("只重做错题（%d 道）", n)).OnClick(v.onRetryWrong))
	}
	return goapp.Div().Class("quiz-closing").Body(body...)
}

var kindNames = map[lessons.QuestionKind]string{
	lessons.Single: "单选", lessons.Multiple: "多选", lessons.Order: "排序",
	lessons.Fill: "填空", lessons.Compute: "计算",
}

var phaseNames = map[phase]string{answering: "answering", grading: "grading", checked: "checked"}

// question draws one question.
func (v *view) question(t *task) goapp.UI {
	body := []goapp.UI{v.heading(t)}
	if p := v.prompt(t); p != nil {
		body = append(body, p)
	}
	switch t.q.Kind {
	case lessons.Single, lessons.Multiple:
		body = append(body, v.choices(t))
	case lessons.Order:
		body = append(body, v.steps(t))
	case lessons.Compute:
		body = append(body, v.drawing(t), v.numberInput(t))
	}
	note := goapp.P().ID(route.Attr(t.id("note"))).Class("question-note").Text(t.note)
	if v.Props.Paper != nil {
		return v.section(t, append(body, note))
	}
	if t.q.Hint != "" {
		hint := goapp.Details().Class("hint")
		if v.interactive() {
			hint = hint.OnToggle(v.onHint(t.q.ID), goapp.EventScope(t.q.ID))
		}
		body = append(body, hint.Body(goapp.Summary().Text("提示"), raw("div", "hint-text", t.q.Hint)))
	}
	return v.section(t, append(body, note, v.actions(t), v.result(t)))
}

func (v *view) section(t *task, body []goapp.UI) goapp.UI {
	return goapp.Section().ID(route.Attr(t.q.ID)).Class("question").
		DataSet("kind", string(t.q.Kind)).DataSet("state", phaseNames[t.phase]).
		Aria("labelledby", route.Attr(t.id("title"))).Body(body...)
}

func (v *view) heading(t *task) goapp.UI {
	title := t.q.TitleHTML
	if title == "" {
		title = t.q.Title
	}
	body := []goapp.UI{
		goapp.Span().Class("question-number").Text(fmt.Sprintf("%d", t.number)),
		raw("span", "question-name", title),
		goapp.Span().Class("question-kind").Text(kindNames[t.q.Kind])}
	if v.Props.Paper == nil {
		body = append(body, goapp.A().Class("question-link").Href(route.Attr("#"+t.q.ID)).
			Aria("label", fmt.Sprintf("第 %d 题的链接", t.number)).Text("#"))
	}
	return goapp.H3().ID(route.Attr(t.id("title"))).Class("question-title").TabIndex(-1).Body(body...)
}

// prompt draws the question's text. Its inputs are part of it, so their events
// are caught here.
func (v *view) prompt(t *task) goapp.UI {
	shown := t.draw.output.Shown
	if shown == nil && !v.interactive() {
		shown = v.Props.Env.Shown[t.q.ID].Shown
	}
	markup := t.prompt(v.interactive(), shown)
	if markup == "" {
		return nil
	}
	box := goapp.Div().ID(route.Attr(t.id("prompt"))).Class("question-prompt").Body(raw("div", "prose", markup))
	if t.q.Kind == lessons.Fill && v.interactive() {
		box = box.OnInput(v.onText(t.q.ID), goapp.EventScope(t.q.ID)).
			OnKeyDown(v.onEnter(t.q.ID), goapp.EventScope(t.q.ID))
	}
	return box
}

// actions are the buttons under a question. Both are always there, one of them
// hidden, so that neither turns into the other under the learner's finger.
func (v *view) actions(t *task) goapp.UI {
	check := goapp.Button().ID(route.Attr(t.id("check"))).Class("button button-primary").Type("button")
	if t.phase != grading {
		check = check.Aria("label", fmt.Sprintf("检查第 %d 题", t.number))
	}
	if !v.interactive() {
		return goapp.Div().Class("question-actions").Body(check.Disabled(true).Text("检查"))
	}
	check = check.OnClick(v.onCheck(t.q.ID), goapp.EventScope(t.q.ID))
	again := goapp.Button().ID(route.Attr(t.id("again"))).Class("button").Type("button").
		Aria("label", fmt.Sprintf("第 %d 题再试一次", t.number)).
		OnClick(v.onRetry(t.q.ID), goapp.EventScope(t.q.ID)).Text("再试一次")
	switch t.phase {
	case answering:
		check, again = check.Text("检查"), again.Hidden(true)
	case grading:
		check, again = check.Text("正在批改……").Disabled(true), again.Hidden(true)
	case checked:
		check = check.Text("检查").Hidden(true)
	}
	return goapp.Div().Class("question-actions").Body(check, again)
}
