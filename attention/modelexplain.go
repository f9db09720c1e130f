package attention

import (
	"fmt"
	"math"
)

// Explain tells how the value of a cell came about. An operand's Cell names the
// tensor and the cell where it stands. It fails when there is no such cell.
func (t *ModelTrace) Explain(name Name, row, col int) (Explanation, error) {
	tensor, ok := t.byName[name]
	if !ok {
		return Explanation{}, fmt.Errorf("explain %s: no such tensor", name)
	}
	if !tensor.Matrix.Has(row, col) {
		return Explanation{}, fmt.Errorf("explain %s[%d,%d]: outside (%d, %d)", name, row, col, tensor.Matrix.Rows, tensor.Matrix.Cols)
	}
	x := Explanation{
		Cell:   Cell{Matrix: name, Head: tensor.Head, Row: row, Col: col},
		Result: float64(tensor.Matrix.At(row, col)),
	}
	t.explain(&x, tensor)
	x.Working = x.working()
	return x, nil
}

// explain fills in all but Cell, Working and Result.
func (t *ModelTrace) explain(x *Explanation, tensor *Tensor) {
	i, j, in, h := x.Cell.Row, x.Cell.Col, tensor.from, t.Config.HeadDim
	own := tensor.Symbol
	switch tensor.Op {
	case OpGiven:
		x.Kind, x.Formula, x.Operands = Given, own+"[i,j]: given", []Operand{{Symbol: own, Value: x.Result}}
	case OpParameter:
		t.explainParameter(x, tensor)
	case OpCosine, OpSine:
		x.Kind, x.Formula = Cosine, "cos[i,j] = cos(i·θ^(−2j/h))"
		if tensor.Op == OpSine {
			x.Kind, x.Formula = Sine, "sin[i,j] = sin(i·θ^(−2j/h))"
		}
		x.Operands = []Operand{{Symbol: "i", Value: float64(i)}, {Symbol: "θ", Value: t.Config.RopeTheta},
			{Symbol: "−2j/h", Value: -2 * float64(j) / float64(h)}}
	case OpGather:
		id := in[1].operand(i, 0)
		x.Kind, x.Formula = Looked, fmt.Sprintf("%s[i,j] = %s[id[i],j]", own, in[0].Symbol)
		x.Operands = []Operand{in[0].operand(int(id.Value), j), id}
	case OpRMS:
		x.Kind, x.Formula = RootMeanSquare, fmt.Sprintf("%s[i] = √(Σ_j %s[i,j]²/d + ε)", own, in[0].Symbol)
		x.Operands = append(in[0].rowOperands(i), Operand{Symbol: "ε", Value: t.Config.NormEps})
	case OpNorm:
		x.Kind, x.Formula = Normed, fmt.Sprintf("%s[i,j] = %s[i,j] / r[i]·g[j]", own, in[0].Symbol)
		x.Operands = []Operand{in[0].operand(i, j), in[1].operand(i, 0), in[2].operand(0, j)}
	case OpMatMul:
		x.Kind, x.Formula = Product, fmt.Sprintf("%s[i,j] = Σ_l %s[i,l]·%s[j,l]", own, in[0].Symbol, in[1].Symbol)
		for l := range in[0].Matrix.Cols {
			x.Operands = append(x.Operands, in[0].operand(i, l), in[1].operand(j, l))
		}
	case OpRotate:
		pair, base := j%h%(h/2), in[0].Symbol
		cos, sin := in[1].operand(i, pair), in[2].operand(i, pair)
		if j%h < h/2 {
			x.Kind = Rotated
			x.Formula = fmt.Sprintf("%s[i,j] = %[2]s[i,j]·cos[i,p] − %[2]s[i,j+h/2]·sin[i,p]", own, base)
			x.Operands = []Operand{in[0].operand(i, j), cos, in[0].operand(i, j+h/2), sin}
		} else {
			x.Kind = Product
			x.Formula = fmt.Sprintf("%s[i,j] = %[2]s[i,j]·cos[i,p] + %[2]s[i,j−h/2]·sin[i,p]", own, base)
			x.Operands = []Operand{in[0].operand(i, j), cos, in[0].operand(i, j-h/2), sin}
		}
	case OpScores:
		at := t.keyColumn(tensor.Head)
		x.Kind, x.Formula = Product, fmt.Sprintf("S[i,j] = Σ_d %s[i,d]·%s[j,d]", in[0].Symbol, in[1].Symbol)
		for d := range h {
			x.Operands = append(x.Operands, in[0].operand(i, tensor.Head*h+d), in[1].operand(j, at+d))
		}
	case OpScale:
		x.Kind, x.Formula = Quotient, "S′[i,j] = S[i,j] / √h"
		x.Operands = []Operand{in[0].operand(i, j), {Symbol: "√h", Value: math.Sqrt(float64(h))}}
	case OpMask:
		x.Kind, x.Formula, x.Operands = Copied, "M[i,j] = S′[i,j] (j ≤ i)", []Operand{in[0].operand(i, j)}
		if j > i {
			x.Kind, x.Formula = Hidden, "M[i,j] = −∞ (j > i)"
		}
	case OpSoftmax:
		x.Kind = Softmaxed
		x.Formula = fmt.Sprintf("%s[i,j] = exp(%[2]s[i,j] − max %[2]s[i,·]) / Σ_l exp(%[2]s[i,l] − max %[2]s[i,·])", own, in[0].Symbol)
		x.Operands = in[0].rowOperands(i)
	case OpMix:
		at := t.keyColumn(tensor.Head)
		x.Kind, x.Formula = Product, "O[i,d] = Σ_j A[i,j]·V[j,d]"
		for l := range in[0].Matrix.Cols {
			x.Operands = append(x.Operands, in[0].operand(i, l), in[1].operand(l, at+j))
		}
	case OpConcat:
		x.Kind, x.Formula = Copied, "C[i,a·h+d] = O_a[i,d]"
		x.Operands = []Operand{in[j/h].operand(i, j%h)}
	case OpAdd:
		x.Kind, x.Formula = Sum, fmt.Sprintf("%s[i,j] = %s[i,j] + %s[i,j]", own, in[0].Symbol, in[1].Symbol)
		x.Operands = []Operand{in[0].operand(i, j), in[1].operand(i, j)}
	case OpSiLU:
		x.Kind, x.Formula = SiLU, fmt.Sprintf("%s[i,j] = %[2]s[i,j] / (1 + exp(−%[2]s[i,j]))", own, in[0].Symbol)
		x.Operands = []Operand{in[0].operand(i, j)}
	case OpMultiply:
		x.Kind, x.Formula = Product, fmt.Sprintf("%s[i,j] = %s[i,j]·%s[i,j]", own, in[0].Symbol, in[1].Symbol)
		x.Operands = []Operand{in[0].operand(i, j), in[1].operand(i, j)}
	default:
		t.explainSampling(x, tensor)
	}
}

