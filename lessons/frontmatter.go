package lessons

import (
	"bytes"
	"strconv"
	"strings"
)

// The front matter is a small, strict part of YAML, which every YAML reader
// reads the same way:
//
//	key: value            text up to the end of the line
//	key: "value"          with \" and \\ inside; or 'value', with '' inside
//	key: [a, b]           a list in one line
//	key:                  a list, an item a line
//	  - item
//	key:                  a list of maps
//	  - id: o1
//	    text: …
//
// "#" starts a comment at the start of a line and after a space. Everything else
// that YAML knows (block text, anchors, nested maps, tabs) is refused.

// entry is one key of the front matter, or of a map in one of its lists.
type entry struct {
	key    string
	line   int
	value  string
	list   []item
	isList bool
}

// item is one item of a list: a value, or a map.
type item struct {
	line   int
	value  string
	fields []entry
	isMap  bool
}

// readFrontMatter reads the lines between the two "---" at the start of the
// file, and blanks them. ok is false where there are none.
func (s *source) readFrontMatter() (entries []entry, ok bool) {
	if len(bytes.TrimSpace(s.text)) == 0 {
		s.fault(1, "文件是空的：可能没有传完，或存错了地方")
		return nil, false
	}
	if strings.TrimRight(s.lineText(0), " ") != "---" {
		s.fault(1, "缺少文件头：第一行应为 ---，其后写 id:、title: 等，再以 --- 结束")
		return nil, false
	}
	end := -1
	for i := 1; i < len(s.starts); i++ {
		if strings.TrimRight(s.lineText(i), " ") == "---" {
			end = i
			break
		}
	}
	if end < 0 {
		s.fault(1, "文件头没有结束：缺少第二个 ---")
		return nil, false
	}
	r := frontMatterReader{source: s}
	for i := 1; i < end; i++ {
		r.readLine(s.lineText(i), i+1)
	}
	r.checkEmpty()
	s.blank(end + 1)
	return r.entries, true
}

type frontMatterReader struct {
	*source
	entries []entry
	indent  int // of the present map's keys in a list, 0 outside
}

func (r *frontMatterReader) readLine(text string, line int) {
	trimmed := strings.TrimLeft(text, " ")
	indent := len(text) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, " \t")
	if trimmed == "" || trimmed[0] == '#' {
		return
	}
	if strings.ContainsRune(text[:indent+1], '\t') {
		r.fault(line, "文件头的缩进要用空格，不能用制表符")
		return
	}
	switch {
	case trimmed == "-" || strings.HasPrefix(trimmed, "- "):
		rest := strings.TrimLeft(trimmed[1:], " ")
		r.readItem(rest, indent+len(trimmed)-len(rest), line)
	case indent == 0:
		r.indent = 0
		if e, ok := r.readEntry(trimmed, line); ok {
			r.entries = appendEntry(r.source, r.entries, e)
		}
	default:
		r.readField(trimmed, indent, line)
	}
}

// readItem reads what follows "- ", which starts in the given column.
func (r *frontMatterReader) readItem(rest string, column, line int) {
	r.indent = 0
	if len(r.entries) == 0 || r.entries[len(r.entries)-1].value != "" {
		r.fault(line, "列表项前面应有一行“键:”")
		return
	}
	e := &r.entries[len(r.entries)-1]
	e.isList = true
	if rest == "" {
		r.fault(line, "列表项是空的：应为“- 内容”")
		return
	}
	it := item{line: line}
	if key, _, ok := cutKey(rest); ok && key != "" {
		it.isMap = true
		r.indent = column
		if f, ok := r.readEntry(rest, line); ok {
			it.fields = append(it.fields, f)
		}
	} else {
		it.value = r.readValue(rest, line)
	}
	e.list = append(e.list, it)
}

// readField reads a further key of the map in the present list item.
func (r *frontMatterReader) readField(text string, indent, line int) {
	if r.indent == 0 || indent != r.indent {
		r.fault(line, "文件头的缩进不对：列表项写“  - id: …”，同一项的其它键与 id 左对齐")
		return
	}
	list := r.entries[len(r.entries)-1].list
	it := &list[len(list)-1]
	if f, ok := r.readEntry(text, line); ok {
		it.fields = appendEntry(r.source, it.fields, f)
	}
}

