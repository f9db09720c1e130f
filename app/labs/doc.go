// Package labs draws the labs of the course inside a frame that all of them
// share (controls, figure area, reset, permalink, table view, CSV, state of the
// engine, experiments, teacher's note).
//
// A lab holds the learner's inputs, asks the engine for what follows from them
// and draws the answer. It computes nothing about its subject: every number on
// the page, the statistics of a matrix included, comes in a reply. Mapping a
// number to a colour is drawing and is done here.
//
// Labs that calculate are drawn by the common panel (lab.go) from data alone;
// "fit" is the example to read. "attention" has a component of its own.
//
// # How to add a lab to the common panel
//
// 1. app/registry: replace the lab's coming(…) by a Lab with Inputs. Each Param
// says its kind, label, unit, default, bounds and help, and is at once the
// control, the field of the permalink, what a lesson's lab block may set, and
// what is kept in this browser. Group folds rarely used ones behind a title; Only
// shows one while another has a value; Data names files of the course beside
// those that inputs of kind Model and GPU bring. Guess asks before the result is
// shown. Write Summary, Section (the anchor in the lesson), TryIt and Note.
//
// 2. app/engine/serve: write a sheet.Handler in the package of its group
// (app/engine/serve/deploy/fit.go) and name it in labHandlers. It reads its
// parameters from *sheet.Input, computes with sim, and returns an engine.Sheet:
// verdict, notes, parts with quantities (sheet.Quantity of a sim.Quantity, which
// then unfolds formula, operands and dated sources), figures (sim/chart, with
// description and table) and tables (cells with sources). Numbers are written by
// app/format and nowhere else. What is slow comes after a Partial sheet, with
// Progress in its loop.
//
// 3. The lesson: a fenced block "lab NAME" in the section that Section names.
//
// 4. Tests: those of the common panel run every such lab with its defaults, its
// experiments and the ends of every range (TestEveryLabAnswers,
// registry.TestLabsAreWhole). The lab's own tests hold its numbers against cases
// worked by hand, natively: serve.Sheet answers without a page.
//
// A lab that needs an element of its own adds a hook (lab_hook.go); it is drawn
// below the controls or below the result and reaches the panel through Bench.
// What the learner last set in a lab, with its verdict, is
// progress.Store.Lab(NAME).
//
// Elements keep their places in every state of the panel: what has nothing to
// show is an empty element, since go-app updates children by their index.
//
// # Notation
//
// A matrix has rows and columns counted from 0; what is shown to a learner counts
// as the engine's explanations do.
//
// # Imports
//
// go-app, app/engine, app/env, app/format, app/registry, app/route, lessons. The
// files canvas_js.go and page_js.go are the only ones that touch JavaScript
// beyond what go-app offers; each has a stub beside it so that everything else
// runs and is tested natively.
package labs
