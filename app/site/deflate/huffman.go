package deflate

import (
	"cmp"
	"slices"
)

// lengths returns the bit lengths of a Huffman code for symbols of these
// frequencies, none over limit bits. At least two symbols get a code, since some
// readers refuse a lone one.
func lengths(freq []int, limit int) []uint8 {
	out := make([]uint8, len(freq))
	type node struct {
		weight      int
		left, right int // of nodes; a leaf has left = -1 and its symbol in right
	}
	var nodes []node
	for s, f := range freq {
		if f > 0 {
			nodes = append(nodes, node{f, -1, s})
		}
	}
	for s := 0; len(nodes) < 2; s++ {
		if freq[s] == 0 {
			nodes = append(nodes, node{1, -1, s})
		}
	}
	slices.SortStableFunc(nodes, func(a, b node) int { return cmp.Compare(a.weight, b.weight) })
	leaves := len(nodes)
	for leaf, inner := 0, leaves; len(nodes) < 2*leaves-1; {
		take := func() int {
			if leaf < leaves && (inner >= len(nodes) || nodes[leaf].weight <= nodes[inner].weight) {
				leaf++
				return leaf - 1
			}
			inner++
			return inner - 1
		}
		a := take()
		b := take()
		nodes = append(nodes, node{nodes[a].weight + nodes[b].weight, a, b})
	}
	// Depths from the root down; then too deep leaves are lifted, and for each
	// others sink, until the code is whole again.
	depth := make([]int, len(nodes))
	count := make([]int, max(limit, 64)+1)
	for i := len(nodes) - 1; i >= 0; i-- {
		if n := nodes[i]; n.left >= 0 {
			depth[n.left], depth[n.right] = depth[i]+1, depth[i]+1
		} else {
			count[min(depth[i], limit)]++
		}
	}
	total := 0
	for bits := 1; bits <= limit; bits++ {
		total += count[bits] << (limit - bits)
	}
	for total > 1<<limit {
		bits := limit - 1
		for count[bits] == 0 {
			bits--
		}
		count[bits]--
		count[bits+1] += 2
		count[limit]--
		total--
	}
	// The rarest symbols, which come first, have the longest codes.
	i := 0
	for bits := limit; bits > 0; bits-- {
		for range count[bits] {
			out[nodes[i].right] = uint8(bits)
			i++
		}
	}
	return out
}

// codes returns the canonical code words, with their bits turned round as they
// are written.
func codes(lens []uint8) []uint16 {
	var count, next [16]int
	for _, l := range lens {
		count[l]++
	}
	count[0] = 0
	for bits := 1; bits < 16; bits++ {
		next[bits] = (next[bits-1] + count[bits-1]) << 1
	}
	out := make([]uint16, len(lens))
	for s, l := range lens {
		if l == 0 {
			continue
		}
		word := next[l]
		next[l]++
		for range l {
			out[s] = out[s]<<1 | uint16(word&1)
			word >>= 1
		}
	}
	return out
}
