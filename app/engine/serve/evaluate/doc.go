// Package evaluate answers the lab "evaluate": one question scored before the
// learner's eyes, how many questions tell two models apart, and three runs over
// the course's model and its compressed versions: multiple choice with
// perplexity, writing checked by rules (pass@k), and what training on the
// questions does to the score.
//
// A model's answers are counted as of independent questions by Wilson's interval,
// and by a bootstrap that draws whole poems, since three questions come from each.
//
// It may import app/engine, app/engine/serve/sheet, app/engine/serve/run,
// app/format, attention and what is below it, sim, sim/chart and sim/judge.
package evaluate
