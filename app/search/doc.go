// Package search gathers what can be found in the course: every section of its
// lessons, the terms of its glossary, its labs. The engine ranks them
// (engine.OpSearchIndex, engine.OpSearchQuery); this package says what they are
// and where they lie.
//
// Imports: app/engine, app/registry, app/route, lessons.
package search
