package labs

import (
	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The pieces of a panel below are components of their own because of what go-app
// does with one whose exported fields are as before: nothing. While a slider is
// dragged most controls, quantities and tables stay as they are, and to build
// their elements anew only to find that out takes longer than all else.

// sheetPiece is the sheet of a panel; Mark changes with it.
type sheetPiece struct {
	goapp.Compo
	Panel *sheetPanel
	Mark  int
}

func (p *sheetPiece) Render() goapp.UI {
	return sheetView(p.Panel.sheet, p.Panel.stale, p.Panel.sheetOptions())
}

// quantityPiece is one number of a sheet.
type quantityPiece struct {
	goapp.Compo
	Quantity engine.Quantity
}

// figurePiece is one figure of a sheet, the Number-th block.
type figurePiece struct {
	goapp.Compo
	Figure  engine.Figure
	Options sheetOptions
	Number  int
}

// tablePiece is one table of a sheet, the Number-th block.
type tablePiece struct {
	goapp.Compo
	Table   engine.FactTable
	Options sheetOptions
	Number  int
}

// controlPiece is the control of the At-th parameter of a panel. The other fields
// are all that its look depends on.
type controlPiece struct {
	goapp.Compo
	Panel      *sheetPanel
	At         int
	Value      string
	Wrong      string
	Shown, Off bool
	Choices    *engine.LabChoices
}

func (p *controlPiece) Render() goapp.UI { return p.Panel.control(p.Panel.lab.Inputs[p.At]) }
