package sim

import "fmt"

// attentionMatrices are the weights of one layer's projections.
func (a *Architecture) attentionMatrices() sum {
	var s sum
	d, heads := a.Width, a.Heads
	if m := a.MLA; m != nil {
		qk := m.QKNope + m.QKRope
		if m.QLoRA > 0 {
			s.add("d · r_q", d, m.QLoRA)
			s.add("r_q · n_h · d_qk", m.QLoRA, heads, qk)
		} else {
			s.add("d · n_h · d_qk", d, heads, qk)
		}
		s.add("d · (r_kv + d_rope)", d, m.KVLoRA+m.QKRope)
		s.add("r_kv · n_h · (d_nope + d_v)", m.KVLoRA, heads, m.QKNope+m.V)
		s.add("n_h · d_v · d", heads, m.V, d)
		return s
	}
	s.add("2 · d · n_h · d_h", 2, d, heads, a.HeadDim)
	s.add("2 · d · n_kv · d_h", 2, d, a.KVHeads, a.HeadDim)
	return s
}

// attentionRest are one layer's biases and other vectors of attention.
func (a *Architecture) attentionRest() sum {
	var s sum
	switch {
	case a.QKVBias && a.MLA != nil:
		if a.MLA.QLoRA > 0 {
			s.add("r_q", a.MLA.QLoRA)
		}
		s.add("r_kv + d_rope", a.MLA.KVLoRA+a.MLA.QKRope)
	case a.QKVBias:
		s.add("(n_h + 2 · n_kv) · d_h", a.Heads+2*a.KVHeads, a.HeadDim)
	}
	if a.OBias {
		s.add("d", a.Width)
	}
	if a.Sinks != nil && *a.Sinks > 0 {
		s.add("s", *a.Sinks)
	}
	return s
}

// layerNorms are the weights of one layer's norms.
func (a *Architecture) layerNorms() sum {
	var s sum
	vectors, symbol := 2.0, "2 · "
	if a.NormBias {
		vectors, symbol = 4, "4 · "
	}
	s.add(symbol+"d", vectors, a.Width)
	if a.QKNorm {
		s.add(symbol+"d_h", vectors, a.HeadDim)
	}
	if a.MLA != nil {
		if a.MLA.QLoRA > 0 {
			s.add("r_q", a.MLA.QLoRA)
		}
		s.add("r_kv", a.MLA.KVLoRA)
	}
	return s
}

// network are the weights of one feed-forward network, with its biases where
// biased; symbol is its width's.
func (a *Architecture) network(matrices, width float64, symbol string, biased bool) sum {
	var s sum
	s.add(Number(matrices)+" · d · "+symbol, matrices, a.Width, width)
	if biased {
		inner := Number(matrices-1) + " · " + symbol
		if matrices == 2 {
			inner = symbol
		}
		s.add(inner, matrices-1, width)
		s.add("d", a.Width)
	}
	return s
}

// router are the weights that choose experts in one layer.
func (a *Architecture) router(f feedForward) sum {
	var s sum
	s.add("d · E", a.Width, f.experts)
	if a.RouterBias {
		s.add("E", f.experts)
	}
	if a.CorrectionBias {
		s.add("E", f.experts)
	}
	return s
}

// counted are the parameters of a model by part, in all layers.
type counted struct {
	embedding, head   float64
	attention, norms  float64
	dense             float64 // feed-forward layers without experts
	router            float64
	shared, routed    float64 // experts; routed ones as many as were counted
	sum               sum
	attentionMatrices float64 // of one layer
	feedForward       feedForward
}

func (c *counted) total() float64 {
	return c.embedding + c.head + c.attention + c.norms + c.dense + c.router + c.shared + c.routed
}

// count counts with routed experts in each layer of experts, an E or fewer;
// embeddings is the number of vocabulary matrices counted.
func (a *Architecture) count(routed func(feedForward) (float64, string), inputEmbedding bool) (counted, error) {
	var c counted
	if err := first(a.need("vocab_size"), a.needAttention()); err != nil {
		return c, err
	}
	if a.QKNorm || a.MLA == nil {
		if err := a.need("head_dim"); err != nil {
			return c, err
		}
	}
	f, err := a.feedForward()
	if err != nil {
		return c, err
	}
	L, d := a.Layers, a.Width
	matrix := a.Vocab * d
	c.head = matrix
	vocabulary, symbol := 1.0, "V · d"
	switch {
	case a.Tied: // one matrix is both
		c.embedding, c.head = matrix, 0
	case inputEmbedding:
		c.embedding = matrix
		vocabulary, symbol = 2, "2 · V · d"
	}
	if vocabulary == 2 {
		c.sum.add(symbol, 2, a.Vocab, d)
	} else {
		c.sum.add(symbol, a.Vocab, d)
	}

	matrices, rest, norms := a.attentionMatrices(), a.attentionRest(), a.layerNorms()
	c.feedForward, c.attentionMatrices = f, matrices.value
	c.attention, c.norms = L*(matrices.value+rest.value), L*norms.value
	layer := matrices
	dense := a.network(f.matrices, f.width, "d_ff", a.LinearBias)
	c.dense = f.denseLayers * dense.value
	if f.moeLayers == 0 {
		layer.append(dense)
	}
	layer.append(norms)
	layer.append(rest)
	if f.moeLayers == 0 {
		c.sum.addTimes("L", L, layer)
	} else {
		expert, router := a.network(f.matrices, f.expertWidth, "d_e", a.LinearBias || a.ExpertBias), a.router(f)
		n, name := routed(f)
		c.router, c.shared, c.routed = f.moeLayers*router.value, f.moeLayers*f.shared*expert.value, f.moeLayers*n*expert.value
		if f.shared > 0 {
			name = "(" + name + " + E_s)"
		}
		router.addTimes(name, n+f.shared, expert)
		c.sum.addTimes("L", L, layer)
		c.sum.addTimes("L_d", f.denseLayers, dense)
		c.sum.addTimes("L_e", f.moeLayers, router)
	}
	final := d
	if a.NormBias {
		final = 2 * d
		c.sum.add("2 · d", 2, d)
	} else {
		c.sum.add("d", d)
	}
	c.norms += final
	return c, nil
}

