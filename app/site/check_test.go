package site

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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
	for _, f := range Check(content.FS) {
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
		for _, f := range Check(c.course) {
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
	for _, f := range Check(missing) {
		if !strings.HasPrefix(f.File, "zh/") || !strings.Contains(f.Message, "data/models.json") {
			t.Errorf("without data: %v", f)
		}
	}
}

// TestCheckOfParametersAndQuestions finds what the lesson parser alone does not
// know: what labs take, and what sim makes of a question's draws.
func TestCheckOfParametersAndQuestions(t *testing.T) {
	compute := "### 再算一题 {#q-more}\n\n共 {kv_heads} 个。\n\n```compute %s\n```\n"
	quiz := func(block string) fstest.MapFS {
		src, err := fs.ReadFile(content.FS, "zh/m4.md")
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(src), "\n## 自测")
		at += 1 + strings.Index(string(src[at+1:]), "\n### ")
		return edited(t, "zh/m4.md", string(src[:at+1]), string(src[:at+1])+fmt.Sprintf(compute, block)+"\n")
	}
	lab := func(block string) fstest.MapFS {
		return edited(t, "zh/m4.md", "\n```lab fit", "\n```lab "+block+"\n```\n\n```lab fit")
	}
	for _, c := range []struct {
		name   string
		course fstest.MapFS
		want   string
	}{
		{"unknown model", lab("fit\nmodel: gpt-nothing"), "实验 fit 的 model：模型目录里没有 gpt-nothing"},
		{"unknown accelerator", lab("fit\ngpu: rtx-nothing"), "实验 fit 的 gpu：显卡目录里没有 rtx-nothing"},
		{"malformed id", lab("fit\nmodel: a b"), "实验 fit 的 model 应为 模型目录里的名字"},
		{"unknown item of a list", lab("align\nrewarded: form,colour"), "实验 align 的 rewarded 应为 form、heads、rhyme、tone 中的几个"},
		{"out of range", lab("align\nbeta: 7"), "beta 超出范围"},
		{"no draw makes sense", quiz("params-dense\nlayers: 2\nd_model: 64\nheads: 7\nkv_heads: 2 | 3\nhead_dim: 8\nd_ff: 128\nvocab: 100\ntied: 0\nunit: 亿"), "计算题 q-more：取值互相矛盾"},
		{"retrieval", edited(t, "data/rag-questions.json", "反复把语料里相邻出现最多的一对合成一个新词元", "反复合并"), "检索题 bpe：课文 m1#tokens 里已没有"},
		{"terms in GBK", edited(t, "data/terms.json", "财新网", "\xd5\xe2"), "文件不是 UTF-8 编码"},
		{"faulty terms", edited(t, "data/terms.json", `"mainland_china"`, `"china"`), "file 读不懂"},
		{"faulty scaling", edited(t, "data/scaling.json", `"params": 175e9`, `"params": -1`), "models[0].params 不在允许的范围里"},
	} {
		var got []string
		for _, f := range Check(c.course) {
			got = append(got, f.Message)
		}
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, c.want) }) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	marked := edited(t, "data/models.json", "{", "\ufeff{")
	if faults := Check(marked); faults != nil {
		t.Errorf("a byte order mark before the data: %v", faults)
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		if faults := Check(content.FS); faults != nil {
			b.Fatal(faults)
		}
	}
}
