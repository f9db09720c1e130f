package train

import (
	"context"
	"fmt"

	"courselab/attention"
)

// logitRows is how many rows' logits exist at a time: (N, V) at once would be
// the largest matrix of all.
const logitRows = 256

// pass holds what the forward pass leaves for the backward one.
type pass struct {
	model    *attention.Model
	gradient *attention.Model // same shapes
	backend  attention.TrainingBackend
	pause    func(context.Context) error // between layers; may be nil
	distil   *distilling                 // nil: the loss is that of the text alone
	gates    *gates                      // nil: nobody asks for their gradients
	shares   []float32                   // what each target's loss counts; nil: all the same

	unmasked        bool // attention sees every token of a document
	inputs, targets []int
	scored          []int               // rows that targets belong to; nil: all, in order
	documents       []span              // rows of each document
	cos, sin, back  attention.Matrix    // (N, h/2): angles of each row's position, −sin
	table           [2]attention.Matrix // (context, h/2), cos and sin of each position

	layers []activations
	x      attention.Matrix // (N, d): what the last layer leaves
	norm   attention.Matrix // (N, d): x normed
	logits attention.Matrix // (logitRows, V)
	losses []float32        // of each target

	// Scratch.
	add, dx, dnorm, dmixed attention.Matrix // (N, d), (N, d), (N, d), (N, H·h)
	dq, dk, dv             attention.Matrix // (N, H·h), (N, G·h)
	dgate, dup             attention.Matrix // (N, f)
	scratch                []float32        // as weights
	picked, dpicked        attention.Matrix // (logitRows, d): rows of norm that are scored
}

// span is the rows of one document, and where its attention weights lie.
type span struct{ from, to, weights int }

// activations are the tensors of one layer that its gradients need.
type activations struct {
	in, norm attention.Matrix // (N, d): into the layer; normed
	q, k, v  attention.Matrix // (N, H·h), (N, G·h): q and k rotated
	weights  []float32        // of each document in turn, (n·H, n)
	mixed    attention.Matrix // (N, H·h)
	mid      attention.Matrix // (N, d): after attention
	ffnNorm  attention.Matrix // (N, d)
	gate, up attention.Matrix // (N, f)
	product  attention.Matrix // (N, f): SiLU(gate)·up
}

// begin empties the batch.
func (p *pass) begin(unmasked bool) {
	p.unmasked = unmasked
	p.inputs, p.targets, p.scored, p.documents = p.inputs[:0], p.targets[:0], nil, p.documents[:0]
}

// load lays documents out as a batch that predicts each next token.
func (p *pass) load(documents []Document) { Task{}.load(p, documents, nil) }

// lay lays the tokens of one more document out, and returns its rows.
func (p *pass) lay(tokens []int) span {
	d := span{len(p.inputs), len(p.inputs) + len(tokens), p.weights()}
	p.documents = append(p.documents, d)
	p.inputs = append(p.inputs, tokens...)
	return d
}

// weights returns how many attention weights of a layer the documents have.
func (p *pass) weights() int {
	if len(p.documents) == 0 {
		return 0
	}
	d := p.documents[len(p.documents)-1]
	return d.weights + (d.to-d.from)*p.model.Config.Heads*(d.to-d.from)
}

// ready shapes everything for the documents that were laid out.
func (p *pass) ready() {
	p.reserve(len(p.inputs), p.weights())
	for _, d := range p.documents {
		for i := d.from; i < d.to; i++ {
			copy(p.cos.Row(i), p.table[0].Row(i-d.from))
			copy(p.sin.Row(i), p.table[1].Row(i-d.from))
		}
	}
	for i, v := range p.sin.Data {
		p.back.Data[i] = -v
	}
}

