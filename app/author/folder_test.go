package author

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/lessons"
	shipped "courselab/lessons/content"
)

func atOnce() error { return nil }

func fromShipped(path string) ([]byte, error) { return fs.ReadFile(shipped.FS, path) }

// opened is the shipped course as a folder called name; keep says which files.
func opened(t *testing.T, name string, keep func(path string) bool) engine.Folder {
	t.Helper()
	var f engine.Folder
	err := fs.WalkDir(shipped.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !keep(path) {
			return err
		}
		data, err := fs.ReadFile(shipped.FS, path)
		f.Files = append(f.Files, engine.FolderFile{Name: name + path, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func all(string) bool { return true }

func newFolder(t *testing.T, opened engine.Folder) *Folder {
	t.Helper()
	f, err := New(opened, fromShipped)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFolderIsFoundWhereverItLies(t *testing.T) {
	for _, prefix := range []string{"", "我的课/", "a/b/c/"} {
		given := opened(t, prefix, all)
		given.Files = append(given.Files, engine.FolderFile{Name: "elsewhere.txt"}, engine.FolderFile{Name: prefix + "old/course.md"})
		f := newFolder(t, given)
		if !f.Has("course.md") || !f.Has("zh/m3.md") || f.Has("elsewhere.txt") != (prefix == "") {
			t.Errorf("from %q: %v", prefix, f.Texts())
		}
		if outside := strings.Contains(strings.Join(f.Notes(), "\n"), "1 个文件没有读入"); outside != (prefix != "") {
			t.Errorf("from %q: notes %v", prefix, f.Notes())
		}
		if faults := lessons.Check(f.Checked(atOnce), registry.Lessons()); len(faults) > 0 {
			t.Errorf("from %q: %v", prefix, faults)
		}
	}
}

func TestFolderBorrowsWhatItLacks(t *testing.T) {
	f := newFolder(t, opened(t, "课/", func(path string) bool {
		return path != "zh/glossary.md" && !strings.HasPrefix(path, "data/")
	}))
	// A whole course is checked as it would be published.
	if faults := lessons.Check(f.Checked(atOnce), registry.Lessons()); len(faults) != 1 || !strings.Contains(faults[0].Message, "找不到 zh/glossary.md") {
		t.Errorf("%v", faults)
	}
	l, err := content.LoadDraft(f.Read, registry.Lessons(), f.Address)
	if err != nil {
		t.Fatal(err)
	}
	if g, err := l.Glossary(); err != nil || len(g.Terms()) == 0 {
		t.Errorf("glossary: %v", err)
	}
	if text, _, err := l.Data("data/models.json"); err != nil || len(text) == 0 {
		t.Errorf("data: %v", err)
	}
	notes := strings.Join(f.Notes(), "\n")
	if !strings.Contains(notes, "data/models.json、zh/glossary.md") {
		t.Errorf("notes %s", notes)
	}
	for _, file := range f.Files() {
		if file.Name == "zh/glossary.md" || strings.HasPrefix(file.Name, "data/") {
			t.Errorf("%s is handed out", file.Name)
		}
	}
	if _, err := f.Read("zh/img/none.svg"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a drawing that is not there: %v", err)
	}
}

// TestLessonsAloneAreChecked: without a course.md the lessons are held against the
// glossary and the catalogues of the page's course, but not against its passages.
func TestLessonsAloneAreChecked(t *testing.T) {
	f := newFolder(t, opened(t, "", func(path string) bool { return path == "zh/m1.md" }))
	_, _ = f.Read(passagesFile) // as a lab in the preview does
	var listed []string
	for _, file := range f.Checked(atOnce).List() {
		listed = append(listed, file.Name)
	}
	if want := []string{"course.md", gpusFile, modelsFile, "zh/glossary.md", "zh/m1.md"}; !slices.Equal(listed, want) {
		t.Errorf("%q, want %q", listed, want)
	}
}

func TestFolderOfLessonsAlone(t *testing.T) {
	lesson := []byte(strings.Replace(string(must(fromShipped("zh/m1.md"))), "id: m1\n", "id: extra\n", 1))
	for _, prefix := range []string{"", "zh/", "课/", "课/zh/"} {
		given := opened(t, "", func(path string) bool { return path == "zh/m2.md" || path == "zh/m1.md" })
		for i := range given.Files {
			given.Files[i].Name = prefix + strings.TrimPrefix(given.Files[i].Name, "zh/")
		}
		given.Files = append(given.Files,
			engine.FolderFile{Name: prefix + "extra.md", Data: lesson},
			engine.FolderFile{Name: prefix + "README.md", Data: []byte("# 说明\n")})
		f := newFolder(t, given)
		l, err := content.LoadDraft(f.Read, registry.Lessons(), f.Address)
		if err != nil {
			t.Errorf("in %q: %v", prefix, err)
			continue
		}
		if got := l.Course().Modules; !slices.Equal(got, []string{"m1", "m2", "extra"}) {
			t.Errorf("in %q: modules %v", prefix, got)
		}
		if len(f.Notes()) == 0 || !strings.Contains(f.Notes()[0], "course.md") || f.Has("course.md") {
			t.Errorf("in %q: notes %v", prefix, f.Notes())
		}
		if _, err := l.Lesson("m2"); err != nil {
			t.Errorf("in %q: %v", prefix, err)
		}
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestFolderWithoutLessons(t *testing.T) {
	for _, files := range [][]engine.FolderFile{nil, {{Name: "a/photo.png"}}, {{Name: "README.md", Data: []byte("# x")}}} {
		if _, err := New(engine.Folder{Files: files}, fromShipped); !errors.Is(err, ErrNoLessons) {
			t.Errorf("%v: error %v", files, err)
		}
	}
}

func TestFolderShowsTheRestWhereALessonIsMissing(t *testing.T) {
	f := newFolder(t, opened(t, "", func(path string) bool { return path != "zh/m2.md" }))
	l, err := content.LoadDraft(f.Read, registry.Lessons(), f.Address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Lesson("m3"); err != nil {
		t.Error(err)
	}
	faults := lessons.Check(f.Checked(atOnce), registry.Lessons())
	if len(faults) == 0 || faults[0].File != "course.md" || !strings.Contains(faults[0].Message, "zh/m2.md") {
		t.Errorf("%v", faults)
	}
}

func TestFolderIsEdited(t *testing.T) {
	f := newFolder(t, opened(t, "", all))
	before := f.Text("zh/m1.md")
	if f.Edit("zh/m1.md", before) || f.Edit("zh/none.md", "x") {
		t.Error("the same text, or a file that is not there, counts as an edit")
	}
	if !f.Edit("zh/m1.md", before+"更多。\n") || !slices.Equal(f.Edited(), []string{"zh/m1.md"}) {
		t.Errorf("edited %v", f.Edited())
	}
	for _, file := range f.Files() {
		if file.Name == "zh/m1.md" && !bytes.HasSuffix(file.Data, []byte("更多。\n")) {
			t.Error("the edit is not handed out")
		}
	}
	f.Edit("zh/m1.md", before)
	if len(f.Edited()) > 0 {
		t.Error("an edit that was taken back counts")
	}
	if texts := f.Texts(); texts[0] != "course.md" || !slices.Contains(texts, "data/models.json") {
		t.Errorf("texts %v", texts)
	}
}

func TestReadingCanBeGivenUp(t *testing.T) {
	stop := errors.New("stop")
	f := newFolder(t, opened(t, "", all))
	if _, err := f.Checked(func() error { return stop }).Read("course.md"); !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

func TestModuleOf(t *testing.T) {
	l, err := lessons.Parse("zh/m3.md", must(fromShipped("zh/m3.md")), lessons.Options{Registry: registry.Lessons()})
	if err != nil {
		t.Fatal(err)
	}
	m := ModuleOf(l)
	if m.ID != "m3" || m.Minutes != l.Minutes || m.Questions != len(l.Quiz.Questions) || len(m.Labs) == 0 {
		t.Errorf("%+v", m)
	}
	for _, o := range m.Objectives {
		if len(o.Questions) == 0 {
			t.Errorf("objective %s has no question", o.ID)
		}
		for _, n := range o.Questions {
			if !slices.Contains(l.Quiz.Questions[n-1].Objectives, o.ID) {
				t.Errorf("question %d does not ask about %s", n, o.ID)
			}
		}
	}
}

func TestSessions(t *testing.T) {
	course := []int{55, 45, 70, 60, 55, 55}
	for n := range 15 {
		sessions := Sessions(course, n)
		if n == 0 {
			if sessions != nil {
				t.Error("no meetings hold modules")
			}
			continue
		}
		sum, next := 0, 0
		for _, s := range sessions {
			sum += s.Minutes
			for _, m := range s.Modules {
				if m != next {
					t.Errorf("%d meetings: module %d where %d is due", n, m, next)
				}
				if s.Part == s.Parts {
					next++
				}
			}
		}
		if sum != 340 || next != 6 || len(sessions) > n || n >= 6 && len(sessions) != n {
			t.Errorf("%d meetings: %d with %d minutes: %+v", n, len(sessions), sum, sessions)
		}
	}
	if three := Sessions(course, 3); three[0].Minutes != 100 || three[1].Minutes != 130 {
		t.Errorf("three meetings: %+v", three)
	}
	if eight := Sessions(course, 8); eight[2].Parts != 2 || eight[2].Minutes != 35 || eight[4].Parts != 2 {
		t.Errorf("eight meetings: %+v", eight)
	}
}
