package webgpu

// plan is one pass, noted until Sync.
type plan struct {
	uploads []upload // before the steps
	steps   []step
	results []result // after the steps
	tokens  []uint32 // that Gathers read, one after the other

	used      []*region // regions that operands lie in
	temporary []*buffer // let go after the pass
}

// upload takes host memory to a buffer.
type upload struct {
	to   *buffer
	at   int // in values
	from []float32
}

// result takes a part of a buffer to host memory.
type result struct {
	from *buffer
	at   int // in values
	to   []float32
}

// operands is how many buffers a step has at most, the tokens beside.
const operands = 5

// sizes is how many numbers a step has: the fields of Step in its shader.
const sizes = 12

// step is one dispatch.
type step struct {
	shader  shader
	buffers [operands]*buffer // as in the shader, from binding 1 on
	sizes   [sizes]uint32
	x, y    int // workgroups
}

// lanes is the size of a workgroup.
const lanes = 64

// most is how many workgroups go in one dimension: every device's limit.
const most = 65535

// add notes a step of groups workgroups, in as many rows as it takes: a shader
// finds its number as y·x₀ + x.
func (p *plan) add(s shader, groups int, buffers [operands]*buffer, numbers ...int) {
	x := min(groups, most)
	p.tiles(s, x, (groups+x-1)/x, buffers, numbers...)
}

// tiles notes a step of x·y workgroups.
func (p *plan) tiles(s shader, x, y int, buffers [operands]*buffer, numbers ...int) {
	next := step{shader: s, buffers: buffers, x: x, y: y}
	for i, n := range numbers {
		next.sizes[i] = uint32(n)
	}
	p.steps = append(p.steps, next)
}

// copy notes dst = src; they lie in different buffers.
func (p *plan) copy(dst, src view) {
	p.add(copyCells, groupsOf(dst.n), [operands]*buffer{dst.buffer, src.buffer}, dst.at, src.at, dst.n)
}

// apart returns v, or a copy of it where a result lies in the same buffer: no
// shader may read what it writes through another binding.
func (p *plan) apart(v view, results ...view) view {
	for _, r := range results {
		if r.buffer == v.buffer {
			out := view{buffer: &buffer{values: v.n}, n: v.n}
			p.copy(out, v)
			p.temporary = append(p.temporary, out.buffer)
			return out
		}
	}
	return v
}

// reset forgets the pass and keeps the memory.
func (p *plan) reset() {
	clear(p.uploads)
	clear(p.steps)
	clear(p.results)
	clear(p.used)
	clear(p.temporary)
	*p = plan{p.uploads[:0], p.steps[:0], p.results[:0], p.tokens[:0], p.used[:0], p.temporary[:0]}
}

// groupsOf returns how many workgroups take n cells.
func groupsOf(n int) int { return (n + lanes - 1) / lanes }
