package lessons

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

const courseHeader = `---
id: demo
title: 课
lang: zh
summary: 一句话
goals:
  - 学会
modules: [m1, m2]
---
`

func TestParseCourse(t *testing.T) {
	c, err := ParseCourse("course.md", []byte(courseHeader+"关于[^n]这门课。\n\n[^n]: 注\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.ID != "demo" || c.Title != "课" || c.Lang != "zh" || c.Summary != "一句话" || strings.Join(c.Goals, "|") != "学会" || strings.Join(c.Modules, "|") != "m1|m2" {
		t.Errorf("%+v", c)
	}
	if !strings.HasPrefix(c.About, "<p>关于<sup") || !strings.Contains(c.About, "footnotes") {
		t.Errorf("about: %s", c.About)
	}
	wellFormed(t, c.About)
	c, err = ParseCourse("course.md", []byte(strings.Replace(courseHeader, "modules:", "hide:\n  - prune\naccent: 7A2E5D\naccent_dark: \"#f0b0d0\"\nmodules:", 1)))
	if err != nil || !c.Hides("prune") || c.Hides("fit") || c.Accent != "#7a2e5d" || c.AccentDark != "#f0b0d0" {
		t.Errorf("%+v, %v", c, err)
	}
	if none := (*Course)(nil); none.Hides("prune") {
		t.Error("no course hides a lab")
	}
	for _, r := range []struct{ name, from, to, want string }{
		{"no header", "---\nid", "id", "course.md:1: 缺少文件头"},
		{"id", "demo", "课程", `course.md:2: id "课程" 不行`},
		{"lang", "zh", "../zh", "course.md:4: lang 应为课文文件夹的名字"},
		{"module twice", "m2", "m1", "course.md:8: modules 里的 id m1 重复（第 8 行"},
		{"module name", "m2", "../m2", `course.md:8: modules 的 id "../m2" 不行`},
		{"no modules", "modules: [m1, m2]", "modules: []", "course.md:8: modules 是空的"},
		{"goals as text", "goals:\n  - 学会", "goals: 学会", "course.md:6: goals 应为列表"},
		{"goal as map", "- 学会", "- rag: 学会", "course.md:7: goals 的每一项应为文字"},
		{"unknown key", "goals:", "goal:", "course.md:1: 文件头缺少 goals"},
		{"colour by name", "modules:", "accent: red\nmodules:", `course.md:8: accent 应为六位十六进制的颜色：“accent: 1b5a7d”，现在是 "red"`},
		{"colour not quoted", "modules:", "accent: #1b5a7d\nmodules:", "course.md:8: accent 是空的"},
		{"hidden twice", "modules:", "hide: [a, a]\nmodules:", "course.md:8: hide 里的 id a 重复"},
		{"hidden as text", "modules:", "hide: a\nmodules:", "course.md:8: hide 应为列表"},
		{"gap", "modules: [m1, m2]\n---\n", "modules: [m1, m2]\n---\n[[a]]\n", "course.md:10: 填空"},
	} {
		_, err := ParseCourse("course.md", []byte(strings.Replace(courseHeader, r.from, r.to, 1)))
		if err == nil || !strings.HasPrefix(err.Error(), r.want) {
			t.Errorf("%s: %v; want %s", r.name, err, r.want)
		}
	}
}

// tree is a course folder without faults.
func tree() fstest.MapFS {
	lesson := func(id, body string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.Replace(header9, "m9", id, 1) + body)}
	}
	return fstest.MapFS{
		"course.md":      {Data: []byte(courseHeader)},
		"zh/m1.md":       lesson("m1", "## 甲 {#a}\n\n[去](m2.md#乙)\n\n![图](img/a.svg)\n"),
		"zh/m2.md":       lesson("m2", "## 乙\n\n[回](m1.md#a) [回](m1.md) ![图](img/b.png)\n"),
		"zh/img/a.svg":   {Data: []byte(`<svg viewBox="0 0 1 1"/>`)},
		"zh/img/b.png":   {Data: []byte("png")},
		"data/any.json":  {Data: []byte("{}")},
		"zh/readme.text": {Data: []byte("not a lesson")},
	}
}

