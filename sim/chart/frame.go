package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	// Width is the logical width of every chart.
	Width vg.Length = 320
	// FontSize is the size of text, and no text is smaller.
	FontSize vg.Length = 12

	lineHeight = FontSize * 1.35
	// maxMagnitude bounds what is drawn, so that ranges and ticks stay finite.
	maxMagnitude = 1e100
)

// Frame names a chart to the page and to readers who do not see it.
type Frame struct {
	// Key begins the ids of the drawing: a letter, then letters, digits, "-" or
	// "_"; unique on the page.
	Key string
	// Title names the chart; Desc says in words what it shows. Neither is
	// drawn: the page captions its figures.
	Title, Desc string
	// Width is the logical width to draw for, from Width to MaxWidth; 0 is Width.
	// The page shows a chart at its own width or larger, never smaller.
	Width float64
}

// MaxWidth is the largest logical width of a chart.
const MaxWidth = 720

func (f Frame) width() vg.Length {
	if f.Width == 0 {
		return Width
	}
	return vg.Length(f.Width)
}

func (f Frame) check() error {
	for i, r := range f.Key {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !(r >= '0' && r <= '9' || r == '-' || r == '_')) {
			return fmt.Errorf("key %q: want a letter, then letters, digits, - or _", f.Key)
		}
	}
	switch {
	case f.Key == "":
		return fmt.Errorf("key: empty")
	case strings.TrimSpace(f.Title) == "":
		return fmt.Errorf("title: empty")
	case strings.TrimSpace(f.Desc) == "":
		return fmt.Errorf("desc: empty")
	case math.IsNaN(f.Width) || f.Width != 0 && (f.Width < float64(Width) || f.Width > MaxWidth):
		return fmt.Errorf("width %v: want %v to %v", f.Width, float64(Width), MaxWidth)
	}
	return nil
}

// wrapSVG puts the elements drawn on c into an <svg> of their own.
func (f Frame) wrapSVG(c *canvas) string {
	var b strings.Builder
	title, desc := f.Key+"-title", f.Key+"-desc"
	class := "chart"
	if c.width > Width {
		class = "chart chart-wide"
	}
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="` + class + `" viewBox="0 0 ` + number(float64(c.width)) + ` ` + number(float64(c.height)))
	b.WriteString(`" role="img" aria-labelledby="` + title + ` ` + desc + `" font-size="` + number(float64(FontSize)) + `" fill="var(--text)">`)
	b.WriteString(`<title id="` + title + `">` + escape(f.Title) + `</title><desc id="` + desc + `">` + escape(f.Desc) + `</desc>`)
	b.WriteString(c.elements())
	b.WriteString(`</svg>`)
	return b.String()
}

// AxisScale is how values map to places along an axis.
type AxisScale int

const (
	Linear AxisScale = iota
	Log2             // ticks at powers of two
	Log10            // ticks at powers of ten; within two decades also at twos and fives
)

// Axis describes one axis. Its range is that of the data, rounded outward to
// ticks, unless Min and Max are given (not both zero).
type Axis struct {
	Name     string
	Unit     string // empty for pure numbers
	Scale    AxisScale
	Min, Max float64
	// Zero makes a linear axis include zero.
	Zero bool
}

// title is what stands beside the axis.
func (a Axis) title() string { return withUnit(a.Name, a.Unit) }

func withUnit(name, unit string) string {
	if unit == "" {
		return name
	}
	return name + "（" + unit + "）"
}

// admits reports whether v can stand on the axis.
func (a Axis) admits(v float64) error {
	switch {
	case math.IsNaN(v) || math.Abs(v) > maxMagnitude:
		return fmt.Errorf("%v is not a number to draw", v)
	case a.Scale != Linear && v < 1/maxMagnitude:
		return fmt.Errorf("%v on a logarithmic axis", v)
	}
	return nil
}

