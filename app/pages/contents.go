package pages

import (
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// contents lists a lesson's headings of the second and third rank.
func contents(lesson *lessons.Lesson) goapp.UI {
	type entry struct {
		id, title string
		under     []lessons.Section
	}
	var entries []entry
	for _, s := range lesson.Sections {
		switch {
		case s.Level == 2:
			entries = append(entries, entry{id: s.ID, title: s.Title})
		case s.Level == 3 && len(entries) > 0:
			last := &entries[len(entries)-1]
			last.under = append(last.under, s)
		}
	}
	if lesson.Quiz != nil {
		entries = append(entries, entry{id: lesson.Quiz.ID, title: lesson.Quiz.Title})
	}
	if len(lesson.Sources) > 0 {
		entries = append(entries, entry{id: "sources", title: "来源"})
	}
	items := make([]goapp.UI, 0, len(entries))
	for _, e := range entries {
		body := []goapp.UI{goapp.A().Href("#" + route.Attr(e.id)).Text(e.title)}
		if len(e.under) > 0 {
			under := make([]goapp.UI, 0, len(e.under))
			for _, s := range e.under {
				under = append(under, goapp.Li().Body(goapp.A().Href("#"+route.Attr(s.ID)).Text(s.Title)))
			}
			body = append(body, goapp.Ul().Body(under...))
		}
		items = append(items, goapp.Li().Body(body...))
	}
	return goapp.Nav().Class("contents").Aria("labelledby", "contents").Body(
		goapp.H2().ID("contents").Class("small-head").Text("本单元目录"),
		goapp.Ol().Body(items...),
	)
}
