// Package pages draws the pages of the course: map, lesson, labs, search,
// glossary, practice, record, settings, author, about. A page is a pure function of its fields: rendered natively, without any
// life in the browser, it is the whole page; in the browser its first rendering
// has the same elements.
//
// Prose and drawings go in as raw markup, escaped where they come from; other
// attribute values that a course's author writes go through route.Attr.
//
// Imports: go-app, app/engine, app/env, app/content, app/practice, app/progress,
// app/settings, app/author, app/labs, app/quiz, app/registry, app/route, app/search, lessons.
package pages
