// Package author holds the folder of a course while its author works on it in
// the browser: what was opened, what was changed, what is wrong with it, and what
// each module asks of a class.
//
// A Folder is read like the course of the site, through content.Read. What it
// lacks (a glossary that course.md names, data files, course.md itself) is
// borrowed from the course that the page belongs to, and said to be.
//
// Check finds the faults of a folder, for the author's page and for "lab check"
// alike. It needs the engine for what only the engine can judge.
//
// Nothing here touches the browser or computes anything of a model. Imports:
// app/engine for the plain data of files, app/registry, lessons.
package author
