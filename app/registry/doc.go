// Package registry lists what a lesson may call upon: the labs of the course,
// with the parameters they take and what a teacher needs to know about them,
// and the functions that computed quiz questions may name.
//
// It is plain data, read by the app (gallery, panels, parsing of lessons in the
// browser) and by the command that checks and renders a course. It imports
// lessons for the types and nothing else of this module, so that a binary which
// only lints a course does not link a user interface.
package registry
