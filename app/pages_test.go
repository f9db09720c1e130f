package app

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/content"
	"courselab/app/env"
	"courselab/app/pages"
	"courselab/app/registry"
	"courselab/app/route"
	"courselab/app/settings"
	shipped "courselab/lessons/content"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
	"golang.org/x/net/html"
)

// rendered draws every page of a course natively, by path.
func rendered(t *testing.T, course fs.FS) (map[string]*html.Node, *content.Library) {
	t.Helper()
	library, err := content.Load(content.FromFS(course), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	e := &env.Env{
		Content: library, Course: library.Course(), Settings: settings.Default(),
		Static: map[string]string{pages.CreditsKey: pages.CreditsHTML("MIT <License>")},
	}
	base := route.Base()
	t.Cleanup(func() { route.SetBase(base) })
	route.SetBase("/base/")
	all := map[string]*html.Node{}
	for _, spec := range Pages(library) {
		if spec.Title == "" {
			t.Errorf("page %q has no title", spec.Path)
		}
		node, err := html.Parse(strings.NewReader("<!doctype html><title>t</title><body>" + goapp.HTMLString(spec.Build(e))))
		if err != nil {
			t.Fatalf("page %q: %v", spec.Path, err)
		}
		if all[spec.Path] != nil {
			t.Errorf("two pages at %q", spec.Path)
		}
		all[spec.Path] = node
	}
	return all, library
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func elements(root *html.Node) []*html.Node {
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func textOf(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// Every page has the marks that keyboard and screen reader go by.
func TestPagesAreAccessible(t *testing.T) {
	all, _ := rendered(t, shipped.FS)
	for name, page := range all {
		ids := map[string]bool{}
		counts := map[string]int{}
		level := 0
		for _, n := range elements(page) {
			counts[n.Data]++
			if id, ok := attr(n, "id"); ok {
				if ids[id] {
					t.Errorf("page %q: two elements %q", name, id)
				}
				ids[id] = true
			}
			if _, ok := attr(n, "style"); ok {
				t.Errorf("page %q: <%s> has a style attribute, which the policy blocks", name, n.Data)
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				now := int(n.Data[1] - '0')
				if now > level+1 {
					t.Errorf("page %q: heading %q skips from rank %d to %d", name, textOf(n), level, now)
				}
				level = now
			}
			if n.Data == "button" || n.Data == "a" {
				label, _ := attr(n, "aria-label")
				if textOf(n)+label == "" {
					t.Errorf("page %q: a %s without a name", name, n.Data)
				}
			}
		}
		if counts["h1"] != 1 || counts["main"] != 1 || !ids["page-title"] || !ids["page-main"] {
			t.Errorf("page %q: %d h1, %d main", name, counts["h1"], counts["main"])
		}
		for _, n := range elements(page) {
			for _, reference := range []string{"aria-labelledby", "aria-describedby", "for"} {
				value, _ := attr(n, reference)
				for _, id := range strings.Fields(value) {
					if !ids[id] {
						t.Errorf("page %q: %s of <%s> names %q, which is not there", name, reference, n.Data, id)
					}
				}
			}
		}
	}
}

// Every link within the course leads somewhere, and none leads outside the base.
func TestLinksLeadSomewhere(t *testing.T) {
	all, _ := rendered(t, shipped.FS)
	has := func(page, id string) bool {
		for _, n := range elements(all[page]) {
			if got, ok := attr(n, "id"); ok && got == id {
				return true
			}
		}
		return false
	}
	for name, page := range all {
		for _, n := range elements(page) {
			href, ok := attr(n, "href")
			if !ok || n.Data != "a" || strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "http://") {
				continue
			}
			address, fragment, _ := strings.Cut(href, "#")
			target := name
			if address != "" {
				rest, ok := strings.CutPrefix(address, "/base/")
				if !ok {
					t.Errorf("page %q: link %q leaves the base", name, href)
					continue
				}
				if strings.HasPrefix(rest, content.Root) {
					continue
				}
				target = strings.Trim(rest, "/")
				if rest != "" && !strings.HasSuffix(rest, "/") {
					t.Errorf("page %q: link %q is not in the folder form", name, href)
				}
			}
			if all[target] == nil {
				t.Errorf("page %q: link %q leads to no page", name, href)
			} else if labState := strings.Contains(fragment, "="); fragment != "" && !labState && !has(target, fragment) {
				t.Errorf("page %q: link %q names no element", name, href)
			}
		}
	}
}

func TestCurrentPageIsMarked(t *testing.T) {
	all, _ := rendered(t, shipped.FS)
	for _, name := range []string{"", "labs", "settings", "about"} {
		marked := 0
		for _, n := range elements(all[name]) {
			if current, _ := attr(n, "aria-current"); current == "page" {
				marked++
				if href, _ := attr(n, "href"); href != route.Page(name) {
					t.Errorf("page %q marks %q", name, href)
				}
			}
		}
		if marked != 1 {
			t.Errorf("page %q: %d entries marked", name, marked)
		}
	}
}

// The page's controls do nothing before the program runs, and say so.
func TestPrerenderedControlsAreDisabled(t *testing.T) {
	all, _ := rendered(t, shipped.FS)
	for _, n := range elements(all["settings"]) {
		if n.Data == "input" || n.Data == "button" {
			if _, ok := attr(n, "disabled"); !ok {
				id, _ := attr(n, "id")
				t.Errorf("%s %q is not disabled", n.Data, id)
			}
		}
	}
}

func TestEveryModuleIsOnTheMap(t *testing.T) {
	all, library := rendered(t, shipped.FS)
	text := textOf(all[""])
	for _, id := range library.Course().Modules {
		lesson := library.Head(id)
		if lesson == nil {
			t.Fatalf("no head of %s", id)
		}
		if !strings.Contains(text, lesson.Title) || !strings.Contains(text, lesson.Objectives[0].Text) {
			t.Errorf("the map lacks %s", lesson.Title)
		}
	}
}

// A lesson at fault takes nothing else with it.
func TestFaultyLessonIsReportedInItsPlace(t *testing.T) {
	course := fstest.MapFS{}
	err := fs.WalkDir(shipped.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, _ := fs.ReadFile(shipped.FS, name)
			course[name] = &fstest.MapFile{Data: data}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file := course["zh/m3.md"]
	file.Data = append(file.Data, "\n\n![缺](img/none.svg)\n"...)
	all, _ := rendered(t, course)
	if text := textOf(all["lessons/m3"]); !strings.Contains(text, "none.svg") {
		t.Errorf("the lesson's page does not say what is wrong: %q", text)
	}
	if text := textOf(all[""]); !strings.Contains(text, "大模型选型") {
		t.Errorf("the map is gone")
	}
}

// Without any course text the prerendered page stands, with a word on it.
func TestKeptPage(t *testing.T) {
	e := &env.Env{Settings: settings.Default(), Kept: map[string]string{"": "<h1 id=page-title>旧</h1>"}}
	got := goapp.HTMLString(&Root{Env: e})
	if !strings.Contains(got, "<h1 id=page-title>旧</h1>") || !strings.Contains(got, "没有载入") {
		t.Errorf("kept page: %s", got)
	}
}
