package pages

import (
	"cmp"
	"errors"
	"fmt"

	"courselab/app/env"
	"courselab/app/progress"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// arriving asks before the progress that a link carries is merged.
type arriving struct {
	goapp.Compo
	Env *env.Env

	from    string // the fragment read last
	file    *progress.File
	news    progress.Imported // what it would bring
	refused string
	said    string
}

// OnNav reads what the address carries.
func (p *arriving) OnNav(ctx goapp.Context) {
	fragment := goapp.Window().Get("location").Get("hash").String()
	if fragment == p.from {
		return
	}
	p.from = fragment
	p.take(fragment)
	if p.file != nil || p.refused != "" {
		ctx.Defer(func(goapp.Context) {
			if el := goapp.Window().GetElementByID("arrived"); el.Truthy() {
				el.Call("focus")
			}
		})
	}
}

// take reads a fragment; one that is no link to progress changes nothing.
func (p *arriving) take(fragment string) {
	file, present, err := progress.ParseLink(fragment, p.Env.Progress.Course())
	if !present {
		return
	}
	p.file, p.refused, p.said = nil, "", ""
	var refusal *progress.Refusal
	switch {
	case errors.As(err, &refusal):
		p.refused = refusal.Message
	case err != nil:
		p.refused = err.Error()
	default:
		p.file, p.news = &file, p.Env.Progress.Compare(file)
	}
}

// merge takes the progress up; keep leaves it. Either way the address forgets it.
func (p *arriving) merge(goapp.Context, goapp.Event) {
	p.said = p.Env.Progress.Take(*p.file).Message() + "这台设备上原有的作答都在。"
	p.forget()
}

func (p *arriving) keep(goapp.Context, goapp.Event) {
	p.said = "没有合并，这台设备上的记录没有变。"
	p.forget()
}

func (p *arriving) forget() {
	p.file, p.from = nil, ""
	history, location := goapp.Window().Get("history"), goapp.Window().Get("location")
	if history.Truthy() {
		history.Call("replaceState", history.Get("state"), "", location.Get("pathname").String()+location.Get("search").String())
	}
}

func (p *arriving) Render() goapp.UI {
	switch {
	case p.refused != "":
		return goapp.Div().Class("fault").ID("arrived").TabIndex(-1).Role("alert").Body(
			goapp.P().Text("这个链接里的进度没有读取："+p.refused),
			goapp.P().Text("这台设备上的记录没有变。"))
	case p.file != nil:
		return p.question()
	case p.said != "":
		return goapp.Div().Class("field").Body(goapp.P().Class("said").ID("arrived-said").Role("status").Text(p.said))
	}
	return goapp.Div()
}

func (p *arriving) question() goapp.UI {
	questions, attempts := p.file.Answers()
	count := func(questions, attempts int) string {
		return fmt.Sprintf("%d 道题，共 %d 次", questions, attempts)
	}
	html := `<div><h2 class="small-head" id="arrived-head">链接里有一份学习进度，要合并到这台设备吗？</h2><dl class="facts">`
	for _, fact := range [][2]string{
		{"姓名或学号", cmp.Or(p.file.Name, "（未填）")},
		{"生成于", p.file.Exported.Local().Format("2006-01-02 15:04")},
		{"作答", count(questions, attempts)},
		{"其中这里没有的", count(p.news.Questions, p.news.Attempts)},
	} {
		html += `<dt>` + fact[0] + `</dt><dd>` + escape(fact[1]) + `</dd>`
	}
	html += `</dl>`
	if mine := p.Env.Progress.Profile().Name; mine != "" && p.file.Name != "" && mine != p.file.Name {
		html += `<p class="fault">` + escape("链接里的姓名是“"+p.file.Name+"”，这台设备上是“"+mine+"”。如果不是同一个人，请不要合并：两个人的作答会混在一起，分不开。") + `</p>`
	}
	html += `<p class="note">合并不会覆盖：每道题保留两边的全部作答，取最好成绩。</p></div>`
	return goapp.Section().Class("field confirm").ID("arrived").TabIndex(-1).Aria("labelledby", "arrived-head").Body(goapp.Raw(html),
		goapp.Button().Type("button").ID("arrived-keep").Text("不合并").OnClick(p.keep),
		goapp.Button().Type("button").ID("arrived-merge").Text("合并").OnClick(p.merge))
}
