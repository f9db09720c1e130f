package content

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/lessons"
)

func TestDraftShowsWhatWasUnderstood(t *testing.T) {
	course := courseFS()
	broken := body + "\n### 没有对的 {#q2}\n\n1. [ ] 甲\n2. [ ] 乙\n\n### 同名 {#q1}\n\n1. [x] 甲\n2. [ ] 乙\n\n### 空着\n\n### 填 {#q3}\n\n填 [[]]。\n" +
		"\n![没有](img/none.svg)\n"
	course["zh/m1.md"] = &fstest.MapFile{Data: []byte(written(strings.Replace(broken, "## 自测", "![照片](img/photo.png)\n\n## 自测", 1)))}
	l, err := LoadDraft(FromFS(course), lessons.Registry{}, func(path string) string { return "data:," + path })
	if err != nil {
		t.Fatal(err)
	}
	shown, err := l.Lesson("m1")
	var faults lessons.Faults
	if !errors.As(err, &faults) || shown == nil {
		t.Fatalf("Lesson() = %v, %v", shown, err)
	}
	if n := len(shown.Quiz.Questions); n != 1 || shown.Quiz.Questions[0].ID != "q1" {
		t.Errorf("%d questions: %+v", n, shown.Quiz.Questions)
	}
	if again, err2, ok := l.Cached("m1"); !ok || again != shown || err2 == nil {
		t.Error("it is not kept")
	}
	found := false
	for _, s := range shown.Sections {
		for _, b := range s.Blocks {
			found = found || strings.Contains(b.HTML, `"data:,zh/img/photo.png"`)
		}
	}
	if !found {
		t.Error("the picture has another address")
	}
	course["zh/m1.md"] = &fstest.MapFile{Data: []byte(written(body))}
	if changed, err := l.Refresh(); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if mended, err := l.Lesson("m1"); err != nil || mended == shown {
		t.Errorf("mended: %v", err)
	}
}
