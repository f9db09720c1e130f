package deflate

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"runtime"
	"slices"
	"sync"
)

// segment is how much is planned at a time; segments are worked on side by side,
// each seeing the window before it.
const segment = 1 << 20

// rounds of planning a segment with the costs of the plan before.
const rounds = 3

// Gzip returns data packed, without name or time: equal data gives equal bytes.
func Gzip(data []byte) []byte {
	out := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255}
	plans := make([][]step, (len(data)+segment-1)/segment)
	var wait sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range plans {
		wait.Add(1)
		free <- struct{}{}
		go func() {
			defer wait.Done()
			start := i * segment
			from := max(0, start-window)
			plans[i] = plan(data[from:min(start+segment, len(data))], start-from)
			<-free
		}()
	}
	wait.Wait()
	w := &writer{out: out}
	pos := 0
	for i, steps := range plans {
		pos = w.blocks(data, pos, steps, i == len(plans)-1)
	}
	if len(plans) == 0 {
		w.block(nil, 0, nil, true)
	}
	w.align()
	out = binary.LittleEndian.AppendUint32(w.out, crc32.ChecksumIEEE(data))
	return binary.LittleEndian.AppendUint32(out, uint32(len(data)))
}

// step is a match, or a literal where its length is 1.
type step = match

// costs are what symbols cost, in bits.
type costs struct {
	literal  [256]float32
	length   [maxMatch + 1]float32 // with its extra bits
	distance [30]float32           // with its extra bits
}

// plan returns the steps through data[start:].
func plan(data []byte, start int) []step {
	f := newFinder(data)
	for ; f.added < start; f.added++ {
		f.enter(f.added)
	}
	n := len(data) - start
	var matches []match
	ends := make([]int32, n+1) // of each position's matches
	skip := 0
	for i := range n {
		if i >= skip {
			matches = f.at(matches, start+i)
			if k := len(matches); int32(k) > ends[i] && matches[k-1].length >= wellMatch {
				skip = i + int(matches[k-1].length)
			}
		}
		ends[i+1] = int32(len(matches))
	}
	var c costs
	c.guess()
	price, via := make([]float32, n+1), make([]step, n+1)
	var steps []step
	for range rounds {
		steps = cheapest(data[start:], matches, ends, &c, price, via, steps[:0])
		c.learn(data[start:], steps)
	}
	return steps
}

// cheapest finds the way of least cost, from the end backwards.
func cheapest(data []byte, matches []match, ends []int32, c *costs, price []float32, via, steps []step) []step {
	n := len(data)
	price[n] = 0
	for i := n - 1; i >= 0; i-- {
		best, how := price[i+1]+c.literal[data[i]], step{length: 1}
		length := uint16(minMatch)
		for _, m := range matches[ends[i]:ends[i+1]] {
			distance := c.distance[distanceSymbol(int(m.distance))]
			if m.length >= wellMatch {
				length = m.length
			}
			for ; length <= m.length; length++ {
				if p := price[i+int(length)] + c.length[length] + distance; p < best {
					best, how = p, step{length, m.distance}
				}
			}
		}
		price[i], via[i] = best, how
	}
	for i := 0; i < n; i += int(via[i].length) {
		steps = append(steps, via[i])
	}
	return steps
}

// guess sets what symbols cost before anything is known.
func (c *costs) guess() {
	for i := range c.literal {
		c.literal[i] = 7
	}
	for l := minMatch; l <= maxMatch; l++ {
		c.length[l] = 7 + float32(lengthExtra[lengthSymbol(l)])
	}
	for s := range c.distance {
		c.distance[s] = 5 + float32(distanceExtra[s])
	}
}

// learn sets the costs to what the symbols of a plan would cost in one block.
func (c *costs) learn(data []byte, steps []step) {
	var h histogram
	pos := 0
	for _, s := range steps {
		h.add(data, pos, s)
		pos += int(s.length)
	}
	bits := func(freq []int) func(int) float32 {
		total := 0
		for _, f := range freq {
			total += f
		}
		return func(s int) float32 {
			return float32(math.Log2(float64(total+1)) - math.Log2(max(float64(freq[s]), 0.5)))
		}
	}
	symbol, distance := bits(h.symbols[:]), bits(h.distances[:])
	for i := range c.literal {
		c.literal[i] = symbol(i)
	}
	for l := minMatch; l <= maxMatch; l++ {
		s := lengthSymbol(l)
		c.length[l] = symbol(257+s) + float32(lengthExtra[s])
	}
	for s := range c.distance {
		c.distance[s] = distance(s) + float32(distanceExtra[s])
	}
}

// histogram counts the symbols of a block.
type histogram struct {
	symbols   [286]int // literals, the end of the block, lengths
	distances [30]int
}

func (h *histogram) add(data []byte, pos int, s step) {
	if s.length == 1 {
		h.symbols[data[pos]]++
		return
	}
	h.symbols[257+lengthSymbol(int(s.length))]++
	h.distances[distanceSymbol(int(s.distance))]++
}

// size is about how many bits the block's symbols take, with its header.
func (h *histogram) size() float64 {
	bits := 0.0
	for _, freq := range [][]int{h.symbols[:], h.distances[:]} {
		total, used := 0, 0
		for _, f := range freq {
			if f > 0 {
				total += f
				used++
			}
		}
		for _, f := range freq {
			if f > 0 {
				bits += float64(f) * math.Log2(float64(total)/float64(f))
			}
		}
		bits += 3 * float64(used)
	}
	return bits + 60
}

func (h *histogram) merge(o *histogram) (sum histogram) {
	sum = *h
	for i, f := range o.symbols {
		sum.symbols[i] += f
	}
	for i, f := range o.distances {
		sum.distances[i] += f
	}
	return sum
}

// The symbols of the format.
var (
	lengthBase, lengthExtra     = bases(3, []int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0})
	distanceBase, distanceExtra = bases(1, []int{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13})
	lengthOf, distanceOf        = tables()
)

func bases(first int, extra []int) (base, bits []int) {
	base = make([]int, len(extra))
	for i, b := range extra {
		base[i] = first
		first += 1 << b
	}
	if len(extra) == 29 {
		base[28] = maxMatch // which has a symbol of its own
	}
	return base, extra
}

func tables() (lengths [maxMatch + 1]uint8, distances [window + 1]uint8) {
	for l := minMatch; l <= maxMatch; l++ {
		s, exact := slices.BinarySearch(lengthBase, l)
		if !exact {
			s--
		}
		lengths[l] = uint8(s)
	}
	for d := 1; d <= window; d++ {
		s, exact := slices.BinarySearch(distanceBase, d)
		if !exact {
			s--
		}
		distances[d] = uint8(s)
	}
	return lengths, distances
}

func lengthSymbol(l int) int   { return int(lengthOf[l]) }
func distanceSymbol(d int) int { return int(distanceOf[d]) }
