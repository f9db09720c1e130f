package lessons

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

const glossaryText = `---
title: 术语表
summary: 几个词。
---
## 基础 {#basics}

### 词元 (token) {#token}

模型读写的单位，由[分词器](term:tokenizer)切出。

### 分词器（tokenizer） {#tokenizer}

切分的程序。

第二段，$x_i$。

### 键值缓存 (KV cache) {#kv-cache}

别名：KV 缓存、KV缓存

留下来的键和值。

### 温度 (temperature) {.manual #temperature}

采样前除的数。

### 自注意力 (self-attention) {#self}

看自己。

### 注意力 (attention, attn) {#attention}

看别人。A&B 也行。
`

func glossary(t *testing.T) *Glossary {
	t.Helper()
	g, err := ParseGlossary("zh/glossary.md", []byte(glossaryText), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGlossary(t *testing.T) {
	g := glossary(t)
	if g.Title != "术语表" || len(g.Groups) != 1 || g.Groups[0].ID != "basics" || len(g.Terms()) != 6 {
		t.Fatalf("parsed %+v", g)
	}
	kv, ok := g.Term("kv-cache")
	if !ok || kv.Name != "键值缓存" || kv.English != "KV cache" || strings.Join(kv.Aliases, "|") != "KV 缓存|KV缓存" ||
		strings.TrimSpace(kv.HTML) != "<p>留下来的键和值。</p>" {
		t.Errorf("kv-cache: %+v", kv)
	}
	if full, _ := g.Term("tokenizer"); full.English != "tokenizer" || !strings.Contains(full.HTML, "<math") {
		t.Errorf("tokenizer: %+v", full)
	}
	token, _ := g.Term("token")
	if !strings.Contains(token.HTML, `<a href="#tokenizer">分词器</a>`) || strings.Contains(token.Tip, "<a") || !strings.Contains(token.Tip, "分词器切出") {
		t.Errorf("token: %q, tip %q", token.HTML, token.Tip)
	}
	if warm, _ := g.Term("temperature"); !warm.Manual {
		t.Error("temperature is not manual")
	}
	if _, ok := g.Term("nothing"); ok {
		t.Error("there is a term nothing")
	}
	if _, ok := (*Glossary)(nil).Term("token"); ok {
		t.Error("no glossary has a term")
	}
}

func TestGlossaryRefusals(t *testing.T) {
	head := strings.Repeat("-", 3) + "\ntitle: 术语\nsummary: 词。\n---\n"
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"id twice":      {head + "## 组\n\n### 甲 (a) {#a}\n\n一。\n\n### 乙 (b) {#a}\n\n二。\n", 11, "重复"},
		"name twice":    {head + "## 组\n\n### 甲 (a) {#a}\n\n一。\n\n### 甲 (b) {#b}\n\n二。\n", 11, "定义了两次（第 7 行"},
		"alias twice":   {head + "## 组\n\n### 甲 (a) {#a}\n\n一。\n\n### 乙 (b) {#b}\n\n别名：丙、甲\n\n二。\n", 13, "定义了两次"},
		"empty":         {head + "## 组\n\n### 甲 (a) {#a}\n\n### 乙 (b) {#b}\n\n二。\n", 7, "没有释义"},
		"alias only":    {head + "## 组\n\n### 甲 (a) {#a}\n\n别名：丙\n", 7, "没有释义"},
		"no English":    {head + "## 组\n\n### 甲 {#a}\n\n一。\n", 7, "没有英文"},
		"empty English": {head + "## 组\n\n### 甲 () {#a}\n\n一。\n", 7, "没有英文"},
		"no name":       {head + "## 组\n\n### (a) {#a}\n\n一。\n", 7, "没有中文名"},
		"no id":         {head + "## 组\n\n### 甲 (a)\n\n一。\n", 7, "没有 id"},
		"unknown link":  {head + "## 组\n\n### 甲 (a) {#a}\n\n见[乙](term:b)。\n", 9, "没有 #b"},
		"no group":      {head + "### 甲 (a) {#a}\n\n一。\n", 5, "分组"},
		"stray text":    {head + "## 组\n\n一。\n", 7, "不属于任何术语"},
		"list":          {head + "## 组\n\n### 甲 (a) {#a}\n\n- 一\n", 9, "只用段落"},
		"deep heading":  {head + "## 组\n\n### 甲 (a) {#a}\n\n一。\n\n#### 小\n", 11, "两级标题"},
		"lab":           {head + "## 组\n\n### 甲 (a) {#a}\n\n一。\n\n```lab attention\n```\n", 11, "只用段落"},
		"HTML":          {head + "## 组\n\n### 甲 (a) {#a}\n\n<b>一</b>\n", 9, "HTML"},
		"no front":      {"## 组\n\n### 甲 (a) {#a}\n\n一。\n", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseGlossary("g.md", []byte(c.text), Options{})
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("error %v", err)
			}
			for _, f := range faults {
				if f.File == "g.md" && f.Line == c.line && strings.Contains(f.Message, c.want) {
					return
				}
			}
			t.Errorf("want %q at line %d in:\n%v", c.want, c.line, err)
		})
	}
}

// lessonWith parses a text with the glossary.
func lessonWith(t *testing.T, body string) (*Lesson, string, error) {
	t.Helper()
	src := "---\nid: m1\ntitle: 课\nsummary: 一句。\nminutes: 1\nobjectives:\n  - id: o1\n    text: 会。\n---\n" + body +
		"\n## 自测 {.quiz}\n\n### 词元是什么？ {#q objectives=o1}\n\n1. [x] 词元\n2. [ ] 字\n"
	l, err := Parse("m1.md", []byte(src), Options{
		Glossary: glossary(t), Term: func(id string) string { return "/g/#" + id }})
	var html strings.Builder
	for _, s := range l.Sections {
		for _, b := range s.Blocks {
			html.WriteString(b.HTML)
		}
	}
	return l, html.String(), err
}

