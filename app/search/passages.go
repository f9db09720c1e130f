package search

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"courselab/lessons"
)

// PassagesFile is the name under which the text of the course is handed to the
// engine beside the data files: it is no file, but made from the lessons.
const PassagesFile = "data/passages.json"

// passage is a section of a lesson as the engine takes it.
type passage struct {
	ID    string `json:"id"` // "m3#kv-cache"
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Passages returns the text of lessons, section by section, as JSON, with a mark
// that differs when it does. Headings without text, summaries and notes are left
// out.
func Passages(all []*lessons.Lesson) (text []byte, mark string, err error) {
	list := []passage{}
	for _, lesson := range all {
		for _, s := range lesson.Sections {
			body := s.Text()
			if s.ID == lessons.NotesID || strings.TrimSpace(body) == "" {
				continue
			}
			title := s.Title
			if title == "" {
				title = lesson.Title
			}
			list = append(list, passage{ID: lesson.ID + "#" + s.ID, Title: title, Text: body})
		}
	}
	text, err = json.Marshal(list)
	if err != nil {
		return nil, "", fmt.Errorf("encode passages: %w", err)
	}
	h := fnv.New64a()
	h.Write(text)
	return text, strconv.FormatUint(h.Sum64(), 36) + "-" + strconv.Itoa(len(text)), nil
}
