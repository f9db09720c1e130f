package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ScatterSpec is a chart of points in groups, each with a name where there is
// room for it.
type ScatterSpec struct {
	Frame
	X, Y   Axis
	Groups []Group
	// Rules are straight lines across the plot; Lines are drawn below the points,
	// such as a roofline.
	Rules []Rule
	Lines []Series
	// Height of the plotting area with its tick labels; 0 means 260.
	Height float64
}

// Group is points of one look.
type Group struct {
	Name string
	Dots []Dot
}

// Dot is one point. Where sources disagree, the ranges from Low to High are drawn
// through it; a range of zeros is none.
type Dot struct {
	X, Y        float64
	XLow, XHigh float64
	YLow, YHigh float64
	Label       string
	// Strong labels are placed before the others, and are always written.
	Strong bool
}

// maxDots bounds a scatter chart: beyond it nothing can be told apart.
const maxDots = 500

// Scatter draws a scatter chart. Labels never touch one another or a point; those
// that find no room are left out unless they are Strong. It fails on a
// specification without points, on values that the axes cannot show, and on an
// invalid Frame.
func Scatter(spec ScatterSpec) (string, error) {
	svg, err := drawScatter(spec)
	if err != nil {
		return "", fmt.Errorf("draw scatter %q: %w", spec.Key, err)
	}
	return svg, nil
}

func drawScatter(spec ScatterSpec) (string, error) {
	if err := spec.check(); err != nil {
		return "", err
	}
	lo, hi := spec.extent()
	p := newPlot()
	if err := spec.X.apply(&p.X, lo.X, hi.X, 6); err != nil {
		return "", fmt.Errorf("x axis: %w", err)
	}
	if err := spec.Y.apply(&p.Y, lo.Y, hi.Y, 6); err != nil {
		return "", fmt.Errorf("y axis: %w", err)
	}
	grid := draw.LineStyle{Color: linePaint, Width: 1}
	p.Add(&plotter.Grid{Horizontal: grid, Vertical: grid})
	var entries []legendEntry
	for i, s := range spec.Lines {
		look := len(spec.Groups) + i
		parts, _ := seriesPlotters(look, s)
		p.Add(parts...)
		entries = append(entries, legendEntry{name: s.Name, sample: []plot.Thumbnailer{&plotter.Line{LineStyle: seriesLine(look)}}})
	}
	for _, r := range spec.Rules {
		p.Add(unranged{r})
	}
	for i, g := range spec.Groups {
		xys := make(plotter.XYs, len(g.Dots))
		for j, d := range g.Dots {
			xys[j] = plotter.XY{X: d.X, Y: d.Y}
		}
		p.Add(unranged{ranges{i, g.Dots}}, unranged{&plotter.Scatter{XYs: xys, GlyphStyle: dotGlyph(i)}})
		if len(spec.Groups)+len(spec.Lines) > 1 {
			entries = append(entries, legendEntry{name: g.Name, sample: []plot.Thumbnailer{&plotter.Scatter{GlyphStyle: dotGlyph(i)}}})
		}
	}
	p.Add(unranged{dotLabels{spec.Groups}})
	height := vg.Length(spec.Height)
	if height <= 0 {
		height = 260
	}
	return spec.compose(p, spec.X, spec.Y, entries, height), nil
}

// dotGlyph is a marker that stands alone, larger than one on a line.
func dotGlyph(i int) draw.GlyphStyle {
	s := seriesGlyph(i)
	s.Radius = 3.5
	return s
}

func (spec ScatterSpec) extent() (lo, hi Point) {
	lo, hi = Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	take := func(x, y float64) {
		lo.X, hi.X = math.Min(lo.X, x), math.Max(hi.X, x)
		lo.Y, hi.Y = math.Min(lo.Y, y), math.Max(hi.Y, y)
	}
	for _, g := range spec.Groups {
		for _, d := range g.Dots {
			take(d.X, d.Y)
			if d.XHigh != 0 {
				take(d.XLow, d.Y)
				take(d.XHigh, d.Y)
			}
			if d.YHigh != 0 {
				take(d.X, d.YLow)
				take(d.X, d.YHigh)
			}
		}
	}
	for _, s := range spec.Lines {
		for _, pt := range s.Points {
			if !math.IsNaN(pt.Y) {
				take(pt.X, pt.Y)
			}
		}
	}
	for _, r := range spec.Rules {
		if r.Vertical {
			take(r.At, lo.Y)
		} else {
			take(lo.X, r.At)
		}
	}
	return lo, hi
}

// ranges draws the disagreement of sources through the points of a group.
type ranges struct {
	group int
	dots  []Dot
}

// Plot implements plot.Plotter.
func (r ranges) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := draw.LineStyle{Color: seriesPaint(r.group), Width: 1.25}
	const cap = 3
	for _, d := range r.dots {
		if d.XHigh != 0 && d.XHigh > d.XLow {
			a, b, at := x(d.XLow), x(d.XHigh), y(d.Y)
			c.StrokeLine2(style, a, at, b, at)
			c.StrokeLine2(style, a, at-cap, a, at+cap)
			c.StrokeLine2(style, b, at-cap, b, at+cap)
		}
		if d.YHigh != 0 && d.YHigh > d.YLow {
			a, b, at := y(d.YLow), y(d.YHigh), x(d.X)
			c.StrokeLine2(style, at, a, at, b)
			c.StrokeLine2(style, at-cap, a, at+cap, a)
			c.StrokeLine2(style, at-cap, b, at+cap, b)
		}
	}
}

