package deflate

// The limits of the format.
const (
	window    = 1 << 15
	minMatch  = 3
	maxMatch  = 258
	hashBits  = 16
	chain     = 64  // places looked at for each position
	wellMatch = 130 // a match as long as this is taken without looking on
)

// match says that length bytes stand distance bytes before.
type match struct{ length, distance uint16 }

// finder looks up matches in data by chains of places with equal hashes.
type finder struct {
	data  []byte
	short []int32 // last place of three bytes, by hash
	head  []int32 // last place of four bytes, by hash
	prev  []int32 // place before with the same hash, by place in the window
	added int     // places entered so far
}

func newFinder(data []byte) *finder {
	f := &finder{data: data, short: make([]int32, 1<<hashBits), head: make([]int32, 1<<hashBits), prev: make([]int32, window)}
	for i := range f.head {
		f.short[i], f.head[i] = -1, -1
	}
	return f
}

// at appends the matches at a position that is not before the last one: each longer
// than the one before it, at the least distance that there is for its length.
func (f *finder) at(dst []match, pos int) []match {
	for ; f.added < pos; f.added++ {
		f.enter(f.added)
	}
	d := f.data
	limit := min(maxMatch, len(d)-pos)
	if limit < minMatch {
		return dst
	}
	best := minMatch - 1
	if p := int(f.short[hash3(d[pos:])]); p >= 0 && pos-p <= window && d[p] == d[pos] && d[p+1] == d[pos+1] && d[p+2] == d[pos+2] {
		best = extend(d, p, pos, minMatch, limit)
		dst = append(dst, match{uint16(best), uint16(pos - p)})
	}
	if limit <= minMatch {
		return dst
	}
	p := int(f.head[hash4(d[pos:])])
	for tries := chain; p >= 0 && pos-p <= window && tries > 0 && best < limit; tries-- {
		if d[p+best] == d[pos+best] && d[p] == d[pos] && d[p+1] == d[pos+1] {
			if n := extend(d, p, pos, 2, limit); n > best {
				best = n
				dst = append(dst, match{uint16(best), uint16(pos - p)})
				if best >= wellMatch {
					break
				}
			}
		}
		next := int(f.prev[p&(window-1)])
		if next >= p {
			break // overwritten by a newer place
		}
		p = next
	}
	return dst
}

func (f *finder) enter(pos int) {
	if pos+4 > len(f.data) {
		return
	}
	h := hash4(f.data[pos:])
	f.prev[pos&(window-1)] = f.head[h]
	f.head[h] = int32(pos)
	f.short[hash3(f.data[pos:])] = int32(pos)
}

func extend(d []byte, a, b, n, limit int) int {
	for n < limit && d[a+n] == d[b+n] {
		n++
	}
	return n
}

func hash4(d []byte) uint32 {
	v := uint32(d[0]) | uint32(d[1])<<8 | uint32(d[2])<<16 | uint32(d[3])<<24
	return v * 2654435761 >> (32 - hashBits)
}

func hash3(d []byte) uint32 {
	v := uint32(d[0]) | uint32(d[1])<<8 | uint32(d[2])<<16
	return v * 2654435761 >> (32 - hashBits)
}
