package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// TornadoSpec shows how far a result moves when one input at a time goes from a
// low to a high value: the widest bar is the input that matters most.
type TornadoSpec struct {
	Frame
	Value Axis    // of the result
	Base  float64 // the result with every input at its own value
	// Bars are drawn with the widest first, whatever their order here.
	Bars []Swing
	// Low and High name the two ends in the legend; empty: "输入取低值", "输入取高值".
	Low, High string
}

// Swing is what one input does: the results at its low and high values, and those
// values as the learner reads them.
type Swing struct {
	Name              string
	Low, High         float64
	LowText, HighText string
}

func (s Swing) span() float64 { return math.Abs(s.High - s.Low) }

// Tornado draws a tornado chart. It fails on a specification without bars, on
// values that the axis cannot show, and on an invalid Frame.
func Tornado(spec TornadoSpec) (string, error) {
	svg, err := drawTornado(spec)
	if err != nil {
		return "", fmt.Errorf("draw tornado %q: %w", spec.Key, err)
	}
	return svg, nil
}

func drawTornado(spec TornadoSpec) (string, error) {
	if err := spec.check(); err != nil {
		return "", err
	}
	spec.Bars = slices.Clone(spec.Bars)
	slices.SortStableFunc(spec.Bars, func(a, b Swing) int {
		switch {
		case a.span() > b.span():
			return -1
		case a.span() < b.span():
			return 1
		}
		return 0
	})
	lo, hi := spec.Base, spec.Base
	for _, b := range spec.Bars {
		lo, hi = min(lo, b.Low, b.High), max(hi, b.Low, b.High)
	}
	p := newPlot()
	if err := spec.Value.apply(&p.X, lo, hi, 5); err != nil {
		return "", fmt.Errorf("value axis: %w", err)
	}
	p.HideY()
	p.Y.Min, p.Y.Max = 0, float64(len(spec.Bars))
	p.Add(&plotter.Grid{Vertical: draw.LineStyle{Color: linePaint, Width: 1}})
	p.Add(unranged{swings{spec}})
	low, high := spec.Low, spec.High
	if low == "" {
		low = "输入取低值"
	}
	if high == "" {
		high = "输入取高值"
	}
	entries := []legendEntry{
		{name: low, sample: []plot.Thumbnailer{fillSample(0)}},
		{name: high, sample: []plot.Thumbnailer{fillSample(1)}},
	}
	return spec.compose(p, spec.Value, Axis{}, entries, vg.Length(len(spec.Bars))*rowHeight+26), nil
}

// swings draws the bars of a tornado on both sides of its base.
type swings struct{ spec TornadoSpec }

// Plot implements plot.Plotter.
func (s swings) Plot(c draw.Canvas, p *plot.Plot) {
	svg, ok := unwrap(c)
	if !ok {
		return
	}
	x, y := p.Transforms(&c)
	base := x(s.spec.Base)
	for i, b := range s.spec.Bars {
		bottom := y(float64(len(s.spec.Bars)-i-1)) + barGap/2
		for part, v := range []float64{b.Low, b.High} {
			if at := x(v); at != base {
				fillPart(svg, part, min(base, at), bottom, max(base, at), bottom+barHeight)
			}
		}
		// The base is marked on the bars, not through their names.
		svg.SetColor(textPaint)
		svg.SetLineWidth(1.5)
		svg.SetLineDash(nil, 0)
		svg.Stroke(polyline(false, vg.Point{X: base, Y: bottom - 2}, vg.Point{X: base, Y: bottom + barHeight + 2}))
		text := b.Name
		if b.LowText != "" || b.HighText != "" {
			text += "：" + b.LowText + " … " + b.HighText
		}
		writeLine(svg, c.Min.X, bottom+barHeight+lineHeight, text, "")
	}
}

func (spec TornadoSpec) check() error {
	if err := spec.Frame.check(); err != nil {
		return err
	}
	switch {
	case spec.Value.Name == "":
		return fmt.Errorf("axis: no name")
	case len(spec.Bars) == 0 || len(spec.Bars) > maxBarNames:
		return fmt.Errorf("bars: %d, want 1 to %d", len(spec.Bars), maxBarNames)
	}
	if err := spec.Value.admits(spec.Base); err != nil {
		return fmt.Errorf("base: %w", err)
	}
	for i, b := range spec.Bars {
		if strings.TrimSpace(b.Name) == "" {
			return fmt.Errorf("bar %d: no name", i)
		}
		if err := firstError(spec.Value.admits(b.Low), spec.Value.admits(b.High)); err != nil {
			return fmt.Errorf("bar %q: %w", b.Name, err)
		}
	}
	return nil
}
