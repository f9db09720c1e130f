package site

import (
	"strings"
	"testing"

	"courselab/app/hostile"
	"courselab/app/registry"
	"courselab/assets"
)

// TestHostileCourse builds pages of a course whose texts and data try to run
// something: nothing of it may work before any program of the page has started.
func TestHostileCourse(t *testing.T) {
	course, err := hostile.Accepted()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Check(course) {
		if strings.HasSuffix(f.File, ".md") {
			t.Errorf("the course is refused, and tries nothing: %v", f)
		}
	}
	files, err := Build(t.Context(), Input{Assets: assets.FS, Programs: programStubs, Course: course, Registry: registry.Lessons()})
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	for name, page := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		pages++
		found, err := hostile.Faults(string(page))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("%s: %s", name, f)
		}
	}
	if lesson := string(files["lessons/m1/index.html"]); pages < 20 || strings.Count(lesson, "pwned(") < 40 {
		t.Errorf("%d pages, of which the lesson has %d attempts", pages, strings.Count(lesson, "pwned("))
	}
}
