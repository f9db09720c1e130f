package content

import (
	"courselab/app/route"
	"courselab/lessons"
)

// glossaryPath is where a course's terms lie, "" where it has none.
func glossaryPath(course *lessons.Course) string {
	if course.Glossary == "" {
		return ""
	}
	return course.Lang + "/" + course.Glossary
}

// glossary is a parsed glossary with what is wrong with it.
type glossary struct {
	base  string // the base of addresses that it was parsed with
	terms *lessons.Glossary
	err   error
}

// Glossary returns the course's terms, nil where it has none. A faulty file
// gives its faults and as much as was understood.
func (l *Library) Glossary() (*lessons.Glossary, error) {
	l.mu.Lock()
	path := glossaryPath(l.course)
	src, parsed := l.files[path], l.terms
	l.mu.Unlock()
	if path == "" {
		return nil, nil
	}
	if parsed != nil && parsed.base == route.Base() {
		return parsed.terms, parsed.err
	}
	made := &glossary{base: route.Base()}
	made.terms, made.err = lessons.ParseGlossary(path, src, lessons.Options{Registry: l.registry, Lesson: route.Lesson})
	l.mu.Lock()
	defer l.mu.Unlock()
	if string(l.files[path]) == string(src) {
		l.terms = made
	}
	return made.terms, made.err
}
