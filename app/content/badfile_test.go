package content

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/encoding/simplifiedchinese"

	"courselab/lessons"
)

func inGBK(t *testing.T, text string) string {
	t.Helper()
	encoded, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// TestFilesAsEditorsLeaveThem puts a lesson on the host as editors and uploads
// leave it: marks and line ends make no difference, everything else is a fault
// with its line while the last good version stays.
func TestFilesAsEditorsLeaveThem(t *testing.T) {
	text := strings.Replace(written(body), "正文", "改过的正文", 1)
	gbk := inGBK(t, text)
	for _, c := range []struct {
		name, src string
		want      string // of the fault; empty: the text is shown
	}{
		{"byte order mark", "\ufeff" + text, ""},
		{"line ends of Windows", strings.ReplaceAll(text, "\n", "\r\n"), ""},
		{"both", "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"), ""},
		{"tabs in the text", strings.Replace(text, "改过的正文", "改过的正文\t", 1), ""},
		{"GBK", gbk, "zh/m1.md:3: 文件不是 UTF-8 编码（像是 GBK）"},
		{"UTF-16", "\xff\xfe-\x00", "zh/m1.md:1: 文件是 UTF-16 编码"},
		{"no text", "\x89PNG\r\n\x1a\n\x00\x00", "zh/m1.md:1: 文件不是 UTF-8 编码，也不像 GBK"},
		{"empty", "", "zh/m1.md:1: 文件是空的"},
		{"too large", text + strings.Repeat("字", lessons.MaxText/3), "zh/m1.md:1: 文件有 4.0 MB"},
		{"half of it", text[:60], "zh/m1.md:1: 文件头没有结束"},
		{"tabs in the header", strings.Replace(text, "  - id: o1", "\t- id: o1", 1), "zh/m1.md:"},
		{"a path of Windows", strings.Replace(text, "img/circle.svg", `img\circle.svg`, 1), `zh/m1.md:19: 图片地址 img\circle.svg 用了反斜杠：写成 img/circle.svg`},
	} {
		course := courseFS()
		l := load(t, course)
		good, err := l.Lesson("m1")
		if err != nil {
			t.Fatal(err)
		}
		course["zh/m1.md"] = &fstest.MapFile{Data: []byte(c.src)}
		if changed, err := l.Refresh(); !changed || err != nil {
			t.Fatalf("%s: Refresh() = %v, %v", c.name, changed, err)
		}
		lesson, err := l.Lesson("m1")
		if c.want == "" {
			if err != nil || lesson == good || !strings.Contains(lesson.Sections[0].Blocks[0].HTML, "改过的正文") {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var faults lessons.Faults
		if !errors.As(err, &faults) || !strings.HasPrefix(faults[0].String(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if lesson != good {
			t.Errorf("%s: the last good version is gone", c.name)
		}
	}
}

// TestCourseFileAsEditorsLeaveIt does the same for the course file: a set whose
// course file cannot be read is not taken.
func TestCourseFileAsEditorsLeaveIt(t *testing.T) {
	longer := strings.Replace(courseFile, "  - m2\n", "  - m2\n  - m3\n", 1)
	for _, c := range []struct{ name, src, want string }{
		{"byte order mark and line ends of Windows", "\ufeff" + strings.ReplaceAll(longer, "\n", "\r\n"), ""},
		{"GBK", inGBK(t, longer), "course.md:3: 文件不是 UTF-8 编码（像是 GBK）"},
		{"empty", "", "course.md:1: 文件是空的"},
	} {
		course := courseFS()
		l := load(t, course)
		// A module, in the course's language, is a file and a line.
		course["zh/m3.md"] = &fstest.MapFile{Data: []byte(strings.Replace(written(body), "id: m1", "id: m3", 1))}
		course["course.md"] = &fstest.MapFile{Data: []byte(c.src)}
		changed, err := l.Refresh()
		if c.want == "" {
			lesson, lessonErr := l.Lesson("m3")
			if !changed || err != nil || lessonErr != nil || lesson.ID != "m3" || len(l.Course().Modules) != 3 {
				t.Errorf("%s: %v, %v, %v", c.name, changed, err, lessonErr)
			}
			continue
		}
		var faults lessons.Faults
		if changed || !errors.As(err, &faults) || !strings.HasPrefix(faults[0].String(), c.want) || len(l.Course().Modules) != 2 {
			t.Errorf("%s: %v, %v; want %s", c.name, changed, err, c.want)
		}
	}
}

// TestOtherLanguage switches the course to lessons in another folder.
func TestOtherLanguage(t *testing.T) {
	course := courseFS()
	l := load(t, course)
	for _, id := range []string{"m1", "m2"} {
		course["en/"+id+".md"] = &fstest.MapFile{Data: []byte(strings.Replace(string(course["zh/"+id+".md"].Data), "title: 第", "title: Lesson ", 1))}
	}
	course["en/img/circle.svg"] = course["zh/img/circle.svg"]
	course["course.md"] = &fstest.MapFile{Data: []byte(strings.Replace(courseFile, "lang: zh", "lang: en", 1))}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh() = %v, %v", changed, err)
	}
	lesson, err := l.Lesson("m1")
	if err != nil || !strings.HasPrefix(lesson.Title, "Lesson ") {
		t.Errorf("%+v, %v", lesson, err)
	}
	for _, file := range l.Files() {
		if strings.HasPrefix(file, "content/zh/") && !strings.HasSuffix(file, ".svg") {
			t.Errorf("%s still belongs to the set", file)
		}
	}
}

// TestDataWithAMark reads a data file as Notepad stores it, and a changed price.
func TestDataWithAMark(t *testing.T) {
	course := courseFS()
	course["data/models.json"] = &fstest.MapFile{Data: []byte("\ufeff{\"price\": 1}")}
	l := load(t, course)
	text, before, err := l.Data("data/models.json")
	if err != nil || string(text) != `{"price": 1}` {
		t.Fatalf("%q, %v", text, err)
	}
	course["data/models.json"] = &fstest.MapFile{Data: []byte(`{"price": 2}`)}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh() = %v, %v", changed, err)
	}
	text, after, err := l.Data("data/models.json")
	if err != nil || string(text) != `{"price": 2}` || after == before {
		t.Errorf("%q, %v", text, err)
	}
	course["data/models.json"] = &fstest.MapFile{Data: []byte(inGBK(t, "{\n\"name\": \"价格\"}"))}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatalf("Refresh() = %v, %v", changed, err)
	}
	var faults lessons.Faults
	if _, _, err := l.Data("data/models.json"); !errors.As(err, &faults) || faults[0].File != "data/models.json" || faults[0].Line != 2 {
		t.Errorf("data in GBK: %v", err)
	}
}
