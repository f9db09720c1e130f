package attention

// Counter is a LayerBackend that counts what it hands on to another.
type Counter struct {
	LayerBackend
	Work  Work // so far; the caller may clear it
	parts map[*float32]WorkPart
}

// NewCounter returns a Counter around b for passes of m.
func NewCounter(b Backend, m *Model) *Counter {
	c := &Counter{LayerBackend: ForLayers(b), Work: Work{}, parts: map[*float32]WorkPart{}}
	for i := range m.Layers {
		l := &m.Layers[i]
		for part, weights := range map[WorkPart][]Matrix{
			WorkProjection: {l.WQ, l.WK, l.WV}, WorkOutput: {l.WO}, WorkFFN: {l.WGate, l.WUp, l.WDown},
		} {
			for _, w := range weights {
				c.parts[&w.Data[0]] = part
			}
		}
	}
	// Where the two are tied, the operation tells which is meant.
	c.parts[&m.Embedding.Data[0]] = WorkEmbedding
	c.parts[&m.Output.Data[0]] = WorkLogits
	return c
}

// Place implements Placer.
func (c *Counter) Place(r Residence, memory ...[]float32) { Place(c.LayerBackend, r, memory...) }

func (c *Counter) count(part WorkPart, multiplications, values int) {
	c.Work[part] = c.Work[part].Plus(Amount{float64(multiplications), float64(values) * float32Size})
}

// of returns the part that a weight belongs to.
func (c *Counter) of(weight Matrix) WorkPart {
	if part, ok := c.parts[&weight.Data[0]]; ok {
		return part
	}
	return WorkOther
}

// MatMul counts a product.
func (c *Counter) MatMul(dst, a, b Matrix) {
	c.count(c.of(b), a.Rows*a.Cols*b.Cols, len(dst.Data)+len(a.Data)+len(b.Data))
	c.LayerBackend.MatMul(dst, a, b)
}

// MatMulT counts a product.
func (c *Counter) MatMulT(dst, a, b Matrix) {
	c.count(c.of(b), a.Rows*a.Cols*b.Rows, len(dst.Data)+len(a.Data)+len(b.Data))
	c.LayerBackend.MatMulT(dst, a, b)
}

// SoftmaxRows counts what is read and written.
func (c *Counter) SoftmaxRows(dst, src Matrix) {
	c.count(WorkOther, 0, len(dst.Data)+len(src.Data))
	c.LayerBackend.SoftmaxRows(dst, src)
}

// Gather counts rows read and written.
func (c *Counter) Gather(dst, table Matrix, tokens []int) {
	part := c.of(table)
	if part == WorkLogits {
		part = WorkEmbedding // tied
	}
	c.count(part, 0, 2*len(dst.Data))
	c.LayerBackend.Gather(dst, table, tokens)
}

// RMSNorm counts a norm.
func (c *Counter) RMSNorm(dst, x Matrix, gain []float32, eps float64) {
	c.count(WorkNorm, 3*len(x.Data), len(dst.Data)+len(x.Data)+len(gain))
	c.LayerBackend.RMSNorm(dst, x, gain, eps)
}

// RoPE counts a rotation.
func (c *Counter) RoPE(x, cos, sin Matrix) {
	c.count(WorkRotation, 2*len(x.Data), 2*len(x.Data)+len(cos.Data)+len(sin.Data))
	c.LayerBackend.RoPE(x, cos, sin)
}

// Attend counts, for each query, the keys that it sees.
func (c *Counter) Attend(dst, weights, q, keys, values Matrix, heads int) {
	products := 0
	for i := range q.Rows {
		products += 2 * q.Cols * (keys.Rows - q.Rows + i + 1) // with the key, and with the value
	}
	c.count(WorkAttention, products, len(dst.Data)+len(weights.Data)+len(q.Data)+len(keys.Data)+len(values.Data))
	c.LayerBackend.Attend(dst, weights, q, keys, values, heads)
}

// Add counts what is read and written.
func (c *Counter) Add(dst, a, b Matrix) {
	c.count(WorkResidual, 0, len(dst.Data)+len(a.Data)+len(b.Data))
	c.LayerBackend.Add(dst, a, b)
}

// SiLUGate counts a product a value.
func (c *Counter) SiLUGate(dst, gate, up Matrix) {
	c.count(WorkGate, len(dst.Data), len(dst.Data)+len(gate.Data)+len(up.Data))
	c.LayerBackend.SiLUGate(dst, gate, up)
}
