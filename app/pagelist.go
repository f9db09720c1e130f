package app

import (
	"courselab/app/content"
	"courselab/app/env"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// PageSpec is one page of the course.
type PageSpec struct {
	// Path is its address below the site's base: "" for the course map,
	// "lessons/m3", "labs/attention"; "404" is the page of unknown addresses.
	Path        string
	Title       string // of the document
	Description string
	Build       func(*env.Env) goapp.UI
}

// Pages lists every page of a course. A lesson whose front matter is at fault
// still has a page, named by its id.
func Pages(library *content.Library) []PageSpec {
	course := library.Course()
	spec := func(path, title, description string) PageSpec {
		return PageSpec{
			Path:        path,
			Title:       documentTitle(course.Title, title),
			Description: description,
			Build:       func(e *env.Env) goapp.UI { return &Root{Env: e, Path: path} },
		}
	}
	all := []PageSpec{spec("", "", course.Summary)}
	for _, id := range course.Texts() {
		title, summary := id, ""
		if lesson := library.Head(id); lesson != nil {
			title, summary = lesson.Title, lesson.Summary
		}
		all = append(all, spec("lessons/"+id, title, summary))
	}
	all = append(all, spec("labs", "实验", "课程的全部实验，按单元排列。"))
	for _, lab := range registry.Labs() {
		if course.Hides(lab.Name) {
			continue
		}
		all = append(all, spec("labs/"+lab.Name, lab.Title, lab.Summary))
	}
	return append(all,
		spec("search", "搜索", "在课文、术语与实验里查找；离线可用。"),
		spec("glossary", "术语表", "全课程的术语：中文名、英文名、解释，以及用到它的章节。"),
		spec("practice", "综合练习", "各单元的自测题混在一起，先做错过的。"),
		spec("exam", "综合考试", "从各单元抽题，限时作答，成绩单可以打印。"),
		spec("record", "学习记录", "各单元的成绩，可以打印或保存。"),
		spec("settings", "设置", "主题、字号、计算后端与学习进度。"),
		spec("author", "作者页", "打开一个课文文件夹，预览、检查、排课表，改完下载。"),
		spec("about", "关于", "课程怎样工作、隐私、来源与许可。"),
		spec("404", "没有这个页面", ""))
}

// documentTitle names a page within the course.
func documentTitle(course, page string) string {
	if page == "" {
		return course
	}
	return page + " · " + course
}
