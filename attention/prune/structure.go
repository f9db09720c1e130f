package prune

import (
	"fmt"

	"courselab/attention"
)

// Structure says which heads of queries and which columns of the feed-forward
// each layer of a model keeps.
type Structure struct {
	Config  attention.ModelConfig // of the whole model
	Heads   [][]bool              // by layer, by head
	Columns [][]bool              // by layer, by column of the middle
}

// Whole keeps everything of a model of shape c.
func Whole(c attention.ModelConfig) Structure {
	s := Structure{Config: c}
	for range c.Layers {
		s.Heads = append(s.Heads, all(c.Heads))
		s.Columns = append(s.Columns, all(c.FFN))
	}
	return s
}

// Group reports whether a head of keys and values stays: while one of the query
// heads that read it does.
func (s Structure) Group(layer, group int) bool {
	size := s.Config.Heads / s.Config.KVHeads
	for _, kept := range s.Heads[layer][group*size : (group+1)*size] {
		if kept {
			return true
		}
	}
	return false
}

// LayerShape is what a layer keeps.
type LayerShape struct{ Heads, KVHeads, Columns int }

// Layer counts what a layer keeps.
func (s Structure) Layer(layer int) LayerShape {
	out := LayerShape{Heads: count(s.Heads[layer]), Columns: count(s.Columns[layer])}
	for g := range s.Config.KVHeads {
		if s.Group(layer, g) {
			out.KVHeads++
		}
	}
	return out
}

func count(kept []bool) (n int) {
	for _, k := range kept {
		if k {
			n++
		}
	}
	return n
}

// Parameters returns how many weights the smaller matrices have, the whole model's
// embedding and norms among them.
func (s Structure) Parameters() int {
	c := s.Config
	n := c.Vocab*c.Width + c.Width
	if !c.Tied {
		n += c.Vocab * c.Width
	}
	for i := range c.Layers {
		l := s.Layer(i)
		n += 2*c.Width + 2*l.Heads*c.HeadDim*c.Width + 2*l.KVHeads*c.HeadDim*c.Width + 3*l.Columns*c.Width
	}
	return n
}

// Mask returns the weights of m, of shape Config, that stay. A model with zeros
// in their places computes what the one with smaller matrices does.
func (s Structure) Mask(m *attention.Model) *Mask {
	k, parameters := newMask(m), m.Parameters()
	at := map[*float32]int{}
	for i, p := range parameters {
		at[&p.Values[0]] = i
	}
	cut := func(matrix attention.Matrix, byRow bool, width int, stays func(block int) bool) {
		i := at[&matrix.Data[0]]
		k.kept[i] = all(len(matrix.Data))
		for r := range matrix.Rows {
			for c := range matrix.Cols {
				block := c / width
				if byRow {
					block = r / width
				}
				k.kept[i][r*matrix.Cols+c] = stays(block)
			}
		}
	}
	h := s.Config.HeadDim
	for i := range m.Layers {
		l := &m.Layers[i]
		head := func(a int) bool { return s.Heads[i][a] }
		group := func(g int) bool { return s.Group(i, g) }
		column := func(j int) bool { return s.Columns[i][j] }
		cut(l.WQ, true, h, head)
		cut(l.WK, true, h, group)
		cut(l.WV, true, h, group)
		cut(l.WO, false, h, head)
		cut(l.WGate, true, 1, column)
		cut(l.WUp, true, 1, column)
		cut(l.WDown, false, 1, column)
	}
	return k
}

// Compact returns the model with smaller matrices. A model of the architecture has
// one shape for all layers, and as many query heads in each group: it fails where
// the layers, or the groups, keep different numbers.
func (s Structure) Compact(m *attention.Model) (*attention.Model, error) {
	c, first := m.Config, s.Layer(0)
	if first.Heads == 0 || first.Columns == 0 {
		return nil, fmt.Errorf("compact: layer 0 keeps %d heads and %d columns", first.Heads, first.Columns)
	}
	c.Heads, c.KVHeads, c.FFN = first.Heads, first.KVHeads, first.Columns
	size := s.Config.Heads / s.Config.KVHeads
	for i := range c.Layers {
		if l := s.Layer(i); l != first {
			return nil, fmt.Errorf("compact: layer %d keeps %+v, layer 0 %+v", i, l, first)
		}
		for g := range s.Config.KVHeads {
			if n := count(s.Heads[i][g*size : (g+1)*size]); n != 0 && n*c.KVHeads != c.Heads {
				return nil, fmt.Errorf("compact: layer %d: group %d keeps %d of %d heads", i, g, n, c.Heads)
			}
		}
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("compact: %w", err)
	}
	whole := m.Zeros()
	out := &attention.Model{Config: c, Embedding: whole.Embedding, Norm: whole.Norm, Output: whole.Output}
	copy(out.Embedding.Data, m.Embedding.Data)
	copy(out.Output.Data, m.Output.Data)
	copy(out.Norm, m.Norm)
	h := c.HeadDim
	for i, l := range m.Layers {
		var rowsQ, rowsK []int
		for a, kept := range s.Heads[i] {
			rowsQ = block(rowsQ, a, h, kept)
		}
		for g := range s.Config.KVHeads {
			rowsK = block(rowsK, g, h, s.Group(i, g))
		}
		var columns []int
		for j, kept := range s.Columns[i] {
			columns = block(columns, j, 1, kept)
		}
		out.Layers = append(out.Layers, attention.Layer{
			AttentionNorm: append([]float32(nil), l.AttentionNorm...), FFNNorm: append([]float32(nil), l.FFNNorm...),
			WQ: rows(l.WQ, rowsQ), WK: rows(l.WK, rowsK), WV: rows(l.WV, rowsK), WO: cols(l.WO, rowsQ),
			WGate: rows(l.WGate, columns), WUp: rows(l.WUp, columns), WDown: cols(l.WDown, columns),
		})
	}
	return out, nil
}

// block appends the width indices of block i where it is kept.
func block(to []int, i, width int, kept bool) []int {
	for j := range width {
		if kept {
			to = append(to, i*width+j)
		}
	}
	return to
}

func rows(m attention.Matrix, which []int) attention.Matrix {
	out := attention.NewMatrix(len(which), m.Cols)
	for i, r := range which {
		copy(out.Row(i), m.Row(r))
	}
	return out
}

func cols(m attention.Matrix, which []int) attention.Matrix {
	out := attention.NewMatrix(m.Rows, len(which))
	for r := range m.Rows {
		for j, c := range which {
			out.Set(r, j, m.At(r, c))
		}
	}
	return out
}
