// Package emergence answers the lab "emergence": one family of models, measured
// with several rulers.
//
// It may import app/engine, app/engine/serve/sheet, app/format, sim and
// sim/chart.
package emergence
