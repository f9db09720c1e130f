package attention

import (
	"fmt"
	"slices"
)

// Part is a part of a layer that can be taken out of a model.
type Part string

// The parts, and what a pass computes without them. Everything after them is
// computed anew from what is left.
const (
	PartHead      Part = "head"      // the head's weighted sum adds nothing: its columns of W_O are zero
	PartAttention Part = "attention" // the attention block adds nothing: W_O is zero
	PartFFN       Part = "ffn"       // the feed-forward block adds nothing: W_down is zero
	PartLayer     Part = "layer"     // both
	// The residual stream is not carried past the block: what follows gets the
	// block's output alone.
	PartAttentionResidual Part = "attention_residual"
	PartFFNResidual       Part = "ffn_residual"
)

// Parts lists the parts.
var Parts = []Part{PartHead, PartAttention, PartFFN, PartLayer, PartAttentionResidual, PartFFNResidual}

// Ablation takes one part out of a model.
type Ablation struct {
	Part  Part
	Layer int
	Head  int // of a PartHead; zero for all else
}

// Check returns an error that names the field unless a model of shape c has the
// part.
func (a Ablation) Check(c ModelConfig) error {
	switch {
	case !slices.Contains(Parts, a.Part):
		return fmt.Errorf("ablation part %q: not one of %q", a.Part, Parts)
	case a.Layer < 0 || a.Layer >= c.Layers:
		return fmt.Errorf("ablation layer %d: not in 0 … %d", a.Layer, c.Layers-1)
	case a.Part != PartHead && a.Head != 0:
		return fmt.Errorf("ablation head %d: only a %q has one", a.Head, PartHead)
	case a.Head < 0 || a.Head >= c.Heads:
		return fmt.Errorf("ablation head %d: not in 0 … %d", a.Head, c.Heads-1)
	}
	return nil
}

// Ablate makes every further pass one without the given parts, in place of those
// of an earlier call: without any, the decoder is whole again. It forgets what
// was read, since the cache holds what the other model made of it. The weights
// of the model given to NewDecoder stay as they are.
func (s *Decoder) Ablate(parts ...Ablation) error {
	left, cut := *s.whole, map[Ablation]bool{}
	left.Layers = slices.Clone(left.Layers)
	for i, a := range parts {
		if err := a.Check(left.Config); err != nil {
			return fmt.Errorf("ablate %d: %w", i, err)
		}
		layer, was := &left.Layers[a.Layer], s.whole.Layers[a.Layer]
		switch a.Part {
		case PartHead:
			if &layer.WO.Data[0] == &was.WO.Data[0] {
				layer.WO.Data = slices.Clone(was.WO.Data)
			}
			h := left.Config.HeadDim
			for r := range layer.WO.Rows {
				clear(layer.WO.Row(r)[a.Head*h : (a.Head+1)*h])
			}
		case PartAttention:
			layer.WO = NewMatrix(was.WO.Rows, was.WO.Cols)
		case PartFFN:
			layer.WDown = NewMatrix(was.WDown.Rows, was.WDown.Cols)
		case PartLayer:
			layer.WO, layer.WDown = NewMatrix(was.WO.Rows, was.WO.Cols), NewMatrix(was.WDown.Rows, was.WDown.Cols)
		default:
			cut[a] = true
		}
	}
	left.Place(s.backend, Constant)
	s.model, s.ablated, s.cut, s.text = &left, slices.Clone(parts), cut, s.text[:0]
	s.rows, s.zeros = 0, Matrix{} // reserve makes them anew
	return nil
}

// carried returns what the output of a block is added to: the residual stream x
// (n, d), or zeros where an ablation cuts it.
func (s *Decoder) carried(x Matrix, layer int, connection Part) Matrix {
	if s.cut[Ablation{Part: connection, Layer: layer}] {
		return top(s.zeros, x.Rows)
	}
	return x
}
