package chart

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// paint is a colour that the page decides: the name of a CSS variable without
// its dashes. It is a color.Color so that it passes through gonum/plot.
type paint string

// RGBA makes a paint a color.Color. The value is never drawn: canvas writes the
// variable's name.
func (paint) RGBA() (r, g, b, a uint32) { return 0, 0, 0, 0xffff }

var _ color.Color = paint("")

const (
	textPaint  paint = "text"
	mutedPaint paint = "muted"
	linePaint  paint = "line"
)

// MaxSeries is how many series one chart can tell apart.
const MaxSeries = 8

// scaleSteps is how many colours a sequential or diverging scale has.
const scaleSteps = 9

func seriesPaint(i int) paint { return paint(fmt.Sprintf("s%d", i+1)) }

// seriesDashes make series distinguishable without colour. The first is solid.
var seriesDashes = [MaxSeries][]vg.Length{
	nil,
	{6, 3},
	{2, 2.5},
	{8, 3, 2, 3},
	{4, 2},
	{10, 3, 2, 3, 2, 3},
	{1.5, 4},
	{12, 4},
}

var seriesGlyphs = [MaxSeries]draw.GlyphDrawer{
	draw.CircleGlyph{},
	openGlyph(box),
	draw.PyramidGlyph{},
	openGlyph(cross),
	draw.SquareGlyph{},
	openGlyph(diamond),
	openGlyph(plus),
	openGlyph(ring),
}

func seriesLine(i int) draw.LineStyle {
	return draw.LineStyle{Color: seriesPaint(i), Width: 1.75, Dashes: seriesDashes[i]}
}

func seriesGlyph(i int) draw.GlyphStyle {
	return draw.GlyphStyle{Color: seriesPaint(i), Radius: 2.75, Shape: seriesGlyphs[i]}
}
