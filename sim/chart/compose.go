package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// compose draws a plot of a given height with its legend above and the names of
// its axes: that of y above the plot, that of x below. The names are written here
// and not by plot, which turns the one and reserves room for the other in the
// wrong place on a logarithmic axis. An axis without a name takes no line.
func (f Frame) compose(p *plot.Plot, x, y Axis, entries []legendEntry, height vg.Length) string {
	width := f.width()
	placed, legendLines := layLegend(entries, width)
	yTitle, xTitle := wrapText(y.title(), width), wrapText(x.title(), width)
	head := vg.Length(legendLines+len(yTitle))*lineHeight + 6
	foot := vg.Length(len(xTitle))*lineHeight + 2
	c := newCanvas(width, head+height+foot)
	drawLegend(c, 0, c.height, placed)
	for i, line := range yTitle {
		writeLine(c, 0, c.height-vg.Length(legendLines+i)*lineHeight-2, line, "")
	}
	field := area(c, 0, width, foot, foot+height)
	thinLabels(p, p.DataCanvas(field))
	p.Draw(field)
	data := p.DataCanvas(field)
	for i, line := range xTitle {
		writeLine(c, data.Center().X, foot-vg.Length(i)*lineHeight, line, "middle")
	}
	return f.wrapSVG(c)
}

// thinLabels takes away the labels of the x axis that would touch the one before
// them. The last one stays, since it says how far the axis goes.
func thinLabels(p *plot.Plot, data draw.Canvas) {
	marks := p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max)
	const gap = 4
	place := func(t plot.Tick) (left, right vg.Length) {
		x, half := data.X(p.X.Norm(t.Value)), textWidth(t.Label, FontSize)/2
		return x - half, x + half
	}
	last := len(marks) - 1
	for last >= 0 && marks[last].Label == "" {
		last--
	}
	if last < 0 {
		return
	}
	end, _ := place(marks[last])
	from := vg.Length(-1e9)
	for i := range last {
		if marks[i].Label == "" {
			continue
		}
		left, right := place(marks[i])
		if left < from+gap || right > end-gap {
			marks[i].Label = ""
			continue
		}
		from = right
	}
	p.X.Tick.Marker = plot.ConstantTicks(marks)
}

// firstError returns the first error that is not nil.
func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}
