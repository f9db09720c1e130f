// Package scorm hands a learner's progress in one module to the learning platform
// that opened the course, and takes it up again: SCORM 1.2 and SCORM 2004.
//
// Each module is a sharable content object (SCO) of its own: score and status of
// an SCO are what every platform must keep and shows in its grade book, while the
// objectives of SCORM 1.2 are optional, and each SCO has suspend data of its own.
//
//	                 1.2                      2004
//	score, 0 to 100  cmi.core.score.raw       cmi.score.raw, and scaled 0 to 1
//	completion       cmi.core.lesson_status   cmi.completion_status, cmi.success_status
//	place            cmi.core.lesson_location cmi.location
//	answers          cmi.suspend_data         cmi.suspend_data
//	                 up to 4,096 characters   up to 64,000
//
// The score is the share of the module's questions that were answered right at
// least once; the module is completed when all were. Neither is ever taken back:
// a course that gained a question since leaves the platform's record standing.
//
// The answers are those of progress.Lesson, as JSON, DEFLATE and base64url after
// "1.". Where they do not fit, what scoring needs least goes first; see Pack.
//
// assets/scorm.js finds the platform's API and begins and ends the session.
//
// Imports: the standard library, app/progress, lessons; safejs in the browser.
package scorm
