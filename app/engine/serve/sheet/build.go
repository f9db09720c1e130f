package sheet

import (
	"fmt"
	"math"
	"strings"

	"courselab/app/engine"
	"courselab/app/format"
	"courselab/sim"
)

// Quantity turns a quantity of sim into one that the learner can open. The value
// is shown in the size that suits it.
func Quantity(q sim.Quantity) engine.Quantity {
	out := engine.Quantity{
		Name: q.Name, Text: format.Value(q.Value, unitName(q.Unit)), Unit: q.Unit,
		Value:   finite(q.Value),
		Formula: q.Formula, Working: q.Working,
		Sources: Sources(q.Sources),
	}
	for _, t := range q.Terms {
		out.Terms = append(out.Terms, engine.Term{Symbol: t.Symbol, Name: t.Name, Text: term(t)})
	}
	return out
}

// In is Quantity with the value in another unit of its dimension: "GiB". An
// unknown unit leaves the value as it is.
func In(q sim.Quantity, unit string) engine.Quantity {
	out := Quantity(q)
	if v, err := q.In(unit); err == nil {
		out.Text, out.Value, out.Unit = format.Value(v, unit), finite(v), unit
	}
	return out
}

// Plain is a number without a formula of its own, such as a fact of the
// catalogue.
func Plain(name string, v float64, unit string, sources ...engine.SourceNote) engine.Quantity {
	return engine.Quantity{Name: name, Text: format.Value(v, unitName(unit)), Value: finite(v), Unit: unit, Sources: sources}
}

// Unknown is a quantity that is not published.
func Unknown(name string) engine.Quantity { return engine.Quantity{Name: name, Text: "未公布"} }

// Noted returns q with a short remark beside its value.
func Noted(q engine.Quantity, format string, args ...any) engine.Quantity {
	q.Note = fmt.Sprintf(format, args...)
	return q
}

// unitName is a unit of sim as the learner reads it.
func unitName(unit string) string {
	if unit == sim.Currency {
		return ""
	}
	return unit
}

// term writes an operand: in full, so that it can be put into the formula.
func term(t sim.Term) string {
	if math.IsNaN(t.Value) || math.IsInf(t.Value, 0) {
		return format.None
	}
	text := sim.Number(t.Value)
	if unit := unitName(t.Unit); unit != "" {
		text += " " + unit
	}
	return text
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	if v == 0 {
		v = 0 // and not −0
	}
	return &v
}

// Sources turns sources of sim into those of a sheet.
func Sources(all []sim.Source) []engine.SourceNote {
	var out []engine.SourceNote
	for _, s := range all {
		out = append(out, engine.SourceNote{Title: s.Title, URL: s.URL, Date: s.Date})
	}
	return out
}

// Source is a source by its address, with the day on which it was read.
func Source(address, date string) engine.SourceNote {
	if strings.HasPrefix(address, "https://") {
		return engine.SourceNote{Title: address, URL: address, Date: date}
	}
	return engine.SourceNote{Title: address, Date: date}
}

// Figure names a drawing; table is what it shows, for those who do not see it.
// Its error is that of drawing.
func Figure(title, desc string, table engine.Table, svg string, err error) (engine.Figure, error) {
	if err != nil {
		return engine.Figure{}, err
	}
	return engine.Figure{SVG: svg, Title: title, Desc: desc, Table: table}, nil
}

// Table is a table of texts whose cells open nothing.
func Table(title string, columns []engine.Column, rows ...[]string) engine.FactTable {
	t := engine.FactTable{Title: title, Columns: columns}
	for _, row := range rows {
		cells := make([]engine.Fact, len(row))
		for i, text := range row {
			cells[i] = engine.Fact{Text: text}
		}
		t.Rows = append(t.Rows, engine.FactRow{Cells: cells})
	}
	return t
}

// Columns heads a table: names with their units in brackets, "带宽（GB/s）".
func Columns(names ...string) []engine.Column {
	all := make([]engine.Column, len(names))
	for i, n := range names {
		if name, rest, ok := strings.Cut(n, "（"); ok && strings.HasSuffix(rest, "）") {
			all[i] = engine.Column{Name: name, Unit: strings.TrimSuffix(rest, "）")}
		} else {
			all[i] = engine.Column{Name: n}
		}
	}
	return all
}
