package labs

import (
	"strconv"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// look moves the chosen cell and asks how it came about.
func (p *attentionPanel) look(c cell) {
	changed := c != p.state.at
	p.state.at, p.hover = c, nil
	p.state.settle()
	p.editing, p.wrongValue = false, ""
	if changed {
		p.remember()
	}
	p.askWhy()
	p.repaint()
}

// under returns the cell of a matrix under the pointer.
func (p *attentionPanel) under(ctx goapp.Context, e goapp.Event, name string, labelled bool) (cell, bool) {
	_, t, ok := p.matrix(name, p.state.at.head)
	if !ok {
		return cell{}, false
	}
	side := ctx.JSSrc().Get("clientWidth").Float()
	if side <= 0 {
		return cell{}, false
	}
	row, col, ok := gridOn(side, t.Rows, t.Cols, labelled).at(e.Get("offsetX").Float(), e.Get("offsetY").Float())
	return cell{matrix: name, head: p.state.at.head, row: row, col: col}, ok
}

// pointed reveals the cell under the pointer without choosing it.
func (p *attentionPanel) pointed(ctx goapp.Context, e goapp.Event, name string) {
	c, ok := p.under(ctx, e, name, true)
	if !ok || c == p.focused() || p.editing {
		ctx.PreventUpdate()
		return
	}
	p.hover = &c
	p.askWhy()
	p.repaint()
}

// left goes back to the chosen cell.
func (p *attentionPanel) left(ctx goapp.Context, e goapp.Event) {
	if p.hover == nil {
		ctx.PreventUpdate()
		return
	}
	p.hover = nil
	p.askWhy()
	p.repaint()
}

// pressed chooses a cell: of the large matrix to stay there, of a source to go
// there.
func (p *attentionPanel) pressed(ctx goapp.Context, e goapp.Event, name string) {
	if c, ok := p.under(ctx, e, name, true); ok {
		p.look(c)
	}
}

// pressedTwice opens the cell for editing.
func (p *attentionPanel) pressedTwice(ctx goapp.Context, e goapp.Event, name string) {
	if c, ok := p.under(ctx, e, name, true); ok {
		p.look(c)
		p.open()
	}
}

// key serves the keyboard on the large matrix.
func (p *attentionPanel) key(ctx goapp.Context, e goapp.Event) {
	if e.Get("altKey").Bool() || e.Get("metaKey").Bool() {
		return
	}
	key := e.Get("key").String()
	at := p.state.at
	rows, cols, _ := p.state.size(at.matrix)
	row, col, moved := moveCell(key, e.Get("ctrlKey").Bool(), at.row, at.col, rows, cols)
	switch {
	case moved:
		e.PreventDefault()
		p.look(cell{at.matrix, at.head, row, col})
	case key == "Enter" || key == "F2":
		e.PreventDefault()
		p.open()
	case key == "Delete" || key == "Backspace":
		e.PreventDefault()
		p.undo(at)
	case key == "PageUp":
		e.PreventDefault()
		p.step(-1)
	case key == "PageDown":
		e.PreventDefault()
		p.step(1)
	default:
		ctx.PreventUpdate()
	}
}

// stage is the place of the matrix shown large in the order of computation.
func (p *attentionPanel) stage() int {
	for i, m := range attentionMatrices {
		if m == p.state.at.matrix {
			return i
		}
	}
	return 0
}

// show puts another matrix into the large place.
func (p *attentionPanel) show(matrix string) {
	c := p.state.at
	c.matrix = matrix
	p.look(c)
}

// step goes to the stage before or after.
func (p *attentionPanel) step(by int) {
	p.show(attentionMatrices[clamp(p.stage()+by, 0, len(attentionMatrices)-1)])
}

// open offers the chosen cell for editing.
func (p *attentionPanel) open() {
	if !editable(p.state.at.matrix) {
		p.notice = "只有 Q、K、V 的格子可以改；后面各步由它们算出。"
		return
	}
	p.editing, p.wrongValue, p.notice = true, "", ""
	p.home.Defer(func(goapp.Context) { focus(p.editID()) })
}

// typed serves the keyboard in the field of a cell's new value.
func (p *attentionPanel) typed(ctx goapp.Context, e goapp.Event) {
	switch e.Get("key").String() {
	case "Enter":
		e.PreventDefault()
		p.put(ctx.JSSrc().Get("value").String())
	case "Escape":
		e.PreventDefault()
		p.close()
	default:
		ctx.PreventUpdate()
	}
}

// put writes the value typed into the chosen cell.
func (p *attentionPanel) put(value string) {
	v, ok := parseCellValue(value)
	if !ok {
		p.wrongValue = "“" + shorten(value) + "”不能用：请填 −" + strconv.Itoa(maxCellValue) + " 到 " + strconv.Itoa(maxCellValue) + " 的数。"
		return
	}
	at := p.state.at
	p.change(func(s *attentionState) { s.edit(at, v) })
	p.close()
}

// close leaves the field and gives the keyboard back to the matrix.
func (p *attentionPanel) close() {
	p.editing, p.wrongValue = false, ""
	p.home.Defer(func(goapp.Context) { focus(p.mainID()) })
}

// undo takes back the edit of one cell.
func (p *attentionPanel) undo(c cell) {
	if _, ok := p.state.edited(c); ok {
		p.change(func(s *attentionState) { s.revert(c) })
	}
}

// value returns the number in a cell of the result shown.
func (p *attentionPanel) value(c cell) (float64, bool) {
	_, t, ok := p.matrix(c.matrix, c.head)
	if !ok || c.row >= t.Rows || c.col >= t.Cols {
		return 0, false
	}
	return float64(t.At(c.row, c.col)), true
}

// operandCell is the place an operand stands in, where the lab shows it.
func (p *attentionPanel) operandCell(o engine.Operand) (cell, bool) {
	c := cell{o.Matrix, o.Head, o.Row, o.Col}
	return c, p.state.holds(c)
}
