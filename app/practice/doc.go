// Package practice decides which questions are asked when: a mixed practice over
// all modules, questions that come back on a spaced schedule, and a mixed exam.
// It is plain data and draws nothing.
//
// The schedule is FSRS (Free Spaced Repetition Scheduler, version 6) with its
// published default weights, replayed from the stored attempts each time it is
// asked for. So there is nothing to store or to merge: two devices with the same
// attempts have the same schedule.
//
// Imports: go-fsrs, app/progress, lessons.
package practice
