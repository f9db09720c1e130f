package caching

// LRU is a set of at most capacity keys that drops the least recently used one.
// The zero value keeps nothing; NewLRU makes one that does.
type LRU struct {
	capacity int
	place    map[int32]int32 // key → index of nodes
	nodes    []node
	// newest and oldest are indices of nodes, −1 where there are none.
	newest, oldest int32
}

// node stands between a newer and an older one.
type node struct{ key, newer, older int32 }

// NewLRU returns an empty LRU; it keeps nothing where capacity is below 1.
func NewLRU(capacity int) *LRU {
	return &LRU{capacity: capacity, place: map[int32]int32{}, newest: -1, oldest: -1}
}

// Has reports whether key is kept, and changes nothing.
func (l *LRU) Has(key int32) bool {
	_, ok := l.place[key]
	return ok
}

// Len is the number of keys kept.
func (l *LRU) Len() int { return len(l.nodes) }

// Touch makes key the most recently used one and reports whether it was kept
// before. Where it was not and the set was full, evicted is what it put out,
// else −1.
func (l *LRU) Touch(key int32) (had bool, evicted int32) {
	if at, ok := l.place[key]; ok {
		if at != l.newest {
			l.unlink(at)
			l.link(at)
		}
		return true, -1
	}
	if l.capacity < 1 {
		return false, -1
	}
	at, evicted := int32(len(l.nodes)), int32(-1)
	if len(l.nodes) == l.capacity {
		at = l.oldest
		evicted = l.nodes[at].key
		delete(l.place, evicted)
		l.unlink(at)
	} else {
		l.nodes = append(l.nodes, node{})
	}
	l.nodes[at].key = key
	l.place[key] = at
	l.link(at)
	return false, evicted
}

// Clear forgets everything.
func (l *LRU) Clear() {
	clear(l.place)
	l.nodes, l.newest, l.oldest = l.nodes[:0], -1, -1
}

func (l *LRU) link(at int32) {
	l.nodes[at].newer, l.nodes[at].older = -1, l.newest
	if l.newest >= 0 {
		l.nodes[l.newest].newer = at
	} else {
		l.oldest = at
	}
	l.newest = at
}

func (l *LRU) unlink(at int32) {
	n := l.nodes[at]
	if n.newer >= 0 {
		l.nodes[n.newer].older = n.older
	} else {
		l.newest = n.older
	}
	if n.older >= 0 {
		l.nodes[n.older].newer = n.newer
	} else {
		l.oldest = n.newer
	}
}
