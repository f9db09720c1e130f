package serve

import (
	"strings"

	"courselab/sim"
)

// A passage is about passageLength characters of a text around what was found;
// its first match stands at most passageLead after its start.
const (
	passageLength = 110
	passageLead   = 28
)

// passage cuts out of a text the stretch that holds the most telling terms, and
// returns where they stand in it. Without a match it is the text's beginning.
func (x *searchIndex) passage(text string, found []sim.Word) (passage string, marks [][2]int) {
	runes := []rune(text)
	best, bestValue := 0, -1.0
	documents := float64(x.index.Documents())
	for i := range found {
		value, seen := 0.0, map[string]bool{}
		for _, w := range found[i:] {
			if w.End > found[i].Start+passageLength-passageLead {
				break
			}
			if !seen[w.Text] {
				seen[w.Text] = true
				value += x.index.Rank.IDF(documents, float64(x.index.Containing(w.Text)))
			}
		}
		if value > bestValue {
			best, bestValue = i, value
		}
	}
	start := 0
	if len(found) > 0 {
		start = sentenceStart(runes, found[best].Start)
	}
	end := min(start+passageLength, len(runes))
	prefix, suffix := "", ""
	if start > 0 {
		prefix = "…"
	}
	if end < len(runes) {
		suffix = "…"
	}
	shift := len([]rune(prefix)) - start
	for _, m := range joined(found) {
		if m[1] > start && m[0] < end {
			marks = append(marks, [2]int{max(m[0], start) + shift, min(m[1], end) + shift})
		}
	}
	return prefix + string(runes[start:end]) + suffix, marks
}

// sentenceStart goes back from a match to the beginning of its sentence, or as
// far as passageLead.
func sentenceStart(runes []rune, match int) int {
	for i := match; i > 0 && i > match-passageLead; i-- {
		if strings.ContainsRune("。！？；\n", runes[i-1]) {
			return i
		}
	}
	return max(0, match-passageLead)
}

// joined returns the places of words, those that touch made one.
func joined(words []sim.Word) [][2]int {
	var places [][2]int
	for _, w := range words {
		if n := len(places); n > 0 && w.Start <= places[n-1][1] {
			places[n-1][1] = max(places[n-1][1], w.End)
			continue
		}
		places = append(places, [2]int{w.Start, w.End})
	}
	return places
}