func TestCheckDir(t *testing.T) {
	if faults := CheckDir(tree(), testRegistry); faults != nil {
		t.Errorf("a good folder: %v", faults)
	}
	for _, c := range []struct {
		name, file, from, to string // an empty from replaces all; an empty to as well removes the file
		want                 string
	}{
		{"no course file", "course.md", "", "", "course.md:1: 找不到 course.md"},
		{"course file in GBK", "course.md", "课", "\xbf\xce", "course.md:3: 文件不是 UTF-8"},
		{"course file fault", "course.md", "summary: 一句话\n", "", "course.md:1: 文件头缺少 summary"},
		{"lesson missing", "course.md", "m2]", "m2, m3]", "course.md:8: 找不到 zh/m3.md"},
		{"lesson not named", "zh/m3.md", "", "x", "zh/m3.md:1: 这一课不在 course.md 的 modules 里"},
		{"lesson in GBK", "zh/m1.md", "甲", "\xbc\xd7", "zh/m1.md:8: 文件不是 UTF-8"},
		{"lesson fault", "zh/m1.md", "## 甲", "# 甲", "zh/m1.md:8: 正文的标题从 ## 开始"},
		{"id and file differ", "zh/m1.md", "id: m1", "id: m7", "zh/m1.md:1: id 是 m7，与文件名 m1.md 不一致"},
		{"link to no lesson", "zh/m1.md", "m2.md#乙", "m5.md", "zh/m1.md:10: 链接 m5.md 指向不存在的课文"},
		{"link to no anchor", "zh/m1.md", "m2.md#乙", "m2.md#丙", "zh/m1.md:10: 课文 m2 里没有 #丙"},
		{"anchor renamed", "zh/m1.md", "{#a}", "{#b}", "zh/m2.md:10: 课文 m1 里没有 #a"},
		{"image missing", "zh/img/b.png", "", "", "zh/m2.md:10: 找不到图片 img/b.png"},
		{"image outside", "zh/m2.md", "img/b.png", "../../b.png", "zh/m2.md:10: 找不到图片 ../../b.png"},
		{"image by a Windows path", "zh/m2.md", "img/b.png", `img\b.png`, `zh/m2.md:10: 图片地址 img\b.png 用了反斜杠：写成 img/b.png`},
		{"link by a Windows path", "zh/m2.md", "m1.md#a)", `..\zh\m1.md)`, `zh/m2.md:10: 链接 ..\zh\m1.md 用了反斜杠：写成 ../zh/m1.md`},
		{"term without a glossary", "zh/m1.md", "[去]", "[词](term:kv) [去]", "zh/m1.md:10: 术语表里没有 kv"},
		{"no text at all", "zh/m1.md", "", "\n", "zh/m1.md:1: 文件是空的"},
		{"lesson too large", "zh/m1.md", "", strings.Repeat("a", MaxText+1), "zh/m1.md:1: 文件有 4.0 MB，最多 4 MB"},
		{"large picture", "zh/img/b.png", "", strings.Repeat("a", 30<<20), "zh/img/b.png:1: 文件有 30.0 MB，最多 4 MB"},
		{"minutes too many", "zh/m1.md", "minutes: 5", "minutes: 50", "zh/m1.md:5: minutes 是 50，按篇幅约需 0 分钟"},
		{"minutes too few", "zh/m1.md", "![图]", strings.Repeat("字", 9000) + "\n\n![图]", "zh/m1.md:5: minutes 是 5，按篇幅约需 30 分钟"},
		{"date in a file with a mark", "zh/m1.md", "", byteOrderMark + strings.Replace(header9, "m9", "m1", 1) + "## 甲 {#a}\n\n2026-10-23 的事。\n", "zh/m1.md:10: 写了日期 2026-10 却没有出处"},
		{"translation", "en/m1.md", "", strings.Replace(header9, "m9", "m1", 1) + "[x](#none)\n", "en/m1.md:8: 本页没有 #none"},
		{"translation that is no module", "en/m1.md", "", strings.Replace(header9, "m9", "m2", 1), "en/m1.md:1: id 是 m2，与文件名 m1.md 不一致"},
		{"drawing fault", "zh/img/a.svg", "/>", ">\n<script/></svg>", "zh/img/a.svg:2: SVG 不能用元素 <script>"},
	} {
		dir := tree()
		switch old := dir[c.file]; {
		case c.from == "" && c.to == "":
			delete(dir, c.file)
		case c.from == "":
			dir[c.file] = &fstest.MapFile{Data: []byte(c.to)}
		default:
			dir[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(string(old.Data), c.from, c.to, 1))}
		}
		if got := CheckDir(dir, testRegistry).Error(); !strings.HasPrefix(got, c.want) || strings.Contains(got, "\n") {
			t.Errorf("%s: got %s; want %s", c.name, got, c.want)
		}
	}
}

// TestCheckDirOnDisk meets what only a real folder can hold.
func TestCheckDirOnDisk(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, tree()); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	do := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(name, want string) {
		t.Helper()
		if got := CheckDir(os.DirFS(dir), testRegistry).Error(); got != want {
			t.Errorf("%s: got %s; want %s", name, got, want)
		}
	}
	// A link to a file is as good as the file.
	do(os.Rename(at("zh/m2.md"), at("m2-elsewhere.md")), os.Symlink(at("m2-elsewhere.md"), at("zh/m2.md")))
	check("link to a file", "")
	do(os.Symlink(at("zh/none.png"), at("zh/img/c.png")))
	check("link to nothing", "zh/img/c.png:1: 这个符号链接指向的文件不存在：换成文件本身")
	do(os.Remove(at("zh/img/c.png")), os.Symlink(at("data"), at("zh/img/c")))
	check("link to a folder", "zh/img/c:1: 这个符号链接指向文件夹，发布时带不上：换成文件夹本身")
	do(os.Remove(at("zh/img/c")), os.Remove(at("zh/m2.md")), os.Mkdir(at("zh/m2.md"), 0o755))
	check("folder for a file", "course.md:8: zh/m2.md 是文件夹，应为文件")
	do(os.Remove(at("zh/m2.md")), os.Rename(at("m2-elsewhere.md"), at("zh/m2.md")), os.Mkdir(at(".git"), 0o755),
		os.WriteFile(at(".git/pack"), make([]byte, MaxFile+1), 0o644))
	check("hidden folder", "")
}

// TestShippedCourse checks the course's own text, but for the names of labs and
// functions, which the caller's registry holds.
func TestShippedCourse(t *testing.T) {
	for _, fault := range CheckDir(os.DirFS("content"), Registry{}) {
		t.Error(fault)
	}
}
