package pages

import (
	"strings"

	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// contents lists a lesson's headings of the second and third rank. It is a
// component so that it is drawn once, not with every event on its page.
type contents struct {
	goapp.Compo
	Lesson *lessons.Lesson
}

func (c *contents) Render() goapp.UI {
	lesson := c.Lesson
	type entry struct {
		id    string
		title string // HTML
		under []lessons.Section
	}
	var entries []entry
	for _, s := range lesson.Sections {
		switch {
		case s.Level == 2:
			entries = append(entries, entry{id: s.ID, title: titleHTML(s)})
		case s.Level == 3 && len(entries) > 0:
			last := &entries[len(entries)-1]
			last.under = append(last.under, s)
		}
	}
	if lesson.Quiz != nil {
		entries = append(entries, entry{id: lesson.Quiz.ID, title: escape(lesson.Quiz.Title)})
	}
	if len(lesson.Sources) > 0 {
		entries = append(entries, entry{id: "page-sources", title: "来源"})
	}
	items := make([]goapp.UI, 0, len(entries))
	for _, e := range entries {
		body := []goapp.UI{contentsLink(e.id, e.title)}
		if len(e.under) > 0 {
			under := make([]goapp.UI, 0, len(e.under))
			for _, s := range e.under {
				under = append(under, goapp.Li().Body(contentsLink(s.ID, titleHTML(s))))
			}
			body = append(body, goapp.Ul().Body(under...))
		}
		items = append(items, goapp.Li().Body(body...))
	}
	return goapp.Nav().Class("contents").Aria("labelledby", "page-contents").Body(
		goapp.H2().ID("page-contents").Class("small-head").Text("本页目录"),
		goapp.Ol().Body(items...),
	)
}

func contentsLink(id, html string) goapp.UI {
	return goapp.Raw(`<a href="#` + escape(id) + `">` + html + `</a>`)
}

// titleHTML is a heading's content fit for a link: with its formulas, unless it
// holds links of its own.
func titleHTML(s lessons.Section) string {
	if strings.Contains(s.HTML, "<a ") {
		return escape(s.Title)
	}
	return s.HTML
}
