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

// BarsSpec is a chart of stacked bars: one bar an item, in pieces that add up.
// Horizontal bars have their name above them and their sum behind them, which
// leaves long Chinese names room on a phone; vertical ones are for a sequence,
// such as months.
type BarsSpec struct {
	Frame
	Value Axis     // begins at zero; linear
	Parts []string // names of the pieces, in the order in which they are stacked
	Bars  []Bar
	// Rules are capacities or limits that the bars are held against.
	Rules    []Rule
	Vertical bool
	Item     string  // name of the other axis of a vertical chart: "月"
	Height   float64 // of a vertical plot; 0 means 210
}

// Bar is one item. Values has one for each part; NaN is not known and leaves a
// gap of no length.
type Bar struct {
	Name   string
	Values []float64
	Label  string // behind a horizontal bar: its sum with the unit
}

// Bounds of what can be told apart.
const (
	maxBars     = 120 // vertical ones
	maxBarNames = 24  // horizontal ones, each a line of text and a bar
)

const (
	barHeight vg.Length = 15
	barGap    vg.Length = 5
	rowHeight           = lineHeight + barHeight + barGap
)

// Bars draws a chart of stacked bars. It fails on a specification without bars or
// parts, on values that are not finite (other than NaN), and on an invalid Frame.
func Bars(spec BarsSpec) (string, error) {
	svg, err := drawBars(spec)
	if err != nil {
		return "", fmt.Errorf("draw bars %q: %w", spec.Key, err)
	}
	return svg, nil
}

func drawBars(spec BarsSpec) (string, error) {
	if err := spec.check(); err != nil {
		return "", err
	}
	spec.Value.Zero = true
	lo, hi := 0.0, 0.0
	for _, b := range spec.Bars {
		below, above := b.extent()
		lo, hi = math.Min(lo, below), math.Max(hi, above)
	}
	for _, r := range spec.Rules {
		lo, hi = math.Min(lo, r.At), math.Max(hi, r.At)
	}
	p := newPlot()
	var entries []legendEntry
	for i, name := range spec.Parts {
		entries = append(entries, legendEntry{name: name, sample: []plot.Thumbnailer{fillSample(i)}})
	}
	if len(spec.Parts) == 1 {
		entries = nil // the axis names it
	}
	if spec.Vertical {
		return spec.drawVertical(p, entries, lo, hi)
	}
	return spec.drawHorizontal(p, entries, lo, hi)
}

func (spec BarsSpec) drawHorizontal(p *plot.Plot, entries []legendEntry, lo, hi float64) (string, error) {
	// Room for the sums behind the bars.
	room := vg.Length(0)
	for _, b := range spec.Bars {
		room = max(room, textWidth(b.Label, FontSize))
	}
	if usable := spec.width() - 20 - room; usable > 80 && spec.Value.Max == 0 {
		hi *= 1 + 0.5*float64(room/usable)
	}
	if err := spec.Value.apply(&p.X, lo, hi, 5); err != nil {
		return "", fmt.Errorf("value axis: %w", err)
	}
	p.HideY()
	p.Y.Min, p.Y.Max = 0, float64(len(spec.Bars))
	p.Add(&plotter.Grid{Vertical: draw.LineStyle{Color: linePaint, Width: 1}})
	p.Add(unranged{barPlotter{spec}})
	for _, r := range spec.Rules {
		r.Vertical = true
		p.Add(unranged{r})
	}
	height := vg.Length(len(spec.Bars))*rowHeight + 26
	if len(spec.Rules) > 0 {
		height += lineHeight // their names stand above the first bar
		p.Y.Max += float64(lineHeight / rowHeight)
	}
	return spec.compose(p, spec.Value, Axis{}, entries, height), nil
}

func (spec BarsSpec) drawVertical(p *plot.Plot, entries []legendEntry, lo, hi float64) (string, error) {
	if err := spec.Value.apply(&p.Y, lo, hi, 5); err != nil {
		return "", fmt.Errorf("value axis: %w", err)
	}
	p.X.Min, p.X.Max = 0, float64(len(spec.Bars))
	var ticks []plot.Tick
	for i, b := range spec.Bars {
		ticks = append(ticks, plot.Tick{Value: float64(i) + 0.5, Label: b.Name})
	}
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
	p.X.Tick.Length = 0
	p.Add(&plotter.Grid{Horizontal: draw.LineStyle{Color: linePaint, Width: 1}})
	p.Add(unranged{barPlotter{spec}})
	for _, r := range spec.Rules {
		r.Vertical = false
		p.Add(unranged{r})
	}
	height := vg.Length(spec.Height)
	if height <= 0 {
		height = 210
	}
	return spec.compose(p, Axis{Name: spec.Item}, spec.Value, entries, height), nil
}

