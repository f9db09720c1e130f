package pages

import (
	"courselab/app/env"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// tab is an entry of the main navigation.
type tab struct{ path, title string }

var tabs = []tab{{"", "课程地图"}, {"labs", "实验"}, {"search", "搜索"}, {"glossary", "术语"}, {"settings", "设置"}, {"about", "关于"}}

// Frame puts a page's main part between the course's header and footer. path is
// the page's, kind names the page for the style sheet.
func Frame(e *env.Env, path, kind string, main goapp.UI) goapp.UI {
	return goapp.Div().Class("page").DataSet("page", kind).Body(
		goapp.A().Class("skip").Href("#page-main").Text("跳到正文"),
		goapp.Header().Class("top").Body(
			goapp.Div().Class("top-in").Body(
				goapp.A().Class("brand").Href(route.Page("")).Body(
					goapp.Raw(`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><path d="M5 7.5c4-1.6 8-1.3 11 1 3-2.3 7-2.6 11-1v17c-4-1.6-8-1.3-11 1-3-2.3-7-2.6-11-1z" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/><path d="M16 8.5v17M9 19l3-5 3 2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`),
					goapp.Span().Text(courseTitle(e)),
				),
				goapp.Nav().Class("tabs").Aria("label", "主导航").Body(
					goapp.Ul().Body(tabItems(path)...),
				),
				&engineBadge{Env: e},
			),
		),
		goapp.Main().ID("page-main").TabIndex(-1).Body(main),
		goapp.Footer().Class("foot").Body(
			goapp.P().Body(goapp.Text(whereProgressGoes(e)),
				goapp.A().Href(route.Page("settings")).Text("导出或清除"),
				goapp.Text("。")),
		),
		&notices{Env: e},
	)
}

func whereProgressGoes(e *env.Env) string {
	if e.Platform {
		return "这个单元的作答与成绩交给打开它的学习平台，并在这个浏览器里留一份；不去别处。"
	}
	return "进度只保存在这台设备的浏览器里，不上传。"
}

func tabItems(path string) []goapp.UI {
	items := make([]goapp.UI, 0, len(tabs))
	for _, t := range tabs {
		a := goapp.A().Href(route.Page(t.path)).Text(t.title)
		switch {
		case path == t.path:
			a = a.Aria("current", "page")
		case t.path == "" && isLesson(path), t.path == "labs" && isLab(path):
			a = a.DataSet("within", "yes")
		}
		items = append(items, goapp.Li().Body(a))
	}
	return items
}

func courseTitle(e *env.Env) string {
	if e.Course == nil {
		return "课程"
	}
	return e.Course.Title
}

// Heading is the one first-level heading of a page. It takes the focus after
// navigation.
func heading(title string) goapp.UI {
	return goapp.H1().ID("page-title").TabIndex(-1).Text(title)
}

func isLesson(path string) bool { return len(path) > 8 && path[:8] == "lessons/" }
func isLab(path string) bool    { return len(path) > 5 && path[:5] == "labs/" }
