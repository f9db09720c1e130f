package lessons

import (
	"strings"
	"testing"
)

// header9 is a front matter without faults; the text below it starts in line 7.
const header9 = `---
id: m9
title: 测试
summary: 一句话
minutes: 5
objectives: []
---
`

// TestRefusals states for each kind of fault the text and every message, at its
// line. The messages are compared by how they start.
func TestRefusals(t *testing.T) {
	header := strings.Replace(header9, "objectives: []", "objectives: [] # 无", 1)
	const quiz = "## 自测 {.quiz}\n" // line 8 of the file
	options := "1. [x] 甲\n2. [ ] 乙\n"
	for _, c := range []struct{ name, body, want string }{
		{"raw HTML block", "<div>x</div>\n", "8: 不能写 HTML"},
		{"raw HTML in a line", "甲\n乙 <b>c</b>\n", "9: 不能写 HTML"},
		{"comment", "<!-- x -->\n", "8: 不能写 HTML"},
		{"script link", "甲\n[x](javascript:alert(1))\n", "9: 不允许的链接 javascript:alert(1)"},
		{"script link, disguised", "[x](JaVa&#115;cript&colon;alert)\n", "8: 不允许的链接 JaVascript:alert"},
		{"script link, control character", "[x](<\x01javascript:a>)\n", "8: 不允许的链接"},
		{"data link", "[x](data:text/html,a)\n", "8: 不允许的链接 data:"},
		{"vbscript autolink", "<vbscript:x>\n", "8: 不允许的链接 vbscript:x"},
		{"file link", "[x](file:///etc/passwd)\n", "8: 不允许的链接 file:"},
		{"empty link", "[x]()\n", "8: 链接是空的"},
		{"link without host", "[x](https:///a)\n", "8: 链接写错了"},
		{"link from the root", "[x](/a)\n", "8: 链接 /a 写错了"},
		{"link without scheme", "[x](//a.com)\n", "8: 链接 //a.com 写错了"},
		{"unknown lesson", "[x](m7.md)\n", "8: 链接 m7.md 指向不存在的课文 m7.md"},
		{"unknown file", "[x](data/y.csv)\n", "8: 链接 data/y.csv 指向不存在的文件"},
		{"unknown anchor", "[x](#nowhere)\n", "8: 本页没有 #nowhere"},
		{"unknown anchor by file name", "[x](m9.md#nowhere)\n", "8: 本页没有 #nowhere"},
		{"missing image", "![甲](img/no.svg)\n", "8: 找不到图片 img/no.svg"},
		{"image without text", "![](img/block.svg)\n", "8: 图片 img/block.svg 没有替代文字"},
		{"image of another site", "![甲](https://a.com/b.png)\n", "8: 图片地址 https://a.com/b.png 不行"},
		{"image as data", "![甲](data:image/png;base64,AA)\n", "8: 图片地址 data:"},
		{"level 1", "# 甲\n", "8: 正文的标题从 ## 开始"},
		{"levels skipped at the start", "### 甲\n", "8: 标题跳级：### 前面缺少 ##"},
		{"levels skipped", "## 甲\n\n#### 乙\n", "10: 标题跳级：#### 前面缺少 ###"},
		{"too deep", "## 甲\n### 乙\n#### 丙\n##### 丁\n", "11: 标题最多到 ####"},
		{"heading in a quote", "> ## 甲\n", "8: 标题不能放在列表"},
		{"table heading of a formula alone", "| 甲 | $p$ |\n| --- | --- |\n| 1 | 2 |\n", "8: 表头只有公式 $p$"},
		{"empty heading", "## {#a}\n", "8: 标题是空的"},
		{"heading id twice", "## 甲 {#a}\n## 乙 {#a}\n", "9: id a 重复（第 8 行"},
		{"heading id of the page", "## 甲 {#footnotes}\n", "8: 标题的 id \"footnotes\" 不行"},
		{"heading class", "## 甲 {.big}\n", "8: 标题后的花括号里不认识 .big"},
		{"heading attribute", "## 甲 {onclick=\"x\"}\n", "8: 标题后的花括号里不认识 onclick"},
		{"heading braces", "## 甲 {#a b}\n", "8: 标题后的花括号写错了"},
		{"footnote", "甲[^none]\n", "8: 脚注 [^none] 没有定义"},
		{"bold", "**“甲”**乙\n", "8: 加粗没有生效"},

		{"formula with an unknown command", "甲\n\n乙 $\\foo$\n", `10: 公式 \foo：里的 \foo 不认识`},
		{"formula with a brace", "$a_{b$\n", "8: 公式 a_{b：写错了"},
		{"formula with too few arguments", "$\\frac{1}$\n", `8: 公式 \frac{1}：里的 \frac 不认识或缺少参数`},
		{"formula with \\left alone", "$\\left( a$\n", `8: 公式 \left( a：缺少与 \left 配对的 \right`},
		{"formula with \\right alone", "$a \\right)$\n", `8: 公式 a \right)：多了一个 \right`},
		{"formula with a link", "$\\href{javascript:x}{y}$\n", `8: 公式 \href{javascript:x}{y}：用了不支持的命令 \href`},
		{"formula, double superscript", "$a^b^c$\n", "8: 公式 a^b^c：的上标"},
		{"formula not closed", "甲 $\\alpha 乙\n", "8: 公式没有结束：缺少第二个 $"},
		{"block formula not closed", "甲\n\n$$\na\n", "10: 公式没有结束：缺少单独一行的 $$"},
		{"block formula broken", "$$\n\\bar{\n$$\n", "8: 公式 \\bar{：写错了"},
		{"empty block formula", "$$\n$$\n", "8: 公式 ：是空的"},

		{"lab without name", "```lab\n```\n", "8: 实验块应写明名字"},
		{"unknown lab", "```lab foo\n```\n", "8: 没有名为 foo 的实验：可用 attention"},
		{"unknown parameter", "```lab attention\nfoo: 1\n```\n", "9: 实验 attention 没有参数 foo：可用 causal、heads"},
		{"parameter line", "```lab attention\nfoo\n```\n", "9: 这一行应为“参数: 值”"},
		{"parameter without value", "```lab attention\nheads:\n```\n", "9: heads 没有值"},
		{"parameter twice", "```lab attention\nheads: 1\nheads: 2\n```\n", "10: heads 写了两次"},
		{"not an integer", "```lab attention\nheads: 1.5\n```\n", "9: heads 应为 1 到 4 的整数，现在是 1.5"},
		{"not finite", "```lab attention\nscale: inf\n```\n", "9: scale 应为 0.5 到 2 的数"},
		{"out of range", "```lab attention\n# 注释\n\nheads: 9\n```\n", "11: heads 超出范围：应为 1 到 4 的整数，现在是 9"},
		{"not a number at all", "```lab attention\nseed: x\n```\n", "9: seed 应为整数，现在是 x"},
		{"not a bool", "```lab attention\ncausal: yes\n```\n", "9: causal 应为 true 或 false"},
		{"text too long", "```lab attention\ntext: 一二三四五六七八九\n```\n", "9: text 应为 1 到 8 个字，现在有 9 个"},
		{"not a choice", "```lab attention\nview: x\n```\n", "9: view 应为 weights、scores 之一"},
		{"lab in a list", "- 甲\n\n  ```lab attention\n  ```\n", "10: lab 块不能放在列表"},
		{"compute outside", "```compute kv-cache\n```\n", "8: compute 块只能写在自测的题目里"},
		{"gap outside", "甲 [[乙]]\n", "8: 填空 [[…]] 只能写在自测题目"},

		{"quiz of level 3", "## 甲\n### 自测 {.quiz}\n### 题 {#a}\n" + options, "9: 自测的标题应为二级"},
		{"two quizzes", quiz + "### 题 {#a}\n" + options + "\n## 又 {.quiz}\n", "13: 一课只有一个自测"},
		{"quiz without title", "## {.quiz}\n### 题 {#a}\n" + options, "8: 标题是空的"},
		{"quiz without questions", quiz, "8: 自测里没有题目"},
		{"options without question", quiz + options, "8: 自测里没有题目|9: 选项前面没有题目"},
		{"lab before the questions", quiz + "```lab attention\n```\n### 题 {#a}\n" + options, "9: lab 块不能写在第一道题的前面"},
		{"deeper heading in a quiz", quiz + "### 题 {#a}\n" + options + "\n#### 更深\n", "13: 自测里只用三级标题"},
		{"no id", quiz + "### 题\n" + options, "9: 题目缺少 id"},
		{"bad id", quiz + "### 题 {#1a}\n" + options, `9: 题目的 id "1a" 不行`},
		{"duplicate id", quiz + "### 题 {#a}\n" + options + "\n### 题 {#a}\n" + options, "13: id a 重复（第 9 行"},
		{"empty prompt", quiz + "### {#a}\n" + options, "9: 题目是空的"},
		{"unknown objective", quiz + "### 题 {#a objectives=\"o9\"}\n" + options, `9: 题目考查的目标 "o9" 不在文件头`},
		{"no objective", quiz + "### 题 {#a objectives=\"\"}\n" + options, `9: objectives 应写作`},
		{"no answer part", quiz + "### 题 {#a}\n题干\n", "9: 题目没有作答部分"},
		{"no boxes", quiz + "### 题 {#a}\n- 甲\n- 乙\n", "10: 选项前缺少方框"},
		{"one box missing", quiz + "### 题 {#a}\n- [x] 甲\n- 乙\n", "11: 选项缺少方框"},
		{"no correct option", quiz + "### 题 {#a}\n1. [ ] 甲\n2. [ ] 乙\n", "10: 没有正确选项"},
		{"no correct option of several", quiz + "### 题 {#a}\n- [ ] 甲\n- [ ] 乙\n", "10: 没有正确选项"},
		{"two correct in a single choice", quiz + "### 题 {#a}\n1. [x] 甲\n2. [x] 乙\n", "10: 单选题有 2 个正确选项"},
		{"one option", quiz + "### 题 {#a}\n1. [x] 甲\n", "10: 至少要有两个选项"},
		{"one step", quiz + "### 题 {#a}\n1. 甲\n", "10: 至少要有两个选项"},
		{"same options", quiz + "### 题 {#a}\n1. [x] 甲\n2. [ ] 甲\n", "11: 选项与第 10 行的相同"},
		{"empty option", quiz + "### 题 {#a}\n1. [x] 甲\n2. [ ]\n", "11: 选项是空的"},
		{"explanation without option", quiz + "### 题 {#a}\n1. [x] 甲\n2. [ ]\n   > 因为\n", "11: 解释没有选项"},
		{"explanation not indented", quiz + "### 题 {#a}\n1. [x] 甲\n> 因为\n2. [ ] 乙\n", "10: 至少要有两个选项|11: 解释没有归到选项"},
		{"list in an option", quiz + "### 题 {#a}\n1. [x] 甲\n   - [ ] 乙\n2. [ ] 丙\n", "11: 选项里不能再套列表"},
		{"gap in an option", quiz + "### 题 {#a}\n1. [x] 甲 [[乙]]\n2. [ ] 丙\n", "10: 选项里不能有填空"},
		{"option keys alike", quiz + "### 题 {#a}\n1. [x] 甲 {#k}\n2. [ ] 乙 {#k}\n", "11: 选项的 {#k} 与第 10 行的相同"},
		{"bad option key", quiz + "### 题 {#a}\n1. [x] 甲 {#1}\n2. [ ] 乙\n", "10: 选项的 {#1} 不行"},
		{"two answer parts", quiz + "### 题 {#a}\n" + options + "\n甲 [[乙]]\n", "13: 一道题只能有一种作答方式：前面第 10 行"},
		{"text after the options", quiz + "### 题 {#a}\n" + options + "\n甲\n", "13: 作答部分后面只能写解释"},
		{"lab in a question", quiz + "### 题 {#a}\n```lab attention\n```\n" + options, "10: 题目里不能放实验"},
		{"gap in the title", quiz + "### 题 [[甲]] {#a}\n" + options, "9: 填空写在标题下面的题干里"},
		{"gap without answer", quiz + "### 题 {#a}\n甲 [[]]\n", "10: 填空没有答案"},
		{"gap with an empty synonym", quiz + "### 题 {#a}\n甲 [[乙|]]\n", "10: 填空没有答案"},

		{"unknown function", quiz + "### 题 {#a}\n甲\n```compute foo\nunit: GB\n```\n", `11: 没有名为 "foo" 的计算：可用 kv-cache、scaled-dot`},
		{"function without name", quiz + "### 题 {#a}\n甲\n```compute\n```\n", `11: 没有名为 "" 的计算`},
		{"unknown compute parameter", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1\ntokens: 1\nfoo: 1\nunit: GB\n```\n", "14: 计算 kv-cache 没有参数 foo：可用 layers、tokens、unit、tolerance"},
		{"compute parameter missing", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1\nunit: GB\n```\n", "11: 计算 kv-cache 缺少参数 tokens"},
		{"unknown unit", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1\ntokens: 1\nunit: km\n```\n", "14: 计算 kv-cache 不能用单位 km：可用 GiB、GB"},
		{"no unit", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1\ntokens: 1\n```\n", "11: 缺少 unit：可用 GiB、GB"},
		{"bad tolerance", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1\ntokens: 1\nunit: GB\ntolerance: 100%\n```\n", "15: tolerance 应为 1%"},
		{"value out of range", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 201\ntokens: 1\nunit: GB\n```\n", "12: layers 超出范围：应为 1 到 200 的整数，现在是 201"},
		{"choice out of range", quiz + "### 题 {#a}\n{layers}\n```compute kv-cache\nlayers: 1 | 0\ntokens: 1\nunit: GB\n```\n", "10: 题干里的 {layers} 不是|12: layers 超出范围"},
		{"choice twice", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1 | 1\ntokens: 1\nunit: GB\n```\n", "12: layers 里 1 写了两次"},
		{"range backwards", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 9..1\ntokens: 1\nunit: GB\n```\n", "12: layers 应为 4096..32768 step 4096 这样的范围"},
		{"range out of range", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1..999\ntokens: 1\nunit: GB\n```\n", "12: layers 超出范围"},
		{"range without step", quiz + "### 题 {#a}\n甲\n```compute scaled-dot\ndot: 0.5..2\n```\n", "12: dot 应为 4096..32768 step 4096 这样的范围"},
		{"varying but not shown", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1 | 2\ntokens: 1\nunit: GB\n```\n", "12: layers 每次不同，题干里要写 {layers}"},
		{"unknown in the prompt", quiz + "### 题 {#a}\n{foo}\n```compute kv-cache\nlayers: 1\ntokens: 1\nunit: GB\n```\n", "10: 题干里的 {foo} 不是这道题的参数"},
		{"text after compute", quiz + "### 题 {#a}\n甲\n```compute kv-cache\nlayers: 1\ntokens: 1\nunit: GB\n```\n乙\n", "16: 作答部分后面只能写解释"},
	} {
		t.Run(c.name, func(t *testing.T) { checkFaults(t, header+c.body, c.want) })
	}
}

// checkFaults parses a lesson; want is "line: start of message|…".
func checkFaults(t *testing.T, src, want string) {
	t.Helper()
	lesson, err := Parse("m9.md", []byte(src), testOptions)
	var got []string
	if err != nil {
		got = strings.Split(err.Error(), "\n")
	}
	var wants []string
	if want != "" {
		wants = strings.Split(want, "|")
	}
	ok := len(got) == len(wants)
	for i := 0; ok && i < len(got); i++ {
		ok = strings.HasPrefix(got[i], "m9.md:"+wants[i])
	}
	if !ok {
		t.Errorf("got:\n%s\nwant:\n%s\nin:\n%s", strings.Join(got, "\n"), strings.Join(wants, "\n"), src)
	}
	if lesson == nil {
		t.Fatal("no lesson beside the faults")
	}
	for _, text := range htmlOf(lesson) {
		harmless(t, text)
	}
}

// TestHeaderRefusals does the same for the front matter.
func TestHeaderRefusals(t *testing.T) {
	for _, c := range []struct{ name, header, want string }{
		{"none", "## 甲\n", "1: 缺少文件头"},
		{"empty file", "", "1: 文件是空的"},
		{"not closed", "---\nid: m9\n", "1: 文件头没有结束"},
		{"all missing", "---\n---\n", "1: 文件头缺少 id|1: 文件头缺少 minutes|1: 文件头缺少 objectives|1: 文件头缺少 summary|1: 文件头缺少 title"},
		{"unknown key", with("author: x"), "7: 文件头里没有 author 这个键：可用 id、title"},
		{"duplicate key", with("title: x"), "7: 重复的键 title（第 3 行"},
		{"no colon", with("title"), "7: 文件头的这一行看不懂"},
		{"full-width colon", with("title：x"), "7: 文件头的这一行看不懂"},
		{"no space", with("status:ready"), "7: 文件头的这一行看不懂"},
		{"empty value", with("status:"), "7: status 是空的"},
		{"empty value with comment", with("status: # x"), "7: status 是空的"},
		{"bad status", with("status: soon"), `7: status 应为 ready 或 coming，现在是 "soon"`},
		{"tab", with("sources:\n\t- id: a"), "7: sources 是空的|8: 文件头的缩进要用空格"},
		{"item without key", "---\n- a\n---\n", "1: 文件头缺少|1: 文件头缺少|1: 文件头缺少|1: 文件头缺少|1: 文件头缺少|2: 列表项前面应有一行"},
		{"item under a value", with("status: ready\n  - a"), "8: 列表项前面应有一行"},
		{"empty item", with("sources:\n  -"), "8: 列表项是空的"},
		{"source as text", with("sources: x"), "7: sources 应为列表"},
		{"source as item", with("sources:\n  - x"), "8: sources 的每一项应写成"},
		{"source lacks a key", with("sources:\n  - id: a\n    title: b"), "8: sources 的这一项缺少 date"},
		{"source with an unknown key", with("sources:\n  - id: a\n    title: b\n    date: 2020\n    author: x"), "11: sources 里没有 author 这个键：可用 id、title、url、date"},
		{"source key twice", with("sources:\n  - id: a\n    title: b\n    date: 2020\n    id: c"), "11: 重复的键 id（第 8 行"},
		{"source twice", with("sources:\n  - id: a\n    title: b\n    date: 2020\n  - id: a\n    title: c\n    date: 2020"), "11: sources 里的 id a 重复（第 8 行"},
		{"source date", with("sources:\n  - id: a\n    title: b\n    date: 2020-13"), "8: 来源 a 的 date 应为"},
		{"source address", with("sources:\n  - id: a\n    title: b\n    url: \"javascript:x\"\n    date: 2020"), "8: 来源 a 的 url 应以 https:// 开头"},
		{"source id", with("sources:\n  - id: 1a\n    title: b\n    date: 2020"), `8: sources 的 id "1a" 不行`},
		{"empty field", with("sources:\n  - id: a\n    title:\n    date: 2020"), "9: title 是空的"},
		{"list as field", with("sources:\n  - id: a\n    title: [b]\n    date: 2020"), "9: title 应为一行文字"},
		{"indentation", with("sources:\n  - id: a\n   title: b\n    date: 2020"), "8: sources 的这一项缺少 title|9: 文件头的缩进不对"},
		{"deep key", with("status: ready\n  foo: bar"), "8: 文件头的缩进不对"},
		{"list as text", strings.Replace(header9, "title: 测试", "title: [a, b]", 1), "3: title 应为一行文字"},
		{"minutes", strings.Replace(header9, "minutes: 5", "minutes: 五", 1), "5: minutes 应为正整数"},
		{"minutes as list", strings.Replace(header9, "minutes: 5", "minutes: [5]", 1), "5: minutes 应为正整数"},
		{"id", strings.Replace(header9, "id: m9", "id: 9/m", 1), `2: id "9/m" 不行`},
		{"quote not closed", strings.Replace(header9, "测试", `"测试`, 1), "3: 引号没有配对"},
		{"single quote not closed", strings.Replace(header9, "测试", `'测试`, 1), "3: 引号没有配对"},
		{"after the quote", strings.Replace(header9, "测试", `"测试" x`, 1), "3: 引号后面多了"},
		{"backslash", strings.Replace(header9, "测试", `"\alpha"`, 1), "3: 双引号里只认"},
		{"colon in a value", strings.Replace(header9, "测试", "a: b", 1), "3: 值里有英文冒号加空格"},
		{"special start", strings.Replace(header9, "测试", "&a", 1), `3: 值以 "&" 开头时要加英文引号`},
		{"inline list not closed", strings.Replace(header9, "[]", "[a", 1), "6: 单行列表没有结束"},
		{"inline list, empty item", strings.Replace(header9, "[]", "[a,,b]", 1), "6: objectives 的每一项|6: 单行列表的每一项"},
		{"objective not asked", strings.Replace(header9, "objectives: []", "objectives:\n  - id: o1\n    text: 甲", 1), "7: 目标 o1 没有题目考查"},
	} {
		t.Run(c.name, func(t *testing.T) { checkFaults(t, c.header, c.want) })
	}
}

func with(line string) string {
	return strings.TrimSuffix(header9, "---\n") + line + "\n---\n"
}
