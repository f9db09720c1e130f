package attention

import (
	"fmt"
	"math"
)

// samplingSteps is what the explanations of a draw need beside its tensors.
type samplingSteps struct {
	sampling Sampling
	seen     []bool // per token: it stands in the text
	greatest int    // the token of the greatest penalised logit
	cuts     []Cut  // per token
	rank     []int  // per token: how many are likelier
	// before is, per token, the part that likelier ones have of the probability
	// that top-k leaves.
	before       []float64
	uniform      float64 // the number drawn, in [0, 1)
	lower, upper float64 // the interval of the token drawn, of which it is a member
}

// sample draws the token after the text and takes in the steps from its logits.
func (t *ModelTrace) sample(s *Sampler) error {
	logits := t.byName["logits"]
	n, v := len(t.Tokens), t.Config.Vocab
	row := logits.Matrix.Row(n - 1)
	d, err := s.sampling.Distribute(row, t.Tokens)
	if err != nil {
		return err
	}
	token, err := s.Sample(row, t.Tokens)
	if err != nil {
		return err
	}
	st := newSamplingSteps(s, d, token)
	for _, id := range t.Tokens {
		st.seen[id] = true
	}
	step := func(name Name, symbol string, op Op, from *Tensor, value func(id int) float64) *Tensor {
		m := NewMatrix(1, v)
		for id := range v {
			m.Data[id] = float32(value(id))
		}
		return t.add(Tensor{Name: "sampling." + name, Symbol: symbol, Op: op, Layer: -1, Head: -1,
			Rows: Axis{Kind: AxisSingle}, Cols: Axis{Kind: AxisVocabulary}, Matrix: m}, from)
	}
	penalised := step("penalised", "z′", OpPenalise, logits, func(id int) float64 {
		switch z, p := float64(row[id]), s.sampling.RepetitionPenalty; {
		case !st.seen[id]:
			return z
		case z > 0:
			return z / p
		default:
			return z * p
		}
	})
	drawn := penalised
	if s.sampling.Temperature > 0 {
		z, high := penalised.Matrix.Data, penalised.Matrix.Data[st.greatest]
		tempered := step("scaled", "s", OpTemperature, penalised, func(id int) float64 {
			if z[id] == high {
				return 0 // even where T is tiny
			}
			return (float64(z[id]) - float64(high)) / s.sampling.Temperature
		})
		p := step("probabilities", "p", OpSoftmax, tempered, func(id int) float64 { return d.Tempered[id] })
		kept := step("kept", "p′", OpCut, p, func(id int) float64 {
			if d.Cuts[id] != Kept {
				return 0
			}
			return d.Tempered[id]
		})
		drawn = step("final", "p″", OpRenormalise, kept, func(id int) float64 { return d.Final[id] })
	}
	t.sampling = st
	chosen := Matrix{Rows: 1, Cols: 1, Data: []float32{float32(token)}}
	single := Axis{Kind: AxisSingle}
	t.add(Tensor{Name: "sampling.token", Symbol: "id", Op: OpDraw, Layer: -1, Head: -1, Rows: single, Cols: single, Matrix: chosen}, drawn)
	return nil
}

// newSamplingSteps gathers them from the distribution of a draw that s has just
// made, and its token.
func newSamplingSteps(s *Sampler, d Distribution, token int) samplingSteps {
	st := samplingSteps{sampling: s.sampling, greatest: d.Order[0], cuts: d.Cuts, uniform: s.uniform,
		seen: make([]bool, len(d.Order)), rank: make([]int, len(d.Order)), before: make([]float64, len(d.Order))}
	var sum float64
	for i, id := range d.Order {
		st.rank[id], st.before[id] = i, min(sum/d.TopKMass, 1)
		sum += d.Tempered[id]
	}
	for _, c := range s.candidates {
		st.lower, st.upper = st.upper, st.upper+c.Probability
		if c.Token == token {
			break
		}
	}
	if token == s.candidates[len(s.candidates)-1].Token {
		st.upper = 1 // whatever the sum's rounding
	}
	return st
}

// explainSampling fills in x for a step of the draw.
func (t *ModelTrace) explainSampling(x *Explanation, tensor *Tensor) {
	st, in, id := &t.sampling, tensor.from[0], x.Cell.Col
	setting := st.sampling
	switch tensor.Op {
	case OpPenalise:
		logit := in.operand(len(t.Tokens)-1, id)
		penalty := Operand{Symbol: "penalty", Value: setting.RepetitionPenalty}
		switch {
		case !st.seen[id]:
			x.Kind, x.Formula, x.Operands = Copied, "z′[0,j] = z[n−1,j] (j ∉ text)", []Operand{logit}
		case logit.Value > 0:
			x.Kind, x.Formula, x.Operands = Quotient, "z′[0,j] = z[n−1,j] / penalty (j ∈ text)", []Operand{logit, penalty}
		default:
			x.Kind, x.Formula, x.Operands = Product, "z′[0,j] = z[n−1,j]·penalty (j ∈ text, z ≤ 0)", []Operand{logit, penalty}
		}
	case OpTemperature:
		x.Kind, x.Formula = Tempered, "s[0,j] = (z′[0,j] − max z′) / T"
		x.Operands = []Operand{in.operand(0, id), in.operand(0, st.greatest), {Symbol: "T", Value: setting.Temperature}}
	case OpCut:
		p := in.operand(0, id)
		switch st.cuts[id] {
		case CutTopK:
			x.Kind, x.Formula = BeyondTopK, "p′[0,j] = 0 (rank ≥ k)"
			x.Operands = []Operand{p, {Symbol: "rank", Value: float64(st.rank[id])}, {Symbol: "k", Value: float64(setting.TopK)}}
		case CutTopP:
			x.Kind, x.Formula = BeyondTopP, "p′[0,j] = 0 (Σ p of likelier ones ≥ P)"
			x.Operands = []Operand{p, {Symbol: "Σ p of likelier ones", Value: st.before[id]}, {Symbol: "P", Value: setting.TopP}}
		case CutMinP:
			x.Kind, x.Formula = BelowMinP, "p′[0,j] = 0 (p[0,j] < m·max p)"
			x.Operands = []Operand{p, {Symbol: "m", Value: setting.MinP}, in.operand(0, st.greatest)}
		default:
			x.Kind, x.Formula, x.Operands = Copied, "p′[0,j] = p[0,j]", []Operand{p}
		}
	case OpRenormalise:
		x.Kind, x.Formula = Share, "p″[0,j] = p′[0,j] / Σ_l p′[0,l]"
		x.Operands = []Operand{in.operand(0, id)}
		for l, p := range in.Matrix.Data {
			if p > 0 {
				x.Operands = append(x.Operands, in.operand(0, l))
			}
		}
	case OpDraw:
		if setting.Temperature == 0 {
			x.Kind, x.Formula = Greatest, "id = argmax_j z′[0,j] (T = 0)"
			for l := range in.Matrix.Data {
				x.Operands = append(x.Operands, in.operand(0, l))
			}
			return
		}
		x.Kind, x.Formula = Chosen, fmt.Sprintf("id: Σ_(l before id) %[1]s[0,l] ≤ u < Σ_(l before id) %[1]s[0,l] + %[1]s[0,id]", in.Symbol)
		x.Operands = []Operand{{Symbol: "u", Value: st.uniform}, {Symbol: "Σ before", Value: st.lower}, {Symbol: "Σ up to id", Value: st.upper},
			in.operand(0, int(math.Round(x.Result)))}
	}
}
