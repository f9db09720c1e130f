package pages

import (
	"strings"
	"testing"

	"courselab/app/search"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The guide has a page like a lesson's and is found by searching, but it is no
// module: not on the map, not in the record, not what a learner goes on with.
func TestGuidePage(t *testing.T) {
	course := smallCourse()
	course["course.md"].Data = []byte(strings.Replace(string(course["course.md"].Data), "glossary:", "guide: guide.md\nglossary:", 1))
	course["zh/guide.md"] = course["zh/m2.md"]
	course["zh/guide.md"].Data = []byte("---\nid: guide\ntitle: 教师指南\nsummary: 一句。\nminutes: 1\nobjectives: []\n---\n## 放到网上 {#host}\n\n一台主机就够。\n")
	course["zh/m2.md"] = smallCourse()["zh/m2.md"]
	e := environmentOf(t, course, lessons.Registry{})

	page := goapp.HTMLString(&Lesson{Env: e, ID: "guide"})
	if !strings.Contains(page, "给教师") || !strings.Contains(page, `id="host"`) || !strings.Contains(page, "一台主机就够") {
		t.Errorf("the guide's page:\n%s", page)
	}
	if about := goapp.HTMLString(&About{Env: e}); !strings.Contains(about, `href="/lessons/guide/"`) {
		t.Errorf("the about page does not lead to it:\n%s", about)
	}
	if author := goapp.HTMLString(&Author{Env: e}); !strings.Contains(author, `href="/lessons/guide/"`) {
		t.Errorf("the author's page does not lead to it:\n%s", author)
	}
	for name, html := range map[string]string{"map": goapp.HTMLString(&CourseMap{Env: e}), "record": goapp.HTMLString(&Record{Env: e})} {
		if strings.Contains(html, "教师指南") {
			t.Errorf("the %s has it:\n%s", name, html)
		}
	}
	now, ok := textsOf(e)
	if !ok {
		t.Fatal("the lessons are not parsed")
	}
	found := false
	for _, entry := range search.NewCorpus(now.lessons, now.terms, e.Course, func(id string) string { return placeOfLesson(e, id) }).Entries {
		found = found || entry.Page == "lessons/guide" && entry.Fragment == "host" && strings.HasPrefix(entry.Place, "给教师")
	}
	if !found {
		t.Error("the search does not know it")
	}
	plain := environment(t, smallCourse(), false)
	if about := goapp.HTMLString(&About{Env: plain}); strings.Contains(about, "给教师") {
		t.Error("a course without a guide leads to one")
	}
}
