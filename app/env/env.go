package env

import (
	"courselab/app/engine"
	"courselab/app/progress"
	"courselab/app/settings"
	"courselab/lessons"
)

// Env is shared by all pages of one run of the program.
type Env struct {
	// Engine computes figures and grades computed questions; nil while
	// prerendering.
	Engine *engine.Client
	// Progress keeps what the learner has done; nil while prerendering, never
	// nil in the browser.
	Progress *progress.Store
	Course   *lessons.Course
	Settings settings.Settings
	// Static holds the HTML of static figures by their key (labs.StaticKey):
	// taken from the prerendered page in the browser, from the in-process
	// engine at build time.
	Static map[string]string
	// Shown holds the default draw of each computed question, by question id,
	// for the prerendered page.
	Shown map[string]engine.DrawOutput
}

// Interactive reports whether a learner stands before the page; it is false
// while prerendering.
func (e *Env) Interactive() bool { return e != nil && e.Progress != nil }
