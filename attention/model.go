package attention

import (
	"fmt"
	"math"
)

// Model is a model of the LLaMA architecture (Touvron et al. 2023): RMSNorm
// before each block, rotary positions, grouped-query attention, SwiGLU. In
// shapes below, d is Width, H·h the width of all query heads, G·h that of all
// key and value heads, f is FFN and V Vocab. A weight matrix is (out, in), as in
// the files: y = x·Wᵀ.
type Model struct {
	Config    ModelConfig
	Embedding Matrix    // (V, d)
	Layers    []Layer   // Config.Layers of them
	Norm      []float32 // (d), before the output matrix
	Output    Matrix    // (V, d); Embedding itself where they are tied
}

// Layer holds the weights of one layer.
type Layer struct {
	AttentionNorm []float32 // (d)
	WQ            Matrix    // (H·h, d)
	WK, WV        Matrix    // (G·h, d)
	WO            Matrix    // (d, H·h)
	FFNNorm       []float32 // (d)
	WGate, WUp    Matrix    // (f, d)
	WDown         Matrix    // (d, f)
}

// Parameter is one tensor of a model under its Hugging Face name.
type Parameter struct {
	Name   string
	Shape  []int     // (out, in), or one size for a norm's gain
	Values []float32 // shared with the model
}

// slot is where a parameter goes: a matrix or a vector of the model.
type slot struct {
	name       string
	matrix     *Matrix
	rows, cols int
	vector     *[]float32 // of cols values; nil for a matrix
}

func (s slot) shape() []int {
	if s.vector != nil {
		return []int{s.cols}
	}
	return []int{s.rows, s.cols}
}

func (s slot) set(values []float32) {
	if s.vector != nil {
		*s.vector = values
		return
	}
	*s.matrix = Matrix{Rows: s.rows, Cols: s.cols, Data: values}
}

func (s slot) values() []float32 {
	if s.vector != nil {
		return *s.vector
	}
	return s.matrix.Data
}

// outer lists the parameters that belong to no layer, in the order of the pass.
func (m *Model) outer() []slot {
	c := m.Config
	slots := []slot{
		{name: "model.embed_tokens.weight", matrix: &m.Embedding, rows: c.Vocab, cols: c.Width},
		{name: "model.norm.weight", vector: &m.Norm, cols: c.Width},
	}
	if !c.Tied {
		slots = append(slots, slot{name: "lm_head.weight", matrix: &m.Output, rows: c.Vocab, cols: c.Width})
	}
	return slots
}

// inner lists the parameters of layer i.
func (m *Model) inner(i int) []slot {
	c, l := m.Config, &m.Layers[i]
	at := fmt.Sprintf("model.layers.%d.", i)
	queries, keys := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	return []slot{
		{name: at + "input_layernorm.weight", vector: &l.AttentionNorm, cols: c.Width},
		{name: at + "self_attn.q_proj.weight", matrix: &l.WQ, rows: queries, cols: c.Width},
		{name: at + "self_attn.k_proj.weight", matrix: &l.WK, rows: keys, cols: c.Width},
		{name: at + "self_attn.v_proj.weight", matrix: &l.WV, rows: keys, cols: c.Width},
		{name: at + "self_attn.o_proj.weight", matrix: &l.WO, rows: c.Width, cols: queries},
		{name: at + "post_attention_layernorm.weight", vector: &l.FFNNorm, cols: c.Width},
		{name: at + "mlp.gate_proj.weight", matrix: &l.WGate, rows: c.FFN, cols: c.Width},
		{name: at + "mlp.up_proj.weight", matrix: &l.WUp, rows: c.FFN, cols: c.Width},
		{name: at + "mlp.down_proj.weight", matrix: &l.WDown, rows: c.Width, cols: c.FFN},
	}
}

// fill gives every parameter its values, one layer after the other: a config
// that claims a million layers fails at the first that is not there.
func (m *Model) fill(values func(slot) ([]float32, error)) error {
	fill := func(slots []slot) error {
		for _, s := range slots {
			v, err := values(s)
			if err != nil {
				return err
			}
			s.set(v)
		}
		return nil
	}
	if err := fill(m.outer()); err != nil {
		return err
	}
	for i := range m.Config.Layers {
		m.Layers = append(m.Layers, Layer{})
		if err := fill(m.inner(i)); err != nil {
			return err
		}
	}
	if m.Config.Tied {
		m.Output = m.Embedding
	}
	return nil
}

// Parameters lists every tensor of the model once. Values are the model's own.
func (m *Model) Parameters() []Parameter {
	slots := m.outer()
	for i := range m.Layers {
		slots = append(slots, m.inner(i)...)
	}
	out := make([]Parameter, len(slots))
	for i, s := range slots {
		out[i] = Parameter{Name: s.name, Shape: s.shape(), Values: s.values()}
	}
	return out
}

// NewModel returns a model as training finds it: matrices drawn from a normal
// distribution of standard deviation 0.02, or, where a block adds to the
// residual stream, 0.02/√(2·layers); gains of one. The same seed gives the same
// weights.
func NewModel(c ModelConfig, seed uint64) (*Model, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("new model: %w", err)
	}
	m := &Model{Config: c}
	var index uint64
	err := m.fill(func(s slot) ([]float32, error) {
		values := make([]float32, max(s.rows, 1)*s.cols)
		if s.vector != nil {
			for i := range values {
				values[i] = 1
			}
			return values, nil
		}
		deviation := 0.02
		if len(m.Layers) > 0 {
			if l := &m.Layers[len(m.Layers)-1]; s.matrix == &l.WO || s.matrix == &l.WDown {
				deviation /= math.Sqrt(2 * float64(c.Layers))
			}
		}
		draw := newNormal(seed, streamWeights, 0, index)
		index++
		for i := range values {
			values[i] = float32(deviation * draw.next())
		}
		return values, nil
	})
	return m, err
}

// Zeros returns a model of m's shape whose weights are all zero: room for
// gradients.
func (m *Model) Zeros() *Model {
	out := &Model{Config: m.Config}
	// Nothing can fail: no value is asked for.
	_ = out.fill(func(s slot) ([]float32, error) { return make([]float32, max(s.rows, 1)*s.cols), nil })
	return out
}

// Clone returns a model of the same weights that shares none of them with m.
func (m *Model) Clone() *Model {
	out := m.Zeros()
	to := out.Parameters()
	for i, p := range m.Parameters() {
		copy(to[i].Values, p.Values)
	}
	return out
}

// Rotations returns the cosines and sines (n, h/2) of the angles by which RoPE
// turns the pairs of a head (Su et al. 2021): pair j at position i by
// i·theta^(−2j/h).
func Rotations(c ModelConfig, n int) (cos, sin Matrix) {
	half := c.HeadDim / 2
	cos, sin = NewMatrix(n, half), NewMatrix(n, half)
	for j := range half {
		frequency := math.Pow(c.RopeTheta, -2*float64(j)/float64(c.HeadDim))
		for i := range n {
			s, c := math.Sincos(float64(i) * frequency)
			sin.Set(i, j, float32(s))
			cos.Set(i, j, float32(c))
		}
	}
	return cos, sin
}