// extent is where a bar's pieces end: those below zero go one way, the others the
// other.
func (b Bar) extent() (below, above float64) {
	for _, v := range b.Values {
		switch {
		case v < 0:
			below += v
		case v > 0:
			above += v
		}
	}
	return below, above
}

// barPlotter draws the bars of a specification.
type barPlotter struct{ spec BarsSpec }

// Plot implements plot.Plotter.
func (b barPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	svg, ok := unwrap(c)
	if !ok {
		return
	}
	x, y := p.Transforms(&c)
	for i, bar := range b.spec.Bars {
		below, above := 0.0, 0.0
		row := float64(len(b.spec.Bars) - i) // the first bar is the uppermost
		bottom := y(row-1) + barGap/2
		for k, v := range bar.Values {
			if math.IsNaN(v) || v == 0 {
				continue
			}
			from := above
			if v < 0 {
				from = below
				below += v
			} else {
				above += v
			}
			if b.spec.Vertical {
				left, right := x(float64(i)+0.1), x(float64(i)+0.9)
				fillPart(svg, k, left, min(y(from), y(from+v)), right, max(y(from), y(from+v)))
			} else {
				fillPart(svg, k, min(x(from), x(from+v)), bottom, max(x(from), x(from+v)), bottom+barHeight)
			}
		}
		if b.spec.Vertical {
			continue
		}
		writeLine(svg, c.Min.X, bottom+barHeight+lineHeight, bar.Name, "")
		if bar.Label != "" {
			at := x(above) + 4
			if at+textWidth(bar.Label, FontSize) > c.Max.X+8 {
				// No room behind the bar: on the line of its name.
				writeLine(svg, c.Max.X, bottom+barHeight+lineHeight, bar.Label, "end")
				continue
			}
			writeLine(svg, at, bottom+barHeight-(barHeight-lineHeight)/2, bar.Label, "")
		}
	}
	if !b.spec.Vertical {
		svg.SetColor(mutedPaint)
		svg.SetLineWidth(1)
		svg.SetLineDash(nil, 0)
		svg.Stroke(polyline(false, vg.Point{X: x(0), Y: c.Min.Y}, vg.Point{X: x(0), Y: c.Max.Y}))
	}
}

func (spec BarsSpec) check() error {
	if err := spec.Frame.check(); err != nil {
		return err
	}
	most := maxBarNames
	if spec.Vertical {
		most = maxBars
	}
	switch {
	case spec.Value.Name == "":
		return fmt.Errorf("axis: no name")
	case spec.Value.Scale != Linear:
		return fmt.Errorf("axis: lengths of bars need a linear scale")
	case len(spec.Bars) == 0 || len(spec.Bars) > most:
		return fmt.Errorf("bars: %d, want 1 to %d", len(spec.Bars), most)
	case len(spec.Parts) == 0 || len(spec.Parts) > MaxSeries:
		return fmt.Errorf("parts: %d, want 1 to %d", len(spec.Parts), MaxSeries)
	case math.IsNaN(spec.Height) || spec.Height > 2000 || spec.Height != 0 && spec.Height < 100:
		return fmt.Errorf("height %v: want 100 to 2000", spec.Height)
	}
	for i, b := range spec.Bars {
		if strings.TrimSpace(b.Name) == "" || len(b.Values) != len(spec.Parts) {
			return fmt.Errorf("bar %d: %q with %d values for %d parts", i, b.Name, len(b.Values), len(spec.Parts))
		}
		for _, v := range b.Values {
			if math.IsNaN(v) {
				continue
			}
			if err := spec.Value.admits(v); err != nil {
				return fmt.Errorf("bar %q: %w", b.Name, err)
			}
		}
	}
	for i, r := range spec.Rules {
		if err := spec.Value.admits(r.At); err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
	}
	return nil
}
