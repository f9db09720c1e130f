package bpe

import (
	"context"
	"fmt"
)

// Bounds of a training.
const (
	MaxText   = 8 << 20 // bytes of the text
	MaxMerges = 1 << 16

	// worthwhile is how often a pair must occur to become a token: what occurs
	// once saves nothing in any other text.
	worthwhile = 2
)

// A Trainer learns merges from a text, one after another, and can go on from where
// it stopped. It is for one goroutine; what Vocabulary returns may be shared.
//
// It holds about 16 bytes for each byte of the pieces that differ, and 4 for each
// place of a pair.
type Trainer struct {
	// Lists of tokens, by the place of their first byte among all pieces.
	token      []int32 // gone: no token begins here any more
	prev, next []int32 // places of the neighbours in the piece; none at its ends
	weight     []int32 // how often the piece occurs

	pairs []pair
	free  []int32          // of pairs that occurred once and are in no queue
	index map[uint64]int32 // of pairs that occur twice or more, by their tokens
	queue queue[candidate]

	vocabulary *Vocabulary
	tokens     int // that the whole text is cut into now
	bytes      int

	beside neighbours
}

const (
	gone = -1
	none = -1
)

// pair is two tokens that stand side by side.
type pair struct {
	left, right int32
	count       int
	at          []int32 // places of the left one, ascending; some no longer hold
}

// candidate is a pair as it was when it was queued; its count can have sunk.
type candidate struct {
	count       int
	left, right int32
	pair        int32
}

func (c candidate) before(o candidate) bool {
	switch {
	case c.count != o.count:
		return c.count > o.count
	case c.left != o.left:
		return c.left < o.left
	}
	return c.right < o.right
}

func key(left, right int32) uint64 { return uint64(uint32(left))<<32 | uint64(uint32(right)) }

// NewTrainer counts the pairs of a text. pause is called now and then and may end
// the work by its error; nil never does. It fails on a text beyond MaxText.
func NewTrainer(ctx context.Context, text string, pause func(context.Context) error) (*Trainer, error) {
	if len(text) > MaxText {
		return nil, fmt.Errorf("train: text of %d bytes: want at most %d", len(text), MaxText)
	}
	if pause == nil {
		pause = func(ctx context.Context) error { return ctx.Err() }
	}
	t := &Trainer{index: map[uint64]int32{}, vocabulary: newVocabulary(), tokens: len(text), bytes: len(text)}
	pieces, counts, err := gather(ctx, text, pause)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	total := 0
	for _, p := range pieces {
		total += len(p)
	}
	t.token, t.weight = make([]int32, total), make([]int32, total)
	t.prev, t.next = make([]int32, total), make([]int32, total)
	at := int32(0)
	for i, p := range pieces {
		for j := range len(p) {
			t.token[at], t.weight[at] = int32(p[j]), counts[i]
			t.prev[at], t.next[at] = at-1, at+1
			if j == 0 {
				t.prev[at] = none
			}
			if j == len(p)-1 {
				t.next[at] = none
			}
			at++
		}
	}
	if err := pause(ctx); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	t.count()
	return t, nil
}

// gather returns the pieces that differ, in the order in which they first occur,
// and how often each does. Single bytes have no pairs and are left out.
func gather(ctx context.Context, text string, pause func(context.Context) error) (pieces []string, counts []int32, err error) {
	known := map[string]int32{}
	n := 0
	for p := range Split(text) {
		if n++; n%1024 == 0 {
			if err := pause(ctx); err != nil {
				return nil, nil, err
			}
		}
		if len(p) < 2 {
			continue
		}
		i, ok := known[p]
		if !ok {
			i = int32(len(pieces))
			known[p] = i
			pieces, counts = append(pieces, p), append(counts, 0)
		}
		counts[i]++
	}
	return pieces, counts, nil
}

