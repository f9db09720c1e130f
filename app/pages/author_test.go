package pages

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/registry"
	"courselab/app/settings"
	"courselab/lessons"
	shipped "courselab/lessons/content"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// mountedAuthor is the author's page with the life that a browser gives it.
type mountedAuthor struct{ Author }

func (m *mountedAuthor) OnPreRender(ctx goapp.Context) { m.ctx = ctx }

// authorPage is the page over the shipped course, with an engine.
func authorPage(t *testing.T) (*mountedAuthor, goapp.TestEngine) {
	t.Helper()
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	t.Cleanup(client.Stop)
	m := &mountedAuthor{Author{Env: &env.Env{
		Engine: client, Content: library, Course: library.Course(), Settings: settings.Default(), Static: map[string]string{},
		Progress: progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/"}),
		Host:     &env.Host{},
		Fetch: func(path string) ([]byte, error) {
			return fs.ReadFile(shipped.FS, strings.TrimPrefix(path, content.Root))
		},
	}}}
	e := goapp.NewTestEngine()
	if err := e.Load(m); err != nil {
		t.Fatal(err)
	}
	e.ConsumeAll()
	return m, e
}

// drawn is the page as it stands now.
func (m *mountedAuthor) drawn() string { return goapp.HTMLString(m.Render()) }

// openEdited opens the shipped course with edits by file, as a folder.
func (m *mountedAuthor) openEdited(t *testing.T, e goapp.TestEngine, edits map[string]func(string) string) *desk {
	t.Helper()
	m.open(func() (engine.Folder, error) {
		folder, err := startOver(m.Env)
		for i, f := range folder.Files {
			if edit := edits[f.Name]; edit != nil {
				folder.Files[i].Data = []byte(edit(string(f.Data)))
			}
		}
		return folder, err
	})
	for range 3 {
		e.ConsumeAll()
	}
	d := m.desk()
	if d == nil {
		t.Fatalf("nothing is open: %s", m.said)
	}
	return d
}

func TestAuthorPageBeforeAnythingIsOpen(t *testing.T) {
	html := goapp.HTMLString(&Author{Env: environment(t, smallCourse(), false)})
	if strings.Count(html, "disabled") != 3 || !strings.Contains(html, "webkitdirectory") || !strings.Contains(html, "不上传") {
		t.Errorf("prerendered:\n%s", html)
	}
	m, _ := authorPage(t)
	if html := m.drawn(); strings.Contains(html, "disabled") {
		t.Errorf("in the browser:\n%s", html)
	}
}

func TestAuthorPageStartsFromTheCourse(t *testing.T) {
	m, e := authorPage(t)
	d := m.openEdited(t, e, nil)
	if !d.checked || len(d.faults) > 0 || d.unasked != "" {
		t.Errorf("checked %v: %v %s", d.checked, d.faults, d.unasked)
	}
	if !d.folder.Has("data/models.json") || !d.folder.Has("zh/img/kv-sharing.svg") || len(d.folder.Notes()) > 0 {
		t.Errorf("the folder holds %v, notes %v", d.folder.Texts(), d.folder.Notes())
	}
	for view, want := range map[string][]string{
		"overview":  {`data-verdict="good"`, "55 分钟", "第 1、2、3 题"},
		"lesson":    {`class="lesson"`, "大语言模型概述", `data-lab="`},
		"questions": {"✓ 正确", "提示", `id="answers-`},
		"schedule":  {"第 6 次", "余 35 分钟", "共 540 分钟"},
	} {
		m.do("view", view, "", "")
		e.ConsumeAll()
		html := m.drawn()
		for _, w := range want {
			if !strings.Contains(html, w) {
				t.Errorf("%s: no %q", view, w)
			}
		}
		if strings.Count(html, "<h1") != 1 {
			t.Errorf("%s: %d headings of the first rank", view, strings.Count(html, "<h1"))
		}
	}
	m.do("by-module", "", "", "")
	m.do("sessions", "x", "", "")
	if html := m.drawn(); !m.failed || strings.Contains(html, `>课次<`) || d.sessions != 6 {
		t.Errorf("said %q; sessions %d", m.said, d.sessions)
	}
}

