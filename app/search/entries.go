package search

import (
	"hash/fnv"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/app/route"
	"courselab/lessons"
)

// Kind is what an entry is.
type Kind string

const (
	Section Kind = "课文"
	Term    Kind = "术语"
	Lab     Kind = "实验"
)

// Entry is one thing to be found.
type Entry struct {
	Kind  Kind
	Title string
	Place string // "第 3 单元 模型架构与工作原理"; may be empty
	Text  string
	// Page and Fragment are the entry's address below the site's base.
	Page, Fragment string
}

// Href is the entry's address.
func (e Entry) Href() string {
	href := route.Page(e.Page)
	if e.Fragment != "" {
		href += "#" + e.Fragment
	}
	return href
}

// Corpus is everything that can be found in a course.
type Corpus struct {
	Entries []Entry
	// Mark differs when what the engine indexes does.
	Mark string
}

// NewCorpus gathers the entries, without the labs that course hides. place names a lesson by its id.
func NewCorpus(all []*lessons.Lesson, glossary *lessons.Glossary, course *lessons.Course, place func(id string) string) Corpus {
	var c Corpus
	for _, lesson := range all {
		page, at := "lessons/"+lesson.ID, place(lesson.ID)
		c.Entries = append(c.Entries, Entry{Kind: Section, Title: lesson.Title, Place: at, Text: lesson.Summary, Page: page})
		for _, s := range lesson.Sections {
			if s.ID == lessons.NotesID {
				continue
			}
			title := s.Title
			if title == "" {
				title = lesson.Title
			}
			c.Entries = append(c.Entries, Entry{Kind: Section, Title: title, Place: at, Text: s.Text(), Page: page, Fragment: s.ID})
		}
	}
	for _, t := range glossary.Terms() {
		title := t.Name
		if t.English != t.Name {
			title += "（" + t.English + "）"
		}
		text := lessons.PlainText(t.HTML)
		if len(t.Aliases) > 0 {
			text = "又称" + strings.Join(t.Aliases, "、") + "。" + text
		}
		c.Entries = append(c.Entries, Entry{Kind: Term, Title: title, Place: "术语表", Text: text, Page: "glossary", Fragment: t.ID})
	}
	for _, lab := range registry.Labs() {
		if course.Hides(lab.Name) {
			continue
		}
		at := place(lab.Module)
		if lab.Coming {
			at += "，准备中"
		}
		c.Entries = append(c.Entries, Entry{Kind: Lab, Title: lab.Title, Place: at, Text: lab.Summary + " " + lab.Name, Page: "labs/" + lab.Name})
	}
	h := fnv.New64a()
	for _, e := range c.Entries {
		// A zero byte ends each part: no text holds one.
		h.Write([]byte(e.Title + "\x00" + e.Text + "\x00"))
	}
	c.Mark = strconv.FormatUint(h.Sum64(), 36) + "-" + strconv.Itoa(len(c.Entries))
	return c
}

// Input is the corpus as the engine takes it.
func (c Corpus) Input() engine.SearchIndexInput {
	input := engine.SearchIndexInput{Mark: c.Mark, Documents: make([]engine.SearchDocument, len(c.Entries))}
	for i, e := range c.Entries {
		input.Documents[i] = engine.SearchDocument{Title: e.Title, Text: e.Text}
	}
	return input
}
