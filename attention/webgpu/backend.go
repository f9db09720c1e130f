package webgpu

import (
	"context"
	"errors"
	"fmt"
	"math"

	"courselab/attention"
)

// device carries out passes.
type device interface {
	// run carries out a pass and fills its results. Where it fails, none of them
	// is to be believed; an error that wraps ErrLost stays.
	run(ctx context.Context, p *plan) error
	// free lets go of a buffer, made or not.
	free(b *buffer)
	close()
}

// Backend implements attention.LayerBackend and attention.Placer on a device.
type Backend struct {
	device device
	memory memory
	plan   plan
	about  string
	lost   error
}

func newBackend(d device, about string) *Backend {
	return &Backend{device: d, memory: memory{free: d.free}, about: about}
}

// Name returns "webgpu".
func (*Backend) Name() string { return "webgpu" }

// Adapter describes the adapter in the browser's words; it may be empty.
func (b *Backend) Adapter() string { return b.about }

// Place implements attention.Placer.
func (b *Backend) Place(r attention.Residence, memory ...[]float32) {
	for _, m := range memory {
		b.memory.place(r, m)
	}
}

// Sync carries out the operations since the last Sync in one submission. Its
// errors wrap ErrLost, which stays, ErrMemory or ErrInvalid.
func (b *Backend) Sync(ctx context.Context) error {
	err := b.lost
	if err == nil {
		err = ctx.Err()
	}
	if len(b.plan.steps) > 0 {
		if err == nil {
			b.memory.results(&b.plan)
			err = b.device.run(ctx, &b.plan)
		}
		b.memory.settle(&b.plan, err != nil)
		b.plan.reset()
	}
	if err != nil {
		return fmt.Errorf("webgpu: %w", err)
	}
	return nil
}

// asSelfTest says of an answer that is wrong that it was the self-test's. A device
// that fails by itself is no wrong answer.
func asSelfTest(err error) error {
	for _, own := range []error{ErrLost, ErrMemory, ErrInvalid, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, own) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrSelfTest, err)
}

// Close gives the device back. The backend is of no further use.
func (b *Backend) Close() error {
	b.lost = ErrLost
	b.plan.reset()
	b.device.close()
	return nil
}

func (b *Backend) find(m attention.Matrix, how access) view {
	return b.memory.find(&b.plan, m.Data, how)
}

// fewRows is up to how many rows of a product are taken one by one: tiles of 32
// would be mostly empty.
const fewRows = 4

// tile is the edge of a tile of a product.
const tile = 32

// MatMul implements attention.Backend.
func (b *Backend) MatMul(dst, x, y attention.Matrix) {
	attention.CheckMatMul(dst, x, y)
	b.product(dst, x, y, y.Cols, false)
}

// MatMulT implements attention.Backend.
func (b *Backend) MatMulT(dst, x, y attention.Matrix) {
	attention.CheckMatMulT(dst, x, y)
	b.product(dst, x, y, y.Rows, true)
}

func (b *Backend) product(dst, x, y attention.Matrix, n int, transposed bool) {
	m, k := x.Rows, x.Cols
	if len(dst.Data) == 0 {
		return
	}
	if k == 0 {
		c := b.find(dst, writes)
		b.plan.add(clearCells, groupsOf(c.n), [operands]*buffer{c.buffer}, c.at, c.n)
		return
	}
	u, v := b.find(x, reads), b.find(y, reads)
	c := b.find(dst, writes)
	u, v = b.plan.apart(u, c), b.plan.apart(v, c)
	kind, wide, flat := matmulTiles, 1, 1
	if transposed {
		flat = 0
		if m <= fewRows {
			kind = matmulRows
		}
		if k%4 == 0 && u.at%4 == 0 && v.at%4 == 0 {
			kind, wide = kind+1, 4 // four values at a time
		}
	}
	buffers := [operands]*buffer{c.buffer, u.buffer, v.buffer}
	numbers := []int{c.at, u.at / wide, v.at / wide, m, n, k / wide, flat}
	if kind == matmulRows || kind == matmulRows4 {
		b.plan.add(kind, (n+7)/8*m, buffers, numbers...)
		return
	}
	b.plan.tiles(kind, (n+tile-1)/tile, (m+tile-1)/tile, buffers, numbers...)
}

// SoftmaxRows implements attention.Backend.
func (b *Backend) SoftmaxRows(dst, src attention.Matrix) {
	attention.CheckSoftmaxRows(dst, src)
	if len(dst.Data) == 0 {
		return
	}
	x := b.find(src, reads)
	y := b.find(dst, writes)
	x = b.plan.apart(x, y)
	b.plan.add(softmax, src.Rows, [operands]*buffer{y.buffer, x.buffer}, y.at, x.at, src.Rows, src.Cols)
}