// apply sets the range, scale and ticks of an axis of a plot for data in
// [lo, hi], which admits has passed.
func (a Axis) apply(to *plot.Axis, lo, hi float64, ticks int) error {
	fixed := a.Min != 0 || a.Max != 0
	if fixed {
		for _, v := range []float64{a.Min, a.Max} {
			if err := a.admits(v); err != nil {
				return fmt.Errorf("range: %w", err)
			}
		}
		if a.Min >= a.Max {
			return fmt.Errorf("range: %v is not below %v", a.Min, a.Max)
		}
		lo, hi = a.Min, a.Max
	}
	if a.Zero && a.Scale == Linear && !fixed {
		lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	}
	lo, hi = widen(lo, hi, a.Scale)
	var marks []plot.Tick
	switch a.Scale {
	case Linear:
		marks = linearTicks(lo, hi, ticks)
	case Log2:
		marks, to.Scale = logTicks(lo, hi, 2), plot.LogScale{}
	case Log10:
		marks, to.Scale = logTicks(lo, hi, 10), plot.LogScale{}
	default:
		return fmt.Errorf("scale %d: unknown", a.Scale)
	}
	if fixed {
		to.Min, to.Max = lo, hi
		inside := marks[:0:0]
		for _, m := range marks {
			if m.Value >= lo && m.Value <= hi {
				inside = append(inside, m)
			}
		}
		marks = inside
	} else {
		to.Min, to.Max = marks[0].Value, marks[len(marks)-1].Value
	}
	to.Tick.Marker = plot.ConstantTicks(marks)
	return nil
}

// widen gives an empty or imperceptible range some extent.
func widen(lo, hi float64, scale AxisScale) (float64, float64) {
	if scale != Linear {
		if hi/lo < 1.01 {
			return lo / 2, hi * 2
		}
		return lo, hi
	}
	size := math.Max(math.Abs(lo), math.Abs(hi))
	switch {
	case size < 1/maxMagnitude:
		return 0, 1
	case hi-lo < 1e-6*size:
		return lo - size/2, hi + size/2
	}
	return lo, hi
}

// newPlot returns a plot in the page's look, without axes' ranges.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = handler{}
	p.Title.TextStyle.Handler = handler{}
	p.Legend.TextStyle.Handler = handler{}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color = mutedPaint
		a.Width = 1
		a.Padding = 0
		a.Label.TextStyle = textStyle(text.XCenter, a.Label.TextStyle.YAlign)
		a.Label.Padding = 2
		a.Tick.Label = textStyle(a.Tick.Label.XAlign, a.Tick.Label.YAlign)
		a.Tick.Color = mutedPaint
		a.Tick.Width = 1
		a.Tick.Length = 4
	}
	return p
}

func textStyle(x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{Color: textPaint, Font: font.Font{Size: FontSize}, XAlign: x, YAlign: y, Handler: handler{}}
}

// writeLine writes s with its line's top edge at y.
func writeLine(c *canvas, x, y vg.Length, s, anchor string) {
	c.SetColor(textPaint)
	c.text(vg.Point{X: x, Y: y - lineHeight + (lineHeight-FontSize)/2 + 0.12*FontSize}, s, anchor, FontSize)
}

// area is the part of c between two heights.
func area(c *canvas, left, right, bottom, top vg.Length) draw.Canvas {
	return draw.Canvas{Canvas: c, Rectangle: vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: right, Y: top}}}
}

// wrapText breaks s into lines of at most width: between words where it can,
// else between characters.
func wrapText(s string, width vg.Length) []string {
	var lines []string
	var line []rune
	space := -1
	for _, r := range strings.Join(strings.Fields(s), " ") {
		line = append(line, r)
		if r == ' ' {
			space = len(line)
		}
		if len(line) > 1 && textWidth(strings.TrimSpace(string(line)), FontSize) > width {
			cut := len(line) - 1
			if space > 0 && r < 0x2000 {
				cut = space
			}
			lines = append(lines, strings.TrimSpace(string(line[:cut])))
			line = append([]rune(nil), line[cut:]...)
			space = -1
		}
	}
	if rest := strings.TrimSpace(string(line)); rest != "" {
		lines = append(lines, rest)
	}
	return lines
}
