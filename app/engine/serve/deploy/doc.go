// Package deploy answers the labs about running a model on one's own hardware:
// "fit", what memory it takes and on how many cards; "roofline", how fast it reads
// and writes there.
//
// It may import app/engine, app/engine/serve/sheet, app/format, sim and
// sim/chart.
package deploy
