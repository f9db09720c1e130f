package chart

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// paperPaint is the page's background, in which hatching is drawn.
const paperPaint paint = "bg"

// hatch is how the pieces of a bar are told apart without colour: lines at an
// angle, in the background's colour.
type hatch struct {
	angle   float64 // in degrees
	spacing vg.Length
}

// seriesHatches are the hatches of each part; the first is plain.
var seriesHatches = [MaxSeries][]hatch{
	nil,
	{{45, 5}},
	{{-45, 5}},
	{{90, 4}},
	{{45, 6}, {-45, 6}},
	{{0, 4}},
	{{45, 3}},
	{{0, 5}, {90, 5}},
}

// fillPart fills a rectangle in the look of part i.
func fillPart(c *canvas, i int, left, bottom, right, top vg.Length) {
	c.SetColor(seriesPaint(i))
	c.Fill(rectangle(left, bottom, right, top))
	c.SetColor(paperPaint)
	c.SetLineWidth(1)
	c.SetLineDash(nil, 0)
	for _, h := range seriesHatches[i] {
		if path := hatchLines(h, left, bottom, right, top); len(path) > 0 {
			c.Stroke(path)
		}
	}
}

// hatchLines are the parallel lines of a hatch within a rectangle. Lines begin at
// multiples of the spacing, whatever the rectangle, so that neighbours join.
func hatchLines(h hatch, left, bottom, right, top vg.Length) vg.Path {
	sin, cos := math.Sincos(h.angle * math.Pi / 180)
	// A line is the points with −sin·x + cos·y = d.
	distance := func(x, y vg.Length) float64 { return -sin*float64(x) + cos*float64(y) }
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range []vg.Length{left, right} {
		for _, y := range []vg.Length{bottom, top} {
			lo, hi = math.Min(lo, distance(x, y)), math.Max(hi, distance(x, y))
		}
	}
	var path vg.Path
	step := float64(h.spacing)
	for d := math.Ceil(lo/step) * step; d < hi; d += step {
		from, to, ok := clipLine(-sin, cos, d, left, bottom, right, top)
		if ok {
			path.Move(from)
			path.Line(to)
		}
	}
	return path
}

// clipLine returns the part of the line a·x + b·y = d within a rectangle.
func clipLine(a, b, d float64, left, bottom, right, top vg.Length) (from, to vg.Point, ok bool) {
	// The line through (a·d, b·d) along (b, −a), since a² + b² = 1.
	lo, hi := math.Inf(-1), math.Inf(1)
	for _, side := range []struct{ at, along, min, max float64 }{
		{a * d, b, float64(left), float64(right)},
		{b * d, -a, float64(bottom), float64(top)},
	} {
		if math.Abs(side.along) < 1e-9 {
			if side.at < side.min || side.at > side.max {
				return from, to, false
			}
			continue
		}
		t1, t2 := (side.min-side.at)/side.along, (side.max-side.at)/side.along
		lo, hi = math.Max(lo, math.Min(t1, t2)), math.Min(hi, math.Max(t1, t2))
	}
	if hi-lo < 0.5 { // units: a dot is no line
		return from, to, false
	}
	point := func(t float64) vg.Point { return vg.Point{X: vg.Length(a*d + b*t), Y: vg.Length(b*d - a*t)} }
	return point(lo), point(hi), true
}

// fillSample is a part's look in the legend.
type fillSample int

var _ plot.Thumbnailer = fillSample(0)

// Thumbnail implements plot.Thumbnailer.
func (i fillSample) Thumbnail(c *draw.Canvas) {
	if svg, ok := unwrap(c); ok {
		fillPart(svg, int(i), c.Min.X+4, c.Min.Y+3, c.Max.X-2, c.Max.Y-3)
	}
}
