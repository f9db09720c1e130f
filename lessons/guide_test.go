package lessons

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// guided is a course folder without faults that has a guide.
func guided() fstest.MapFS {
	course := tree()
	course["course.md"] = &fstest.MapFile{Data: []byte(strings.Replace(courseHeader, "lang: zh\n", "lang: zh\nguide: guide.md\n", 1))}
	course["zh/guide.md"] = &fstest.MapFile{Data: []byte(strings.Replace(header9, "m9", "guide", 1) + "## 放到网上 {#host}\n\n见[第一课](m1.md#a)。\n")}
	return course
}

func TestGuide(t *testing.T) {
	course := guided()
	c, err := ParseCourse("course.md", course["course.md"].Data)
	if err != nil || c.Guide != "guide" || strings.Join(c.Texts(), " ") != "m1 m2 guide" || strings.Join(c.Modules, " ") != "m1 m2" {
		t.Fatalf("%+v, %v", c, err)
	}
	if faults := CheckDir(course, Registry{}); len(faults) != 0 {
		t.Fatalf("faults: %v", faults)
	}
	// Lessons may link to it.
	course["zh/m1.md"].Data = append(course["zh/m1.md"].Data, "\n见[指南](guide.md#host)。\n"...)
	if faults := CheckDir(course, Registry{}); len(faults) != 0 {
		t.Errorf("a link to the guide: %v", faults)
	}
	if plain, err := ParseCourse("course.md", []byte(courseHeader)); err != nil || plain.Guide != "" || !slices.Equal(plain.Texts(), plain.Modules) {
		t.Errorf("without a guide: %+v, %v", plain, err)
	}
}

func TestGuideFaults(t *testing.T) {
	for name, c := range map[string]struct {
		file, from, to, want string
	}{
		"missing":      {"course.md", "guide: guide.md", "guide: other.md", "course.md:5: 找不到 zh/other.md"},
		"not a file":   {"course.md", "guide: guide.md", "guide: ../guide.md", "course.md:5: guide 应为课文文件夹里的一个文件"},
		"a module":     {"course.md", "guide: guide.md", "guide: m1.md", "course.md:5: guide 和 modules 里的 m1 是同一个文件"},
		"no such link": {"zh/guide.md", "m1.md#a", "m1.md#nowhere", "课文 m1 里没有 #nowhere"},
		"with a quiz":  {"zh/guide.md", "见[第一课](m1.md#a)。\n", "## 自测 {.quiz}\n\n### 对吗 {#q1}\n\n1. [x] 对\n2. [ ] 错\n", "zh/guide.md:1: 指南里不放自测"},
	} {
		course := guided()
		course[c.file].Data = []byte(strings.Replace(string(course[c.file].Data), c.from, c.to, 1))
		faults := CheckDir(course, Registry{})
		if !slices.ContainsFunc(faults, func(f Fault) bool {
			return strings.Contains(fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message), c.want)
		}) {
			t.Errorf("%s: %v; want %s", name, faults, c.want)
		}
	}
}