// count finds every pair of bytes.
func (t *Trainer) count() {
	var counts, places [1 << 16]int
	each := func(f func(at, bytes int32)) {
		for at, j := range t.next {
			if j != none {
				f(int32(at), t.token[at]<<8|t.token[j])
			}
		}
	}
	each(func(at, bytes int32) {
		counts[bytes] += int(t.weight[at])
		places[bytes]++
	})
	var which [1 << 16]int32
	for bytes, n := range counts {
		which[bytes] = none
		if n >= worthwhile {
			which[bytes] = t.add(pair{left: int32(bytes >> 8), right: int32(bytes & 0xff), count: n, at: make([]int32, 0, places[bytes])})
		}
	}
	each(func(at, bytes int32) {
		if i := which[bytes]; i != none {
			t.pairs[i].at = append(t.pairs[i].at, at)
		}
	})
}

// add queues a pair and returns its index.
func (t *Trainer) add(p pair) int32 {
	i := int32(len(t.pairs))
	t.pairs = append(t.pairs, p)
	t.enlist(i)
	return i
}

func (t *Trainer) enlist(i int32) {
	p := &t.pairs[i]
	t.index[key(p.left, p.right)] = i
	t.queue.push(candidate{p.count, p.left, p.right, i})
}

// Vocabulary returns what has been learnt so far. Later training does not change
// it.
func (t *Trainer) Vocabulary() *Vocabulary { return t.vocabulary.snapshot() }

// Bytes returns the length of the text.
func (t *Trainer) Bytes() int { return t.bytes }

// Memory estimates what the trainer holds, in bytes.
func (t *Trainer) Memory() int64 {
	n := int64(16*len(t.token)) + int64(48*len(t.index)) + int64(24*len(t.queue)) + int64(56*len(t.pairs))
	for i := range t.pairs {
		n += 4 * int64(cap(t.pairs[i].at))
	}
	return n
}

// Done returns how many merges have been learnt.
func (t *Trainer) Done() int { return t.vocabulary.Len() }

// Train learns until there are merges merges in all, or no pair occurs twice; more
// tells whether another one could be learnt. step is called after each merge with
// their number and ends the training by its error; what was learnt stays, and
// Train goes on from there. It fails on more than MaxMerges.
func (t *Trainer) Train(ctx context.Context, merges int, step func(done int) error) (more bool, err error) {
	if merges > MaxMerges {
		return false, fmt.Errorf("train: %d merges: want at most %d", merges, MaxMerges)
	}
	for t.Done() < merges {
		if err := ctx.Err(); err != nil {
			return true, fmt.Errorf("train: %w", err)
		}
		i, ok := t.front()
		if !ok {
			return false, nil
		}
		t.merge(i)
		if step == nil {
			continue
		}
		if err := step(t.Done()); err != nil {
			return true, fmt.Errorf("train: %w", err)
		}
	}
	return t.Rest() > 0, nil
}

// front takes the most frequent pair from the queue; ok is false where none is
// worthwhile.
func (t *Trainer) front() (i int32, ok bool) {
	for len(t.queue) > 0 {
		c := t.queue.pop()
		now := t.pairs[c.pair].count
		switch {
		case now == c.count:
			return c.pair, true
		case now >= worthwhile:
			c.count = now
			t.queue.push(c)
		default:
			t.forget(c.pair)
		}
	}
	return 0, false
}

// forget lets go of what a pair holds.
func (t *Trainer) forget(i int32) {
	p := &t.pairs[i]
	delete(t.index, key(p.left, p.right))
	p.count, p.at = 0, nil
}

// neighbours finds the pairs beside the one that is merged, each once per merge
// and neighbour: what it was with one of the old tokens, what it is with the new
// one.
type neighbours struct {
	old, fresh [2][]int32 // by side and neighbour: index of the pair, none, or unseen
	touched    [2][]int32
}

const (
	left   = 0
	right  = 1
	unseen = -2
)

