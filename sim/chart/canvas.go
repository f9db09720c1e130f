package chart

import (
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// canvas is a vg.Canvas that writes SVG elements with presentation attributes.
// Paths of one kind and colour that follow one another become one element.
type canvas struct {
	width, height vg.Length
	out           strings.Builder
	path          pending
	state         pen
	stack         []pen
}

// pen is the graphics state that Push saves.
type pen struct {
	color  color.Color
	width  vg.Length
	dashes []vg.Length
	offset vg.Length
	// matrix maps user space to the canvas, both with y upward:
	// x' = m[0]·x + m[2]·y + m[4], y' = m[1]·x + m[3]·y + m[5].
	matrix [6]float64
}

// pending is a <path> that more data of the same attributes may join.
type pending struct {
	attributes string
	data       strings.Builder
}

var _ vg.CanvasSizer = (*canvas)(nil)

func newCanvas(width, height vg.Length) *canvas {
	return &canvas{
		width: width, height: height,
		state: pen{color: textPaint, width: 1, matrix: [6]float64{1, 0, 0, 1, 0, 0}},
	}
}

// elements returns what has been drawn.
func (c *canvas) elements() string {
	c.flush()
	return c.out.String()
}

// Size implements vg.CanvasSizer.
func (c *canvas) Size() (x, y vg.Length) { return c.width, c.height }

// SetLineWidth implements vg.Canvas.
func (c *canvas) SetLineWidth(w vg.Length) { c.state.width = w }

// SetLineDash implements vg.Canvas.
func (c *canvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.state.dashes, c.state.offset = pattern, offset
}

// SetColor implements vg.Canvas. Any colour that is no paint is drawn as text.
func (c *canvas) SetColor(clr color.Color) { c.state.color = clr }

// Rotate implements vg.Canvas.
func (c *canvas) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	c.transform([6]float64{cos, sin, -sin, cos, 0, 0})
}

// Translate implements vg.Canvas.
func (c *canvas) Translate(pt vg.Point) {
	c.transform([6]float64{1, 0, 0, 1, float64(pt.X), float64(pt.Y)})
}

// Scale implements vg.Canvas.
func (c *canvas) Scale(x, y float64) { c.transform([6]float64{x, 0, 0, y, 0, 0}) }

