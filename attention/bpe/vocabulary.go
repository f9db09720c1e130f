package bpe

import (
	"fmt"
	"strings"
)

// firstMerge is the id of the token that the first merge makes: those below are
// the bytes.
const firstMerge = 256

// Merge is one step of a training.
type Merge struct {
	Left, Right int // ids of the two tokens; the id of the new one is 256 + the merge's place
	// Count is how often they stood side by side in the training text at that
	// moment, overlapping places counted each.
	Count int
	// Tokens is how many tokens the training text has afterwards.
	Tokens int
}

// Vocabulary is what a training learnt: 256 bytes and its merges. It never
// changes.
type Vocabulary struct {
	merges []Merge
	bytes  []string       // of each token
	rank   map[uint64]int // place of the merge of two tokens
}

func newVocabulary() *Vocabulary {
	v := &Vocabulary{}
	for b := range firstMerge {
		v.bytes = append(v.bytes, string([]byte{byte(b)}))
	}
	return v
}

// learn appends a merge.
func (v *Vocabulary) learn(m Merge) {
	v.merges = append(v.merges, m)
	v.bytes = append(v.bytes, v.bytes[m.Left]+v.bytes[m.Right])
}

// snapshot returns a vocabulary of the merges so far, which learn does not touch.
func (v *Vocabulary) snapshot() *Vocabulary {
	s := &Vocabulary{merges: v.merges[:len(v.merges):len(v.merges)], bytes: v.bytes[:len(v.bytes):len(v.bytes)], rank: make(map[uint64]int, len(v.merges))}
	for i, m := range s.merges {
		s.rank[key(int32(m.Left), int32(m.Right))] = i
	}
	return s
}

// Len returns the number of merges, k.
func (v *Vocabulary) Len() int { return len(v.merges) }

// Merges returns the merges in the order in which they were learnt. They are not
// to be changed.
func (v *Vocabulary) Merges() []Merge { return v.merges }

// Bytes returns the bytes of a token; ok is false where there is none of that id.
func (v *Vocabulary) Bytes(id int) (bytes string, ok bool) {
	if id < 0 || id >= len(v.bytes) {
		return "", false
	}
	return v.bytes[id], true
}

// Encode returns the tokens of a text with the first merges of them, all where
// there are fewer.
func (v *Vocabulary) Encode(text string, merges int) []int {
	ids := make([]int, 0, len(text)/2)
	e := encoder{v: v, merges: min(merges, len(v.merges))}
	for piece := range Split(text) {
		ids = e.piece(ids, piece)
	}
	return ids
}

// Counts returns how many tokens a text has with each of several numbers of merges.
// It encodes once: what the first k merges do is what comes first of what all do.
func (v *Vocabulary) Counts(text string, merges []int) []int {
	e := encoder{v: v, made: make([]int, len(v.merges))}
	for _, k := range merges {
		e.merges = max(e.merges, min(k, len(v.merges)))
	}
	var ids []int
	for piece := range Split(text) {
		ids = e.piece(ids[:0], piece)
	}
	left := make([]int, e.merges+1) // tokens with the first k merges
	left[0] = len(text)
	for k := range e.merges {
		left[k+1] = left[k] - e.made[k]
	}
	counts := make([]int, len(merges))
	for i, k := range merges {
		counts[i] = left[max(0, min(k, e.merges))]
	}
	return counts
}

// Decode returns the bytes that tokens stand for. It fails on an id that is none.
func (v *Vocabulary) Decode(ids []int) (string, error) {
	var b strings.Builder
	for i, id := range ids {
		bytes, ok := v.Bytes(id)
		if !ok {
			return "", fmt.Errorf("decode token %d: id %d: want 0 to %d", i, id, len(v.bytes)-1)
		}
		b.WriteString(bytes)
	}
	return b.String(), nil
}

// encoder replays merges on one piece after another.
type encoder struct {
	v      *Vocabulary
	merges int
	made   []int // how often each merge was made; nil: not counted

	id         []int // of the token that begins at a byte; gone where none does any more
	prev, next []int // bytes at which the neighbours begin; none at the ends
	rank       []int // of the pair that begins at a byte; none where it is no token
	queue      queue[due]
}

// due is a pair that can be merged: of the lowest rank first, from left to right.
type due struct{ rank, at int }

func (d due) before(o due) bool { return d.rank < o.rank || d.rank == o.rank && d.at < o.at }

// piece appends the tokens of a piece to ids.
func (e *encoder) piece(ids []int, piece string) []int {
	e.id, e.prev, e.next, e.rank = e.id[:0], e.prev[:0], e.next[:0], e.rank[:0]
	e.queue = e.queue[:0]
	for i := range len(piece) {
		e.id, e.prev, e.next, e.rank = append(e.id, int(piece[i])), append(e.prev, i-1), append(e.next, i+1), append(e.rank, none)
	}
	e.next[len(piece)-1] = none
	for i := range len(piece) - 1 {
		e.look(i)
	}
	for len(e.queue) > 0 {
		d := e.queue.pop()
		if e.rank[d.at] != d.rank {
			continue // one of the two has grown since
		}
		if e.made != nil {
			e.made[d.rank]++
		}
		j := e.next[d.at]
		e.id[d.at], e.id[j], e.rank[j] = firstMerge+d.rank, gone, none
		e.next[d.at] = e.next[j]
		if after := e.next[j]; after != none {
			e.prev[after] = d.at
		}
		e.look(d.at)
		if before := e.prev[d.at]; before != none {
			e.look(before)
		}
	}
	for i := 0; i != none; i = e.next[i] {
		ids = append(ids, e.id[i])
	}
	return ids
}

// look notes the rank of the pair that begins at a byte and queues it.
func (e *encoder) look(at int) {
	e.rank[at] = none
	j := e.next[at]
	if j == none {
		return
	}
	if r, ok := e.v.rank[key(int32(e.id[at]), int32(e.id[j]))]; ok && r < e.merges {
		e.rank[at] = r
		e.queue.push(due{r, at})
	}
}
