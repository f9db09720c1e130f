package pages

import (
	"strconv"

	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// sources lists where a lesson's facts come from. It is a component so that it
// is drawn once, not with every event on its page.
type sources struct {
	goapp.Compo
	Lesson *lessons.Lesson
}

func (s *sources) Render() goapp.UI {
	return goapp.Section().Class("sources prose").Aria("labelledby", "page-sources").Body(
		goapp.H2().ID("page-sources").TabIndex(-1).Text("来源"),
		goapp.Details().Body(
			goapp.Summary().Text("本单元引用的全部来源（"+strconv.Itoa(len(s.Lesson.Sources))+"）"),
			sourceList(s.Lesson.Sources, "source-")),
	)
}

// sourceList lists sources, each with an id that starts with prefix; without one
// where prefix is empty.
func sourceList(list []lessons.Source, prefix string) goapp.UI {
	items := make([]goapp.UI, 0, len(list))
	for _, s := range list {
		var title goapp.UI = goapp.Cite().Text(s.Title)
		if s.URL != "" {
			title = goapp.A().Href(route.Attr(s.URL)).Rel("noreferrer").Target("_blank").Body(goapp.Cite().Text(s.Title))
		}
		body := []goapp.UI{title}
		if s.Date != "" {
			body = append(body, goapp.Time().DateTime(route.Attr(s.Date)).Text(s.Date))
		}
		item := goapp.Li().Body(body...)
		if prefix != "" {
			item = item.ID(prefix + route.Attr(s.ID))
		}
		items = append(items, item)
	}
	return goapp.Ol().Class("source-list").Body(items...)
}
