// Package chart draws specifications of charts as SVG text. It is the only
// package that knows gonum/plot: plot lays out axes, ticks, lines, markers and
// grids, and draws on a canvas of this package (canvas.go) that writes SVG for
// a web page. plot's own vgsvg canvas puts colours, widths and fonts of its own
// choice into style attributes, which a Content-Security-Policy of
// style-src 'self' blocks.
//
// # What a drawing is
//
// One <svg class="chart"> with a viewBox and no size, so that it fills the width
// of its column; assets/css/chart.css bounds it. The logical width is Width
// units, or what Frame.Width asks for where there is room, and no text is smaller than FontSize units: in a column of 296 px, which
// is a phone 360 px wide less two margins and two paddings of 16 px, that is
// 11 px. role="img" with <title> and
// <desc>, whose ids begin with the specification's Key; a Key must be unique on
// its page.
//
// Colours are the page's CSS variables, put into presentation attributes
// (fill="var(--s1)"): --s1 … --s8 for series, --seq-0 … --seq-8 and --div-0 …
// --div-8 for scales, --text, --muted, --line and --bg for the rest. No style
// attribute and no font family is written: text takes the page's.
//
// Series differ by colour, by dash and by marker, pieces of bars by colour and by
// hatching. Cells without a value are
// hatched, not coloured. Every axis and scale names its unit.
//
// The same specification gives the same bytes.
//
// # Notation
//
// Lengths are in units of the viewBox, with y upward as in gonum/plot until the
// canvas writes them.
//
// # Imports
//
// gonum.org/v1/plot and the standard library. Nothing of this module.
package chart
