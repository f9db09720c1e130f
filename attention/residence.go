package attention

// Residence says who touches a piece of memory. To a Backend with memory of its
// own, such as a graphics card, a host's slice is a handle: by its residence the
// backend knows when contents have to cross.
type Residence int

const (
	// Host is what holds where nothing was said: the host may write the memory
	// after any Sync, and reads it after the next.
	Host Residence = iota
	// Constant memory is written by nobody. It crosses once, at its first use.
	// To change it all the same, place it as Host, and then anew.
	Constant
	// Device memory is touched by operations alone and never crosses: what the
	// host sees of it means nothing, and it holds nothing before an operation
	// has written it. What the host wants to see of it, an operation must put
	// into other memory; Gather copies rows.
	Device
)

// Placer is a Backend that has memory of its own and profits from being told.
type Placer interface {
	// Place says how memory is used from now on, each slice whole; matrices
	// within it, such as some of its rows, follow it. It is called between a
	// Sync and the next operation. Memory that is placed as it is already is
	// left alone, an empty slice is nothing. The backend keeps no memory alive: what the host forgets, it
	// forgets too.
	Place(r Residence, memory ...[]float32)
}

// Place says to b how memory is used, where b wants to know.
func Place(b Backend, r Residence, memory ...[]float32) {
	if p, ok := b.(Placer); ok {
		p.Place(r, memory...)
	}
}

// Place says to b that the weights are Constant, or, as Host, that they have
// been changed or are no longer needed there. A Decoder places its model itself.
func (m *Model) Place(b Backend, r Residence) {
	for _, p := range m.Parameters() {
		Place(b, r, p.Values)
	}
}
