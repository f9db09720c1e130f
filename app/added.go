package app

import (
	"courselab/app/env"
	"courselab/app/pages"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// AddedPath is the page that stands for lessons which the course has got since
// the site was built: the service worker answers with it, and an author can copy
// it to where the lesson's page would lie.
const AddedPath = "lessons/new"

// AddedPage describes that page. It is no page of the course: it is not listed.
func AddedPage(title string) PageSpec {
	return PageSpec{Path: AddedPath, Title: title, Build: func(e *env.Env) goapp.UI {
		return pages.Frame(e, AddedPath, "lesson", pages.Added(e))
	}}
}
