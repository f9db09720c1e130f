package sim

// partFunctions count the weights of one part of one layer.
func partFunctions() map[string]Function {
	width := whole("d_model", "宽度 d", 1, maxWidth)
	return map[string]Function{
		"attention-params": {
			Title: "一层注意力的参数量", Base: Parameter,
			Params: []Param{width, headsParam, kvHeadsParam, headDimParam},
			eval: func(v values) (Quantity, error) {
				// The one field whose name differs and that can still be at fault.
				if int(v["heads"])%int(v["kv_heads"]) != 0 {
					return Quantity{}, &FieldError{Field: "kv_heads", Reason: OutOfRange, Detail: "does not divide heads"}
				}
				return AttentionParameters(v["d_model"], v["heads"], v["kv_heads"], v["head_dim"])
			},
		},
		"ffn-params": {
			Title: "一层前馈网络的参数量", Base: Parameter,
			Params: []Param{width, whole("d_ff", "前馈宽度 d_ff", 1, maxWidth), whole("matrices", "矩阵个数：SwiGLU 3，ReLU 2", 2, 3)},
			eval: func(v values) (Quantity, error) {
				return FeedForwardParameters(v["d_model"], v["d_ff"], v["matrices"])
			},
		},
	}
}

// AttentionParameters counts the weights of one layer's four projections, without
// biases:
//
//	2 · d · n_h · d_h + 2 · d · n_kv · d_h
//
// Source: Ainslie et al. 2023.
func AttentionParameters(width, heads, kvHeads, headDim float64) (Quantity, error) {
	a := Architecture{Layers: 1, Width: width, Heads: heads, KVHeads: kvHeads, HeadDim: headDim}
	if err := a.needAttention(); err != nil {
		return Quantity{}, err
	}
	s := a.attentionMatrices()
	return Quantity{
		Name: "一层注意力的参数量", Unit: Parameter, Value: s.value, Formula: s.Formula(), Working: s.Working(),
		Terms:   []Term{{"d", "宽度", width, ""}, {"n_h", "查询头数", heads, ""}, {"n_kv", "键值头数", kvHeads, ""}, {"d_h", "每个头的维数", headDim, ""}},
		Sources: []Source{sourceAttention, sourceGQA},
	}, nil
}

// FeedForwardParameters counts the weights of one feed-forward network, without
// biases: matrices · d · d_ff.
func FeedForwardParameters(width, inner, matrices float64) (Quantity, error) {
	if err := first(checkWhole("d_model", width, 1, maxWidth), checkWhole("d_ff", inner, 1, maxWidth), checkWhole("matrices", matrices, 2, 3)); err != nil {
		return Quantity{}, err
	}
	a := Architecture{Width: width}
	s := a.network(matrices, inner, "d_ff", false)
	return Quantity{
		Name: "一层前馈网络的参数量", Unit: Parameter, Value: s.value, Formula: s.Formula(), Working: s.Working(),
		Terms:   []Term{{"d", "宽度", width, ""}, {"d_ff", "前馈宽度", inner, ""}},
		Sources: []Source{sourceAttention, sourceLlama},
	}, nil
}
