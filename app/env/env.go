package env

import (
	"courselab/app/content"
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
	// Content is the course's text. Course is its course file, nil when the text
	// could not be loaded.
	Content  *content.Library
	Course   *lessons.Course
	Settings settings.Settings
	// Static holds the HTML of static figures by their key (labs.StaticKey):
	// taken from the prerendered page in the browser, from the in-process
	// engine at build time. It also holds what else a page shows but does not
	// load: pages.CreditsKey.
	Static map[string]string
	// Shown holds the default draw of each computed question, by question id,
	// for the prerendered page.
	Shown map[string]engine.DrawOutput
	// Host is the browser around the pages; nil while prerendering.
	Host *Host
	// Kept is the prerendered inner HTML of <main> by page path, for the page
	// that was opened: it stands where the text could not be loaded or parsed.
	Kept map[string]string
	// Fetch reads a file of the site, such as "assets/credits.txt"; nil while
	// prerendering.
	Fetch func(path string) ([]byte, error)
	// Platform: this is a package for a learning platform, which gets what the
	// learner does in the module Opened, "" where it opened none.
	Platform bool
	Opened   string
	// Draft: the pages show a course that its author is writing. Nothing of the
	// learner's may be replaced.
	Draft bool
	// Desk is what the author's page keeps while other pages are shown.
	Desk any
	// Version is the build's.
	Version string
	// ModelBytes is the size of the language model's files, which the engine
	// fetches when a lab first needs them; 0: this site has none.
	ModelBytes int
}

// Interactive reports whether a learner stands before the page; it is false
// while prerendering.
func (e *Env) Interactive() bool { return e != nil && e.Progress != nil }
