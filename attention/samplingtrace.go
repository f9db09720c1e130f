package attention

import (
	"fmt"
	"math"
	"slices"
)

// samplingSteps is what the explanations of a draw need beside its tensors.
type samplingSteps struct {
	sampling Sampling
	seen     []bool // per token: it stands in the text
	greatest int    // the token of the greatest penalised logit
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
	token, err := s.Sample(row, t.Tokens)
	if err != nil {
		return err
	}
	st := samplingSteps{sampling: s.sampling, seen: make([]bool, v)}
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
	z := penalised.Matrix.Data
	st.greatest = slices.Index(z, slices.Max(z))
	drawn := penalised
	if s.sampling.Temperature > 0 {
		drawn = t.distribution(s, &st, step, penalised, token)
	}
	t.sampling = st
	chosen := Matrix{Rows: 1, Cols: 1, Data: []float32{float32(token)}}
	single := Axis{Kind: AxisSingle}
	t.add(Tensor{Name: "sampling.token", Symbol: "id", Op: OpDraw, Layer: -1, Head: -1, Rows: single, Cols: single, Matrix: chosen}, drawn)
	return nil
}

// distribution takes in the steps from penalised logits to what was drawn from.
func (t *ModelTrace) distribution(s *Sampler, st *samplingSteps, step func(Name, string, Op, *Tensor, func(int) float64) *Tensor, penalised *Tensor, token int) *Tensor {
	z, v := penalised.Matrix.Data, t.Config.Vocab
	tempered := step("scaled", "s", OpTemperature, penalised, func(id int) float64 {
		if z[id] == z[st.greatest] {
			return 0
		}
		return (float64(z[id]) - float64(z[st.greatest])) / s.sampling.Temperature
	})
	soft := NewMatrix(1, v)
	softmaxRows(soft, tempered.Matrix)
	probabilities := step("probabilities", "p", OpSoftmax, tempered, func(id int) float64 { return float64(soft.Data[id]) })
	st.order(s)
	kept := make(map[int]float64, len(s.candidates))
	var sum float64
	for _, c := range s.candidates {
		kept[c.Token] = c.Probability
		if c.Token == token {
			st.lower, st.upper = sum, sum+c.Probability
		}
		sum += c.Probability
	}
	if token == s.candidates[len(s.candidates)-1].Token {
		st.upper = 1 // whatever the sum's rounding
	}
	st.uniform = s.uniform
	cut := step("kept", "p′", OpCut, probabilities, func(id int) float64 {
		if _, ok := kept[id]; !ok {
			return 0
		}
		return float64(soft.Data[id])
	})
	return step("final", "p″", OpRenormalise, cut, func(id int) float64 { return kept[id] })
}

// order fills rank and before in the order in which the sampler takes tokens
// (its scores are still those of the draw).
func (st *samplingSteps) order(s *Sampler) {
	order := make([]int32, len(s.scores))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case s.before(a, b):
			return -1
		case s.before(b, a):
			return 1
		}
		return 0
	})
	limit := len(order)
	if k := s.sampling.TopK; k > 0 {
		limit = min(limit, k)
	}
	st.rank, st.before = make([]int, len(order)), make([]float64, len(order))
	var total, sum float64
	for _, id := range order[:limit] {
		total += s.scores[id]
	}
	for i, id := range order {
		st.rank[id], st.before[id] = i, min(sum/total, 1)
		sum += s.scores[id]
	}
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
		switch {
		case x.Result > 0 || p.Value == 0:
			x.Kind, x.Formula, x.Operands = Copied, "p′[0,j] = p[0,j]", []Operand{p}
		case setting.TopK > 0 && st.rank[id] >= setting.TopK:
			x.Kind, x.Formula = BeyondTopK, "p′[0,j] = 0 (rank ≥ k)"
			x.Operands = []Operand{p, {Symbol: "rank", Value: float64(st.rank[id])}, {Symbol: "k", Value: float64(setting.TopK)}}
		case setting.TopP < 1 && st.before[id] >= setting.TopP*(1-1e-12):
			x.Kind, x.Formula = BeyondTopP, "p′[0,j] = 0 (Σ p of likelier ones ≥ P)"
			x.Operands = []Operand{p, {Symbol: "Σ p of likelier ones", Value: st.before[id]}, {Symbol: "P", Value: setting.TopP}}
		default:
			x.Kind, x.Formula = BelowMinP, "p′[0,j] = 0 (p[0,j] < m·max p)"
			x.Operands = []Operand{p, {Symbol: "m", Value: setting.MinP}, in.operand(0, st.greatest)}
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
