// Package registry lists what a lesson may call upon: the labs of the course,
// with the parameters they take and what a teacher needs to know about them,
// and the functions that computed quiz questions may name.
//
// A parameter of a lab (Param) is data that serves three readers: the lesson
// parser, the permalink and the controls.
//
// It is plain data, read by the app (gallery, panels, parsing of lessons in the
// browser) and by the command that checks and renders a course. It imports
// lessons for the types and app/format for the words, so that a binary which
// only lints a course does not link a user interface.
package registry
