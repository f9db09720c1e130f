package labs

import (
	"net/url"

	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// reportIntake lists the labs that a report gathers, each with what of it goes in:
// what was set last in this browser, what the course begins with, or nothing.
func reportIntake(b Bench) goapp.UI {
	var rows []goapp.UI
	for _, name := range registry.ReportLabs {
		lab, _ := registry.Find(name)
		kept, any := b.lastSet(name)
		present := b.Get(name)
		state := "课程的默认设置"
		switch {
		case lab.Coming:
			state = "这个实验还没有完成"
		case present == "-":
			state = "不收"
		case present != "" && present == kept:
			state = "自己最近一次的设置"
		case present != "":
			state = "自己的设置（链接里的，或较早的）"
		}
		off := b.Off() || lab.Coming
		rows = append(rows, goapp.Li().Body(
			goapp.P().Body(
				goapp.A().Href(route.Lab(name)).Text(lab.Title),
				goapp.Text("：现在收进的是"+state+"。"),
			),
			goapp.Div().Class("lab-guesses").Role("group").Aria("label", route.Attr(lab.Title)).Body(
				button("收进最近一次的设置", off || !any, func(ctx goapp.Context, e goapp.Event) {
					if now, ok := b.lastSet(name); ok && b.Set(name, now) {
						b.Say("已收进“" + lab.Title + "”最近一次的设置。")
					}
				}, "take", name),
				button("用课程的默认", off, func(ctx goapp.Context, e goapp.Event) { b.Set(name, "") }, "default", name),
				button("不收", off, func(ctx goapp.Context, e goapp.Event) { b.Set(name, "-") }, "leave", name),
			),
		))
	}
	return goapp.Div().Class("lab-control", "lab-wide").Body(
		goapp.P().Class("lab-label").Text("收进哪些实验"),
		goapp.P().Class("lab-words").Text("先到各个实验里设成你的情形；这个浏览器记得每个实验最近一次的设置。"),
		goapp.Ul().Class("report-intake").Body(rows...),
	)
}

// lastSet is what the learner set last in a lab, as the report's parameter holds it.
func (b Bench) lastSet(name string) (text string, ok bool) {
	if b.Off() {
		return "", false
	}
	kept := b.Env().Progress.Lab(name)
	lab, known := registry.Find(name)
	if kept.At.IsZero() || !known {
		return "", false
	}
	v, _ := valuesFrom(&lab, defaultValues(&lab), kept.Values)
	all := url.Values{}
	for param, value := range v.byName() {
		all.Set(param, value)
	}
	return all.Encode(), true
}

// reportView shows the report as it will be printed, with what can be done with it.
func reportView(b Bench) goapp.UI {
	box := goapp.Div().Class("report-view")
	page, ok := fileOf(b.Sheet(), "report.html")
	if !ok {
		return box
	}
	return box.Body(
		goapp.Div().Class("lab-tools", "report-tools").Role("group").Aria("label", "报告").Body(
			button("打印或存成 PDF", b.Off(), func(ctx goapp.Context, e goapp.Event) { printPage() }, "report"),
			button("下载 Markdown", b.Off(), func(ctx goapp.Context, e goapp.Event) {
				if f, ok := fileOf(b.Sheet(), "report.md"); ok {
					saveText(f.Name, f.Type, f.Text)
					b.Say("已下载 " + f.Name + "。")
				}
			}, "report"),
		),
		goapp.Raw(`<div class="report-paper">`+page.Text+`</div>`),
	)
}
