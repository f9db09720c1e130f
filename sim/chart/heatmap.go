package chart

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// HeatmapSpec is one or several matrices of one shape on one colour scale.
type HeatmapSpec struct {
	Frame
	Panels     []Panel
	Rows, Cols Labels
	Scale      ColourScale
	// Masked names the hatched cells in the legend; empty means "已屏蔽".
	Masked string
}

// Panel is one matrix: Values[r][c], every row of one length. NaN and −Inf
// stand for cells without a value, which are hatched.
type Panel struct {
	Title  string // empty: none
	Values [][]float64
}

// Labels name a matrix's rows or columns: what they run over, and each of them.
// Where there is no room for all Names, every second, third … is written.
type Labels struct {
	Name  string
	Names []string
}

// ColourScale maps values to colours: from zero to Max, or for a diverging one
// from −Max to Max. Max 0 means the largest magnitude of the data.
type ColourScale struct {
	Name      string
	Unit      string // empty for pure numbers
	Diverging bool
	Max       float64
}

// Limits of a HeatmapSpec.
const (
	MaxHeatmapSide   = 128
	MaxHeatmapPanels = 16
)

// Heatmap draws matrices. It fails on an empty or ragged matrix, on labels that
// do not match it, on +Inf, on a negative value under a sequential scale, and
// on an invalid Frame; the error names what is wrong.
func Heatmap(spec HeatmapSpec) (string, error) {
	svg, err := drawHeatmap(spec)
	if err != nil {
		return "", fmt.Errorf("draw heatmap %q: %w", spec.Key, err)
	}
	return svg, nil
}

func drawHeatmap(spec HeatmapSpec) (string, error) {
	if err := spec.check(); err != nil {
		return "", err
	}
	if spec.Scale.Max == 0 {
		spec.Scale.Max = spec.largest()
	}
	grid := spec.layPanels()
	caption := wrapText("行："+spec.Rows.Name+"，列："+spec.Cols.Name, Width)
	captionHeight := vg.Length(len(caption))*lineHeight + 4
	key := scaleLegend{spec: spec, masked: spec.anyMasked()}
	c := newCanvas(Width, captionHeight+grid.height()+key.height())
	for i, line := range caption {
		writeLine(c, 0, c.height-vg.Length(i)*lineHeight, line, "")
	}
	for i, panel := range spec.Panels {
		grid.draw(c, c.height-captionHeight, i, panel)
	}
	key.draw(c, key.height())
	return spec.wrapSVG(c), nil
}

func (spec HeatmapSpec) check() error {
	if err := spec.Frame.check(); err != nil {
		return err
	}
	rows, cols := len(spec.Rows.Names), len(spec.Cols.Names)
	switch {
	case len(spec.Panels) == 0 || len(spec.Panels) > MaxHeatmapPanels:
		return fmt.Errorf("panels: %d, want 1 to %d", len(spec.Panels), MaxHeatmapPanels)
	case rows == 0 || rows > MaxHeatmapSide || cols == 0 || cols > MaxHeatmapSide:
		return fmt.Errorf("labels: %d rows and %d columns, want 1 to %d of each", rows, cols, MaxHeatmapSide)
	case spec.Rows.Name == "" || spec.Cols.Name == "" || spec.Scale.Name == "":
		return fmt.Errorf("rows, columns or scale: no name")
	case math.IsNaN(spec.Scale.Max) || spec.Scale.Max < 0 || spec.Scale.Max > maxMagnitude:
		return fmt.Errorf("scale: maximum %v", spec.Scale.Max)
	}
	for i, p := range spec.Panels {
		if len(p.Values) != rows {
			return fmt.Errorf("panel %d: %d rows, %d labels", i, len(p.Values), rows)
		}
		for r, row := range p.Values {
			if len(row) != cols {
				return fmt.Errorf("panel %d row %d: %d columns, %d labels", i, r, len(row), cols)
			}
			for k, v := range row {
				if masked(v) {
					continue
				}
				if math.Abs(v) > maxMagnitude || v < 0 && !spec.Scale.Diverging {
					return fmt.Errorf("panel %d row %d column %d: %v is off the scale", i, r, k, v)
				}
			}
		}
	}
	return nil
}

func masked(v float64) bool { return math.IsNaN(v) || math.IsInf(v, -1) }

// largest returns the largest magnitude drawn, 1 where all are zero.
func (spec HeatmapSpec) largest() float64 {
	m := 0.0
	spec.each(func(v float64) {
		if !masked(v) {
			m = math.Max(m, math.Abs(v))
		}
	})
	if m < 1/maxMagnitude {
		return 1
	}
	return m
}

func (spec HeatmapSpec) anyMasked() bool {
	found := false
	spec.each(func(v float64) { found = found || masked(v) })
	return found
}

func (spec HeatmapSpec) each(f func(float64)) {
	for _, p := range spec.Panels {
		for _, row := range p.Values {
			for _, v := range row {
				f(v)
			}
		}
	}
}

