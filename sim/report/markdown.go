package report

import (
	"fmt"
	"strconv"
	"strings"

	"courselab/sim"
)

// Markdown writes the document as GitHub-flavoured Markdown.
func (d *Document) Markdown() string {
	var b strings.Builder
	var cites bibliography
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", plainLine(d.Title))
	if who := join(" · ", plainLine(d.Author), plainLine(d.Date)); who != "" {
		line("%s\n", who)
	}
	for _, t := range d.Texts {
		line("## %s\n", plainLine(t.Heading))
		if strings.TrimSpace(t.Body) == "" {
			line("（未填写）\n")
			continue
		}
		for paragraph := range strings.SplitSeq(strings.TrimSpace(t.Body), "\n") {
			if text := plainLine(paragraph); text != "" {
				line("%s\n", text)
			}
		}
	}
	for _, p := range d.Parts {
		p.markdown(&b, &cites)
	}
	line("## 假设\n")
	for _, p := range d.Parts {
		if len(p.Assumptions) == 0 {
			continue
		}
		line("### %s\n", plainLine(p.Title))
		line("| 假设 | 取值 | 由谁定 |\n| --- | --- | --- |")
		for _, a := range p.Assumptions {
			line("| %s | %s | %s |", cell(a.Name), cell(a.Value), a.by())
		}
		line("")
	}
	line("## 评分表\n\n| 栏目 | 要写什么 | 得 2 分的样子 | 自评 | 自动核对 |\n| --- | --- | --- | --- | --- |")
	for _, s := range d.Rubric {
		line("| %s | %s | %s | %s | %s |", cell(s.Criterion), cell(s.Asks), cell(s.Full), s.Own(), cell(s.Mark()))
	}
	line("\n%s\n\n## 来源\n", d.total())
	for _, c := range cites.list {
		line("%d. %s", c.Number, sourceMarkdown(c.Source))
	}
	line("\n## 数据的版本\n\n| 文件 | 日期 | 标记 |\n| --- | --- | --- |")
	for _, x := range d.Data {
		line("| %s | %s | %s |", cell(x.Name), cell(orUnknown(x.Date)), cell(x.Mark))
	}
	return b.String()
}

func (p Part) markdown(b *strings.Builder, cites *bibliography) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	line("## %s\n", plainLine(p.Title))
	if p.Missing != "" {
		line("%s\n", plainLine(p.Missing))
		return
	}
	if p.Verdict != "" {
		line("**%s**\n", plainLine(p.Verdict))
	}
	for _, n := range p.Numbers {
		line("- %s：%s%s", plainLine(n.Name), plainLine(n.Text), marks(cites.cite(n.Sources)))
		if n.Formula != "" {
			line("  - 公式：`%s`", code(n.Formula))
		}
		if n.Working != "" {
			line("  - 代入：`%s`", code(n.Working))
		}
	}
	if len(p.Numbers) > 0 {
		line("")
	}
	for _, f := range p.Figures {
		line("*%s*：%s\n", plainLine(f.Title), plainLine(f.Desc))
	}
	for _, t := range p.Tables {
		if t.Title != "" {
			line("### %s\n", plainLine(t.Title))
		}
		line("| %s |", strings.Join(each(t.Columns, cell), " | "))
		line("|%s", strings.Repeat(" --- |", len(t.Columns)))
		for _, row := range t.Rows {
			cells := make([]string, len(row))
			for i, c := range row {
				cells[i] = cell(c.Text) + marks(cites.cite(c.Sources))
			}
			line("| %s |", strings.Join(cells, " | "))
		}
		line("")
	}
	for _, n := range p.Notes {
		line("> %s\n", plainLine(n))
	}
	if p.Link != "" {
		line("[打开这个实验的原样](<%s>)\n", strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "").Replace(p.Link))
	}
}

func (a Assumption) by() string {
	if a.Changed {
		return "自己"
	}
	return "课程预设"
}

// Own writes the learner's own points.
func (s Score) Own() string {
	if s.Points < 0 {
		return "未评"
	}
	return strconv.Itoa(s.Points)
}

// Mark writes what can be seen in the document.
func (s Score) Mark() string {
	switch {
	case s.Checked == "":
		return "由人判断"
	case s.Holds:
		return "✓ " + s.Checked
	}
	return "✗ " + s.Checked
}

func (d *Document) total() string {
	points, given, of := d.Points()
	if given < len(d.Rubric) {
		return fmt.Sprintf("自评合计 %d / %d，还有 %d 栏未评。", points, of, len(d.Rubric)-given)
	}
	return fmt.Sprintf("自评合计 %d / %d。", points, of)
}

func sourceMarkdown(s sim.Source) string {
	text := plainLine(s.Title)
	if isWeb(s.URL) {
		text = "[" + text + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(s.URL) + ">)"
	}
	return text + "，" + orUndated(s.Date)
}

// isWeb reports whether an address may be linked: a source's text is data.
func isWeb(url string) bool {
	return (strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")) && !strings.ContainsAny(url, " \n\t")
}

func orUndated(date string) string {
	if date == "" {
		return "日期未注明"
	}
	return plainLine(date)
}

func orUnknown(s string) string {
	if s == "" {
		return "未注明"
	}
	return s
}

// marks writes citations as [1][2].
func marks(numbers []int) string {
	var b strings.Builder
	for _, n := range numbers {
		b.WriteString(`\[` + strconv.Itoa(n) + `\]`)
	}
	return b.String()
}

// special are the characters that Markdown reads.
var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`, `#`, `\#`, `|`, `\|`, `~`, `\~`, `!`, `\!`, `$`, `\$`, `&`, `\&`,
)

// plainLine writes text as one line that Markdown shows as it is.
func plainLine(s string) string {
	s = special.Replace(strings.Join(strings.Fields(s), " "))
	// A number or a dash at the start would begin a list.
	if s != "" && strings.ContainsRune("-+=0123456789", rune(s[0])) {
		if i := strings.IndexAny(s, ".)"); s[0] >= '0' && s[0] <= '9' {
			if i > 0 && strings.Trim(s[:i], "0123456789") == "" && (i+1 == len(s) || s[i+1] == ' ') {
				return s[:i] + `\` + s[i:]
			}
			return s
		}
		return `\` + s
	}
	return s
}

func cell(s string) string { return plainLine(s) }

// code writes text between backticks, which end at the next backtick.
func code(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "`", "'")
}

func join(by string, parts ...string) string {
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, by)
}

func each(list []string, f func(string) string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = f(s)
	}
	return out
}
