package sim

import "fmt"

// KVCache is the memory of the keys and values of batch sequences of tokens
// tokens each, at bits per number:
//
//	2 · L · n_kv · d_h · T · B · b / 8   bytes
//
// The 2 is for keys and values. With one token and one sequence it is what each
// further token costs. Source: Pope et al. 2022; Ainslie et al. 2023.
func (m Dense) KVCache(tokens, batch, bits float64) (Quantity, error) {
	q, err := kvCache(float64(m.Layers), float64(m.KVHeads), float64(m.HeadDim), tokens, batch, bits)
	if err != nil {
		return Quantity{}, fmt.Errorf("kv cache: %w", err)
	}
	return q, nil
}

func kvCache(layers, kvHeads, headDim, tokens, batch, bits float64) (Quantity, error) {
	for _, c := range []error{
		checkWhole("layers", layers, 1, maxLayers),
		checkWhole("kv_heads", kvHeads, 1, maxHeads),
		checkWhole("head_dim", headDim, 1, maxWidth),
		checkWhole("tokens", tokens, 1, maxTokens),
		checkWhole("batch", batch, 1, maxTokens),
		checkRange("bits", bits, 1, maxBits),
	} {
		if c != nil {
			return Quantity{}, c
		}
	}
	q := Quantity{
		Name: "KV 缓存", Unit: Byte,
		Value:   2 * layers * kvHeads * headDim * tokens * batch * bits / 8,
		Formula: "2 · L · n_kv · d_h · T · B · b / 8",
		Working: product(2, layers, kvHeads, headDim, tokens, batch, bits) + " / 8",
		Terms: []Term{
			{"L", "层数", layers, ""}, {"n_kv", "键值头数", kvHeads, ""}, {"d_h", "每个头的维数", headDim, ""},
			{"T", "词元数", tokens, ""}, {"B", "并发序列数", batch, ""}, {"b", "每个数的位数", bits, "bit"},
		},
		Sources: []Source{sourcePope, sourceGQA},
	}
	return q, nil
}

// WeightBytes is the memory of parameters at bits per weight, without the
// scales that quantised formats add (state those in bits: q4_0 is 4.5):
//
//	N · b / 8   bytes
//
// This is the definition of a byte; it needs no source.
func WeightBytes(parameters, bits float64) (Quantity, error) {
	for _, c := range []error{checkRange("params", parameters, 1, maxParams), checkRange("bits", bits, 1, maxBits)} {
		if c != nil {
			return Quantity{}, fmt.Errorf("weight bytes: %w", c)
		}
	}
	return Quantity{
		Name: "权重体积", Unit: Byte,
		Value:   parameters * bits / 8,
		Formula: "N · b / 8",
		Working: product(parameters, bits) + " / 8",
		Terms:   []Term{{"N", "参数量", parameters, Parameter}, {"b", "每个权重的位数", bits, "bit"}},
	}, nil
}
