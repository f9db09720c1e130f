// Package deploy answers the labs about running a model on one's own hardware:
// "fit", what memory it takes.
//
// It may import app/engine, app/engine/serve/sheet, app/format, sim and
// sim/chart.
package deploy