// reserve shapes everything for N rows, in the memory it has where that is
// enough.
func (p *pass) reserve(n, weights int) {
	c := p.model.Config
	half, queries, kv := c.HeadDim/2, c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	if p.table[0].Rows == 0 {
		p.table[0], p.table[1] = attention.Rotations(c, c.Context)
	}
	for _, m := range []*attention.Matrix{&p.cos, &p.sin, &p.back} {
		shape(m, n, half)
	}
	for _, m := range []*attention.Matrix{&p.x, &p.norm, &p.add, &p.dx, &p.dnorm} {
		shape(m, n, c.Width)
	}
	shape(&p.dq, n, queries)
	shape(&p.dmixed, n, queries)
	shape(&p.dk, n, kv)
	shape(&p.dv, n, kv)
	shape(&p.dgate, n, c.FFN)
	shape(&p.dup, n, c.FFN)
	p.losses, p.scratch = lengthen(p.losses, len(p.targets)), lengthen(p.scratch, weights)
	if p.layers == nil {
		p.layers = make([]activations, c.Layers)
	}
	for i := range p.layers {
		a := &p.layers[i]
		for _, m := range []*attention.Matrix{&a.in, &a.norm, &a.mid, &a.ffnNorm} {
			shape(m, n, c.Width)
		}
		shape(&a.q, n, queries)
		shape(&a.mixed, n, queries)
		shape(&a.k, n, kv)
		shape(&a.v, n, kv)
		for _, m := range []*attention.Matrix{&a.gate, &a.up, &a.product} {
			shape(m, n, c.FFN)
		}
		a.weights = lengthen(a.weights, weights)
	}
}

// shape gives m rows and columns, in its memory where that is enough.
func shape(m *attention.Matrix, rows, cols int) {
	*m = attention.Matrix{Rows: rows, Cols: cols, Data: lengthen(m.Data, rows*cols)}
}

func lengthen(s []float32, n int) []float32 {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]float32, n)
}

// rows returns the rows of a document.
func (d span) rows(m attention.Matrix) attention.Matrix {
	return attention.Matrix{Rows: d.to - d.from, Cols: m.Cols, Data: m.Data[d.from*m.Cols : d.to*m.Cols]}
}

// matrix returns the document's part of weights as (n·heads, n).
func (d span) matrix(weights []float32, heads int) attention.Matrix {
	n := d.to - d.from
	return attention.Matrix{Rows: n * heads, Cols: n, Data: weights[d.weights : d.weights+n*heads*n]}
}

// forward takes the batch through the layers, up to the last norm.
func (p *pass) forward(ctx context.Context) error {
	m, b, c := p.model, p.backend, p.model.Config
	attend := b.Attend
	if p.unmasked {
		attend = b.AttendAll
	}
	b.Gather(p.layers[0].in, m.Embedding, p.inputs)
	for i := range m.Layers {
		l, a := &m.Layers[i], &p.layers[i]
		next := p.x
		if i+1 < len(p.layers) {
			next = p.layers[i+1].in
		}
		b.RMSNorm(a.norm, a.in, l.AttentionNorm, c.NormEps)
		b.MatMulT(a.q, a.norm, l.WQ)
		b.MatMulT(a.k, a.norm, l.WK)
		b.MatMulT(a.v, a.norm, l.WV)
		b.RoPE(a.q, p.cos, p.sin)
		b.RoPE(a.k, p.cos, p.sin)
		for _, d := range p.documents {
			attend(d.rows(a.mixed), d.matrix(a.weights, c.Heads), d.rows(a.q), d.rows(a.k), d.rows(a.v), c.Heads)
		}
		b.MatMulT(p.add, a.mixed, l.WO)
		b.Add(a.mid, a.in, p.add)

		b.RMSNorm(a.ffnNorm, a.mid, l.FFNNorm, c.NormEps)
		b.MatMulT(a.gate, a.ffnNorm, l.WGate)
		b.MatMulT(a.up, a.ffnNorm, l.WUp)
		b.SiLUGate(a.product, a.gate, a.up)
		b.MatMulT(p.add, a.product, l.WDown)
		b.Add(next, a.mid, p.add)
		if err := p.rest(ctx); err != nil {
			return err
		}
	}
	b.RMSNorm(p.norm, p.x, m.Norm, c.NormEps)
	return b.Sync(ctx)
}

// rest lets others run.
func (p *pass) rest(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.pause == nil {
		return nil
	}
	return p.pause(ctx)
}

// normed returns the normed rows that targets d.from to d.to belong to.
func (p *pass) normed(d span) attention.Matrix {
	if p.scored == nil {
		return d.rows(p.norm)
	}
	shape(&p.picked, d.to-d.from, p.norm.Cols)
	p.backend.Gather(p.picked, p.norm, p.scored[d.from:d.to])
	return p.picked
}