// explainParameter says whether a weight is the learned one or was taken out.
func (t *ModelTrace) explainParameter(x *Explanation, tensor *Tensor) {
	learned := x.Result
	for _, p := range t.model.layerSlots(tensor.Layer) {
		if p.name == string(tensor.Name) {
			learned = float64(p.values()[x.Cell.Row*p.cols+x.Cell.Col])
		}
	}
	x.Kind, x.Formula = Given, tensor.Symbol+"[i,j]: learned"
	if t.takenOut(tensor, x.Cell.Col) {
		x.Kind, x.Formula = Ablated, tensor.Symbol+"[i,j] ← 0 (ablation)"
	}
	x.Operands = []Operand{{Symbol: "learned", Value: learned}}
}

// takenOut reports whether an ablation has set a column of a parameter to zero.
func (t *ModelTrace) takenOut(tensor *Tensor, col int) bool {
	for _, a := range t.Ablated {
		if a.Layer != tensor.Layer {
			continue
		}
		out, down := tensor.role == "self_attn.o_proj.weight", tensor.role == "mlp.down_proj.weight"
		switch a.Part {
		case PartHead:
			if out && col/t.Config.HeadDim == a.Head {
				return true
			}
		case PartAttention:
			if out {
				return true
			}
		case PartFFN:
			if down {
				return true
			}
		case PartLayer:
			if out || down {
				return true
			}
		}
	}
	return false
}

// layerSlots lists the parameters of a layer, or those outside for −1.
func (m *Model) layerSlots(layer int) []slot {
	if layer < 0 {
		return m.outer()
	}
	return m.inner(layer)
}

// keyColumn returns where the keys and values that a head reads begin.
func (t *ModelTrace) keyColumn(head int) int {
	return head / (t.Config.Heads / t.Config.KVHeads) * t.Config.HeadDim
}

// operand returns a cell of the tensor as an operand.
func (t *Tensor) operand(row, col int) Operand {
	return Operand{
		Symbol: place(t.Symbol, row, col),
		Value:  float64(t.Matrix.At(row, col)),
		Cell:   Cell{Matrix: t.Name, Head: t.Head, Row: row, Col: col},
	}
}

// rowOperands returns a row of the tensor as operands.
func (t *Tensor) rowOperands(row int) []Operand {
	out := make([]Operand, t.Matrix.Cols, t.Matrix.Cols+1)
	for col := range out {
		out[col] = t.operand(row, col)
	}
	return out
}

// Region is a block of a matrix's cells, first to last, both inside.
type Region struct {
	Matrix           Name
	Head             int
	Row, Col         int
	LastRow, LastCol int
}

// Regions returns, for each matrix that operands stand in, the smallest block
// around them, in the order of the operands: what a drawing lights up.
func (x Explanation) Regions() []Region {
	var out []Region
	at := map[Cell]int{}
	for _, o := range x.Operands {
		c := o.Cell
		if c.Matrix == "" {
			continue
		}
		key := Cell{Matrix: c.Matrix, Head: c.Head}
		i, known := at[key]
		if !known {
			i, at[key] = len(out), len(out)
			out = append(out, Region{c.Matrix, c.Head, c.Row, c.Col, c.Row, c.Col})
		}
		r := &out[i]
		r.Row, r.Col = min(r.Row, c.Row), min(r.Col, c.Col)
		r.LastRow, r.LastCol = max(r.LastRow, c.Row), max(r.LastCol, c.Col)
	}
	return out
}