func TestTermsAreLinked(t *testing.T) {
	link := func(id, text string) string {
		return `<a class="term" href="/g/#` + id + `" data-term="` + id + `">` + text + `</a>`
	}
	for _, c := range []struct{ body, want string }{
		{"一个词元，又一个词元。", "<p>一个" + link("token", "词元") + "，又一个词元。</p>"},
		{"自注意力与注意力。", "<p>" + link("self", "自注意力") + "与" + link("attention", "注意力") + "。</p>"},
		{"The Token, tokens, tokenizers, top-token.", "<p>The " + link("token", "Token") + ", tokens, tokenizers, top-token.</p>"},
		{"用KV cache省时。", "<p>用" + link("kv-cache", "KV cache") + "省时。</p>"},
		{"`词元` 与 [词元](#词元小节)\n\n### 词元小节\n\n**词元**。", "<p><strong>" + link("token", "词元") + "</strong>。</p>"},
		{"水的温度。", "<p>水的温度。</p>"},
		{"调[温度](term:temperature)。", "<p>调" + link("temperature", "温度") + "。</p>"},
		{"[这个](term:token)词元。", "<p>" + link("token", "这个") + "词元。</p>"},
		{"$词元$ 词元", link("token", "词元") + "</p>"},
		{"a&lt;token", "<p>a&lt;" + link("token", "token") + "</p>"},
	} {
		_, html, err := lessonWith(t, "## 一节 {#one}\n\n"+c.body+"\n")
		if err != nil {
			t.Errorf("%q: %v", c.body, err)
		}
		if !strings.Contains(html, c.want) {
			t.Errorf("%q gives\n%s\nwant\n%s", c.body, html, c.want)
		}
	}
}

func TestTermUses(t *testing.T) {
	l, html, err := lessonWith(t, "词元在前。\n\n## 一节 {#one}\n\n词元与词元，注意力。\n\n## 二节 {#two}\n\n词元。\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []TermUse{{"token", ""}, {"token", "one"}, {"attention", "one"}, {"token", "two"}}
	if len(l.Terms) != len(want) {
		t.Fatalf("uses %v, want %v", l.Terms, want)
	}
	for i := range want {
		if l.Terms[i] != want[i] {
			t.Errorf("use %d is %v, want %v", i, l.Terms[i], want[i])
		}
	}
	if n := strings.Count(html, `data-term="token"`); n != 3 {
		t.Errorf("%d links to token, want one a section", n)
	}
	if q := l.Quiz.Questions[0]; strings.Contains(q.Title+q.TitleHTML+q.Options[0].HTML, "data-term") {
		t.Error("the quiz gives itself away")
	}
}

func TestUnknownTerm(t *testing.T) {
	_, _, err := lessonWith(t, "## 一节 {#one}\n\n见[它](term:nothing)。\n")
	var faults Faults
	if !errors.As(err, &faults) || faults[0].Line != 12 || !strings.Contains(faults[0].Message, "术语表里没有 nothing") {
		t.Errorf("error %v", err)
	}
}

func TestCheckDirReadsTheGlossary(t *testing.T) {
	course := "---\nid: c\ntitle: 课程\nlang: zh\nsummary: 一句。\ngoals:\n  - 会。\nglossary: terms.md\nmodules:\n  - m1\n---\n"
	lesson := "---\nid: m1\nstatus: coming\ntitle: 课\nsummary: 一句。\nminutes: 1\nobjectives:\n  - id: o1\n    text: 会。\n---\n"
	check := func(files map[string]string) string {
		fs := fstest.MapFS{"course.md": {Data: []byte(course)}, "zh/m1.md": {Data: []byte(lesson)}}
		for name, text := range files {
			fs[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return CheckDir(fs, Registry{}).Error()
	}
	if got := check(map[string]string{"zh/terms.md": glossaryText}); got != "" {
		t.Errorf("faults:\n%s", got)
	}
	if got := check(nil); !strings.Contains(got, "course.md:8: 找不到 zh/terms.md") {
		t.Errorf("without the file:\n%s", got)
	}
	if got := check(map[string]string{"zh/terms.md": strings.Replace(glossaryText, "留下来的键和值。", "见[课](m1.md#none)。", 1)}); !strings.Contains(got, "zh/terms.md:21: 课文 m1 里没有 #none") {
		t.Errorf("with a dead link:\n%s", got)
	}
}

func FuzzParseGlossary(f *testing.F) {
	f.Add(glossaryText)
	f.Add("---\ntitle: a\n---\n### （( ){#x}\n别名：、，\n")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := ParseGlossary("g.md", []byte(text), Options{})
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) || len(faults) == 0 || faults[0].Line < 1 {
				t.Fatalf("error %v", err)
			}
		}
		if g == nil {
			return
		}
		for _, term := range g.Terms() {
			if err == nil && (term.ID == "" || term.Name == "" || term.English == "" || term.HTML == "") {
				t.Fatalf("accepted %+v", term)
			}
		}
		m := termMarker{glossary: g, href: Options{}.termHref, seen: map[string]bool{}}
		html := "<p>" + escape(text) + "<code>" + escape(text) + "</code></p>"
		if got := withoutLinks(m.mark(html)); got != html {
			t.Fatalf("marking changed the text:\n%q\n%q", html, got)
		}
	})
}
