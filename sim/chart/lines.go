package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// LinesSpec is a chart of one to MaxSeries series over a common x axis.
type LinesSpec struct {
	Frame
	X, Y   Axis
	Series []Series
	// Rules are straight lines across the plot: a capacity, the present choice.
	Rules []Rule
	// Height of the plotting area with its tick labels; 0 means 210.
	Height float64
}

// Series is one line. Its Points are drawn in the order given; a point whose Y
// is NaN interrupts the line.
type Series struct {
	Name   string // with its unit where it differs from the axis's
	Points []Point
	// Band is the region of uncertainty around the line, in order of X; shaded.
	Band []Interval
	// Step holds each value until the next point, as what is bought in pieces
	// does.
	Step bool
}

// Interval is the band of a Series at one place.
type Interval struct{ X, Low, High float64 }

// Point is one point of a Series.
type Point struct{ X, Y float64 }

// markedPoints is how many points of a line get a marker: more would hide it.
const markedPoints = 16

// Lines draws a line chart. It fails on a specification without series or
// points, on values that the axes cannot show, and on an invalid Frame; the
// error names what is wrong.
func Lines(spec LinesSpec) (string, error) {
	svg, err := drawLines(spec)
	if err != nil {
		return "", fmt.Errorf("draw lines %q: %w", spec.Key, err)
	}
	return svg, nil
}

func drawLines(spec LinesSpec) (string, error) {
	if err := spec.check(); err != nil {
		return "", err
	}
	p := newPlot()
	if err := spec.setAxes(p); err != nil {
		return "", err
	}
	p.Add(&plotter.Grid{Horizontal: draw.LineStyle{Color: linePaint, Width: 1}})
	// Bands lie below all lines.
	for i, s := range spec.Series {
		if len(s.Band) > 0 {
			p.Add(unranged{&band{points: s.Band, paint: seriesPaint(i)}})
		}
	}
	var entries []legendEntry
	for i, s := range spec.Series {
		parts, marks := seriesPlotters(i, s)
		p.Add(parts...)
		if !s.Step {
			p.Add(unranged{marks})
		}
		sample := []plot.Thumbnailer{&plotter.Line{LineStyle: seriesLine(i)}}
		if len(s.Band) > 0 {
			sample = append([]plot.Thumbnailer{&band{paint: seriesPaint(i)}}, sample...)
		}
		if !s.Step {
			sample = append(sample, &plotter.Scatter{GlyphStyle: seriesGlyph(i)})
		}
		entries = append(entries, legendEntry{name: s.Name, sample: sample})
	}
	for _, r := range spec.Rules {
		p.Add(unranged{r})
	}
	height := vg.Length(spec.Height)
	if height <= 0 {
		height = 210
	}
	return spec.compose(p, spec.X, spec.Y, entries, height), nil
}

func (spec LinesSpec) check() error {
	if err := spec.Frame.check(); err != nil {
		return err
	}
	switch {
	case spec.X.Name == "" || spec.Y.Name == "":
		return fmt.Errorf("axis: no name")
	case len(spec.Series) == 0:
		return fmt.Errorf("series: none")
	case len(spec.Series) > MaxSeries:
		return fmt.Errorf("series: %d, at most %d can be told apart", len(spec.Series), MaxSeries)
	case math.IsNaN(spec.Height) || spec.Height > 2000 || spec.Height != 0 && spec.Height < 100:
		return fmt.Errorf("height %v: want 100 to 2000", spec.Height)
	}
	for _, s := range spec.Series {
		if strings.TrimSpace(s.Name) == "" {
			return fmt.Errorf("series: no name")
		}
		shown := 0
		for i, pt := range s.Points {
			if err := spec.X.admits(pt.X); err != nil {
				return fmt.Errorf("series %q point %d x: %w", s.Name, i, err)
			}
			if math.IsNaN(pt.Y) {
				continue
			}
			if err := spec.Y.admits(pt.Y); err != nil {
				return fmt.Errorf("series %q point %d y: %w", s.Name, i, err)
			}
			shown++
		}
		if shown == 0 {
			return fmt.Errorf("series %q: no points", s.Name)
		}
		for i, iv := range s.Band {
			if err := firstError(spec.X.admits(iv.X), spec.Y.admits(iv.Low), spec.Y.admits(iv.High)); err != nil {
				return fmt.Errorf("series %q band %d: %w", s.Name, i, err)
			}
			if iv.Low > iv.High || i > 0 && iv.X < s.Band[i-1].X {
				return fmt.Errorf("series %q band %d: out of order", s.Name, i)
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

func (spec LinesSpec) setAxes(p *plot.Plot) error {
	lo := Point{math.Inf(1), math.Inf(1)}
	hi := Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range spec.Series {
		for _, pt := range s.Points {
			if math.IsNaN(pt.Y) {
				continue
			}
			lo.X, hi.X = math.Min(lo.X, pt.X), math.Max(hi.X, pt.X)
			lo.Y, hi.Y = math.Min(lo.Y, pt.Y), math.Max(hi.Y, pt.Y)
		}
		for _, iv := range s.Band {
			lo.X, hi.X = math.Min(lo.X, iv.X), math.Max(hi.X, iv.X)
			lo.Y, hi.Y = math.Min(lo.Y, iv.Low), math.Max(hi.Y, iv.High)
		}
	}
	for _, r := range spec.Rules {
		if r.Vertical {
			lo.X, hi.X = math.Min(lo.X, r.At), math.Max(hi.X, r.At)
		} else {
			lo.Y, hi.Y = math.Min(lo.Y, r.At), math.Max(hi.Y, r.At)
		}
	}
	if err := spec.X.apply(&p.X, lo.X, hi.X, 6); err != nil {
		return fmt.Errorf("x axis: %w", err)
	}
	if err := spec.Y.apply(&p.Y, lo.Y, hi.Y, 5); err != nil {
		return fmt.Errorf("y axis: %w", err)
	}
	return nil
}

// seriesPlotters returns the unbroken parts of a series and its markers.
func seriesPlotters(i int, s Series) (parts []plot.Plotter, marks *plotter.Scatter) {
	var run, all plotter.XYs
	end := func() {
		if len(run) > 0 {
			parts = append(parts, unranged{&plotter.Line{XYs: run, LineStyle: seriesLine(i)}})
		}
		run = nil
	}
	for _, pt := range s.Points {
		if math.IsNaN(pt.Y) {
			end()
			continue
		}
		if s.Step && len(run) > 0 {
			run = append(run, plotter.XY{X: pt.X, Y: run[len(run)-1].Y})
		}
		run = append(run, plotter.XY(pt))
		all = append(all, plotter.XY(pt))
	}
	end()
	marks = &plotter.Scatter{GlyphStyle: seriesGlyph(i)}
	stride := (len(all) + markedPoints - 1) / markedPoints
	for j := 0; j < len(all); j += stride {
		marks.XYs = append(marks.XYs, all[j])
	}
	return parts, marks
}

// unranged hides a plotter's DataRange: the axes are already set.
type unranged struct{ plot.Plotter }
