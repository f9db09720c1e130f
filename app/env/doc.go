// Package env is what the program hands to its pages: the engine, the learner's
// progress and settings, the course, and the figures that stand in the page
// already. Pages get it as a field; there are no globals.
//
// Imports: app/content, app/engine, app/progress, app/settings, lessons.
package env
