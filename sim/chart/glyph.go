package chart

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// openGlyph is a marker drawn as an outline, heavier than plot's own, which
// disappear beside a line of their own colour. It returns the marker's path
// around the origin.
type openGlyph func(radius vg.Length) vg.Path

// DrawGlyph implements draw.GlyphDrawer.
func (g openGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, pt vg.Point) {
	c.SetLineStyle(draw.LineStyle{Color: style.Color, Width: 1.25})
	path := g(style.Radius)
	for i := range path {
		path[i].Pos = path[i].Pos.Add(pt)
	}
	c.Stroke(path)
}

func polyline(closed bool, pts ...vg.Point) vg.Path {
	var p vg.Path
	p.Move(pts[0])
	for _, pt := range pts[1:] {
		p.Line(pt)
	}
	if closed {
		p.Close()
	}
	return p
}

func box(r vg.Length) vg.Path {
	return polyline(true, vg.Point{X: -r, Y: -r}, vg.Point{X: r, Y: -r}, vg.Point{X: r, Y: r}, vg.Point{X: -r, Y: r})
}

func diamond(r vg.Length) vg.Path {
	r *= 1.3
	return polyline(true, vg.Point{Y: -r}, vg.Point{X: r}, vg.Point{Y: r}, vg.Point{X: -r})
}

func cross(r vg.Length) vg.Path {
	return append(polyline(false, vg.Point{X: -r, Y: -r}, vg.Point{X: r, Y: r}),
		polyline(false, vg.Point{X: -r, Y: r}, vg.Point{X: r, Y: -r})...)
}

func plus(r vg.Length) vg.Path {
	r *= 1.3
	return append(polyline(false, vg.Point{X: -r}, vg.Point{X: r}), polyline(false, vg.Point{Y: -r}, vg.Point{Y: r})...)
}

func ring(r vg.Length) vg.Path {
	var p vg.Path
	p.Move(vg.Point{X: r})
	p.Arc(vg.Point{}, r, 0, 2*math.Pi)
	p.Close()
	return p
}
