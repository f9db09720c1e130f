package sim

import "fmt"

// Bounds of a Dense's fields: wide enough for any model known, tight enough
// that every product is finite.
const (
	maxLayers = 1e4
	maxWidth  = 1e6
	maxHeads  = 1e4
	maxVocab  = 1e8
	maxTokens = 1e12
	maxBits   = 64
	maxParams = 1e18
)

// Dense is the architecture of a dense decoder of the LLaMA family: RMSNorm
// before attention and before a gated feed-forward layer (SwiGLU: three
// matrices), grouped-query attention, an input embedding and an output head.
type Dense struct {
	Layers  int // L
	Width   int // d
	Heads   int // n_h
	KVHeads int // n_kv: n_h for multi-head attention, 1 for multi-query
	HeadDim int // d_h
	FF      int // d_ff
	Vocab   int // V
	// Tied models use the input embedding as output head.
	Tied bool
	// QKVBias and OBias add a bias to the projections into and out of attention.
	QKVBias, OBias bool
	// QKNorm adds an RMSNorm over d_h for queries and one for keys in each layer.
	QKNorm bool
}

// check returns a *FieldError for the first field that makes no sense.
func (m Dense) check() error {
	for _, f := range []struct {
		name  string
		value int
		limit float64
	}{
		{"layers", m.Layers, maxLayers}, {"d_model", m.Width, maxWidth}, {"heads", m.Heads, maxHeads},
		{"kv_heads", m.KVHeads, maxHeads}, {"head_dim", m.HeadDim, maxWidth}, {"d_ff", m.FF, maxWidth},
		{"vocab", m.Vocab, maxVocab},
	} {
		if err := checkRange(f.name, float64(f.value), 1, f.limit); err != nil {
			return err
		}
	}
	if m.Heads%m.KVHeads != 0 {
		return &FieldError{Field: "kv_heads", Reason: OutOfRange, Detail: fmt.Sprintf("%d does not divide %d heads", m.KVHeads, m.Heads)}
	}
	return nil
}

// parts are the parameters of one place in a Dense.
type parts struct {
	attention, mlp, norms float64 // of one layer
	embedding, head       float64
	finalNorm             float64
}

func (m Dense) parts() parts {
	d, h := float64(m.Width), float64(m.HeadDim)
	q, kv := float64(m.Heads)*h, float64(m.KVHeads)*h
	p := parts{
		attention: 2*d*q + 2*d*kv, // W_Q and W_O, W_K and W_V
		mlp:       3 * d * float64(m.FF),
		norms:     2 * d,
		embedding: float64(m.Vocab) * d,
		finalNorm: d,
	}
	if m.QKVBias {
		p.attention += q + 2*kv
	}
	if m.OBias {
		p.attention += d
	}
	if m.QKNorm {
		p.norms += 2 * h
	}
	if !m.Tied {
		p.head = p.embedding
	}
	return p
}

// Parameters counts all weights:
//
//	N = V·d·(1, or 2 untied) + L·(2·d·n_h·d_h + 2·d·n_kv·d_h + 3·d·d_ff + 2·d) + d
//
// and the biases and norms that the fields ask for. The terms are the parts of
// the sum. Source: Touvron et al. 2023.
func (m Dense) Parameters() (Quantity, error) {
	if err := m.check(); err != nil {
		return Quantity{}, fmt.Errorf("count parameters: %w", err)
	}
	p, L, d := m.parts(), float64(m.Layers), float64(m.Width)
	q, kv := float64(m.Heads*m.HeadDim), float64(m.KVHeads*m.HeadDim)
	embeddings, symbol := 2.0, "2 · V · d"
	if m.Tied {
		embeddings, symbol = 1, "V · d"
	}
	layer, working := "2 · d · n_h · d_h + 2 · d · n_kv · d_h + 3 · d · d_ff + 2 · d",
		product(2, d, q)+" + "+product(2, d, kv)+" + "+product(3, d, float64(m.FF))+" + "+product(2, d)
	extra := func(on bool, formula string, value float64) {
		if on {
			layer += " + " + formula
			working += " + " + Number(value)
		}
	}
	extra(m.QKVBias, "(n_h + 2 · n_kv) · d_h", q+2*kv)
	extra(m.OBias, "d", d)
	extra(m.QKNorm, "2 · d_h", 2*float64(m.HeadDim))
	return Quantity{
		Name: "参数量", Unit: Parameter,
		Value:   p.embedding + p.head + L*(p.attention+p.mlp+p.norms) + p.finalNorm,
		Formula: symbol + " + L · (" + layer + ") + d",
		Working: product(embeddings, float64(m.Vocab), d) + " + " + Number(L) + " × (" + working + ") + " + Number(d),
		Terms: []Term{
			{"E", "词嵌入", p.embedding, Parameter},
			{"H", "输出层（与词嵌入共用时为 0）", p.head, Parameter},
			{"A", "全部注意力层", L * p.attention, Parameter},
			{"F", "全部前馈层", L * p.mlp, Parameter},
			{"G", "全部归一化", L*p.norms + p.finalNorm, Parameter},
		},
		Sources: []Source{sourceLlama, sourceGQA},
	}, nil
}

// matrixParameters counts the weights that every token is multiplied with: all
// matrices and the output head, tied or not, but no lookup, bias or norm.
func (m Dense) matrixParameters() float64 {
	d, q, kv := float64(m.Width), float64(m.Heads*m.HeadDim), float64(m.KVHeads*m.HeadDim)
	return float64(m.Layers)*(2*d*q+2*d*kv+3*d*float64(m.FF)) + float64(m.Vocab)*d
}
