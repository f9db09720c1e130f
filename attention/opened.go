package attention

import "math"

// The steps inside the fused operations of a LayerBackend, which computes their
// outcome only. Sums run in float64.

// rootMeanSquares: dst[i,0] = √(Σ_j x[i,j]²/d + eps).
func rootMeanSquares(dst, x Matrix, eps float64) {
	for i := range x.Rows {
		var sum float64
		for _, v := range x.Row(i) {
			sum += float64(v) * float64(v)
		}
		dst.Set(i, 0, float32(math.Sqrt(sum/float64(x.Cols)+eps)))
	}
}

// headScores: dst[i,j] = Σ_d q[i,qAt+d]·k[j,kAt+d] over h dimensions.
func headScores(dst, q, k Matrix, qAt, kAt, h int) {
	for i := range dst.Rows {
		query := q.Row(i)[qAt : qAt+h]
		for j := range dst.Cols {
			key := k.Row(j)[kAt : kAt+h]
			var sum float64
			for d, v := range query {
				sum += float64(v) * float64(key[d])
			}
			dst.Set(i, j, float32(sum))
		}
	}
}

// silu: dst = x/(1 + exp(−x)), cell by cell.
func silu(dst, x Matrix) {
	for i, v := range x.Data {
		dst.Data[i] = float32(float64(v) / (1 + math.Exp(-float64(v))))
	}
}

// made is what the product with a parameter, or the norm by a gain, is called.
// The key is the parameter's role: its name within a layer.
var made = map[string]struct{ parameter, name, symbol string }{
	"input_layernorm.weight":          {"g", "attention_norm", "N"},
	"self_attn.q_proj.weight":         {"W_Q", "q", "Q"},
	"self_attn.k_proj.weight":         {"W_K", "k", "K"},
	"self_attn.v_proj.weight":         {"W_V", "v", "V"},
	"self_attn.o_proj.weight":         {"W_O", "attention_output", "P"},
	"post_attention_layernorm.weight": {"g", "ffn_norm", "N"},
	"mlp.gate_proj.weight":            {"W_gate", "gate", "G"},
	"mlp.up_proj.weight":              {"W_up", "up", "U"},
	"mlp.down_proj.weight":            {"W_down", "ffn_output", "F"},
	"model.norm.weight":               {"g", "final_norm", "N"},
	"lm_head.weight":                  {"W_out", "logits", "z"},
	// Tied: the embedding serves as output matrix too.
	"model.embed_tokens.weight": {"E", "logits", "z"},
}

// makes returns the tensor, short of Op and Cols, that p makes of in.
func (p *Tensor) makes(in *Tensor) Tensor {
	m := made[p.role]
	t := Tensor{Name: Name(m.name), Symbol: m.symbol, Layer: p.Layer, Head: -1, Rows: in.Rows}
	if p.Layer >= 0 {
		t.Name = LayerName(p.Layer, m.name)
	}
	return t
}

// traced returns the model's parameters as tensors; they share its memory.
func (m *Model) traced() []*Tensor {
	dimension, hidden := Axis{Kind: AxisDimension}, Axis{Kind: AxisHidden}
	queries, keys := Axis{AxisHead, m.Config.Heads}, Axis{AxisHead, m.Config.KVHeads}
	axes := map[string][2]Axis{
		"self_attn.q_proj.weight": {queries, dimension},
		"self_attn.k_proj.weight": {keys, dimension}, "self_attn.v_proj.weight": {keys, dimension},
		"self_attn.o_proj.weight": {dimension, queries},
		"mlp.gate_proj.weight":    {hidden, dimension}, "mlp.up_proj.weight": {hidden, dimension},
		"mlp.down_proj.weight":      {dimension, hidden},
		"model.embed_tokens.weight": {{Kind: AxisVocabulary}, dimension},
		"lm_head.weight":            {{Kind: AxisVocabulary}, dimension},
	}
	var out []*Tensor
	take := func(slots []slot, layer int) {
		for _, s := range slots {
			role := s.name
			if layer >= 0 {
				role = s.name[len("model."+string(LayerName(layer, ""))):]
			}
			axis, isMatrix := axes[role]
			if !isMatrix { // a gain
				axis = [2]Axis{{Kind: AxisSingle}, dimension}
			}
			out = append(out, &Tensor{Name: Name(s.name), Symbol: made[role].parameter, Op: OpParameter, Layer: layer, Head: -1,
				Rows: axis[0], Cols: axis[1], role: role,
				Matrix: Matrix{Rows: max(s.rows, 1), Cols: s.cols, Data: s.values()}})
		}
	}
	take(m.outer(), -1)
	for i := range m.Layers {
		take(m.inner(i), i)
	}
	return out
}
