package labs

import (
	"fmt"
	"math"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// repaint draws the canvases once the elements stand.
func (p *xrayPanel) repaint() {
	p.home.Defer(func(goapp.Context) {
		if !p.answered {
			return
		}
		if p.palette == nil {
			// Reading colours makes the browser lay the page out, so not before
			// there is something to paint.
			p.palette = readPalette()
		}
		paint(p.pictures(), p.palette)
	})
}

func (p *xrayPanel) mainID() string        { return p.id("main") }
func (p *xrayPanel) sourceID(i int) string { return p.id(fmt.Sprintf("source-%d", i)) }

// sources are the tensors that the cell explained comes from.
func (p *xrayPanel) sources() []string {
	var names []string
	if p.why == nil || p.whyAt.Tensor != p.state.tensor {
		// What stood before stays until the next is there.
		t, _ := p.info(p.state.tensor)
		return t.Inputs[:min(len(t.Inputs), maxSources)]
	}
	for _, r := range p.why.Regions[:min(len(p.why.Regions), maxSources)] {
		names = append(names, r.Tensor)
	}
	return names
}

// pictures lists every canvas that the lab shows now.
func (p *xrayPanel) pictures() []painting {
	var list []painting
	add := func(canvas, tensor string) {
		if q, ok := p.picture(canvas, tensor); ok {
			list = append(list, q)
		}
	}
	add(p.mainID(), p.state.tensor)
	for i, name := range p.sources() {
		add(p.sourceID(i), name)
	}
	return list
}

// picture composes the block of a tensor with its marks.
func (p *xrayPanel) picture(canvas, tensor string) (painting, bool) {
	b, ok := p.blocks[tensor]
	t, known := p.info(tensor)
	if !ok || !known {
		return painting{}, false
	}
	q := painting{canvas: canvas, rows: b.values.Rows, cols: b.values.Cols, tensor: b.values, span: spanOfTensor(t),
		rowLabels: b.RowLabels, colLabels: b.ColLabels}
	at := p.focused()
	if at.Tensor == tensor && p.holds(at) {
		q.active = [][2]int{{at.Row - b.Row, at.Col - b.Col}}
	}
	if p.why != nil && p.whyAt == at {
		for _, r := range p.why.Regions {
			if r.Tensor != tensor {
				continue
			}
			area := [4]int{max(r.Row-b.Row, 0), max(r.Col-b.Col, 0), min(r.LastRow-b.Row, q.rows-1), min(r.LastCol-b.Col, q.cols-1)}
			if area[0] <= area[2] && area[1] <= area[3] {
				q.areas = append(q.areas, area)
			}
		}
	}
	q.signature = fmt.Sprint(p.version, tensor, b.Row, b.Col, q.active, q.areas)
	return q, true
}

// spanOfTensor is the scale of a tensor: from zero for probabilities, otherwise
// centred at zero.
func spanOfTensor(t engine.XrayTensor) span {
	most := math.Max(math.Abs(float64(t.Min)), math.Abs(float64(t.Max)))
	if most == 0 || math.IsInf(most, 0) || math.IsNaN(most) {
		most = 1
	}
	if t.Sequential {
		return span{high: most, sequential: true}
	}
	return span{low: -most, high: most}
}

// value returns the number in a cell, if its block has come.
func (p *xrayPanel) value(c engine.XrayCell) (float64, bool) {
	if !p.holds(c) {
		return 0, false
	}
	b := p.blocks[c.Tensor]
	return float64(b.values.At(c.Row-b.Row, c.Col-b.Col)), true
}

// under returns the cell of a tensor under the pointer.
func (p *xrayPanel) under(ctx goapp.Context, e goapp.Event, tensor string) (engine.XrayCell, bool) {
	b, ok := p.blocks[tensor]
	side := 0.0
	if ok {
		side = ctx.JSSrc().Get("clientWidth").Float()
	}
	if side <= 0 {
		return engine.XrayCell{}, false
	}
	row, col, ok := gridOn(side, b.values.Rows, b.values.Cols, true).at(e.Get("offsetX").Float(), e.Get("offsetY").Float())
	return engine.XrayCell{Tensor: tensor, Row: b.Row + row, Col: b.Col + col}, ok
}

// pointed reveals the cell under the pointer without choosing it.
func (p *xrayPanel) pointed(ctx goapp.Context, e goapp.Event, tensor string) {
	c, ok := p.under(ctx, e, tensor)
	if !ok || c == p.focused() {
		ctx.PreventUpdate()
		return
	}
	p.hover = &c
	p.show()
}

// left goes back to the chosen cell.
func (p *xrayPanel) left(ctx goapp.Context, e goapp.Event) {
	if p.hover == nil {
		ctx.PreventUpdate()
		return
	}
	p.hover = nil
	p.show()
}

// pressed chooses a cell: of the large tensor to stay there, of a source to go
// there.
func (p *xrayPanel) pressed(ctx goapp.Context, e goapp.Event, tensor string) {
	if c, ok := p.under(ctx, e, tensor); ok {
		p.look(c)
	}
}

// key serves the keyboard on the large tensor.
func (p *xrayPanel) key(ctx goapp.Context, e goapp.Event) {
	if e.Get("altKey").Bool() || e.Get("metaKey").Bool() {
		return
	}
	key := e.Get("key").String()
	t, _ := p.info(p.state.tensor)
	row, col, moved := moveCell(key, e.Get("ctrlKey").Bool(), p.state.row, p.state.col, t.Rows, t.Cols)
	switch {
	case moved:
		e.PreventDefault()
		p.look(engine.XrayCell{Tensor: p.state.tensor, Row: row, Col: col})
	case key == "PageUp" || key == "PageDown":
		e.PreventDefault()
		by := 1
		if key == "PageUp" {
			by = -1
		}
		p.step(by)
	case key == "Enter":
		// To where the first operand stands.
		e.PreventDefault()
		if p.why != nil && len(p.why.Regions) > 0 {
			r := p.why.Regions[0]
			p.look(engine.XrayCell{Tensor: r.Tensor, Row: r.Row, Col: r.Col})
		}
	default:
		ctx.PreventUpdate()
	}
}

// order lists the tensors that the pass computes, in its order; parameters are
// looked up on the map.
func (p *xrayPanel) order() []string {
	var names []string
	for _, t := range p.pass.Tensors {
		if t.Group != "parameter" {
			names = append(names, t.Name)
		}
	}
	return names
}

// place is where the large tensor stands in the order; −1: it is a parameter.
func (p *xrayPanel) place() int {
	for i, name := range p.order() {
		if name == p.state.tensor {
			return i
		}
	}
	return -1
}

// step goes to the tensor before or after.
func (p *xrayPanel) step(by int) {
	order := p.order()
	i := clamp(p.place()+by, 0, len(order)-1)
	p.look(engine.XrayCell{Tensor: order[i], Row: p.state.row, Col: p.state.col})
}

// shiftBlock goes to a neighbouring block of a large tensor.
func (p *xrayPanel) shiftBlock(rows, cols int) {
	t, _ := p.info(p.state.tensor)
	b := p.blocks[p.state.tensor]
	p.look(engine.XrayCell{Tensor: t.Name,
		Row: clamp(b.Row+rows*engine.XrayBlock, 0, t.Rows-1), Col: clamp(b.Col+cols*engine.XrayBlock, 0, t.Cols-1)})
}
