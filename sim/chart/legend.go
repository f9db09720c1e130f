package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

const (
	thumbWidth vg.Length = 26
	thumbGap   vg.Length = 5
	entryGap   vg.Length = 14
)

// legendEntry is a sample of how something is drawn, and its name.
type legendEntry struct {
	name   string
	sample []plot.Thumbnailer
}

// placedEntry is a legend entry with its place: x from the left, line from the
// top. Long names take several lines.
type placedEntry struct {
	legendEntry
	x     vg.Length
	line  int
	lines []string
}

// layLegend flows entries into lines of at most width.
func layLegend(entries []legendEntry, width vg.Length) (placed []placedEntry, lines int) {
	var x vg.Length
	line, tall := 0, 0
	for _, e := range entries {
		text := wrapText(e.name, width-thumbWidth-thumbGap)
		w := thumbWidth + thumbGap
		widest := vg.Length(0)
		for _, t := range text {
			widest = max(widest, textWidth(t, FontSize))
		}
		w += widest
		if x > 0 && x+w > width {
			x, line, tall = 0, line+tall, 0
		}
		placed = append(placed, placedEntry{legendEntry: e, x: x, line: line, lines: text})
		tall = max(tall, len(text), 1)
		x += w + entryGap
	}
	return placed, line + tall
}

// drawLegend draws entries below the height top.
func drawLegend(c *canvas, left, top vg.Length, placed []placedEntry) {
	for _, e := range placed {
		y := top - vg.Length(e.line)*lineHeight
		sample := area(c, left+e.x, left+e.x+thumbWidth, y-lineHeight, y)
		for _, s := range e.sample {
			s.Thumbnail(&sample)
		}
		for i, text := range e.lines {
			writeLine(c, left+e.x+thumbWidth+thumbGap, y-vg.Length(i)*lineHeight, text, "")
		}
	}
}
