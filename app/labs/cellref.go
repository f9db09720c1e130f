package labs

import (
	"math"
	"strconv"
	"strings"

	"courselab/app/engine"
)

// Cells are written MATRIXHEAD.ROW.COL, all counted from 0: "q0.3.2". An edit is
// a cell, a colon and the new value; edits are separated by commas.

func formatCell(c cell) string {
	return c.matrix + strconv.Itoa(c.head) + "." + strconv.Itoa(c.row) + "." + strconv.Itoa(c.col)
}

// parseCell reads a cell of one of the matrices.
func parseCell(v string, matrices []string) (cell, bool) {
	i := strings.IndexAny(v, "0123456789")
	if i < 0 {
		return cell{}, false
	}
	c := cell{matrix: v[:i]}
	known := false
	for _, m := range matrices {
		known = known || m == c.matrix
	}
	parts := strings.Split(v[i:], ".")
	if !known || len(parts) != 3 {
		return cell{}, false
	}
	for j, at := range []*int{&c.head, &c.row, &c.col} {
		// Digits only: Atoi would take a sign.
		n, err := strconv.ParseUint(parts[j], 10, 16)
		if err != nil {
			return cell{}, false
		}
		*at = int(n)
	}
	return c, true
}

func formatEdits(edits []engine.CellEdit) string {
	parts := make([]string, len(edits))
	for i, e := range edits {
		parts[i] = formatCell(cell{e.Matrix, e.Head, e.Row, e.Col}) + ":" +
			strconv.FormatFloat(float64(e.Value), 'g', -1, 32)
	}
	return strings.Join(parts, ",")
}

// parseEdits reads edits of Q, K and V; two of one cell are refused.
func parseEdits(v string) ([]engine.CellEdit, bool) {
	var s attentionState
	for _, part := range strings.Split(v, ",") {
		place, number, ok := strings.Cut(part, ":")
		if !ok {
			return nil, false
		}
		c, ok := parseCell(place, []string{"q", "k", "v"})
		if !ok {
			return nil, false
		}
		x, ok := parseCellValue(number)
		if _, twice := s.edited(c); !ok || twice {
			return nil, false
		}
		s.edit(c, x)
	}
	return s.edits, true
}

// maxCellValue bounds what a cell may be set to: beyond it every softmax is 0
// or 1 and there is nothing left to see.
const maxCellValue = 1000

// parseCellValue reads the number that a cell is set to.
func parseCellValue(v string) (float32, bool) {
	x, err := strconv.ParseFloat(strings.TrimSpace(v), 32)
	if err != nil || math.IsNaN(x) || math.Abs(x) > maxCellValue {
		return 0, false
	}
	return float32(x), true
}
