package site

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/author"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/lessons"
)

// pageCheck checks a folder as the author's page does: the files as a browser
// hands them over, the engine behind its protocol.
func pageCheck(t *testing.T, course fs.FS) lessons.Faults {
	t.Helper()
	var opened engine.Folder
	err := fs.WalkDir(course, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(course, name)
		if err != nil || engine.Hidden(name) || len(data) > engine.MaxFolderFile {
			return nil // a browser cannot read it, or the page leaves it out and says so
		}
		opened.Files = append(opened.Files, engine.FolderFile{Name: name, Data: data})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	none := func(string) ([]byte, error) { return nil, fs.ErrNotExist }
	folder, err := author.New(opened, none)
	if err != nil {
		t.Fatal(err)
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	faults, err := author.Check(folder.Checked(func() error { return nil }), func(in engine.FolderDataInput) (out engine.FolderDataOutput, err error) {
		err = client.Call(t.Context(), engine.OpFolderData, in, &out)
		return out, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

// faulty is the shipped course with a fault of every kind, and a part of the
// message of each.
func faulty(t *testing.T) (course fstest.MapFS, want []string) {
	t.Helper()
	course = edited(t, "course.md", "  - m6\n", "  - m6\naccent: f0b0d0\nhide: [pruned]\n")
	add := func(message, name, old, new string) {
		t.Helper()
		replace(t, course, name, old, new)
		want = append(want, message)
	}
	lab := func(message, block string) {
		t.Helper()
		add(message, "zh/m4.md", "\n```lab fit", "\n```lab "+block+"\n```\n\n```lab fit")
	}
	want = append(want, "accent 的颜色 #f0b0d0", "没有名为 pruned 的实验")
	lab("模型目录里没有 gpt-nothing", "fit\nmodel: gpt-nothing")
	lab("显卡目录里没有 rtx-nothing", "fit\ngpu: rtx-nothing")
	lab("实验 align 的 rewarded 应为", "align\nrewarded: form,colour")
	lab("没有名为 colour 的列", "models\nids: gpt-4\ncolumns: colour")
	lab("模型表没有写明模型", "models\ncolumns: context")
	quiz := string(course["zh/m4.md"].Data)
	at := strings.Index(quiz, "\n## 自测")
	at += 1 + strings.Index(quiz[at+1:], "\n### ")
	course["zh/m4.md"] = &fstest.MapFile{Data: []byte(quiz[:at+1] + "### 再算一题 {#q-more}\n\n共 {kv_heads} 个。\n\n```compute params-dense\nlayers: 2\nd_model: 64\nheads: 7\nkv_heads: 2 | 3\nhead_dim: 8\nd_ff: 128\nvocab: 100\ntied: 0\nunit: 亿\n```\n" + quiz[at:])}
	want = append(want, "计算题 q-more：取值互相矛盾")
	add("检索题 bpe：课文 m1#tokens 里已没有", "data/rag-questions.json", "反复把语料里相邻出现最多的一对合成一个新词元", "反复合并")
	add("文件不是 UTF-8 编码", "data/terms.json", "财新网", "\xd5\xe2")
	add("models[0].params 不在允许的范围里", "data/scaling.json", `"params": 175e9`, `"params": -1`)
	add("quantity 不认识", "data/measurements.json", `"quantity": "vram"`, `"quantity": "speed"`)
	add("找不到图片 img/none.png", "zh/m2.md", "\n## ", "\n![图](img/none.png)\n\n## ")
	for name, data := range map[string][]byte{
		"zh/img/large.png": make([]byte, lessons.MaxFile+1),
		"zh/stray.md":      []byte("# x"),
		"en/m1.md":         bytes.Replace(course["zh/m1.md"].Data, []byte("\n## "), []byte("\n```lab fit\nmodel: en-nothing\n```\n\n## "), 1),
	} {
		course[name] = &fstest.MapFile{Data: data}
	}
	return course, append(want, "文件有 4.0 MB，最多 4 MB", "不在 course.md 的 modules 里", "模型目录里没有 en-nothing")
}

// TestPageFindsWhatCheckFinds: the author's page and "lab check" find the same
// faults of the same folder.
func TestPageFindsWhatCheckFinds(t *testing.T) {
	same := func(name string, course fs.FS) lessons.Faults {
		t.Helper()
		here, page := Check(course), pageCheck(t, course)
		if !slices.Equal(here, page) {
			t.Errorf("%s: lab check finds\n%v\nthe page\n%v", name, here.Error(), page.Error())
		}
		return here
	}
	course, want := faulty(t)
	faults := same("a fault of every kind", course)
	for _, message := range want {
		if !slices.ContainsFunc(faults, func(f lessons.Fault) bool { return strings.Contains(f.Message, message) }) {
			t.Errorf("nobody finds %q in\n%v", message, faults.Error())
		}
	}
	for _, changed := range []map[string]string{ // "" removes the file
		{"zh/glossary.md": "", "zh/m3.md": ""},
		{"data/models.json": "", "data/gpus.json": ""},
		{"course.md": "---\nid: x\n---\n"},
		{"data/models.json": "\ufeff", "data/gpus.json": "\n", "zh/m1.md": "\n", "zh/glossary.md": "\xff"},
	} {
		course, _ := faulty(t)
		for name, text := range changed {
			if course[name] = (&fstest.MapFile{Data: []byte(text)}); text == "" {
				delete(course, name)
			}
		}
		same(fmt.Sprint(changed), course)
	}
	course, _ = faulty(t)
	delete(course, "data/models.json")
	course["data/models.json/x"] = &fstest.MapFile{Data: []byte("x")}
	same("a folder for a file", course)
}

// TestOnlyCheckFinds names what a browser never shows the page: it hands over
// files and not links, follows those that lead to a file, and tells of no folder
// without files; a file that is too large for the page is left out with a note.
func TestOnlyCheckFinds(t *testing.T) {
	dir := t.TempDir()
	course := edited(t, "course.md", "", "")
	course["zh/img/huge.png"] = &fstest.MapFile{Data: make([]byte, engine.MaxFolderFile+1)}
	if err := os.CopyFS(dir, course); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"zh/img/nowhere.png": "none.png", "zh/img/folder": "../../data", "zh/img/file.svg": "kv-sharing.svg"} {
		if err := os.Symlink(target, path.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(path.Join(dir, "zh/empty.md"), 0o755); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range Check(os.DirFS(dir)) {
		got = append(got, f.File)
	}
	want := []string{"zh/empty.md", "zh/img/folder", "zh/img/huge.png", "zh/img/nowhere.png"}
	if !slices.Equal(got, want) {
		t.Errorf("lab check finds faults of %q, want %q", got, want)
	}
	if faults := pageCheck(t, os.DirFS(dir)); faults != nil {
		t.Errorf("the page finds %v", faults.Error())
	}
}
