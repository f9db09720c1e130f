package labs

import (
	"strconv"
	"strings"
)

// gutter is the room left and above of a labelled matrix, in CSS pixels.
const gutter = 22

// The least pitch at which labels stand without touching, in CSS pixels: one
// character, and numbers beside one another. At a finer one only every n-th is
// written.
const (
	minLabel  = 13
	minNumber = 22
)

// grid is where the cells of a matrix lie on its square canvas. Lengths are in
// CSS pixels. Whatever its shape a matrix fills the square, so that row i of Q
// stands at the height of row i of QKᵀ, and no change of size moves the page.
type grid struct {
	rows, cols int
	left, top  float64
	cellW      float64
	cellH      float64
}

// gridOn lays a matrix out on a canvas of the given side.
func gridOn(side float64, rows, cols int, labelled bool) grid {
	g := grid{rows: rows, cols: cols}
	if labelled {
		g.left, g.top = gutter, gutter
	}
	g.cellW = (side - g.left - 1) / float64(cols)
	g.cellH = (side - g.top - 1) / float64(rows)
	return g
}

// at returns the cell under a point.
func (g grid) at(x, y float64) (row, col int, ok bool) {
	x, y = x-g.left, y-g.top
	if x < 0 || y < 0 {
		return 0, 0, false
	}
	row, col = int(y/g.cellH), int(x/g.cellW)
	return row, col, row < g.rows && col < g.cols
}

// labelStep returns of how many labels one is written at the given pitch, when
// each takes room.
func labelStep(pitch, room float64) int {
	step := 1
	for float64(step)*pitch < room {
		step++
	}
	return step
}

// lines returns the borders between cells as an SVG path, or the frame alone
// where the cells are too small for borders.
func (g grid) lines() string {
	var b strings.Builder
	w, h := float64(g.cols)*g.cellW, float64(g.rows)*g.cellH
	rows, cols := 1, 1
	if g.cellH >= 6 {
		rows = g.rows
	}
	if g.cellW >= 6 {
		cols = g.cols
	}
	for i := 0; i <= rows; i++ {
		b.WriteString("M" + px(g.left) + " " + px(g.top+h*float64(i)/float64(rows)) + "h" + px(w))
	}
	for i := 0; i <= cols; i++ {
		b.WriteString("M" + px(g.left+w*float64(i)/float64(cols)) + " " + px(g.top) + "v" + px(h))
	}
	return b.String()
}

// boxes returns the outlines of cells as an SVG path.
func (g grid) boxes(cells [][2]int) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString("M" + px(g.left+float64(c[1])*g.cellW) + " " + px(g.top+float64(c[0])*g.cellH) +
			"h" + px(g.cellW) + "v" + px(g.cellH) + "h" + px(-g.cellW) + "z")
	}
	return b.String()
}

// frames returns the outlines of blocks of cells, each its first row and column
// and its last ones, as an SVG path.
func (g grid) frames(areas [][4]int) string {
	var b strings.Builder
	for _, a := range areas {
		w, h := float64(a[3]-a[1]+1)*g.cellW, float64(a[2]-a[0]+1)*g.cellH
		b.WriteString("M" + px(g.left+float64(a[1])*g.cellW) + " " + px(g.top+float64(a[0])*g.cellH) +
			"h" + px(w) + "v" + px(h) + "h" + px(-w) + "z")
	}
	return b.String()
}

// corners returns small triangles in the upper right of cells as an SVG path.
func (g grid) corners(cells [][2]int) string {
	var b strings.Builder
	s := max(3.5, min(g.cellW, g.cellH)*0.45)
	for _, c := range cells {
		b.WriteString("M" + px(g.left+float64(c[1]+1)*g.cellW-s) + " " + px(g.top+float64(c[0])*g.cellH) +
			"h" + px(s) + "v" + px(s) + "z")
	}
	return b.String()
}

func px(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// moveCell returns where a key takes the focus in a matrix; moved is false for
// keys that do not move it. Home and End go along the row, with Ctrl to the
// corners.
func moveCell(key string, ctrl bool, row, col, rows, cols int) (r, c int, moved bool) {
	switch key {
	case "ArrowUp":
		row--
	case "ArrowDown":
		row++
	case "ArrowLeft":
		col--
	case "ArrowRight":
		col++
	case "Home":
		col = 0
		if ctrl {
			row = 0
		}
	case "End":
		col = cols - 1
		if ctrl {
			row = rows - 1
		}
	default:
		return row, col, false
	}
	return clamp(row, 0, rows-1), clamp(col, 0, cols-1), true
}

// moveTab returns which of n tabs a key leads to, going round at the ends.
func moveTab(key string, i, n int) (int, bool) {
	switch key {
	case "ArrowLeft", "ArrowUp":
		return (i + n - 1) % n, true
	case "ArrowRight", "ArrowDown":
		return (i + 1) % n, true
	case "Home":
		return 0, true
	case "End":
		return n - 1, true
	}
	return i, false
}
