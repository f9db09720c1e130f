package lessons

import "strings"

const (
	objectiveForm = "- id: o1 换行 text: 学完能做什么"
	sourceForm    = "- id: vaswani2017 换行 title: … 换行 url: https://… 换行 date: 2017-06-12"
)

// marks are the lines where a header names things that the text refers to.
type marks struct {
	objectives map[string]int
	sources    map[string]int
}

// readHeader fills the lesson's description from the front matter.
func (s *source) readHeader(l *Lesson) marks {
	m := marks{objectives: map[string]int{}, sources: map[string]int{}}
	entries, ok := s.readFrontMatter()
	if !ok {
		return m
	}
	h := header{source: s, entries: entries}
	l.ID = h.text("id", "id: m3", true)
	if l.ID != "" && !isID(l.ID) {
		h.fault(h.lineOf("id"), "id %q 不行：以英文字母开头，只用英文字母、数字、- 和 _", l.ID)
	}
	l.Title = h.text("title", "title: 模型架构与工作原理", true)
	l.Summary = h.text("summary", "summary: 一句话说明这一课", true)
	l.Minutes = h.number("minutes", "minutes: 45", true)
	switch status := h.text("status", "status: ready", false); status {
	case "", "ready":
	case "coming":
		l.Coming = true
	default:
		h.fault(h.lineOf("status"), "status 应为 ready 或 coming，现在是 %q", status)
	}
	h.readObjectives(l, m)
	h.readSources(l, m)
	h.finish()
	return m
}

func (h *header) lineOf(key string) int {
	for _, e := range h.entries {
		if e.key == key {
			return e.line
		}
	}
	return 1
}

func (h *header) readObjectives(l *Lesson, m marks) {
	maps, lines := h.maps("objectives", objectiveForm, true, "id", "text")
	for i, o := range maps {
		if !h.newID("objectives", o["id"], lines[i], m.objectives) {
			continue
		}
		l.Objectives = append(l.Objectives, Objective{ID: o["id"], Text: o["text"]})
	}
}

func (h *header) readSources(l *Lesson, m marks) {
	maps, lines := h.maps("sources", sourceForm, false, "id", "title", "url?", "date")
	for i, o := range maps {
		if url, ok := o["url"]; ok && url != "" && !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
			h.fault(lines[i], "来源 %s 的 url 应以 https:// 开头", o["id"])
			o["url"] = ""
		}
		if date := o["date"]; date != "" && !isDate(date) {
			h.fault(lines[i], "来源 %s 的 date 应为 2017、2017-06 或 2017-06-12", o["id"])
		}
		if !h.newID("sources", o["id"], lines[i], m.sources) {
			continue
		}
		l.Sources = append(l.Sources, Source{ID: o["id"], Title: o["title"], URL: o["url"], Date: o["date"]})
	}
}

func (h *header) newID(list, id string, line int, seen map[string]int) bool {
	if id == "" {
		return false // reported already
	}
	if !isID(id) {
		h.fault(line, "%s 的 id %q 不行：以英文字母开头，只用英文字母、数字、- 和 _", list, id)
		return false
	}
	if first, ok := seen[id]; ok {
		h.fault(line, "%s 里的 id %s 重复（第 %d 行已经用过）", list, id, first)
		return false
	}
	seen[id] = line
	return true
}
