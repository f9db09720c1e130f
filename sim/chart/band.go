package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// band shades the region between the ends of intervals.
type band struct {
	points []Interval
	paint  paint
}

// Plot implements plot.Plotter.
func (b *band) Plot(c draw.Canvas, p *plot.Plot) {
	svg, ok := unwrap(c)
	if !ok {
		return
	}
	x, y := p.Transforms(&c)
	var path vg.Path
	for i, iv := range b.points {
		pt := vg.Point{X: x(iv.X), Y: y(iv.High)}
		if i == 0 {
			path.Move(pt)
		} else {
			path.Line(pt)
		}
	}
	for i := len(b.points) - 1; i >= 0; i-- {
		path.Line(vg.Point{X: x(b.points[i].X), Y: y(b.points[i].Low)})
	}
	path.Close()
	svg.SetColor(b.paint)
	svg.fillFaint(path)
}

// Thumbnail implements plot.Thumbnailer.
func (b *band) Thumbnail(c *draw.Canvas) {
	svg, ok := unwrap(c)
	if !ok {
		return
	}
	svg.SetColor(b.paint)
	svg.fillFaint(rectangle(c.Min.X, c.Min.Y+2, c.Max.X, c.Max.Y-2))
}

func rectangle(left, bottom, right, top vg.Length) vg.Path {
	return polyline(true, vg.Point{X: left, Y: bottom}, vg.Point{X: right, Y: bottom}, vg.Point{X: right, Y: top}, vg.Point{X: left, Y: top})
}

// Rule is a straight line across a plot, named where it stands.
type Rule struct {
	At       float64
	Vertical bool // at a place of the x axis; else at a height of the y axis
	Label    string
}

// Plot implements plot.Plotter.
func (r Rule) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := draw.LineStyle{Color: mutedPaint, Width: 1.25, Dashes: []vg.Length{3, 3}}
	label := textStyle(text.XLeft, text.YBottom)
	if r.Vertical {
		at := x(r.At)
		c.StrokeLine2(style, at, c.Min.Y, at, c.Max.Y)
		label.YAlign = text.YTop
		w := textWidth(r.Label, FontSize)
		left := at + 3
		if left+w > c.Max.X {
			left = at - 3 - w
		}
		c.FillText(label, vg.Point{X: max(left, c.Min.X), Y: c.Max.Y}, r.Label)
		return
	}
	at := y(r.At)
	c.StrokeLine2(style, c.Min.X, at, c.Max.X, at)
	place := vg.Point{X: c.Min.X + 3, Y: at + 1}
	if at+FontSize > c.Max.Y {
		label.YAlign, place.Y = text.YTop, at-1
	}
	c.FillText(label, place, r.Label)
}
