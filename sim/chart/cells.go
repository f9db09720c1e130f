package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// cells is a plotter of one matrix over the unit squares [c, c+1] × [r, r+1].
// All cells of one colour become one path.
type cells struct {
	values [][]float64 // (rows, cols)
	scale  ColourScale
}

// Plot implements plot.Plotter.
func (m cells) Plot(c draw.Canvas, p *plot.Plot) {
	svg, ok := unwrap(c)
	if !ok {
		return
	}
	x, y := p.Transforms(&c)
	rect := func(row, from, to int) vg.Rectangle {
		return vg.Rectangle{
			Min: vg.Point{X: x(float64(from)), Y: y(float64(row + 1))},
			Max: vg.Point{X: x(float64(to)), Y: y(float64(row))},
		}
	}
	var byStep [scaleSteps]vg.Path
	var hatch vg.Path
	for r, row := range m.values {
		// Neighbours that look alike are drawn as one.
		for from := 0; from < len(row); {
			look := m.look(row[from])
			to := from + 1
			for to < len(row) && m.look(row[to]) == look {
				to++
			}
			run := rect(r, from, to)
			if look == hatched {
				hatch = append(hatch, hatching(run)...)
			} else {
				byStep[look] = append(byStep[look], run.Path()...)
			}
			from = to
		}
	}
	for step, path := range byStep {
		if len(path) > 0 {
			svg.SetColor(m.scale.paint(step))
			svg.fillCrisp(path)
		}
	}
	strokeHatching(c, hatch)
	outline(c, c.Rectangle)
}

// hatched is the look of a cell without a value; the others are steps of the
// colour scale.
const hatched = -1

func (m cells) look(v float64) int {
	if masked(v) {
		return hatched
	}
	return m.scale.step(v)
}

// hatching returns rising diagonals across r. They lie on one lattice of the
// whole drawing, so that those of neighbouring cells join.
func hatching(r vg.Rectangle) vg.Path {
	const gap = 5
	var p vg.Path
	first := math.Ceil(float64(r.Min.Y-r.Max.X) / gap)
	last := math.Floor(float64(r.Max.Y-r.Min.X) / gap)
	for k := first; k <= last; k++ {
		rise := vg.Length(k * gap) // y = x + rise
		from, to := max(r.Min.X, r.Min.Y-rise), min(r.Max.X, r.Max.Y-rise)
		if to-from < 0.01 {
			continue
		}
		p.Move(vg.Point{X: from, Y: from + rise})
		p.Line(vg.Point{X: to, Y: to + rise})
	}
	return p
}

func strokeHatching(c vg.Canvas, p vg.Path) {
	if len(p) == 0 {
		return
	}
	c.SetColor(mutedPaint)
	c.SetLineWidth(0.6)
	c.SetLineDash(nil, 0)
	c.Stroke(p)
}

func outline(c vg.Canvas, r vg.Rectangle) {
	c.SetColor(mutedPaint)
	c.SetLineWidth(0.8)
	c.SetLineDash(nil, 0)
	c.Stroke(r.Path())
}

// scaleLegend shows every colour of a scale with its numbers, and what hatched
// cells are.
type scaleLegend struct {
	spec   HeatmapSpec
	masked bool
}

const (
	swatchWidth  vg.Length = 22
	swatchHeight vg.Length = 12
)

func (l scaleLegend) title() []string {
	return wrapText(withUnit(l.spec.Scale.Name, l.spec.Scale.Unit), Width)
}

func (l scaleLegend) height() vg.Length {
	h := vg.Length(len(l.title())+1)*lineHeight + swatchHeight + 4
	if l.masked {
		h += vg.Length(len(l.maskedLines()))*lineHeight + 4
	}
	return h
}

func (l scaleLegend) maskedLines() []string {
	return wrapText(l.spec.maskedName(), Width-swatchWidth-thumbGap)
}

// draw draws the legend below the height top.
func (l scaleLegend) draw(c *canvas, top vg.Length) {
	for _, line := range l.title() {
		writeLine(c, 0, top, line, "")
		top -= lineHeight
	}
	const left vg.Length = 14 // room for half of the first number
	scale := l.spec.Scale
	bar := vg.Rectangle{Min: vg.Point{X: left, Y: top - swatchHeight}, Max: vg.Point{X: left + scaleSteps*swatchWidth, Y: top}}
	for k := 0; k < scaleSteps; k++ {
		c.SetColor(scale.paint(k))
		c.fillCrisp(vg.Rectangle{
			Min: vg.Point{X: bar.Min.X + vg.Length(k)*swatchWidth, Y: bar.Min.Y},
			Max: vg.Point{X: bar.Min.X + vg.Length(k+1)*swatchWidth, Y: bar.Max.Y},
		}.Path())
	}
	outline(c, bar)
	top = bar.Min.Y
	lo := 0.0
	if scale.Diverging {
		lo = -scale.Max
	}
	for _, k := range []int{0, (scaleSteps - 1) / 2, scaleSteps - 1} {
		v := lo + (scale.Max-lo)*float64(k)/(scaleSteps-1)
		writeLine(c, bar.Min.X+(vg.Length(k)+0.5)*swatchWidth, top-1, valueLabel(v), "middle")
	}
	top -= lineHeight + 4
	if !l.masked {
		return
	}
	box := vg.Rectangle{Min: vg.Point{X: left, Y: top - swatchHeight - 2}, Max: vg.Point{X: left + swatchWidth, Y: top - 2}}
	strokeHatching(c, hatching(box))
	outline(c, box)
	for i, line := range l.maskedLines() {
		writeLine(c, left+swatchWidth+thumbGap, top-vg.Length(i)*lineHeight, line, "")
	}
}
