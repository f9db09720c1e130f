// Package labs draws the labs of the course: one component per lab, in a file
// of its own, inside a frame that all labs share (controls, figure area, reset,
// permalink, table view, CSV, state of the engine).
//
// A lab holds the learner's inputs, asks the engine for what follows from them
// and draws the answer. It computes nothing about its subject: every number on
// the page, the statistics of a matrix included, comes in a reply. Mapping a
// number to a colour is drawing and is done here.
//
// Notation: a matrix has rows and columns counted from 0; what is shown to a
// learner counts as the engine's explanations do.
//
// Imports: go-app, app/engine, app/env, app/registry, app/route, lessons. The
// files canvas_js.go and page_js.go are the only ones that touch JavaScript
// beyond what go-app offers; each has a stub beside it so that everything else
// runs and is tested natively.
package labs
