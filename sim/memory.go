package sim

import "fmt"

// KVCache is the memory of the keys and values of batch sequences of tokens
// tokens each, at bits per number:
//
//	2 · L · n_kv · d_h · T · B · b / 8   bytes
//
// The 2 is for keys and values. Latent attention keeps r_kv + d_rope numbers
// instead of 2 · n_kv · d_h; layers that slide keep no more tokens than their
// window; linear layers keep a state of fixed size, which is not counted, and L
// is then kv_layers. With one token and one sequence it is what each further
// token costs, inside the window. It fails with a *FieldError where the fields do
// not describe the cache. Source: Pope et al. 2022; Ainslie et al. 2023;
// DeepSeek-AI 2024.
func (a *Architecture) KVCache(tokens, batch, bits float64) (Quantity, error) {
	q, err := a.kvCache(tokens, batch, bits)
	if err != nil {
		return Quantity{}, fmt.Errorf("kv cache: %w", err)
	}
	return q, nil
}

func (a *Architecture) kvCache(tokens, batch, bits float64) (Quantity, error) {
	if err := a.need("n_layers"); err != nil {
		return Quantity{}, err
	}
	layers := a.Layers
	if a.KVLayers != nil {
		layers = *a.KVLayers
	}
	switch a.attentionKind() {
	case otherAttention:
		return Quantity{}, &FieldError{Field: "attention", Reason: Unknown, Detail: fmt.Sprintf("%.80q does not say what it keeps", a.Attention)}
	case hybridAttention:
		if a.KVLayers == nil {
			return Quantity{}, &FieldError{Field: "kv_layers", Reason: Missing}
		}
	}
	if err := checkWhole("kv_layers", layers, 1, a.Layers); err != nil {
		return Quantity{}, err
	}
	if a.MLA == nil {
		if err := a.need("n_kv_heads", "head_dim"); err != nil {
			return Quantity{}, err
		}
		if a.Heads > 0 {
			if err := a.checkGroups(); err != nil {
				return Quantity{}, err
			}
		}
		if a.Window == nil && a.WindowLayers == nil {
			return kvCache(layers, a.KVHeads, a.HeadDim, tokens, batch, bits)
		}
	} else if err := within("mla", a.MLA.check()); err != nil {
		return Quantity{}, err
	}
	return a.unequalKVCache(layers, tokens, batch, bits)
}

// unequalKVCache is the cache of latent attention, of sliding windows, or both.
func (a *Architecture) unequalKVCache(layers, tokens, batch, bits float64) (Quantity, error) {
	window, sliding := orNone(a.Window), orNone(a.WindowLayers)
	switch {
	case a.Window == nil && a.WindowLayers != nil && sliding > 0:
		return Quantity{}, &FieldError{Field: "sliding_window", Reason: Missing}
	case a.Window != nil && a.WindowLayers == nil:
		return Quantity{}, &FieldError{Field: "sliding_layers", Reason: Missing}
	}
	if err := first(
		checkWhole("sliding_layers", sliding, 0, layers),
		checkWhole("sliding_window", window, 0, maxTokens),
		checkWhole("tokens", tokens, 1, maxTokens),
		checkWhole("batch", batch, 1, maxTokens),
		checkRange("bits", bits, 1, maxBits),
	); err != nil {
		return Quantity{}, err
	}
	q := Quantity{Name: "KV 缓存", Unit: Byte, Sources: []Source{sourcePope}}
	var numbers float64 // that one layer keeps of one token
	var symbol, working string
	if m := a.MLA; m != nil {
		numbers, symbol = m.KVLoRA+m.QKRope, "(r_kv + d_rope)"
		working = "(" + Number(m.KVLoRA) + " + " + Number(m.QKRope) + ")"
		q.Terms = append(q.Terms, Term{"r_kv", "键值压缩后的维数", m.KVLoRA, ""}, Term{"d_rope", "位置编码的维数", m.QKRope, ""})
		q.Sources = append(q.Sources, sourceMLA)
	} else {
		numbers, symbol, working = 2*a.KVHeads*a.HeadDim, "2 · n_kv · d_h", product(2, a.KVHeads, a.HeadDim)
		q.Terms = append(q.Terms, Term{"n_kv", "键值头数", a.KVHeads, ""}, Term{"d_h", "每个头的维数", a.HeadDim, ""})
		q.Sources = append(q.Sources, sourceGQA)
	}
	kept := layers * tokens
	q.Formula = "L · " + symbol + " · T · B · b / 8"
	q.Working = Number(layers) + " × " + working + " × " + product(tokens, batch, bits) + " / 8"
	if sliding > 0 {
		kept = (layers-sliding)*tokens + sliding*min(tokens, window)
		q.Formula = symbol + " · ((L − L_w) · T + L_w · min(T, W)) · B · b / 8"
		q.Working = working + " × ((" + Number(layers) + " − " + Number(sliding) + ") × " + Number(tokens) + " + " + Number(sliding) +
			" × min(" + Number(tokens) + ", " + Number(window) + ")) × " + product(batch, bits) + " / 8"
		q.Terms = append(q.Terms, Term{"L_w", "滑动窗口的层数", sliding, ""}, Term{"W", "窗口", window, ""})
		q.Sources = append(q.Sources, sourceWindow)
	}
	q.Value = numbers * kept * batch * bits / 8
	q.Terms = append(q.Terms, Term{"L", "保留键值的层数", layers, ""}, Term{"T", "词元数", tokens, ""},
		Term{"B", "并发序列数", batch, ""}, Term{"b", "每个数的位数", bits, "bit"})
	return q, nil
}

// kvCache is the cache of layers that all keep the same.
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

// BlockWeightBytes is the memory of parameters in a quantised format that stores
// block weights together in blockBytes, their scales included (q4_0: 32 in 18):
//
//	N / n · s   bytes
//
// Formats keep some tensors at other widths, so a file differs by a few per mille.
func BlockWeightBytes(parameters, block, blockBytes float64) (Quantity, error) {
	if err := first(
		checkRange("params", parameters, 1, maxParams),
		checkWhole("block", block, 1, maxWidth),
		checkRange("block_bytes", blockBytes, 1e-3, maxWidth*8),
	); err != nil {
		return Quantity{}, fmt.Errorf("weight bytes: %w", err)
	}
	return Quantity{
		Name: "权重体积", Unit: Byte,
		Value:   parameters / block * blockBytes,
		Formula: "N / n · s",
		Working: Number(parameters) + " / " + product(block, blockBytes),
		Terms:   []Term{{"N", "参数量", parameters, Parameter}, {"n", "每块的权重数", block, ""}, {"s", "每块的字节数", blockBytes, Byte}},
	}, nil
}
