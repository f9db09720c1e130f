// Package quiz shows the self-check of a lesson: it lets the learner answer,
// check, retry all or the wrong ones, and keeps every attempt in app/progress.
//
// A sheet is the quiz as the learner works on it, a task one question of it.
// Both are plain state with methods and no browser; view draws them and turns
// events into calls of those methods, so that tests call the same ones.
//
// Single, multiple, order and fill are graded by lessons.Grade in the page. A
// computed question is drawn and graded by the engine (engine.OpQuestionDraw,
// engine.OpQuestionGrade) with a fresh seed for each attempt; while the engine
// is away, only such questions wait.
//
// As one of an exam (Paper) a question is answered but not judged: what stands
// there is handed out at each change, and package pages has it judged at the end.
//
// Text inputs stand inside the prompt's own HTML and their events are caught at
// the element around them. The page never writes into an input while the learner
// types: an update that came late would take characters back, and would break
// the composition of Chinese ones. They are drawn anew when an attempt begins or
// ends (task.entered is what they show then).
//
// While prerendering (env.Env.Interactive is false) all questions and options
// are there with disabled controls; no answer, mark or explanation is.
//
// Imports: go-app, app/engine, app/env, app/progress, app/route, lessons.
package quiz
