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

// GanttSpec shows what occupies each row over time: requests in the slots of a
// batch, replicas up and down, models on the market.
type GanttSpec struct {
	Frame
	Time  Axis
	Kinds []string // names of the looks of spans, in the legend
	Rows  []GanttRow
	// Rules are moments named across all rows.
	Rules []Rule
}

// GanttRow is one row; its Spans may touch and do not overlap.
type GanttRow struct {
	Name  string
	Spans []Span
}

// Span is one piece of time of a kind.
type Span struct {
	From, To float64
	Kind     int    // of Kinds
	Label    string // written within where it fits
}

const (
	maxGanttRows  = 64
	maxGanttSpans = 4000
	ganttRow      = FontSize + 6
)

// Gantt draws a Gantt chart. It fails on a specification without rows or spans,
// on spans that end before they begin, and on an invalid Frame.
func Gantt(spec GanttSpec) (string, error) {
	svg, err := drawGantt(spec)
	if err != nil {
		return "", fmt.Errorf("draw gantt %q: %w", spec.Key, err)
	}
	return svg, nil
}

func drawGantt(spec GanttSpec) (string, error) {
	if err := spec.check(); err != nil {
		return "", err
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range spec.Rows {
		for _, s := range r.Spans {
			lo, hi = math.Min(lo, s.From), math.Max(hi, s.To)
		}
	}
	for _, r := range spec.Rules {
		lo, hi = math.Min(lo, r.At), math.Max(hi, r.At)
	}
	p := newPlot()
	if err := spec.Time.apply(&p.X, lo, hi, 6); err != nil {
		return "", fmt.Errorf("time axis: %w", err)
	}
	n := float64(len(spec.Rows))
	p.Y.Min, p.Y.Max = 0, n
	var names []plot.Tick
	for i, r := range spec.Rows {
		names = append(names, plot.Tick{Value: n - float64(i) - 0.5, Label: r.Name})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(names)
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
	p.Add(&plotter.Grid{Vertical: draw.LineStyle{Color: linePaint, Width: 1}})
	p.Add(unranged{spans{spec}})
	height := vg.Length(n)*ganttRow + 26
	if len(spec.Rules) > 0 {
		height += lineHeight
		p.Y.Max += float64(lineHeight / ganttRow)
	}
	for _, r := range spec.Rules {
		r.Vertical = true
		p.Add(unranged{r})
	}
	var entries []legendEntry
	for i, name := range spec.Kinds {
		entries = append(entries, legendEntry{name: name, sample: []plot.Thumbnailer{fillSample(i)}})
	}
	return spec.compose(p, spec.Time, Axis{}, entries, height), nil
}

// spans draws the rows of a Gantt chart.
type spans struct{ spec GanttSpec }

// Plot implements plot.Plotter.
func (s spans) Plot(c draw.Canvas, p *plot.Plot) {
	svg, ok := unwrap(c)
	if !ok {
		return
	}
	x, y := p.Transforms(&c)
	for i, row := range s.spec.Rows {
		bottom := y(float64(len(s.spec.Rows)-i-1)) + 2
		top := bottom + ganttRow - 4
		for _, span := range row.Spans {
			left, right := x(span.From), x(span.To)
			if right-left < 0.75 {
				right = left + 0.75 // still to be seen
			}
			fillPart(svg, span.Kind, left, bottom, right, top)
			if w := textWidth(span.Label, FontSize); span.Label != "" && w+4 <= right-left {
				// On paper of its own, so that no hatch runs through it.
				middle := (left + right) / 2
				svg.SetColor(paperPaint)
				svg.Fill(rectangle(middle-w/2-1, bottom+1, middle+w/2+1, top-1))
				writeLine(svg, middle, top+(lineHeight-(top-bottom))/2, span.Label, "middle")
			}
		}
	}
}

func (spec GanttSpec) check() error {
	if err := spec.Frame.check(); err != nil {
		return err
	}
	n := 0
	switch {
	case spec.Time.Name == "":
		return fmt.Errorf("axis: no name")
	case len(spec.Rows) == 0 || len(spec.Rows) > maxGanttRows:
		return fmt.Errorf("rows: %d, want 1 to %d", len(spec.Rows), maxGanttRows)
	case len(spec.Kinds) == 0 || len(spec.Kinds) > MaxSeries:
		return fmt.Errorf("kinds: %d, want 1 to %d", len(spec.Kinds), MaxSeries)
	}
	for i, r := range spec.Rows {
		if strings.TrimSpace(r.Name) == "" {
			return fmt.Errorf("row %d: no name", i)
		}
		for j, s := range r.Spans {
			if err := firstError(spec.Time.admits(s.From), spec.Time.admits(s.To)); err != nil {
				return fmt.Errorf("row %q span %d: %w", r.Name, j, err)
			}
			if s.To < s.From || s.Kind < 0 || s.Kind >= len(spec.Kinds) {
				return fmt.Errorf("row %q span %d: from %v to %v, kind %d of %d", r.Name, j, s.From, s.To, s.Kind, len(spec.Kinds))
			}
			n++
		}
	}
	if n == 0 || n > maxGanttSpans {
		return fmt.Errorf("spans: %d, want 1 to %d", n, maxGanttSpans)
	}
	for i, r := range spec.Rules {
		if err := spec.Time.admits(r.At); err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
	}
	return nil
}
