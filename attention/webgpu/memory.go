package webgpu

import (
	"fmt"
	"slices"
	"sort"
	"unsafe"
	"weak"

	"courselab/attention"
)

// buffer is a piece of device memory.
type buffer struct {
	values int // its size in float32 values
	// id tells buffers apart; 0 as long as the device has not made it.
	id     int
	handle any // the device's own
}

// view is a slice of a buffer: the host's slice seen from the device.
type view struct {
	*buffer
	at int // in values
	n  int
}

// region is host memory that has a buffer.
type region struct {
	first uintptr // address of its first value
	n     int     // values
	// host tells whether the memory is still the one that the region was made
	// for: an address is used again for another slice once this one is gone.
	host      weak.Pointer[float32]
	residence attention.Residence
	buffer    *buffer
	// valid: the buffer holds the contents. Of Host regions it lasts until Sync.
	valid   bool
	held    []float32 // the host's slice while the pass is open, else nil
	written []span    // Host: what operations of this pass have written
}

// span is a range of a region, in values.
type span struct{ from, to int }

func (r *region) end() uintptr { return r.first + uintptr(4*r.n) }

func (r *region) alive() bool { return r.host.Value() != nil }

// memory is all regions, in order of address. They never overlap.
type memory struct {
	regions []*region
	passes  int
	free    func(*buffer)
}

func address(data []float32) uintptr { return uintptr(unsafe.Pointer(&data[0])) }

// over returns the range of regions that overlap data, after dropping those of
// them whose memory is gone.
func (m *memory) over(data []float32) (from, to int) {
	first := address(data)
	end := first + uintptr(4*len(data))
	from = sort.Search(len(m.regions), func(i int) bool { return m.regions[i].end() > first })
	to = from
	for to < len(m.regions) && m.regions[to].first < end {
		if !m.regions[to].alive() {
			m.drop(to)
			continue
		}
		to++
	}
	return from, to
}

func (m *memory) drop(i int) {
	m.free(m.regions[i].buffer)
	m.regions = slices.Delete(m.regions, i, i+1)
}

func (m *memory) add(data []float32, residence attention.Residence) *region {
	r := &region{first: address(data), n: len(data), host: weak.Make(&data[0]), residence: residence, buffer: &buffer{values: len(data)}}
	at := sort.Search(len(m.regions), func(i int) bool { return m.regions[i].first > r.first })
	m.regions = slices.Insert(m.regions, at, r)
	return r
}

// place is attention.Placer's Place for one slice.
func (m *memory) place(residence attention.Residence, data []float32) {
	if len(data) == 0 {
		return
	}
	from, to := m.over(data)
	if to == from+1 {
		if r := m.regions[from]; r.residence == residence && r.first == address(data) && r.n == len(data) {
			return
		}
	}
	for range to - from {
		if m.regions[from].held != nil {
			panic("attention/webgpu: place: an operation of this pass uses the memory")
		}
		m.drop(from)
	}
	if residence != attention.Host {
		m.add(data, residence)
	}
}

// access says what an operation does with an operand.
type access int

const (
	reads  access = 1
	writes access = 2 // every cell
)

// find returns the view of an operand and adds to the plan what must be done
// before the operation sees it.
func (m *memory) find(p *plan, data []float32, how access) view {
	from, to := m.over(data)
	var r *region
	switch {
	case to == from+1 && m.regions[from].holds(data):
		r = m.regions[from]
	case to == from:
		r = m.add(data, attention.Host)
	default:
		r = m.merge(p, data, from, to, how)
	}
	at := int(address(data)-r.first) / 4
	if r.held == nil {
		p.used = append(p.used, r)
		r.held = unsafe.Slice((*float32)(unsafe.Add(unsafe.Pointer(&data[0]), -4*at)), r.n)
	}
	if how&reads != 0 && !r.valid && r.residence != attention.Device {
		p.uploads = append(p.uploads, upload{to: r.buffer, from: r.held})
		r.valid = true
	}
	if how&writes != 0 {
		if r.residence == attention.Constant {
			panic(fmt.Sprintf("attention/webgpu: an operation writes constant memory (%d values)", len(data)))
		}
		r.valid = true
		if r.residence == attention.Host {
			r.written = append(r.written, span{at, at + len(data)})
		}
	}
	return view{buffer: r.buffer, at: at, n: len(data)}
}

// holds reports whether data can be found in the region: in Host memory that
// this pass has not touched, only if it is the whole, since the rest may no
// longer hold what it held.
func (r *region) holds(data []float32) bool {
	first, end := address(data), address(data)+uintptr(4*len(data))
	if r.residence == attention.Host && r.held == nil {
		return first == r.first && end == r.end()
	}
	return first >= r.first && end <= r.end()
}

// merge makes one region of data and of the Host regions that overlap it in
// part. What this pass has put into those goes along.
func (m *memory) merge(p *plan, data []float32, from, to int, how access) *region {
	first, end := address(data), address(data)+uintptr(4*len(data))
	start := &data[0]
	var parts []*region
	for _, r := range m.regions[from:to] {
		if r.residence != attention.Host {
			panic(fmt.Sprintf("attention/webgpu: an operand of %d values lies only partly in placed memory of %d", len(data), r.n))
		}
		if r.held == nil {
			m.free(r.buffer)
			continue
		}
		parts = append(parts, r)
		if r.first < first {
			first, start = r.first, &r.held[0]
		}
		end = max(end, r.end())
	}
	m.regions = slices.Delete(m.regions, from, to)
	whole := m.add(unsafe.Slice(start, int(end-first)/4), attention.Host)
	whole.held = unsafe.Slice(start, whole.n)
	whole.valid = true
	p.used = append(p.used, whole)
	if how&reads != 0 {
		p.uploads = append(p.uploads, upload{to: whole.buffer, at: int(address(data)-first) / 4, from: data})
	}
	for _, r := range parts {
		at := int(r.first-first) / 4
		p.copy(view{whole.buffer, at, r.n}, view{r.buffer, 0, r.n})
		p.temporary = append(p.temporary, r.buffer)
		for _, s := range r.written {
			whole.written = append(whole.written, span{at + s.from, at + s.to})
		}
		r.buffer = nil // what settle finds of it is nothing
	}
	return whole
}

// results returns what the host reads after this pass.
func (m *memory) results(p *plan) {
	for _, r := range p.used {
		if r.buffer == nil {
			continue
		}
		slices.SortFunc(r.written, func(a, b span) int { return a.from - b.from })
		for i := 0; i < len(r.written); {
			s := r.written[i]
			for i++; i < len(r.written) && r.written[i].from <= s.to; i++ {
				s.to = max(s.to, r.written[i].to)
			}
			p.results = append(p.results, result{from: r.buffer, at: s.from, to: r.held[s.from:s.to]})
		}
	}
}

// settle ends a pass. After a failure nothing that crossed counts as there.
func (m *memory) settle(p *plan, failed bool) {
	for _, r := range p.used {
		r.held, r.written = nil, r.written[:0]
		if r.residence == attention.Host || failed {
			r.valid = false
		}
	}
	for _, b := range p.temporary {
		m.free(b)
	}
	m.passes++
	for i := len(m.regions) - 1; i >= 0; i-- {
		r := m.regions[i]
		unused := r.residence == attention.Host && !slices.Contains(p.used, r)
		if unused || m.passes%sweepEvery == 0 && !r.alive() {
			m.drop(i)
		}
	}
}

// sweepEvery is after how many passes memory that the host forgot is looked for.
const sweepEvery = 16
