package train

import (
	"cmp"
	"fmt"
	"slices"
)

// Marks are the symbols with which a vocabulary begins: the beginning and the
// end of a document, and what stands for a character that is not in it.
var Marks = []string{"<bos>", "<eos>", "<unk>"}

// The tokens of Marks.
const (
	BOS = iota
	EOS
	Unknown
)

// Vocabulary returns Marks and the characters of texts, the commonest first and
// equally common ones by code point. With limit above zero no more than that
// many symbols are kept.
func Vocabulary(texts []string, limit int) ([]string, error) {
	counts := map[rune]int{}
	for _, text := range texts {
		for _, r := range text {
			counts[r]++
		}
	}
	characters := make([]rune, 0, len(counts))
	for r := range counts {
		characters = append(characters, r)
	}
	slices.SortFunc(characters, func(a, b rune) int {
		return cmp.Or(counts[b]-counts[a], int(a-b))
	})
	out := slices.Clone(Marks)
	for _, r := range characters {
		if limit > 0 && len(out) >= limit {
			break
		}
		out = append(out, string(r))
	}
	if len(out) == len(Marks) {
		return nil, fmt.Errorf("vocabulary: no characters")
	}
	return out, nil
}