func (n *neighbours) grow(tokens int) {
	for side := range 2 {
		for len(n.old[side]) < tokens {
			n.old[side] = append(n.old[side], unseen)
			n.fresh[side] = append(n.fresh[side], unseen)
		}
	}
}

// merge makes a pair a token and puts it in the pair's places.
func (t *Trainer) merge(i int32) {
	a, b, count, at := t.pairs[i].left, t.pairs[i].right, t.pairs[i].count, t.pairs[i].at
	z := int32(firstMerge + t.vocabulary.Len())
	t.beside.grow(int(z) + 1)
	for _, p := range at {
		q := t.next[p]
		if t.token[p] != a || q == none || t.token[q] != b {
			continue // one of the two has grown since
		}
		w := int(t.weight[p])
		if x := t.prev[p]; x != none {
			if t.token[x] == z {
				// The pair (z, a) arose in this merge, as a right neighbour's.
				t.pairs[t.beside.fresh[right][a]].count -= w
			} else {
				t.lose(left, t.token[x], a, w)
			}
			t.gain(left, t.token[x], z, x, w)
		}
		if y := t.next[q]; y != none {
			t.lose(right, t.token[y], b, w)
			t.gain(right, t.token[y], z, p, w)
			t.prev[y] = p
		}
		t.token[p], t.token[q], t.next[p] = z, gone, t.next[q]
		t.tokens -= w
	}
	t.forget(i)
	for side := range 2 {
		for _, x := range t.beside.touched[side] {
			if f := t.beside.fresh[side][x]; f >= 0 {
				if t.pairs[f].count >= worthwhile {
					t.enlist(f)
				} else {
					t.free = append(t.free, f)
				}
			}
			t.beside.old[side][x], t.beside.fresh[side][x] = unseen, unseen
		}
		t.beside.touched[side] = t.beside.touched[side][:0]
	}
	t.vocabulary.learn(Merge{Left: int(a), Right: int(b), Count: count, Tokens: t.tokens})
}

// lose takes w from the count of the pair that a neighbour x made with one of the
// old tokens.
func (t *Trainer) lose(side int, x, with int32, w int) {
	i := t.beside.old[side][x]
	if i == unseen {
		t.touch(side, x)
		k := key(x, with)
		if side == right {
			k = key(with, x)
		}
		known, ok := t.index[k]
		if i = none; ok {
			i = known
		}
		t.beside.old[side][x] = i
	}
	if i != none {
		t.pairs[i].count -= w
	}
}

// gain adds to the count of the pair that a neighbour x makes with the new token;
// p is the place of the pair's left one.
func (t *Trainer) gain(side int, x, z, p int32, w int) {
	i := t.beside.fresh[side][x]
	if i == unseen {
		t.touch(side, x)
		i = t.slot()
		p := &t.pairs[i]
		p.left, p.right, p.count, p.at = x, z, 0, p.at[:0]
		if side == right {
			p.left, p.right = z, x
		}
		t.beside.fresh[side][x] = i
	}
	t.pairs[i].count += w
	t.pairs[i].at = append(t.pairs[i].at, p)
}

// slot returns the index of a pair that is not in use.
func (t *Trainer) slot() int32 {
	if last := len(t.free) - 1; last >= 0 {
		i := t.free[last]
		t.free = t.free[:last]
		return i
	}
	t.pairs = append(t.pairs, pair{})
	return int32(len(t.pairs) - 1)
}

// touch notes a neighbour, to be forgotten after the merge.
func (t *Trainer) touch(side int, x int32) {
	if t.beside.old[side][x] == unseen && t.beside.fresh[side][x] == unseen {
		t.beside.touched[side] = append(t.beside.touched[side], x)
	}
}

// Rest returns how often the most frequent pair occurs that is no token yet; zero
// where none occurs twice.
func (t *Trainer) Rest() int {
	i, ok := t.front()
	if !ok {
		return 0
	}
	p := t.pairs[i]
	t.queue.push(candidate{p.count, p.left, p.right, i})
	return p.count
}