func (s *sum) append(o sum) {
	s.value += o.value
	s.formula = append(s.formula, o.formula...)
	s.working = append(s.working, o.working...)
}

func (c *counted) quantity(name string) Quantity {
	q := Quantity{
		Name: name, Unit: Parameter, Value: c.total(),
		Formula: c.sum.Formula(), Working: c.sum.Working(),
		Terms: []Term{
			{"E", "词嵌入", c.embedding, Parameter},
			{"H", "输出层（与词嵌入共用时为 0）", c.head, Parameter},
			{"A", "全部注意力层", c.attention, Parameter},
			{"F", "全部前馈层", c.dense, Parameter},
			{"G", "全部归一化", c.norms, Parameter},
		},
		Sources: []Source{sourceLlama, sourceGQA},
	}
	if c.feedForward.moeLayers > 0 {
		q.Terms = append(q.Terms, Term{"R", "全部路由", c.router, Parameter}, Term{"S", "全部共享专家", c.shared, Parameter}, Term{"X", "计入的专家", c.routed, Parameter})
		q.Sources = append(q.Sources, sourceMoE)
	}
	return q
}

func allExperts(f feedForward) (float64, string) { return f.experts, "E" }
func topExperts(f feedForward) (float64, string) { return f.topK, "k" }

// Parameters counts all weights: vocabulary matrices (one where tied), and in
// each layer attention, norms and one feed-forward network, or a router with all
// its experts:
//
//	N = V·d·(1, or 2 untied) + L·(2·d·n_h·d_h + 2·d·n_kv·d_h + 3·d·d_ff + 2·d) + d
//
// for a dense model with gated feed-forward layers, and the biases, norms,
// latent projections and experts that the fields ask for. The terms are the
// parts of the sum. Heads of multi-token prediction and vision towers are not
// counted. It fails with a *FieldError on a field that is missing or describes
// no known layer. Sources: Touvron et al. 2023, DeepSeek-AI 2024.
func (a *Architecture) Parameters() (Quantity, error) {
	c, err := a.count(allExperts, true)
	if err != nil {
		return Quantity{}, fmt.Errorf("count parameters: %w", err)
	}
	return a.latent(c.quantity("参数量")), nil
}

// ActiveParameters counts the weights that one token passes: as Parameters, but
// of the routed experts only moe_top_k. Without inputEmbedding the embedding,
// which is a lookup, is left out, unless it is the output head too.
func (a *Architecture) ActiveParameters(inputEmbedding bool) (Quantity, error) {
	c, err := a.count(topExperts, inputEmbedding)
	if err != nil {
		return Quantity{}, fmt.Errorf("count active parameters: %w", err)
	}
	return a.latent(c.quantity("每个词元激活的参数量")), nil
}

func (a *Architecture) latent(q Quantity) Quantity {
	if a.MLA != nil {
		q.Sources = append(q.Sources, sourceMLA)
	}
	return q
}

// StepParameters counts the weights that one decoding step of batch sequences
// reads: as ActiveParameters without the input embedding, but of the routed
// experts as many as batch tokens are expected to choose where each chooses
// independently and all experts are equally likely:
//
//	E · (1 − (1 − k / E)^B)
func (a *Architecture) StepParameters(batch float64) (Quantity, error) {
	if err := checkWhole("batch", batch, 1, maxTokens); err != nil {
		return Quantity{}, fmt.Errorf("count parameters of a step: %w", err)
	}
	c, err := a.count(func(f feedForward) (float64, string) {
		return touched(f.experts, f.topK, batch), "E_B"
	}, false)
	if err != nil {
		return Quantity{}, fmt.Errorf("count parameters of a step: %w", err)
	}
	return a.latent(c.quantity("每步要读的权重数")), nil
}
