package deflate

// writer writes bits, the lowest first.
type writer struct {
	out  []byte
	bits uint64
	n    uint
}

func (w *writer) put(value uint64, bits uint) {
	w.bits |= value << w.n
	for w.n += bits; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.bits))
		w.bits >>= 8
	}
}

// align goes on to the next whole byte.
func (w *writer) align() {
	if w.n > 0 {
		w.out = append(w.out, byte(w.bits))
		w.bits, w.n = 0, 0
	}
}

// part is how many steps are counted together when blocks are cut.
const part = 4096

// blocks writes the steps from pos on, and returns where they end. Steps begin a
// new block where two of their own are shorter than one of all.
func (w *writer) blocks(data []byte, pos int, steps []step, last bool) int {
	var open histogram
	from, start, at := 0, pos, pos // the open block's first step and place
	for i := 0; i < len(steps); i += part {
		var next histogram
		begin := at
		for _, s := range steps[i:min(i+part, len(steps))] {
			next.add(data, at, s)
			at += int(s.length)
		}
		sum := open.merge(&next)
		if i > from && open.size()+next.size() < sum.size() {
			w.block(data, start, steps[from:i], false)
			from, start, open = i, begin, next
			continue
		}
		open = sum
	}
	w.block(data, start, steps[from:], last)
	return at
}

// codeOrder is the order in which the format names the lengths of the code that
// the codes' lengths are written in.
var codeOrder = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// block writes one block with codes of its own.
func (w *writer) block(data []byte, pos int, steps []step, last bool) {
	var h histogram
	at := pos
	for _, s := range steps {
		h.add(data, at, s)
		at += int(s.length)
	}
	h.symbols[256] = 1
	symbolLens, distanceLens := lengths(h.symbols[:], 15), lengths(h.distances[:], 15)
	symbols, distances := codes(symbolLens), codes(distanceLens)
	nSymbols, nDistances := used(symbolLens, 257), used(distanceLens, 1)

	runs := runLengths(append(append([]uint8{}, symbolLens[:nSymbols]...), distanceLens[:nDistances]...))
	freq := make([]int, 19)
	for _, r := range runs {
		freq[r.symbol]++
	}
	runLens := lengths(freq, 7)
	runCodes := codes(runLens)
	nRuns := 19
	for nRuns > 4 && runLens[codeOrder[nRuns-1]] == 0 {
		nRuns--
	}

	final := uint64(0)
	if last {
		final = 1
	}
	w.put(final, 1)
	w.put(2, 2)
	w.put(uint64(nSymbols-257), 5)
	w.put(uint64(nDistances-1), 5)
	w.put(uint64(nRuns-4), 4)
	for _, s := range codeOrder[:nRuns] {
		w.put(uint64(runLens[s]), 3)
	}
	for _, r := range runs {
		w.put(uint64(runCodes[r.symbol]), uint(runLens[r.symbol]))
		w.put(uint64(r.extra), r.bits)
	}
	symbol := func(s int) { w.put(uint64(symbols[s]), uint(symbolLens[s])) }
	for _, s := range steps {
		if s.length == 1 {
			symbol(int(data[pos]))
			pos++
			continue
		}
		l := lengthSymbol(int(s.length))
		symbol(257 + l)
		w.put(uint64(int(s.length)-lengthBase[l]), uint(lengthExtra[l]))
		d := distanceSymbol(int(s.distance))
		w.put(uint64(distances[d]), uint(distanceLens[d]))
		w.put(uint64(int(s.distance)-distanceBase[d]), uint(distanceExtra[d]))
		pos += int(s.length)
	}
	symbol(256)
}

// used returns how many lengths are written: up to the last that is not 0.
func used(lens []uint8, least int) int {
	n := len(lens)
	for n > least && lens[n-1] == 0 {
		n--
	}
	return n
}

// run is a symbol of the lengths' code: a length, or a repetition.
type run struct {
	symbol, extra int
	bits          uint
}

func runLengths(lens []uint8) (runs []run) {
	for i := 0; i < len(lens); {
		n := 1
		for i+n < len(lens) && lens[i+n] == lens[i] {
			n++
		}
		length := int(lens[i])
		i += n
		if length != 0 {
			runs = append(runs, run{symbol: length})
			n--
		}
		for n >= 3 {
			var r run
			switch {
			case length != 0:
				r = run{16, min(n, 6) - 3, 2}
				n -= min(n, 6)
			case n <= 10:
				r = run{17, n - 3, 3}
				n = 0
			default:
				r = run{18, min(n, 138) - 11, 7}
				n -= min(n, 138)
			}
			runs = append(runs, r)
		}
		for ; n > 0; n-- {
			runs = append(runs, run{symbol: length})
		}
	}
	return runs
}