// Gather implements attention.LayerBackend.
func (b *Backend) Gather(dst, table attention.Matrix, tokens []int) {
	attention.CheckGather(dst, table, tokens)
	if len(dst.Data) == 0 {
		return
	}
	t := b.find(table, reads)
	y := b.find(dst, writes)
	t = b.plan.apart(t, y)
	at := len(b.plan.tokens)
	for _, token := range tokens {
		b.plan.tokens = append(b.plan.tokens, uint32(token))
	}
	b.plan.add(gather, groupsOf(y.n), [operands]*buffer{y.buffer, t.buffer}, y.at, t.at, at, dst.Rows, dst.Cols)
}

// RMSNorm implements attention.LayerBackend.
func (b *Backend) RMSNorm(dst, x attention.Matrix, gain []float32, eps float64) {
	attention.CheckRMSNorm(dst, x, gain)
	if len(dst.Data) == 0 {
		return
	}
	g := b.memory.find(&b.plan, gain, reads)
	b.inPlace(norm, dst, x, g, dst.Rows, dst.Rows, dst.Cols, int(math.Float32bits(float32(eps))))
}

// inPlace notes a shader of y, z and x that has a second form, shader + 1, for an
// x that is y.
func (b *Backend) inPlace(s shader, dst, first attention.Matrix, z view, groups int, numbers ...int) {
	x := b.find(first, reads)
	y := b.find(dst, writes)
	z = b.plan.apart(z, y)
	if x == y {
		b.plan.add(s+1, groups, [operands]*buffer{y.buffer, z.buffer}, append([]int{y.at, z.at, 0}, numbers...)...)
		return
	}
	x = b.plan.apart(x, y)
	b.plan.add(s, groups, [operands]*buffer{y.buffer, z.buffer, x.buffer}, append([]int{y.at, z.at, x.at}, numbers...)...)
}

// RoPE implements attention.LayerBackend.
func (b *Backend) RoPE(x, cos, sin attention.Matrix) {
	attention.CheckRoPE(x, cos, sin)
	if len(x.Data) == 0 {
		return
	}
	c, s := b.find(cos, reads), b.find(sin, reads)
	v := b.find(x, reads|writes)
	c, s = b.plan.apart(c, v), b.plan.apart(s, v)
	b.plan.add(rotate, groupsOf(v.n/2), [operands]*buffer{v.buffer, c.buffer, s.buffer}, v.at, c.at, s.at, x.Rows, x.Cols, cos.Cols)
}

// Attend implements attention.LayerBackend.
func (b *Backend) Attend(dst, weights, q, keys, values attention.Matrix, heads int) {
	attention.CheckAttend(dst, weights, q, keys, values, heads)
	if len(dst.Data) == 0 {
		return
	}
	h := q.Cols / heads
	u, k, v := b.find(q, reads), b.find(keys, reads), b.find(values, reads)
	y := b.find(dst, writes)
	w := b.find(weights, writes)
	if y.buffer == w.buffer {
		panic("attention/webgpu: attend: dst and weights are parts of one matrix")
	}
	u, k, v = b.plan.apart(u, y, w), b.plan.apart(k, y, w), b.plan.apart(v, y, w)
	b.plan.add(attend, q.Rows*heads, [operands]*buffer{y.buffer, w.buffer, u.buffer, k.buffer, v.buffer},
		y.at, w.at, u.at, k.at, v.at, q.Rows, keys.Rows-q.Rows, heads, keys.Cols/h, h, int(math.Float32bits(float32(1/math.Sqrt(float64(h))))))
}

// Add implements attention.LayerBackend.
func (b *Backend) Add(dst, x, y attention.Matrix) {
	attention.CheckCells("add", dst, x, y)
	if len(dst.Data) > 0 && &dst.Data[0] == &y.Data[0] {
		x, y = y, x // the first may be dst
	}
	b.cells(add, dst, x, y)
}

// SiLUGate implements attention.LayerBackend.
func (b *Backend) SiLUGate(dst, gate, up attention.Matrix) {
	attention.CheckCells("gate", dst, gate, up)
	b.cells(silu, dst, gate, up)
}

func (b *Backend) cells(s shader, dst, x, z attention.Matrix) {
	if len(dst.Data) == 0 {
		return
	}
	b.inPlace(s, dst, x, b.find(z, reads), groupsOf(len(dst.Data)), len(dst.Data))
}
