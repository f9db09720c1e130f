// Package quantise answers the lab "quantise": a matrix of the course's model in
// fewer bits, at once; and, as a run, what that does to the whole model: its
// perplexity on verse that no model was trained on, by method and bits, which
// matrices hurt most, how fast 8-bit integers are, and the same seed's verse.
//
// It may import app/engine, app/engine/serve/quality, run and sheet, app/format,
// attention and what is below it, sim and sim/chart.
package quantise