// dotLabels names points where there is room.
type dotLabels struct{ groups []Group }

// Plot implements plot.Plotter.
func (l dotLabels) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const reach = 5 // from a point's middle to a label
	var taken []vg.Rectangle
	type named struct {
		dot Dot
		at  vg.Point
	}
	var strong, others []named
	for _, g := range l.groups {
		for _, d := range g.Dots {
			at := vg.Point{X: x(d.X), Y: y(d.Y)}
			taken = append(taken, vg.Rectangle{Min: vg.Point{X: at.X - 3.5, Y: at.Y - 3.5}, Max: vg.Point{X: at.X + 3.5, Y: at.Y + 3.5}})
			switch {
			case d.Label == "":
			case d.Strong:
				strong = append(strong, named{d, at})
			default:
				others = append(others, named{d, at})
			}
		}
	}
	style := textStyle(text.XLeft, text.YBottom)
	for _, n := range append(strong, others...) {
		w, h := textWidth(n.dot.Label, FontSize), FontSize
		right, left, middle := n.at.X+reach, n.at.X-reach-w, n.at.X-w/2
		above, below, level := n.at.Y+reach-1, n.at.Y-reach-h+1, n.at.Y-h/2
		places := []vg.Point{{X: right, Y: level}, {X: left, Y: level}, {X: middle, Y: above}, {X: middle, Y: below},
			{X: right, Y: above}, {X: right, Y: below}, {X: left, Y: above}, {X: left, Y: below}}
		chosen := vg.Rectangle{}
		found := false
		for _, at := range places {
			box := vg.Rectangle{Min: at, Max: vg.Point{X: at.X + w, Y: at.Y + h}}
			if box.Min.X < c.Min.X || box.Max.X > c.Max.X+4 || box.Min.Y < c.Min.Y || box.Max.Y > c.Max.Y+4 || touches(box, taken) {
				continue
			}
			chosen, found = box, true
			break
		}
		if !found {
			if !n.dot.Strong {
				continue
			}
			at := vg.Point{X: max(c.Min.X, min(right, c.Max.X-w)), Y: max(c.Min.Y, min(level, c.Max.Y-h))}
			chosen = vg.Rectangle{Min: at, Max: vg.Point{X: at.X + w, Y: at.Y + h}}
		}
		taken = append(taken, chosen)
		c.FillText(style, vg.Point{X: chosen.Min.X, Y: chosen.Min.Y + 0.1*FontSize}, n.dot.Label)
	}
}

func touches(box vg.Rectangle, taken []vg.Rectangle) bool {
	for _, o := range taken {
		if box.Min.X < o.Max.X && o.Min.X < box.Max.X && box.Min.Y < o.Max.Y && o.Min.Y < box.Max.Y {
			return true
		}
	}
	return false
}

func (spec ScatterSpec) check() error {
	if err := spec.Frame.check(); err != nil {
		return err
	}
	dots := 0
	for _, g := range spec.Groups {
		dots += len(g.Dots)
	}
	switch {
	case spec.X.Name == "" || spec.Y.Name == "":
		return fmt.Errorf("axis: no name")
	case dots == 0 || dots > maxDots:
		return fmt.Errorf("points: %d, want 1 to %d", dots, maxDots)
	case len(spec.Groups)+len(spec.Lines) > MaxSeries:
		return fmt.Errorf("groups and lines: %d, at most %d can be told apart", len(spec.Groups)+len(spec.Lines), MaxSeries)
	case math.IsNaN(spec.Height) || spec.Height > 2000 || spec.Height != 0 && spec.Height < 100:
		return fmt.Errorf("height %v: want 100 to 2000", spec.Height)
	}
	for _, g := range spec.Groups {
		if strings.TrimSpace(g.Name) == "" {
			return fmt.Errorf("group: no name")
		}
		for i, d := range g.Dots {
			checks := []error{spec.X.admits(d.X), spec.Y.admits(d.Y)}
			if d.XHigh != 0 {
				checks = append(checks, spec.X.admits(d.XLow), spec.X.admits(d.XHigh))
			}
			if d.YHigh != 0 {
				checks = append(checks, spec.Y.admits(d.YLow), spec.Y.admits(d.YHigh))
			}
			if err := firstError(checks...); err != nil {
				return fmt.Errorf("group %q point %d: %w", g.Name, i, err)
			}
		}
	}
	for _, s := range spec.Lines {
		for i, pt := range s.Points {
			if err := spec.X.admits(pt.X); err != nil {
				return fmt.Errorf("line %q point %d: %w", s.Name, i, err)
			}
			if err := spec.Y.admits(pt.Y); err != nil && !math.IsNaN(pt.Y) {
				return fmt.Errorf("line %q point %d: %w", s.Name, i, err)
			}
		}
	}
	for i, r := range spec.Rules {
		axis := spec.Y
		if r.Vertical {
			axis = spec.X
		}
		if err := axis.admits(r.At); err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
	}
	return nil
}
