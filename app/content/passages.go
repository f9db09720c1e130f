package content

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"courselab/lessons"
)

// PassagesFile is the name under which Data gives out the text of the lessons,
// section by section: no file of the course, but made from its lessons.
const PassagesFile = "data/passages.json"

// passage is a section of a lesson as the engine takes it.
type passage struct {
	ID    string `json:"id"` // "m3#kv-cache"
	Title string `json:"title"`
	Text  string `json:"text"`
}

// passages gathers the sections of every lesson that can be shown, headings
// without text and notes left out. What was gathered stands until the text changes.
func (l *Library) passages() (text []byte, mark string, err error) {
	l.mu.Lock()
	text = l.gathered
	l.mu.Unlock()
	if text != nil {
		return text, markOf(text), nil
	}
	list := []passage{}
	for _, id := range l.Course().Modules {
		if _, _, cached := l.Cached(id); !cached {
			// Parsing takes longer than a frame: the page is drawn in between.
			time.Sleep(time.Millisecond)
		}
		lesson, err := l.Lesson(id)
		if lesson == nil {
			return nil, "", fmt.Errorf("gather passages: %w", err)
		}
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
		return nil, "", fmt.Errorf("gather passages: %w", err)
	}
	l.mu.Lock()
	l.gathered = text
	l.mu.Unlock()
	return text, markOf(text), nil
}

// markOf names a text: it differs when the text does.
func markOf(text []byte) string {
	h := fnv.New64a()
	h.Write(text)
	return strconv.FormatUint(h.Sum64(), 36) + "-" + strconv.Itoa(len(text))
}
