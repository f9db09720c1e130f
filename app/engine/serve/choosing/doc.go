// Package choosing answers the labs about deciding: "select", which models remain
// and how they rank; "rag", what retrieval finds and a prompt costs;
// "scaling-law", how published laws spend a budget; "acceptance", what a blind
// evaluation says; "report", all of it in one document.
//
// It may import app/engine, app/engine/serve/sheet, app/format, sim with what is
// below it, and sim/chart.
package choosing
