package sim

import (
	"fmt"
	"math"
)

// touched is the expected number of experts that batch tokens choose.
func touched(experts, topK, batch float64) float64 {
	if batch == 1 || topK == experts {
		return topK
	}
	return -experts * math.Expm1(batch*math.Log1p(-topK/experts))
}

// scoreDims are the widths of a head's queries and values, added.
func (a *Architecture) scoreDims() float64 {
	if a.MLA != nil {
		return a.MLA.QKNope + a.MLA.QKRope + a.MLA.V
	}
	return 2 * a.HeadDim
}

// AttentionFLOPs is the work of the scores QKᵀ and of the weighted sum AV of
// every query with every key, masked ones included:
//
//	2 · L · n_h · (d_qk + d_v) · T²   FLOP
//
// which is 4 · L · n_h · d_h · T² where queries and values are as wide. A causal
// kernel may skip nearly half. Source: Kaplan et al. 2020, table 1, with the
// weighted sum counted too.
func (a *Architecture) AttentionFLOPs(tokens float64) (Quantity, error) {
	if err := a.needAttention(); err != nil {
		return Quantity{}, fmt.Errorf("attention flops: %w", err)
	}
	if a.MLA == nil {
		q, err := attentionFLOPs(a.Layers, a.Heads, a.HeadDim, tokens)
		if err != nil {
			return Quantity{}, fmt.Errorf("attention flops: %w", err)
		}
		return q, nil
	}
	if err := checkWhole("tokens", tokens, 1, maxTokens); err != nil {
		return Quantity{}, fmt.Errorf("attention flops: %w", err)
	}
	qk := a.MLA.QKNope + a.MLA.QKRope
	return Quantity{
		Name: "注意力的计算量", Unit: FLOP,
		Value:   2 * a.Layers * a.Heads * a.scoreDims() * tokens * tokens,
		Formula: "2 · L · n_h · (d_qk + d_v) · T²",
		Working: product(2, a.Layers, a.Heads) + " × (" + Number(qk) + " + " + Number(a.MLA.V) + ") × " + Number(tokens) + "²",
		Terms: []Term{
			{"L", "层数", a.Layers, ""}, {"n_h", "查询头数", a.Heads, ""},
			{"d_qk", "每个头查询与键的维数", qk, ""}, {"d_v", "每个头值的维数", a.MLA.V, ""}, {"T", "词元数", tokens, ""},
		},
		Sources: []Source{sourceAttention, sourceKaplan, sourceMLA},
	}, nil
}

// forwardMatrices counts the weights that every token is multiplied with: the
// matrices of attention, of the feed-forward networks that it passes and of the
// output head, tied or not; no lookup, bias, norm or router.
func (a *Architecture) forwardMatrices() (attention, feedForward, head float64, err error) {
	c, err := a.count(topExperts, false)
	if err != nil {
		return 0, 0, 0, err
	}
	return a.Layers * c.attentionMatrices, c.feedForward.perToken(a.Width), a.Vocab * a.Width, nil
}

// perToken counts the feed-forward weights that a token is multiplied with.
func (f feedForward) perToken(width float64) float64 {
	return f.matrices * width * (f.denseLayers*f.width + f.moeLayers*(f.topK+f.shared)*f.expertWidth)
}

// ForwardFLOPs is the work of a forward pass over one sequence of tokens tokens,
// with full attention and logits for every token:
//
//	2 · P · T + 4 · L · n_h · d_h · T²   FLOP
//
// P are the weights of all matrices that a token passes, moe_top_k of the routed
// experts among them, and of the output head; the embedding is a lookup. Norms,
// softmax, activations and the choice of experts, below 1 %, are not counted.
// Source: Kaplan et al. 2020, table 1, with the weighted sum counted too.
func (a *Architecture) ForwardFLOPs(tokens float64) (Quantity, error) {
	attention, mlp, head, err := a.forwardMatrices()
	if err != nil {
		return Quantity{}, fmt.Errorf("forward flops: %w", err)
	}
	scores, err := a.AttentionFLOPs(tokens)
	if err != nil {
		return Quantity{}, fmt.Errorf("forward flops: %w", err)
	}
	p := attention + mlp + head
	return Quantity{
		Name: "前向计算量", Unit: FLOP,
		Value:   2*p*tokens + scores.Value,
		Formula: "2 · P · T + " + scores.Formula,
		Working: product(2, p, tokens) + " + " + scores.Working,
		Terms: []Term{
			{"P", "全部矩阵与输出层的权重", p, Parameter}, {"T", "词元数", tokens, ""},
			{"2 · P · T", "矩阵乘法", 2 * p * tokens, FLOP}, {scores.Formula, scores.Name, scores.Value, FLOP},
		},
		Sources: scores.Sources,
	}, nil
}

// FeedForwardFLOPs is the work of the feed-forward layers on tokens tokens:
//
//	2 · P · T   FLOP
//
// P are the weights that a token is multiplied with there: 3·d·d_ff in each gated
// layer; in a layer of experts those of the chosen and the shared ones. The
// router is not counted.
func (a *Architecture) FeedForwardFLOPs(tokens float64) (Quantity, error) {
	f, err := a.feedForward()
	if err == nil {
		err = checkWhole("tokens", tokens, 1, maxTokens)
	}
	if err != nil {
		return Quantity{}, fmt.Errorf("feed-forward flops: %w", err)
	}
	return matrixFLOPs("前馈层的计算量", "每个词元经过的前馈层权重", f.perToken(a.Width), tokens), nil
}

// HeadFLOPs is the work of the output head on tokens tokens:
//
//	2 · d · V · T   FLOP
func (a *Architecture) HeadFLOPs(tokens float64) (Quantity, error) {
	if err := first(a.need("d_model", "vocab_size"), checkWhole("tokens", tokens, 1, maxTokens)); err != nil {
		return Quantity{}, fmt.Errorf("output head flops: %w", err)
	}
	q := matrixFLOPs("输出层的计算量", "输出层的权重 d · V", a.Width*a.Vocab, tokens)
	q.Formula, q.Working = "2 · d · V · T", product(2, a.Width, a.Vocab, tokens)
	return q, nil
}

func matrixFLOPs(name, weights string, p, tokens float64) Quantity {
	return Quantity{
		Name: name, Unit: FLOP, Value: 2 * p * tokens,
		Formula: "2 · P · T", Working: product(2, p, tokens),
		Terms:   []Term{{"P", weights, p, Parameter}, {"T", "词元数", tokens, ""}},
		Sources: []Source{sourceKaplan},
	}
}
