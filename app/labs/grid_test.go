package labs

import "testing"

func TestMoveCell(t *testing.T) {
	for _, c := range []struct {
		key              string
		ctrl             bool
		row, col, r2, c2 int
		moved            bool
	}{
		{"ArrowUp", false, 1, 1, 0, 1, true},
		{"ArrowUp", false, 0, 1, 0, 1, true},
		{"ArrowDown", false, 2, 1, 2, 1, true},
		{"ArrowLeft", false, 1, 0, 1, 0, true},
		{"ArrowRight", false, 1, 0, 1, 1, true},
		{"Home", false, 1, 3, 1, 0, true},
		{"Home", true, 1, 3, 0, 0, true},
		{"End", false, 1, 0, 1, 3, true},
		{"End", true, 1, 0, 2, 3, true},
		{"Tab", false, 1, 1, 1, 1, false},
		{"a", true, 1, 1, 1, 1, false},
	} {
		r, col, moved := moveCell(c.key, c.ctrl, c.row, c.col, 3, 4)
		if r != c.r2 || col != c.c2 || moved != c.moved {
			t.Errorf("%s from %d,%d: %d,%d %v", c.key, c.row, c.col, r, col, moved)
		}
	}
}

func TestMoveTabGoesRound(t *testing.T) {
	for _, c := range []struct {
		key     string
		from, n int
		to      int
		moved   bool
	}{{"ArrowRight", 7, 8, 0, true}, {"ArrowLeft", 0, 8, 7, true}, {"Home", 4, 8, 0, true}, {"End", 4, 8, 7, true}, {"Enter", 4, 8, 4, false}} {
		if to, moved := moveTab(c.key, c.from, c.n); to != c.to || moved != c.moved {
			t.Errorf("%s from %d: %d %v", c.key, c.from, to, moved)
		}
	}
}

// TestGridFindsItsCells holds that the middle of every cell is found, and that
// nothing beside the matrix is.
func TestGridFindsItsCells(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {11, 11}, {16, 64}, {64, 2}} {
		for _, labelled := range []bool{true, false} {
			g := gridOn(300, size[0], size[1], labelled)
			for r := range g.rows {
				for c := range g.cols {
					x, y := g.left+(float64(c)+0.5)*g.cellW, g.top+(float64(r)+0.5)*g.cellH
					if row, col, ok := g.at(x, y); !ok || row != r || col != c {
						t.Fatalf("%v: cell %d,%d found as %d,%d %v", size, r, c, row, col, ok)
					}
				}
			}
			if _, _, ok := g.at(g.left-1, g.top+1); ok {
				t.Errorf("%v: a cell left of the matrix", size)
			}
			if _, _, ok := g.at(g.left+float64(g.cols)*g.cellW+0.1, g.top+1); ok {
				t.Errorf("%v: a cell right of the matrix", size)
			}
		}
	}
}

func TestLabelStep(t *testing.T) {
	for pitch, want := range map[float64]int{25: 1, 13: 1, 12: 2, 4.3: 4} {
		if got := labelStep(pitch, minLabel); got != want {
			t.Errorf("pitch %v: every %d-th, want %d", pitch, got, want)
		}
	}
}
