// Package shrink makes the course's language model smaller and says what that
// costs: the lab "prune" cuts weights, heads and columns out of it, the lab
// "distil" has small models learn from it. Each has a quick sheet and a run.
//
// # What is learnt from, and what is measured on
//
// There is no corpus in a browser. Importances, the training after pruning and the
// students of distillation all use poems that the model itself writes, one after
// the other from its opening mark, at temperature 1, so that they are drawn from
// its own distribution. Losses are measured on attention/verse.HeldOut, which
// neither the model nor a student has read.
//
// # Bytes
//
// Everything is stored as float16, as the model's own file is; headers are not
// counted. See attention/prune for the layouts. Weights that were trained are
// rounded to float16 before they are measured.
//
// # Imports
//
// app/engine, app/engine/serve/{sheet,run,quality}, app/format, sim/chart and
// attention with its packages prune, quantise, train and verse.
package shrink
