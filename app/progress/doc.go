// Package progress keeps what the learner has done: name, answers to quiz
// questions, reading positions, and the settings of this browser. It is a pure
// Go model and a Store over a small Storage interface; the browser's
// localStorage, memory and tests stand behind the same interface.
//
// Stored keys, with P = courselab/COURSE/BASE and both parts path-escaped:
//
//	P/profile           Profile
//	P/settings          settings.Settings
//	P/progress/LESSON   Lesson: one key per lesson, so that a damaged value
//	                    costs nothing else
//	P/reading/LESSON    Reading
//	P/labs/LAB          LabRecord: what was last set in a lab
//	P/exams/ID          Exam: one sitting of a mixed exam
//	P/damaged/KEY/N     a value that could not be read, kept as it was
//
// Every value is a JSON object with "version": 1. One from a later version is
// refused and left untouched; one from an earlier version goes through the
// migrations table.
//
// Every document has a merge that is commutative, associative and idempotent.
// A save reads what is stored, merges, and writes, so that two tabs add up; an
// import is the same merge with a file. A question's record is therefore a set
// of attempts and nothing else: best and first try are computed from it.
//
// A file also travels in the fragment of a link (link.go), whole or in parts: the
// union of the parts, in any order, is the whole.
//
// Of a question's attempts the newest LatestAttempts are kept, and beside them,
// for each version of its answer, the first attempt, the first right one and
// the last one: best and first try are never lost.
//
// Times are UTC, in whole milliseconds. An attempt or reading position never
// gets a time at or before the one that it follows: a clock that was set back
// reorders nothing.
//
// Imports: the standard library, app/settings, lessons; safejs in the browser.
package progress
