package pages

import (
	"courselab/app/env"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// CreditsKey is the entry of env.Env.Static that holds the licences of what the
// program is made of, as the HTML that CreditsHTML makes.
const CreditsKey = "credits"

// CreditsHTML returns the text of assets/credits.txt as markup.
func CreditsHTML(text string) string { return "<pre tabindex=\"0\">" + escape(text) + "</pre>" }

// About says what the course is, where its facts come from, and what it is made
// of.
type About struct {
	goapp.Compo
	Env *env.Env
}

func (p *About) OnMount(ctx goapp.Context) {
	if p.Env.Static[CreditsKey] != "" || p.Env.Fetch == nil {
		return
	}
	ctx.Async(func() {
		text, err := p.Env.Fetch("assets/credits.txt")
		if err != nil {
			text = []byte("许可文件没有载入：" + err.Error())
		}
		ctx.Dispatch(func(goapp.Context) { p.Env.Static[CreditsKey] = CreditsHTML(string(text)) })
	})
}

func (p *About) Render() goapp.UI {
	credits := p.Env.Static[CreditsKey]
	if credits == "" {
		credits = "<p>正在载入……</p>"
	}
	body := []goapp.UI{
		heading("关于"),
		goapp.P().Class("lead").Text("一门可以动手的大模型选型课：每个结论旁边都有能算的东西，每个数字都有来源与日期。"),
		goapp.Section().Class("prose").Aria("labelledby", "about-what").Body(
			goapp.H2().ID("about-what").Text("它怎样工作"),
			goapp.P().Text("课文、实验和自测都在这个浏览器里运行：课文是几个 Markdown 文件，实验由编译成 WebAssembly 的程序在后台线程中计算。没有服务器端程序，没有账号。第一次打开后，断网也能用；从任何静态主机、任何路径都能打开。"),
			goapp.P().Text("课文在页面打开时从旁边的文件读取。教师改了文件，刷新就能看到；改错了，页面保留上一个完好的版本，并说出错在哪个文件的哪一行。"),
			goapp.P().Body(goapp.Text("写课或备课："), goapp.A().Href(route.Page("author")).Text("作者页"), goapp.Text("在浏览器里打开课文文件夹，预览、检查、排课表。")),
		),
		goapp.Section().Class("prose").Aria("labelledby", "about-privacy").Body(
			goapp.H2().ID("about-privacy").Text("隐私"),
			goapp.P().Text("本站不向任何其他网站发出请求，不用 Cookie，不做统计。"+whoGetsProgress(p.Env)),
			goapp.P().Body(goapp.A().Href(route.Page("settings")).Text("导出或清除我的数据")),
		),
	}
	if g := guideMarkup(p.Env); g != "" {
		body = append(body, goapp.Raw(`<section class="prose" aria-labelledby="about-guide"><h2 id="about-guide">给教师</h2><p>`+g+`</p></section>`))
	}
	if s := p.courseSources(); s != nil {
		body = append(body, s)
	}
	body = append(body,
		goapp.Section().Class("prose").Aria("labelledby", "about-licences").Body(
			goapp.H2().ID("about-licences").Text("许可"),
			goapp.P().Text("课程与程序以 MIT 许可发布。下面是所用的开源软件与字体，以及各自的许可。"),
			goapp.Details().Class("credits").Body(
				goapp.Summary().Text("所用软件的许可全文"),
				goapp.Raw(`<div data-static="`+CreditsKey+`">`+credits+`</div>`),
			),
		),
		goapp.Section().Class("prose").Aria("labelledby", "about-version").Body(
			goapp.H2().ID("about-version").Text("版本"),
			goapp.P().Class("tabular").Text(version(p.Env)),
		))
	return goapp.Div().Class("plain about").Body(body...)
}

// guideMarkup leads to the instructor's guide; empty where the course has none.
func guideMarkup(e *env.Env) string {
	if e.Course == nil || e.Course.Guide == "" {
		return ""
	}
	return `怎样发布、写课文、排课、收作业，见<a href="` + route.Lesson(e.Course.Guide, "") + `">教师指南</a>。`
}

func whoGetsProgress(e *env.Env) string {
	if e.Platform {
		return "这一份课程由学习平台打开：在平台打开的单元里，作答、成绩与阅读位置交给平台，姓名由平台告知；其余只存在这台设备的浏览器里，只有你自己导出文件，它们才会离开。"
	}
	return "姓名或学号、作答与阅读位置只存在这台设备的浏览器里；只有你自己导出文件，它们才会离开。"
}

func version(e *env.Env) string {
	if e.Version == "" {
		return "开发版本"
	}
	return e.Version
}

// courseSources gathers the sources of all lessons, each once.
func (p *About) courseSources() goapp.UI {
	if p.Env.Course == nil {
		return nil
	}
	var all []lessons.Source
	known := map[string]bool{}
	for _, id := range p.Env.Course.Modules {
		lesson := head(p.Env, id)
		if lesson == nil {
			continue
		}
		for _, s := range lesson.Sources {
			if key := s.Title + s.URL; !known[key] {
				known[key] = true
				all = append(all, s)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return goapp.Section().Class("prose").Aria("labelledby", "about-sources").Body(
		goapp.H2().ID("about-sources").Text("课文的来源"),
		sourceList(all, ""),
	)
}
