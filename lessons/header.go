package lessons

import (
	"slices"
	"strconv"
	"strings"
)

// header reads the entries of a front matter by key. Every method reports a
// value of the wrong form; finish reports the keys that nobody asked for.
type header struct {
	*source
	entries []entry
	known   []string
}

func (h *header) find(key string) (entry, bool) {
	h.known = append(h.known, key)
	for _, e := range h.entries {
		if e.key == key {
			return e, true
		}
	}
	return entry{}, false
}

func (h *header) missing(key, form string) {
	h.fault(1, "文件头缺少 %s：应为“%s”", key, form)
}

// text returns a value; form shows the author what was expected.
func (h *header) text(key, form string, required bool) string {
	e, ok := h.find(key)
	if !ok {
		if required {
			h.missing(key, form)
		}
		return ""
	}
	if e.isList {
		h.fault(e.line, "%s 应为一行文字：“%s”", key, form)
	}
	return e.value
}

func (h *header) number(key, form string, required bool) int {
	e, ok := h.find(key)
	if !ok {
		if required {
			h.missing(key, form)
		}
		return 0
	}
	n, err := strconv.Atoi(e.value)
	if e.isList || err != nil || n < 1 || n > 10000 {
		if e.value != "" || e.isList {
			h.fault(e.line, "%s 应为正整数：“%s”", key, form)
		}
		return 0
	}
	return n
}

// texts returns a list of values.
func (h *header) texts(key, form string, required bool) (values []string, lines []int) {
	e, ok := h.find(key)
	if !ok {
		if required {
			h.missing(key, form)
		}
		return nil, nil
	}
	if !e.isList {
		if e.value != "" {
			h.fault(e.line, "%s 应为列表：每项一行“- …”", key)
		}
		return nil, nil
	}
	if len(e.list) == 0 {
		h.fault(e.line, "%s 是空的", key)
	}
	for _, it := range e.list {
		if it.isMap {
			h.fault(it.line, "%s 的每一项应为文字；文字里有英文冒号时加引号：- \"…\"", key)
			continue
		}
		values, lines = append(values, it.value), append(lines, it.line)
	}
	return values, lines
}

// maps returns a list of maps that hold the given keys. A key that ends in "?"
// may be left out.
func (h *header) maps(key, form string, required bool, keys ...string) (maps []map[string]string, lines []int) {
	e, ok := h.find(key)
	if !ok {
		if required {
			h.missing(key, form)
		}
		return nil, nil
	}
	if !e.isList {
		if e.value != "" {
			h.fault(e.line, "%s 应为列表：“%s”", key, form)
		}
		return nil, nil
	}
	for _, it := range e.list {
		if !it.isMap {
			h.fault(it.line, "%s 的每一项应写成“%s”", key, form)
			continue
		}
		m := map[string]string{}
		for _, f := range it.fields {
			if !slices.Contains(keys, f.key) && !slices.Contains(keys, f.key+"?") {
				h.fault(f.line, "%s 里没有 %s 这个键：可用 %s", key, f.key, keyNames(keys))
				continue
			}
			if f.isList {
				h.fault(f.line, "%s 应为一行文字", f.key)
				continue
			}
			if f.value == "" {
				h.fault(f.line, "%s 是空的", f.key)
			}
			m[f.key] = f.value
		}
		for _, k := range keys {
			if _, ok := m[k]; !ok && !strings.HasSuffix(k, "?") && !hasField(it, k) {
				h.fault(it.line, "%s 的这一项缺少 %s：应写成“%s”", key, k, form)
			}
		}
		maps, lines = append(maps, m), append(lines, it.line)
	}
	return maps, lines
}

func hasField(it item, key string) bool {
	return slices.ContainsFunc(it.fields, func(f entry) bool { return f.key == key })
}

func keyNames(keys []string) string {
	return strings.ReplaceAll(strings.Join(keys, "、"), "?", "")
}

func (h *header) finish() {
	for _, e := range h.entries {
		if !slices.Contains(h.known, e.key) {
			h.fault(e.line, "文件头里没有 %s 这个键：可用 %s", e.key, keyNames(h.known))
		}
	}
}

// isID reports whether s can name something in an address and in stored
// progress: a letter, then letters, digits, "-" and "_".
func isID(s string) bool {
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return s != ""
}

// isDate reports whether s is a year, a month or a day in ISO 8601.
func isDate(s string) bool {
	for i, part := range strings.Split(s, "-") {
		n, err := strconv.Atoi(part)
		switch {
		case err != nil,
			i == 0 && len(part) != 4,
			i > 0 && len(part) != 2,
			i == 1 && (n < 1 || n > 12),
			i == 2 && (n < 1 || n > 31),
			i > 2:
			return false
		}
	}
	return s != ""
}
