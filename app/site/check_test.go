package site

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/registry"
	"courselab/lessons/content"
)

// edited is the shipped course with one file changed by replacing text.
func edited(t *testing.T, name, old, new string) fstest.MapFS {
	t.Helper()
	course := fstest.MapFS{}
	err := fs.WalkDir(content.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.FS, path)
		course[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := string(course[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	course[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
	return course
}

func TestShippedCourseHasNoFaults(t *testing.T) {
	for _, f := range Check(content.FS, registry.Lessons()) {
		t.Errorf("%s:%d: %s", f.File, f.Line, f.Message)
	}
}

// table is put at the end of a shipped lesson's first section.
const table = "```lab models\nids: gpt-4, gpt-nothing\ncolumns: context, colour\n```\n\n"

func TestCheckOfTables(t *testing.T) {
	src, err := fs.ReadFile(content.FS, "zh/m1.md")
	if err != nil {
		t.Fatal(err)
	}
	lesson := string(src)
	at := strings.Index(lesson, "\n## ")
	at += 1 + strings.Index(lesson[at+1:], "\n") + 1
	line := 2 + strings.Count(lesson[:at], "\n")
	with := func(block string) fstest.MapFS {
		return edited(t, "zh/m1.md", lesson[:at], lesson[:at]+"\n"+block)
	}
	for _, c := range []struct {
		name   string
		course fstest.MapFS
		want   []string
	}{
		{"unknown model and column", with(table), []string{
			fmt.Sprintf("zh/m1.md:%d: 模型目录里没有 gpt-nothing", line), fmt.Sprintf("zh/m1.md:%d: 没有名为 colour 的列", line)}},
		{"no ids", with("```lab models\ncolumns: context\n```\n\n"), []string{fmt.Sprintf("zh/m1.md:%d: 模型表没有写明模型", line)}},
		{"faulty data", edited(t, "data/models.json", `"context_window": 16385`, `"context_window": -1`), []string{"data/models.json:12: 条目 gpt-3.5-turbo 的 context_window 不在允许的范围里"}},
		{"faulty accelerators", edited(t, "data/gpus.json", `"name": "Tesla V100 SXM2 16GB"`, `"nmae": "x"`), []string{"data/gpus.json:8: 条目 v100-sxm2-16gb 的 nmae 不认识"}},
		{"faulty measurements", edited(t, "data/measurements.json", `"quantity": "vram"`, `"quantity": "speed"`), []string{"data/measurements.json:6: 条目 vram.baichuan2-7b-16bit 的 quantity 不认识（\"speed\", want one of decode-speed, prefill-time, throughput, vram）"}},
	} {
		var got []string
		for _, f := range Check(c.course, registry.Lessons()) {
			got = append(got, fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message))
		}
		for _, want := range c.want {
			if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
				t.Errorf("%s: no %q in %q", c.name, want, got)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %d faults, want %d: %q", c.name, len(got), len(c.want), got)
		}
	}
	missing := with(table)
	delete(missing, "data/models.json")
	for _, f := range Check(missing, registry.Lessons()) {
		if !strings.HasPrefix(f.File, "zh/") || !strings.Contains(f.Message, "data/models.json") {
			t.Errorf("without data: %v", f)
		}
	}
}
