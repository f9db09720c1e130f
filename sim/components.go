package sim

import "fmt"

// Component is one kind of weights of a model, as a diagram of its architecture
// has a box for each: the query projection, the router.
type Component struct {
	Name   string  // one of the Components below
	Copies float64 // in the whole model
	// Each counts the weights of one copy, biases included.
	Each Quantity
}

// Names of Components, in the order in which a token passes them. A model of
// experts has gate, up and down twice: of its dense layers and of its experts.
const (
	EmbeddingPart     = "embedding"
	AttentionNormPart = "attention_norm"
	QueryPart         = "q"
	KeyPart           = "k" // of latent attention: with the compression that V shares
	ValuePart         = "v"
	QKNormPart        = "qk_norm"
	SinksPart         = "sinks"
	OutputPart        = "o"
	FFNNormPart       = "ffn_norm"
	RouterPart        = "router"
	GatePart          = "gate"
	UpPart            = "up"
	DownPart          = "down"
	FinalNormPart     = "final_norm"
	HeadPart          = "head" // not there where it is the embedding
)

// Components lists the weights of a model kind by kind; what a model does not
// have is left out. Copies times Each over all of them is Parameters. It fails as
// Parameters does.
func (a *Architecture) Components() ([]Component, error) {
	f, err := a.feedForward()
	if err = first(a.need("vocab_size"), a.needAttention(), err); err != nil {
		return nil, fmt.Errorf("count components: %w", err)
	}
	var all []Component
	add := func(name, title string, copies float64, s sum) {
		if copies > 0 && s.value > 0 {
			all = append(all, Component{Name: name, Copies: copies, Each: Quantity{
				Name: title, Unit: Parameter, Value: s.value, Formula: s.Formula(), Working: s.Working(), Sources: []Source{sourceLlama},
			}})
		}
	}
	L, d := a.Layers, a.Width
	add(EmbeddingPart, "词嵌入", 1, termOf("V · d", a.Vocab, d))
	add(AttentionNormPart, "注意力前的归一化", L, a.normOf("d", d))
	query, key, value, output := a.projections()
	add(QueryPart, "查询投影 W_Q", L, query)
	add(KeyPart, "键投影 W_K", L, key)
	add(ValuePart, "值投影 W_V", L, value)
	if a.QKNorm {
		if err := a.need("head_dim"); err != nil {
			return nil, fmt.Errorf("count components: %w", err)
		}
		norm := a.normOf("d_h", a.HeadDim)
		norm.append(norm)
		add(QKNormPart, "Q、K 的归一化", L, norm)
	}
	if a.Sinks != nil {
		add(SinksPart, "注意力汇", L, termOf("s", *a.Sinks))
	}
	add(OutputPart, "输出投影 W_O", L, output)
	add(FFNNormPart, "前馈前的归一化", L, a.normOf("d", d))
	if f.moeLayers > 0 {
		add(RouterPart, "路由", f.moeLayers, a.router(f))
	}
	a.networks(f, add)
	add(FinalNormPart, "最后的归一化", 1, a.normOf("d", d))
	if !a.Tied {
		add(HeadPart, "输出层", 1, termOf("V · d", a.Vocab, d))
	}
	return all, nil
}

// networks adds the matrices of the feed-forward networks: those of width in the
// dense layers, then those of the experts.
func (a *Architecture) networks(f feedForward, add func(name, title string, copies float64, s sum)) {
	for _, n := range []struct {
		copies, width float64
		symbol        string
		biased        bool
	}{
		{f.denseLayers, f.width, "d_ff", a.LinearBias},
		{f.moeLayers * (f.experts + f.shared), f.expertWidth, "d_e", a.LinearBias || a.ExpertBias},
	} {
		into, back := termOf("d · "+n.symbol, a.Width, n.width), termOf(n.symbol+" · d", n.width, a.Width)
		if n.biased {
			into.add(n.symbol, n.width)
			back.add("d", a.Width)
		}
		if f.matrices == 3 {
			add(GatePart, "门 W_gate", n.copies, into)
		}
		add(UpPart, "升维 W_up", n.copies, into)
		add(DownPart, "降维 W_down", n.copies, back)
	}
}

// projections are one layer's four projections of attention, with their biases
// and, of latent attention, the norms of what is compressed.
func (a *Architecture) projections() (query, key, value, output sum) {
	d, heads := a.Width, a.Heads
	if m := a.MLA; m != nil {
		qk := m.QKNope + m.QKRope
		if m.QLoRA > 0 {
			query = termOf("d · r_q", d, m.QLoRA)
			query.add("r_q · n_h · d_qk", m.QLoRA, heads, qk)
			query.add("r_q", m.QLoRA)
		} else {
			query = termOf("d · n_h · d_qk", d, heads, qk)
		}
		key = termOf("d · (r_kv + d_rope)", d, m.KVLoRA+m.QKRope)
		key.add("r_kv · n_h · d_nope", m.KVLoRA, heads, m.QKNope)
		key.add("r_kv", m.KVLoRA)
		value, output = termOf("r_kv · n_h · d_v", m.KVLoRA, heads, m.V), termOf("n_h · d_v · d", heads, m.V, d)
		if a.QKVBias {
			if m.QLoRA > 0 {
				query.add("r_q", m.QLoRA)
			}
			key.add("r_kv + d_rope", m.KVLoRA+m.QKRope)
		}
	} else {
		query, output = termOf("d · n_h · d_h", d, heads, a.HeadDim), termOf("n_h · d_h · d", heads, a.HeadDim, d)
		key = termOf("d · n_kv · d_h", d, a.KVHeads, a.HeadDim)
		value = termOf("d · n_kv · d_h", d, a.KVHeads, a.HeadDim)
		if a.QKVBias {
			query.add("n_h · d_h", heads, a.HeadDim)
			key.add("n_kv · d_h", a.KVHeads, a.HeadDim)
			value.add("n_kv · d_h", a.KVHeads, a.HeadDim)
		}
	}
	if a.OBias {
		output.add("d", d)
	}
	return query, key, value, output
}

// normOf is the gain of one norm, with its bias where norms have one.
func (a *Architecture) normOf(symbol string, width float64) sum {
	if a.NormBias {
		return termOf("2 · "+symbol, 2, width)
	}
	return termOf(symbol, width)
}

// termOf is a sum of one product.
func termOf(symbols string, factors ...float64) sum {
	var s sum
	s.add(symbols, factors...)
	return s
}