func (r *frontMatterReader) readEntry(text string, line int) (entry, bool) {
	key, rest, ok := cutKey(text)
	if !ok {
		r.fault(line, "文件头的这一行看不懂：应为“键: 值”（英文冒号，后面一个空格）")
		return entry{}, false
	}
	e := entry{key: key, line: line}
	if strings.HasPrefix(rest, "[") {
		e.isList = true
		e.list = r.readInlineList(rest, line)
		return e, true
	}
	e.value = r.readValue(rest, line)
	return e, true
}

func appendEntry(s *source, entries []entry, e entry) []entry {
	for _, other := range entries {
		if other.key == e.key {
			s.fault(e.line, "重复的键 %s（第 %d 行已经写过）", e.key, other.line)
			return entries
		}
	}
	return append(entries, e)
}

// cutKey splits "key: value". A key is lower-case letters, digits and "_".
func cutKey(text string) (key, rest string, ok bool) {
	key, rest, ok = strings.Cut(text, ":")
	if !ok || key == "" || rest != "" && rest[0] != ' ' {
		return "", "", false
	}
	for _, c := range key {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_') {
			return "", "", false
		}
	}
	return key, strings.TrimSpace(rest), true
}

func (r *frontMatterReader) readInlineList(text string, line int) []item {
	text = stripComment(text)
	if !strings.HasSuffix(text, "]") {
		r.fault(line, "单行列表没有结束：应为 [a, b]")
		return nil
	}
	var items []item
	body := strings.TrimSpace(text[1 : len(text)-1])
	if body == "" {
		return nil
	}
	for _, part := range splitOutsideQuotes(body) {
		part = strings.TrimSpace(part)
		if part == "" || strings.ContainsAny(part[:1], "[{") {
			r.fault(line, "单行列表的每一项应为文字：[a, b]")
			continue
		}
		items = append(items, item{line: line, value: r.readValue(part, line)})
	}
	return items
}

func splitOutsideQuotes(text string) []string {
	var parts []string
	var quote byte
	start := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == ',':
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[min(start, len(text)):])
}

func stripComment(text string) string {
	if text == "" || text[0] == '#' {
		return ""
	}
	if i := strings.Index(text, " #"); i >= 0 {
		text = text[:i]
	}
	return strings.TrimSpace(text)
}

// readValue reads a scalar, quoted or plain.
func (r *frontMatterReader) readValue(text string, line int) string {
	if text == "" {
		return ""
	}
	switch text[0] {
	case '"':
		return r.readDoubleQuoted(text, line)
	case '\'':
		return r.readSingleQuoted(text, line)
	}
	text = stripComment(text)
	if text == "" {
		return ""
	}
	if strings.ContainsRune("&*!|>%@`{}[],?", rune(text[0])) || strings.HasPrefix(text, "- ") {
		r.fault(line, "值以 %q 开头时要加英文引号：\"…\"", text[:1])
	} else if strings.Contains(text, ": ") || strings.HasSuffix(text, ":") {
		r.fault(line, "值里有英文冒号加空格，要加英文引号：\"…\"")
	}
	return text
}

func (r *frontMatterReader) readDoubleQuoted(text string, line int) string {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			r.checkAfterQuote(text[i+1:], line)
			return b.String()
		case c == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		case c == '\\':
			r.fault(line, `双引号里只认 \" 和 \\；公式请用单引号：'…'`)
			return text
		default:
			b.WriteByte(c)
		}
	}
	r.fault(line, "引号没有配对：应为 \"…\"")
	return b.String()
}

func (r *frontMatterReader) readSingleQuoted(text string, line int) string {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			b.WriteByte(text[i])
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		r.checkAfterQuote(text[i+1:], line)
		return b.String()
	}
	r.fault(line, "引号没有配对：应为 '…'")
	return b.String()
}

func (r *frontMatterReader) checkAfterQuote(rest string, line int) {
	if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
		r.fault(line, "引号后面多了 %s", strconv.Quote(rest))
	}
}

// checkEmpty refuses keys that were given neither a value nor a list.
func (r *frontMatterReader) checkEmpty() {
	for _, e := range r.entries {
		if e.value == "" && !e.isList {
			r.fault(e.line, "%s 是空的", e.key)
		}
	}
}
