//go:build js && wasm

package main

import (
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"courselab/app"
	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/worker"
	"courselab/app/env"
	"courselab/app/pages"
	"courselab/app/progress"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

func main() {
	// The collector's pauses fall into the first drawing; the heap is small.
	debug.SetGCPercent(400)
	boot := readBoot()
	path := pagePath(goapp.Window().URL().Path, boot.base)
	if boot.single {
		route.SetDocument(boot.base, boot.fileAddress)
		path = route.FromQuery(goapp.Window().URL().Query())
	} else {
		route.SetBase(boot.base)
	}
	opened := findPlatform(boot)
	// Platforms show no folders.
	route.SetIndex(opened != nil)
	page := readPage(path)
	kept := map[string]string{path: page.main}
	if boot.single && path != "" {
		kept = nil // the document holds the course map alone
	}

	host := &env.Host{}
	store := openStore(boot, host)
	e := &env.Env{
		Progress:   store,
		Settings:   store.Settings(),
		Static:     page.static,
		Kept:       kept,
		Host:       host,
		Fetch:      fetchFile,
		Version:    boot.version,
		ModelBytes: boot.modelBytes,
	}
	first, _ := strings.CutPrefix(path, "lessons/") // of another page: no text's id
	library, err := content.LoadFor(func(p string) ([]byte, error) { return fetchFile(content.Root + p) }, registry.Lessons(), first)
	if err == nil {
		e.Content, e.Course = library, library.Course()
		prepare(library, path)
	}
	report(host, err)
	applyCourse(e.Course)
	if opened != nil {
		e.Platform, e.Opened = true, opened.sco
		opened.connect(e)
	}

	backend := boot.backend
	if backend == "" {
		backend = string(e.Settings.Backend)
	}
	e.Engine = engine.NewClient(worker.New(worker.Options{Backend: backend}), engine.Options{})
	watchEngine(host, e.Engine)
	watchBoot(host, boot)
	host.ApplySettings = applySettings
	host.RetryEngine = e.Engine.Retry
	host.Arrived = page.arrived(host, func() {
		e.Engine.Start()
		if library != nil {
			go refresh(boot, host, library, e)
		}
	})
	applySettings(e)

	if boot.single {
		goapp.RouteWithRegexp(".*", func() goapp.Composer { return &app.Single{Env: e} })
	} else {
		registerRoutes(e)
	}
	goapp.RunWhenOnBrowser()
}

// prepare parses what the first page shows, so that its first drawing is whole.
func prepare(library *content.Library, path string) {
	if id, ok := strings.CutPrefix(path, "lessons/"); ok {
		library.Lesson(id)
	}
}

// refresh has the rest of the course's text read, and shows it anew when the service
// worker has fetched a set that differs from the one the page began with.
func refresh(boot boot, host *env.Host, library *content.Library, e *env.Env) {
	show := func(changed bool, err error) {
		if err == nil && changed {
			e.Course = library.Course()
			applyCourse(e.Course)
			boot.contentUsed(library.Files())
		}
		if err != nil || changed {
			report(host, err)
		}
	}
	show(library.Rest())
	boot.contentUsed(library.Files())
	host.Change(func(*env.State) {}) // the titles of other lessons are known now
	fresh, fault := boot.awaitContent()
	if fault != nil {
		report(host, fault)
	}
	if !fresh {
		return
	}
	show(library.Refresh())
}

// report tells the pages what is wrong with the course's text.
func report(host *env.Host, err error) {
	host.Change(func(s *env.State) { s.Content = pages.FaultLines(err) })
}

func openStore(boot boot, host *env.Host) *progress.Store {
	options := progress.Options{Course: boot.course, Base: boot.keep}
	local, err := progress.OpenLocal()
	if err != nil {
		host.Change(func(s *env.State) { s.StorageReason = err.Error() })
		return progress.Open(&progress.Memory{}, options)
	}
	store := progress.Open(local, options)
	if reason := local.VolatileReason(); reason != "" {
		host.Change(func(s *env.State) { s.StorageReason = reason })
	}
	// Without the watch another tab's progress comes in with the next page.
	_, _ = local.Watch(store)
	return store
}

// registerRoutes gives every page its addresses: with and without a slash at the
// end, and the file itself on hosts without clean URLs.
func registerRoutes(e *env.Env) {
	add := func(path string) {
		build := func() goapp.Composer { return &app.Root{Env: e, Path: path} }
		address := "/" + path
		if path != "" {
			goapp.Route(address, build)
			address += "/"
		}
		goapp.Route(address, build)
		goapp.Route(address+"index.html", build)
	}
	if e.Content == nil {
		// Without the course the pages are known by their form alone.
		goapp.RouteWithRegexp(".*", func() goapp.Composer {
			return &app.Root{Env: e, Path: pagePath(goapp.Window().URL().Path, route.Base())}
		})
		return
	}
	for _, spec := range app.Pages(e.Content) {
		add(spec.Path)
	}
	goapp.RouteWithRegexp(".*", func() goapp.Composer {
		// The course may have got more lessons since the routes were made.
		path := pagePath(goapp.Window().URL().Path, route.Base())
		if id, ok := strings.CutPrefix(path, "lessons/"); !ok || !slices.Contains(e.Course.Texts(), id) {
			path = "404"
		}
		return &app.Root{Env: e, Path: path}
	})
}

// pagePath returns the page that a path names: "/sub/lessons/m3/index.html"
// below "/sub/" is "lessons/m3". The path is decoded, the base as an address has
// it, percent-encoded.
func pagePath(address, base string) string {
	if decoded, err := url.PathUnescape(base); err == nil {
		base = decoded
	}
	path := strings.TrimPrefix(address, strings.TrimSuffix(base, "/"))
	path = strings.TrimSuffix(path, "index.html")
	return strings.Trim(path, "/")
}
