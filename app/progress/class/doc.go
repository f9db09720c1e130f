// Package class puts the progress files of a class together: who handed in, how
// each question of the course went, and what was chosen wrongly. It writes a
// table for a spreadsheet and a report that any browser shows.
//
// Only answers to the questions as the course asks them now count, as in the
// learner's own scores; the others are counted apart. Answers are graded again
// with the course, except computed ones, whose verdict is the file's. A file keeps
// a bounded number of attempts at each question (progress.LatestAttempts), so
// a count of attempts is of those that are kept.
//
// Files of one learner are merged: those that give the same name, and one without
// a name that shares an answer, made at the same millisecond, with another.
//
// It may import app/progress, lessons and sim/chart. The native command alone
// links it.
package class
