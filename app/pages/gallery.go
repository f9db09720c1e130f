package pages

import (
	"courselab/app/env"
	"courselab/app/labs"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Gallery lists the labs of the course by module.
func Gallery(e *env.Env) goapp.UI {
	if e.Course == nil {
		return noCourse(e, "labs")
	}
	body := []goapp.UI{
		heading("实验"),
		goapp.P().Class("lead").Text("每个实验都当场计算，画面里的每个数都能问出来历。带“准备中”的已经排好位置，还没有写完。"),
	}
	for _, id := range e.Course.Modules {
		var items []goapp.UI
		for _, lab := range registry.Labs() {
			if lab.Module == id && !e.Course.Hides(lab.Name) {
				items = append(items, galleryItem(lab))
			}
		}
		if len(items) == 0 {
			continue
		}
		title := unit(e, id)
		if lesson := head(e, id); lesson != nil {
			title += "　" + lesson.Title
		}
		anchor := "labs-" + route.Attr(id)
		body = append(body, goapp.Section().Aria("labelledby", anchor).Body(
			goapp.H2().ID(anchor).Class("rule-head").Text(title),
			goapp.Ul().Class("gallery").Body(items...),
		))
	}
	return goapp.Div().Class("labs").Body(body...)
}

func galleryItem(lab registry.Lab) goapp.UI {
	state, note := "ready", ""
	if lab.Coming {
		state, note = "coming", "准备中"
	}
	title := []goapp.UI{goapp.A().Href(route.Lab(lab.Name)).Text(lab.Title)}
	if note != "" {
		title = append(title, goapp.Span().Class("coming").Text(note))
	}
	return goapp.Li().Class("card").DataSet("status", state).Body(
		goapp.H3().Body(title...),
		goapp.P().Text(lab.Summary),
	)
}

// LabPage is a lab on a page of its own.
func LabPage(e *env.Env, name string) goapp.UI {
	lab, ok := registry.Find(name)
	if !ok || e.Course.Hides(name) {
		return NotFound(e)
	}
	lesson := goapp.UI(goapp.Text(unit(e, lab.Module)))
	if l := head(e, lab.Module); l != nil {
		lesson = goapp.A().Href(route.Lesson(lab.Module, lab.Section)).Text(unit(e, lab.Module) + "　" + l.Title)
	}
	body := []goapp.UI{
		goapp.P().Class("eyebrow").Body(goapp.Text("实验 · "), lesson),
		heading(lab.Title),
		goapp.Div().Class("lab-stage").Body(labs.Panel(labs.Props{Key: name, Name: name, Env: e, Page: true})),
	}
	return goapp.Div().Class("lab-page").Body(body...)
}

// NotFound is the page of an address that nothing lies at.
func NotFound(*env.Env) goapp.UI {
	return goapp.Div().Class("plain").Body(
		heading("没有这个页面"),
		goapp.P().Class("lead").Text("地址可能写错了，或者这一页还没有发布。"),
		goapp.P().Body(
			goapp.A().Class("button").Href(route.Page("")).Text("回到课程地图"),
			goapp.Text("　"),
			goapp.A().Href(route.Page("labs")).Text("看看实验目录")),
	)
}