// score computes the losses, logitRows rows at a time. With back it also leaves
// the gradient of their mean by the normed rows in dnorm, and adds that by the
// output matrix.
func (p *pass) score(ctx context.Context, back bool) error {
	m, b := p.model, p.backend
	n := len(p.targets)
	if back && p.scored != nil {
		clear(p.dnorm.Data)
	}
	for from := 0; from < n; from += logitRows {
		d := span{from: from, to: min(from+logitRows, n)}
		norm := p.normed(d)
		shape(&p.logits, d.to-d.from, m.Config.Vocab)
		b.MatMulT(p.logits, norm, m.Output)
		if p.shares != nil {
			if err := p.weigh(ctx, d); err != nil {
				return err
			}
		} else if p.distil == nil {
			b.CrossEntropy(p.logits, p.targets[d.from:d.to], p.losses[d.from:d.to], 1/float64(n))
		} else if err := p.distil.loss(ctx, b, p.logits, d, p.targets[d.from:d.to], p.losses[d.from:d.to], 1/float64(n)); err != nil {
			return err
		}
		if back {
			b.AddTMatMul(p.gradient.Output, p.logits, norm)
			if p.scored == nil {
				b.MatMul(d.rows(p.dnorm), p.logits, m.Output)
			} else {
				shape(&p.dpicked, d.to-d.from, m.Config.Width)
				b.MatMul(p.dpicked, p.logits, m.Output)
				b.Scatter(p.dnorm, p.dpicked, p.scored[d.from:d.to])
			}
		}
		if err := b.Sync(ctx); err != nil {
			return err
		}
		if err := p.rest(ctx); err != nil {
			return err
		}
	}
	return nil
}

// backward adds the gradients of everything below the output matrix. dx is the
// gradient by the residual stream, from the top down.
func (p *pass) backward(ctx context.Context) error {
	m, g, b, c := p.model, p.gradient, p.backend, p.model.Config
	attendBackward := b.AttendBackward
	if p.unmasked {
		attendBackward = b.AttendAllBackward
	}
	clear(p.dx.Data)
	b.RMSNormBackward(p.dx, g.Norm, p.dnorm, p.x, m.Norm, c.NormEps)
	for i := len(m.Layers) - 1; i >= 0; i-- {
		l, dl, a := &m.Layers[i], &g.Layers[i], &p.layers[i]

		b.AddTMatMul(dl.WDown, p.dx, a.product)
		b.MatMul(p.dup, p.dx, l.WDown) // by the product, for now
		if err := p.gates.columns(ctx, p, i); err != nil {
			return err
		}
		b.SiLUGateBackward(p.dgate, p.dup, p.dup, a.gate, a.up)
		b.AddTMatMul(dl.WGate, p.dgate, a.ffnNorm)
		b.AddTMatMul(dl.WUp, p.dup, a.ffnNorm)
		b.MatMul(p.dnorm, p.dgate, l.WGate)
		b.AddMatMul(p.dnorm, p.dup, l.WUp)
		b.RMSNormBackward(p.dx, dl.FFNNorm, p.dnorm, a.mid, l.FFNNorm, c.NormEps)

		b.AddTMatMul(dl.WO, p.dx, a.mixed)
		b.MatMul(p.dmixed, p.dx, l.WO)
		if err := p.gates.heads(ctx, p, i); err != nil {
			return err
		}
		for _, d := range p.documents {
			attendBackward(d.rows(p.dq), d.rows(p.dk), d.rows(p.dv), d.matrix(p.scratch, c.Heads),
				d.rows(p.dmixed), d.matrix(a.weights, c.Heads), d.rows(a.q), d.rows(a.k), d.rows(a.v), c.Heads)
		}
		b.RoPE(p.dq, p.cos, p.back)
		b.RoPE(p.dk, p.cos, p.back)
		b.AddTMatMul(dl.WQ, p.dq, a.norm)
		b.AddTMatMul(dl.WK, p.dk, a.norm)
		b.AddTMatMul(dl.WV, p.dv, a.norm)
		b.MatMul(p.dnorm, p.dq, l.WQ)
		b.AddMatMul(p.dnorm, p.dk, l.WK)
		b.AddMatMul(p.dnorm, p.dv, l.WV)
		b.RMSNormBackward(p.dx, dl.AttentionNorm, p.dnorm, a.in, l.AttentionNorm, c.NormEps)
		if err := p.rest(ctx); err != nil {
			return err
		}
	}
	b.Scatter(g.Embedding, p.dx, p.inputs)
	return b.Sync(ctx)
}

// meanLoss returns the mean of the losses.
func (p *pass) meanLoss() (float64, error) {
	var sum float64
	for i, l := range p.losses {
		if l != l {
			return 0, fmt.Errorf("%w: that of prediction %d, token %d, is not a number", ErrDiverged, i, p.targets[i])
		}
		sum += float64(l)
	}
	return sum / float64(len(p.losses)), nil
}
