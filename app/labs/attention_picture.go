package labs

import (
	"fmt"
	"strconv"
	"strings"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// attentionSources are the matrices that a stage is computed from.
var attentionSources = map[string][]string{
	"scores": {"q", "k"}, "scaled": {"scores"}, "masked": {"scaled"},
	"weights": {"masked"}, "output": {"weights", "v"},
}

// matrix returns a matrix of the result that is shown.
func (p *attentionPanel) matrix(name string, head int) (engine.Matrix, engine.Tensor, bool) {
	for _, m := range p.result.Matrices {
		if m.Name == name && (m.Head == head || m.Head < 0) {
			return m, p.tensors[m.Tensor], true
		}
	}
	return engine.Matrix{}, engine.Tensor{}, false
}

// labels returns what stands beside rows or above columns.
func (p *attentionPanel) labels(a engine.Axis, n int) []string {
	if a == engine.AxisToken && n == len(p.result.Tokens) {
		if p.result.Model == nil {
			return p.result.Tokens
		}
		// Beside a row is room for one character: the marks lose their brackets.
		short := make([]string, n)
		for i, t := range p.result.Tokens {
			short[i] = strings.Trim(t, "〈〉")
		}
		return short
	}
	labels := make([]string, n)
	for i := range labels {
		labels[i] = strconv.Itoa(i)
	}
	return labels
}

// canvas ids: one large, up to two sources, one thumbnail a stage, one a head.
func (p *attentionPanel) mainID() string            { return p.Props.Key + "-main" }
func (p *attentionPanel) sourceID(i int) string     { return p.Props.Key + "-source-" + strconv.Itoa(i) }
func (p *attentionPanel) stageID(m string) string   { return p.Props.Key + "-stage-" + m }
func (p *attentionPanel) headID(h int) string       { return p.Props.Key + "-head-" + strconv.Itoa(h) }
func (p *attentionPanel) tabID(m string) string     { return p.Props.Key + "-tab-" + m }
func (p *attentionPanel) editID() string            { return p.Props.Key + "-edit" }
func (p *attentionPanel) controlID(n string) string { return p.Props.Key + "-" + n }

// repaint draws the canvases once the elements stand.
func (p *attentionPanel) repaint() {
	p.home.Defer(func(goapp.Context) {
		if p.answered > 0 {
			if p.palette == nil {
				// Reading colours makes the browser lay the page out, so not
				// before there is something to paint.
				p.palette = readPalette()
			}
			paint(p.pictures(), p.palette)
		}
		if p.revealed != p.state.at.matrix {
			p.revealed = p.state.at.matrix
			reveal(p.Props.Key+"-stages", p.tabID(p.revealed))
		}
	})
}

// pictures lists every canvas that the lab may show now.
func (p *attentionPanel) pictures() []painting {
	at := p.state.at
	var list []painting
	add := func(canvas, name string, head int, labelled bool) {
		if q, ok := p.picture(canvas, name, head, labelled); ok {
			list = append(list, q)
		}
	}
	add(p.mainID(), at.matrix, at.head, true)
	for i, name := range attentionSources[at.matrix] {
		add(p.sourceID(i), name, at.head, true)
	}
	for _, name := range attentionMatrices {
		add(p.stageID(name), name, at.head, false)
	}
	if p.shown.headCount() > 1 {
		for h := range p.shown.headCount() {
			add(p.headID(h), "weights", h, false)
		}
	}
	return list
}

// picture composes one matrix with its marks.
func (p *attentionPanel) picture(canvas, name string, head int, labelled bool) (painting, bool) {
	m, t, ok := p.matrix(name, head)
	if !ok {
		return painting{}, false
	}
	q := painting{canvas: canvas, rows: t.Rows, cols: t.Cols, tensor: t, span: spanOf(p.result.Matrices, name)}
	if labelled {
		q.rowLabels, q.colLabels = p.labels(m.Rows, t.Rows), p.labels(m.Cols, t.Cols)
	}
	for _, e := range p.shown.edits {
		if e.Matrix == name && e.Head == head {
			q.edited = append(q.edited, [2]int{e.Row, e.Col})
		}
	}
	inside := func(row, col int) bool { return row >= 0 && row < t.Rows && col >= 0 && col < t.Cols }
	at := p.focused()
	if at.matrix == name && at.head == head && inside(at.row, at.col) {
		q.active = [][2]int{{at.row, at.col}}
	}
	if p.why != nil && p.whyAt == at {
		for _, o := range p.why.Operands {
			if o.Matrix == name && o.Head == head && inside(o.Row, o.Col) {
				q.operands = append(q.operands, [2]int{o.Row, o.Col})
			}
		}
	}
	q.signature = fmt.Sprint(p.answered, name, head, q.active, q.operands)
	return q, true
}
