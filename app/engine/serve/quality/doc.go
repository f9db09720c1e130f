// Package quality draws what making a model smaller costs: the loss of its
// versions against their bytes, of quantised, pruned and distilled ones on one
// chart.
//
// It may import app/engine, app/engine/serve/sheet, app/format and sim/chart.
package quality
