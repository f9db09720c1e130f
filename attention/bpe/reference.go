package bpe

// TrainReference is Train by counting every pair anew for each merge: what the
// definition says, in as many words. It takes k · n steps.
func TrainReference(text string, merges int) []Merge {
	var pieces [][]int
	tokens := 0
	for p := range Split(text) {
		pieces = append(pieces, bytesOf(p))
		tokens += len(p)
	}
	var learnt []Merge
	for len(learnt) < merges {
		counts := map[[2]int]int{}
		for _, p := range pieces {
			for i := range len(p) - 1 {
				counts[[2]int{p[i], p[i+1]}]++
			}
		}
		best, most := [2]int{}, 0
		for pair, n := range counts {
			if n > most || n == most && (pair[0] < best[0] || pair[0] == best[0] && pair[1] < best[1]) {
				best, most = pair, n
			}
		}
		if most < worthwhile {
			break
		}
		for i, p := range pieces {
			merged := replace(p, best[0], best[1], firstMerge+len(learnt))
			tokens -= len(p) - len(merged)
			pieces[i] = merged
		}
		learnt = append(learnt, Merge{Left: best[0], Right: best[1], Count: most, Tokens: tokens})
	}
	return learnt
}

// EncodeReference is Encode by making the merges one after another.
func EncodeReference(text string, merges []Merge) []int {
	var ids []int
	for piece := range Split(text) {
		p := bytesOf(piece)
		for i, m := range merges {
			p = replace(p, m.Left, m.Right, firstMerge+i)
		}
		ids = append(ids, p...)
	}
	return ids
}

func bytesOf(piece string) []int {
	ids := make([]int, len(piece))
	for i := range len(piece) {
		ids[i] = int(piece[i])
	}
	return ids
}

// replace puts z in the place of each a b, from left to right.
func replace(ids []int, a, b, z int) []int {
	out := make([]int, 0, len(ids))
	for i := 0; i < len(ids); i++ {
		if i+1 < len(ids) && ids[i] == a && ids[i+1] == b {
			out = append(out, z)
			i++
			continue
		}
		out = append(out, ids[i])
	}
	return out
}
