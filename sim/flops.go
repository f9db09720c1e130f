package sim

import "fmt"

// attentionFLOPs is AttentionFLOPs where queries, keys and values are as wide.
func attentionFLOPs(layers, heads, headDim, tokens float64) (Quantity, error) {
	for _, c := range []error{
		checkWhole("layers", layers, 1, maxLayers),
		checkWhole("heads", heads, 1, maxHeads),
		checkWhole("head_dim", headDim, 1, maxWidth),
		checkWhole("tokens", tokens, 1, maxTokens),
	} {
		if c != nil {
			return Quantity{}, c
		}
	}
	return Quantity{
		Name: "注意力的计算量", Unit: FLOP,
		Value:   4 * layers * heads * headDim * tokens * tokens,
		Formula: "4 · L · n_h · d_h · T²",
		Working: product(4, layers, heads, headDim) + " × " + Number(tokens) + "²",
		Terms: []Term{
			{"L", "层数", layers, ""}, {"n_h", "查询头数", heads, ""},
			{"d_h", "每个头的维数", headDim, ""}, {"T", "词元数", tokens, ""},
		},
		Sources: []Source{sourceAttention, sourceKaplan},
	}, nil
}

// RoughForwardFLOPs estimates a forward pass without its attention scores:
//
//	2 · N · T   FLOP
//
// It is what "2N per token" means; N is best taken without the input embedding.
// Source: Kaplan et al. 2020, section 2.1.
func RoughForwardFLOPs(parameters, tokens float64) (Quantity, error) {
	return perParameter("前向计算量", 2, "T", "词元数", parameters, tokens)
}

// TrainFLOPs estimates a training run: forward 2, backward 4 per parameter and
// token:
//
//	6 · N · D   FLOP
//
// Source: Kaplan et al. 2020, section 2.1.
func TrainFLOPs(parameters, tokens float64) (Quantity, error) {
	return perParameter("训练计算量", 6, "D", "训练词元数", parameters, tokens)
}

func perParameter(name string, factor float64, symbol, title string, parameters, tokens float64) (Quantity, error) {
	for _, c := range []error{checkRange("params", parameters, 1, maxParams), checkRange("tokens", tokens, 1, maxParams)} {
		if c != nil {
			return Quantity{}, fmt.Errorf("flops: %w", c)
		}
	}
	return Quantity{
		Name: name, Unit: FLOP,
		Value:   factor * parameters * tokens,
		Formula: Number(factor) + " · N · " + symbol,
		Working: product(factor, parameters, tokens),
		Terms:   []Term{{"N", "参数量", parameters, Parameter}, {symbol, title, tokens, ""}},
		Sources: []Source{sourceKaplan},
	}, nil
}
