package app

import (
	"strings"

	"courselab/app/env"
	"courselab/app/pages"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Root is a page with its frame: the one component below body.
type Root struct {
	goapp.Compo
	Env  *env.Env
	Path string // as in PageSpec

	stop func()
}

// CompoID makes go-app mount a page anew when the path changes, instead of
// turning one page's components into another's.
func (r *Root) CompoID() string { return r.Path }

// OnMount follows the surroundings: fresh course text redraws the page.
func (r *Root) OnMount(ctx goapp.Context) {
	ctx.PreventUpdate()
	r.stop = r.Env.Host.Watch(func() { ctx.Dispatch(nil) })
}

// OnDismount ends that.
func (r *Root) OnDismount() {
	if r.stop != nil {
		r.stop()
	}
}

// OnNav names the document, and tells the host where the learner has arrived
// once the page has been drawn.
func (r *Root) OnNav(ctx goapp.Context) {
	ctx.PreventUpdate()
	goapp.Window().Get("document").Set("title", r.title())
	fragment := ctx.Page().URL().Fragment
	ctx.Defer(func(goapp.Context) {
		if r.Env.Host != nil && r.Env.Host.Arrived != nil {
			_, fresh := r.Env.Host.Visit(r.Path)
			r.Env.Host.Arrived(r.Path, fragment, fresh)
		}
	})
}

func (r *Root) title() string {
	if r.Env.Course == nil {
		return "课程"
	}
	missing := ""
	for _, spec := range Pages(r.Env.Content) {
		if spec.Path == r.Path {
			return spec.Title
		}
		missing = spec.Title // the last one is the page of unknown addresses
	}
	return missing
}

// Render draws the page that the path names.
func (r *Root) Render() goapp.UI {
	kind, main := "missing", goapp.UI(nil)
	switch {
	case r.Path == "":
		kind, main = "map", &pages.CourseMap{Env: r.Env}
	case r.Path == "labs":
		kind, main = "labs", pages.Gallery(r.Env)
	case r.Path == "search":
		kind, main = "search", &pages.Search{Env: r.Env}
	case r.Path == "glossary":
		kind, main = "glossary", &pages.Glossary{Env: r.Env}
	case r.Path == "practice":
		kind, main = "practice", &pages.Practice{Env: r.Env}
	case r.Path == "exam":
		kind, main = "exam", &pages.Exam{Env: r.Env}
	case r.Path == "record":
		kind, main = "record", &pages.Record{Env: r.Env}
	case r.Path == "settings":
		kind, main = "settings", &pages.Settings{Env: r.Env}
	case r.Path == "author":
		kind, main = "author", &pages.Author{Env: r.Env}
	case r.Path == "about":
		kind, main = "about", &pages.About{Env: r.Env}
	case strings.HasPrefix(r.Path, "lessons/"):
		kind, main = "lesson", &pages.Lesson{Env: r.Env, ID: strings.TrimPrefix(r.Path, "lessons/")}
	case strings.HasPrefix(r.Path, "labs/"):
		kind, main = "lab", pages.LabPage(r.Env, strings.TrimPrefix(r.Path, "labs/"))
	default:
		main = pages.NotFound(r.Env)
	}
	return pages.Frame(r.Env, r.Path, kind, main)
}