// TestAuthorPageShowsWhatTheEngineFinds: what course.md and the lessons have the
// engine judge reaches the list; app/site holds the list against "lab check".
func TestAuthorPageShowsWhatTheEngineFinds(t *testing.T) {
	m, e := authorPage(t)
	m.openEdited(t, e, map[string]func(string) string{
		"course.md": func(s string) string { return strings.Replace(s, "  - m6\n", "  - m6\naccent: f0b0d0\n", 1) },
		"zh/m4.md": func(s string) string {
			return strings.Replace(s, "\n```lab fit", "\n```lab fit\ngpu: rtx-nothing\n```\n\n```lab fit", 1)
		},
	})
	for _, want := range []string{"accent 的颜色 #f0b0d0", "显卡目录里没有 rtx-nothing"} {
		if !strings.Contains(m.drawn(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestAuthorPageShowsAndMendsFaults(t *testing.T) {
	m, e := authorPage(t)
	d := m.openEdited(t, e, map[string]func(string) string{
		"zh/m2.md":         func(s string) string { return strings.Replace(s, "[x]", "[ ]", 1) },
		"data/models.json": func(s string) string { return "{" },
	})
	html := m.drawn()
	if len(d.faults) < 2 || !strings.Contains(html, `data-file="zh/m2.md"`) || !strings.Contains(html, `data-file="data/models.json"`) {
		t.Fatalf("faults %v", d.faults)
	}
	m.do("module", "m2", "", "")
	m.do("view", "lesson", "", "")
	e.ConsumeAll()
	if html := m.drawn(); !strings.Contains(html, "课文有错，下面是读得懂的部分") {
		t.Error("the faulty lesson says nothing of it")
	}
	i := slices.IndexFunc(d.faults, func(f lessons.Fault) bool { return f.File == "zh/m2.md" })
	m.edit("zh/m2.md", d.faults[i].Line)
	start, end := lineAt(d.typed, d.faults[i].Line)
	if line := d.typed[start:end]; !strings.HasPrefix(line, "1. ") {
		t.Errorf("the fault's line is %q", line)
	}
	d.typed = strings.Replace(d.typed, "3. [ ]", "3. [x]", 1)
	m.do("file", "data/models.json", "", "")
	text, _ := fs.ReadFile(shipped.FS, "data/models.json")
	d.typed = string(text)
	m.apply()
	for range 4 {
		e.ConsumeAll()
	}
	if !d.checked || len(d.faults) > 0 || !slices.Equal(d.folder.Edited(), []string{"data/models.json", "zh/m2.md"}) {
		t.Errorf("checked %v, faults %v, edited %v", d.checked, d.faults, d.folder.Edited())
	}
	if html := m.drawn(); !strings.Contains(html, "改了 2 个文件") || strings.Contains(html, "课文有错") {
		t.Error("the page is as before")
	}
	m.open(func() (engine.Folder, error) { return engine.Folder{}, nil })
	if m.busy || !m.failed || m.desk() != d {
		t.Error("another folder takes the place of edits")
	}
	m.do("close", "", "", "")
	m.do("view", "overview", "", "")
	m.do("close", "", "", "")
	if m.desk() == nil || !m.failed {
		t.Error("edits are thrown away unasked")
	}
	m.do("close", "", "", "")
	if m.desk() != nil {
		t.Error("the folder does not go")
	}
}

func TestAuthorPageRefusesWhatIsNoCourse(t *testing.T) {
	m, e := authorPage(t)
	m.open(func() (engine.Folder, error) { return m.unzip([]byte("no zip")) })
	e.ConsumeAll()
	if !m.failed || !strings.Contains(m.said, "zip") {
		t.Errorf("said %q", m.said)
	}
	m.open(func() (engine.Folder, error) {
		return engine.Folder{Files: []engine.FolderFile{{Name: "photo.png"}}}, nil
	})
	e.ConsumeAll()
	if !m.failed || !strings.Contains(m.said, "course.md") || m.desk() != nil {
		t.Errorf("said %q", m.said)
	}
}

// A course file that cannot be read leaves the page to say so, and to mend it.
func TestAuthorPageOpensABrokenCourseFile(t *testing.T) {
	m, e := authorPage(t)
	d := m.openEdited(t, e, map[string]func(string) string{"course.md": func(string) string { return "---\nid: x\n" }})
	if len(d.faults) == 0 || d.draft.Content != nil {
		t.Fatalf("faults %v", d.faults)
	}
	for _, v := range views {
		m.do("view", v[0], "", "")
		if html := m.drawn(); strings.Count(html, "<h1") != 1 {
			t.Errorf("%s:\n%s", v[0], html)
		}
	}
	text, _ := fs.ReadFile(shipped.FS, "course.md")
	m.edit("course.md", 1)
	d.typed = string(text)
	m.apply()
	for range 4 {
		e.ConsumeAll()
	}
	if d.draft.Content == nil || len(d.faults) > 0 {
		t.Errorf("mended: %v", d.faults)
	}
}

// Nothing that is done in a preview reaches the learner's store.
func TestAuthorPagePreviewHasItsOwnProgress(t *testing.T) {
	m, e := authorPage(t)
	d := m.openEdited(t, e, nil)
	if d.draft.Progress == m.Env.Progress || d.draft.Progress == nil {
		t.Fatal("the preview has the learner's progress")
	}
	d.draft.Progress.Complete("m1")
	d.draft.Progress.Visit("m1")
	if len(m.Env.Progress.Lessons()) > 0 || m.Env.Progress.LastVisited() != "" {
		t.Error("the learner's progress has changed")
	}
}

func TestLineAt(t *testing.T) {
	text := "一\n\n𝄞 three\nlast"
	for line, want := range map[int]string{1: "一", 2: "", 3: "𝄞 three", 4: "last", 9: "last"} {
		if start, end := lineAt(text, line); text[start:end] != want {
			t.Errorf("line %d is %q", line, text[start:end])
		}
	}
	if n := utf16Length("一𝄞a"); n != 4 {
		t.Errorf("%d units", n)
	}
}
