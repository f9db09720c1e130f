package attention

import "fmt"

// HeadInput returns what a head computes its attention from: its queries and its
// group's keys after RoPE, and its group's values, each (n, h). They are copies.
func (t *ModelTrace) HeadInput(layer, head int) (GivenHead, error) {
	c := t.Config
	if layer < 0 || layer >= c.Layers || head < 0 || head >= c.Heads {
		return GivenHead{}, fmt.Errorf("take layer %d head %d: of %d layers with %d heads each", layer, head, c.Layers, c.Heads)
	}
	take := func(name Name) Matrix {
		m := NewMatrix(len(t.Tokens), c.HeadDim)
		for i := range m.Rows {
			at, _ := t.HeadCell(name, layer, head, i, 0)
			copy(m.Row(i), t.byName[at.Matrix].Matrix.Row(i)[at.Col:at.Col+c.HeadDim])
		}
		return m
	}
	return GivenHead{Q: take(Q), K: take(K), V: take(V)}, nil
}

// HeadCell returns the cell of the pass in which a cell of a head's Q, K or V
// stands: all heads stand side by side there.
func (t *ModelTrace) HeadCell(name Name, layer, head, row, col int) (Cell, bool) {
	group := head / (t.Config.Heads / t.Config.KVHeads)
	tensor, block := map[Name]string{Q: "q_rotated", K: "k_rotated", V: "v"}[name], group
	if name == Q {
		block = head
	}
	return Cell{Matrix: LayerName(layer, tensor), Head: -1, Row: row, Col: block*t.Config.HeadDim + col}, tensor != ""
}