func (c *canvas) transform(n [6]float64) {
	m := c.state.matrix
	c.state.matrix = [6]float64{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

// Push implements vg.Canvas.
func (c *canvas) Push() { c.stack = append(c.stack, c.state) }

// Pop implements vg.Canvas.
func (c *canvas) Pop() {
	c.state = c.stack[len(c.stack)-1]
	c.stack = c.stack[:len(c.stack)-1]
}

// Stroke implements vg.Canvas.
func (c *canvas) Stroke(p vg.Path) {
	if c.state.width <= 0 {
		return
	}
	a := ` fill="none" stroke="` + c.colour() + `" stroke-width="` + number(float64(c.state.width)) + `"`
	if len(c.state.dashes) > 0 {
		parts := make([]string, len(c.state.dashes))
		for i, d := range c.state.dashes {
			parts[i] = number(float64(d))
		}
		a += ` stroke-dasharray="` + strings.Join(parts, " ") + `"`
		if c.state.offset != 0 {
			a += ` stroke-dashoffset="` + number(float64(c.state.offset)) + `"`
		}
	}
	c.draw(a, p)
}

// Fill implements vg.Canvas.
func (c *canvas) Fill(p vg.Path) { c.draw(` fill="`+c.colour()+`"`, p) }

// fillFaint fills a path so that what lies below is seen through it.
func (c *canvas) fillFaint(p vg.Path) { c.draw(` fill="`+c.colour()+`" fill-opacity="0.2"`, p) }

// fillCrisp fills a path whose edges fall on whole pixels of the screen, so that
// no background shows between neighbouring cells.
func (c *canvas) fillCrisp(p vg.Path) {
	c.draw(` fill="`+c.colour()+`" shape-rendering="crispEdges"`, p)
}

// FillString implements vg.Canvas. Text drawn through handler has an anchor and
// does not come here.
func (c *canvas) FillString(f font.Face, pt vg.Point, s string) {
	c.text(pt, s, "", f.Font.Size)
}

// DrawImage implements vg.Canvas. No chart holds a bitmap: it would not follow
// the page's colours.
func (c *canvas) DrawImage(vg.Rectangle, image.Image) {}

func (c *canvas) colour() string {
	p, ok := c.state.color.(paint)
	if !ok {
		p = textPaint
	}
	return "var(--" + string(p) + ")"
}

// text writes one line with its baseline at pt. anchor is "", "middle" or "end".
func (c *canvas) text(pt vg.Point, s, anchor string, size vg.Length) {
	if s == "" || size <= 0 {
		return
	}
	c.flush()
	x, y := c.place(pt)
	c.out.WriteString(`<text x="` + number(x) + `" y="` + number(y) + `"`)
	if anchor != "" {
		c.out.WriteString(` text-anchor="` + anchor + `"`)
	}
	if size != FontSize {
		c.out.WriteString(` font-size="` + number(float64(size)) + `"`)
	}
	// A turned text turns about its own anchor.
	if turn := -math.Atan2(c.state.matrix[1], c.state.matrix[0]); turn != 0 {
		c.out.WriteString(` transform="rotate(` + number(turn*180/math.Pi) + ` ` + number(x) + ` ` + number(y) + `)"`)
	}
	if c.state.color != textPaint {
		c.out.WriteString(` fill="` + c.colour() + `"`)
	}
	c.out.WriteString(`>` + escape(s) + `</text>`)
}

// draw adds p to the pending path, or begins a new one.
func (c *canvas) draw(attributes string, p vg.Path) {
	if attributes != c.path.attributes {
		c.flush()
		c.path.attributes = attributes
	}
	c.trace(p)
}

func (c *canvas) flush() {
	if c.path.data.Len() > 0 {
		c.out.WriteString(`<path` + c.path.attributes + ` d="` + c.path.data.String() + `"/>`)
	}
	c.path = pending{}
}

// place maps a point of user space to the drawing, whose y runs downward.
func (c *canvas) place(p vg.Point) (x, y float64) {
	m := c.state.matrix
	px, py := float64(p.X), float64(p.Y)
	return m[0]*px + m[2]*py + m[4], float64(c.height) - (m[1]*px + m[3]*py + m[5])
}

// trace appends a path's data.
func (c *canvas) trace(p vg.Path) {
	t := tracer{canvas: c, data: &c.path.data}
	for _, comp := range p {
		switch comp.Type {
		case vg.MoveComp:
			t.to("M", comp.Pos)
			t.start = comp.Pos
		case vg.LineComp:
			t.line(comp.Pos)
		case vg.CurveComp:
			letter := "Q"
			if len(comp.Control) > 1 {
				letter = "C"
			}
			t.to(letter, append(append([]vg.Point(nil), comp.Control...), comp.Pos)...)
		case vg.ArcComp:
			t.arc(comp)
		case vg.CloseComp:
			t.data.WriteByte('Z')
			t.x, t.y = t.written(t.start)
		}
	}
}

// tracer writes path data. x and y are the current point as written, empty
// before the first.
type tracer struct {
	canvas *canvas
	data   *strings.Builder
	start  vg.Point
	x, y   string
}

func (t *tracer) written(p vg.Point) (x, y string) {
	px, py := t.canvas.place(p)
	return number(px), number(py)
}

// to writes a command with its points.
func (t *tracer) to(letter string, pts ...vg.Point) {
	t.data.WriteString(letter)
	for i, pt := range pts {
		if i > 0 {
			t.data.WriteByte(' ')
		}
		t.x, t.y = t.written(pt)
		t.data.WriteString(t.x + " " + t.y)
	}
}

// line writes a line in the shortest form, nothing where it has no length.
func (t *tracer) line(p vg.Point) {
	x, y := t.written(p)
	switch {
	case t.x == "":
		t.to("M", p)
	case x == t.x && y == t.y:
	case y == t.y:
		t.data.WriteString("H" + x)
	case x == t.x:
		t.data.WriteString("V" + y)
	default:
		t.data.WriteString("L" + x + " " + y)
	}
	t.x, t.y = x, y
}

// arc writes a circular arc in parts of at most a half turn, since SVG draws
// nothing between equal end points. Scaling by different factors along x and y
// is not supported: nothing here does.
func (t *tracer) arc(comp vg.PathComp) {
	at := func(angle float64) vg.Point {
		sin, cos := math.Sincos(angle)
		return vg.Point{X: comp.Pos.X + comp.Radius*vg.Length(cos), Y: comp.Pos.Y + comp.Radius*vg.Length(sin)}
	}
	t.line(at(comp.Start))
	m := t.canvas.state.matrix
	r := number(float64(comp.Radius) * math.Sqrt(math.Abs(m[0]*m[3]-m[1]*m[2])))
	sweep := "0"
	if comp.Angle < 0 {
		sweep = "1"
	}
	parts := math.Max(1, math.Ceil(math.Abs(comp.Angle)/math.Pi))
	for i := 1.0; i <= parts; i++ {
		t.to("A"+r+" "+r+" 0 0 "+sweep+" ", at(comp.Start+comp.Angle*i/parts))
	}
}

// number writes v to a hundredth of a unit, in the shortest form.
func number(v float64) string {
	r := math.Round(v * 100)
	if r == 0 || math.IsNaN(r) || math.IsInf(r, 0) {
		return "0"
	}
	s := strconv.FormatFloat(r/100, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