// step returns which of the scale's colours stands nearest to v, 0 to
// scaleSteps−1. Zero always gets the first one, or the middle one where the
// scale diverges.
func (s ColourScale) step(v float64) int {
	t := v / s.Max
	if s.Diverging {
		t = (t + 1) / 2
	}
	return int(math.Round(math.Max(0, math.Min(1, t)) * (scaleSteps - 1)))
}

func (s ColourScale) paint(step int) paint {
	if s.Diverging {
		return paint(fmt.Sprintf("div-%d", step))
	}
	return paint(fmt.Sprintf("seq-%d", step))
}

// panelGrid places panels of equal size, in one column or two.
type panelGrid struct {
	spec       HeatmapSpec
	across     int
	cell       vg.Length
	titled     bool
	rows, cols []string
	left, foot vg.Length // room for the row labels and the column labels
	width      vg.Length // of one panel
}

const panelGap vg.Length = 10

func (spec HeatmapSpec) layPanels() panelGrid {
	g := panelGrid{spec: spec, across: 1, foot: lineHeight, width: Width}
	if len(spec.Panels) > 1 {
		g.across = 2
		g.width = (Width - panelGap) / 2
	}
	for _, p := range spec.Panels {
		g.titled = g.titled || p.Title != ""
	}
	// Names that would leave no room for the matrix are shortened.
	g.rows, g.cols = shortened(spec.Rows.Names, g.width/3), shortened(spec.Cols.Names, g.width/3)
	g.left = widest(g.rows) + 6
	overhang := widest(g.cols) / 2
	rows, cols := vg.Length(len(spec.Rows.Names)), vg.Length(len(spec.Cols.Names))
	g.cell = min((g.width-g.left-1)/cols, (g.width-g.left-overhang)/(cols-0.5), 400/rows, 32)
	return g
}

func (g panelGrid) panelHeight() vg.Length {
	h := vg.Length(len(g.spec.Rows.Names))*g.cell + g.foot + panelGap
	if g.titled {
		h += lineHeight
	}
	return h
}

func (g panelGrid) height() vg.Length {
	return vg.Length((len(g.spec.Panels)+g.across-1)/g.across)*g.panelHeight() + 2
}

// draw draws the panel with index i, where the grid's upper edge is at top.
func (g panelGrid) draw(c *canvas, top vg.Length, i int, panel Panel) {
	x := vg.Length(i%g.across) * (g.width + panelGap)
	y := top - vg.Length(i/g.across)*g.panelHeight() - 2
	if g.titled {
		if lines := wrapText(panel.Title, g.width); len(lines) > 0 {
			writeLine(c, x+g.left, y, lines[0], "")
		}
		y -= lineHeight
	}
	rows, cols := len(panel.Values), len(panel.Values[0])
	field := area(c, x+g.left, x+g.left+vg.Length(cols)*g.cell, y-vg.Length(rows)*g.cell, y)
	// A plot without axes of its own fills its area exactly; row 0 is at the
	// top, as matrices are written.
	p := newPlot()
	p.HideAxes()
	p.X.Min, p.X.Max = 0, float64(cols)
	p.Y.Min, p.Y.Max = 0, float64(rows)
	p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	p.Add(cells{values: panel.Values, scale: g.spec.Scale})
	p.Draw(field)
	g.labels(c, field.Rectangle)
}

// labels writes as many row and column names as there is room for.
func (g panelGrid) labels(c *canvas, field vg.Rectangle) {
	stride := int(math.Ceil(float64(FontSize / g.cell)))
	for r := 0; r < len(g.rows); r += stride {
		y := field.Max.Y - (vg.Length(r)+0.5)*g.cell
		style := textStyle(text.XRight, text.YCenter)
		handler{}.Draw(c, g.rows[r], style, vg.Point{X: field.Min.X - 4, Y: y + descent*FontSize})
	}
	// Single characters may touch; longer names would run into each other.
	room := widest(g.cols)
	for _, n := range g.cols {
		if utf8.RuneCountInString(n) > 1 {
			room = widest(g.cols) + 3
			break
		}
	}
	stride = max(1, int(math.Ceil(float64(room/g.cell))))
	for k := 0; k < len(g.cols); k += stride {
		writeLine(c, field.Min.X+(vg.Length(k)+0.5)*g.cell, field.Min.Y-1, g.cols[k], "middle")
	}
}

func widest(names []string) vg.Length {
	w := vg.Length(0)
	for _, n := range names {
		w = max(w, textWidth(n, FontSize))
	}
	return w
}

// shortened cuts each name to the given width, with "…" at its end.
func shortened(names []string, width vg.Length) []string {
	out := make([]string, len(names))
	for i, n := range names {
		if lines := wrapText(n, width-FontSize); len(lines) > 1 {
			n = lines[0] + "…"
		}
		out[i] = n
	}
	return out
}

// maskedName is the legend's word for hatched cells.
func (spec HeatmapSpec) maskedName() string {
	if strings.TrimSpace(spec.Masked) != "" {
		return spec.Masked
	}
	return "已屏蔽"
}
