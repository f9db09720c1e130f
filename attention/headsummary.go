package attention

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern names the keys that a head's attention may go to, as seen from a
// query. In the definitions, i is the query, j a key, both positions of the
// text; line and place are those of verse: a line ends at one of ，。！？；： (or
// its narrow form) or a line break, and place counts its characters, without
// punctuation and marks such as <bos>.
type Pattern string

// The patterns.
const (
	PatternSelf     Pattern = "self"     // j = i
	PatternPrevious Pattern = "previous" // j = i − 1
	// PatternAbove: line(j) = line(i) − 1 and place(j) = place(i).
	PatternAbove Pattern = "above"
	// PatternAboveNext: the key stands above what comes after the query, which is
	// what is to be predicted: line(j) = line(i) − 1 and place(j) = place(i) + 1;
	// at a line's end, the first character of that line.
	PatternAboveNext   Pattern = "above_next"
	PatternFirst       Pattern = "first"       // j = 0: the text's first token, <bos> where there is one
	PatternLineEnd     Pattern = "line_end"    // j is a line's last character: its end follows
	PatternPunctuation Pattern = "punctuation" // j is a punctuation mark
)

// Patterns lists the patterns.
var Patterns = []Pattern{PatternSelf, PatternPrevious, PatternAbove, PatternAboveNext, PatternFirst, PatternLineEnd, PatternPunctuation}

// PatternMass is how much of a head's attention goes where a pattern says. Means
// are over the queries for which the pattern holds for some of the keys that
// they see, but not for all: else it says nothing.
type PatternMass struct {
	Pattern Pattern
	Queries int     // so many; where there are none, the other fields mean nothing
	Mean    float64 // mean of the weights' sum over the pattern's keys
	Uniform float64 // the same, of weights that are equal over all keys seen
	// Gain is how much the pattern tells of the head that equal weights do not:
	// the relative entropy Mean·ln(Mean/Uniform) + (1−Mean)·ln((1−Mean)/(1−Uniform))
	// in nats; negative where Mean is below Uniform.
	Gain float64
}

// HeadSummary says in numbers what a head looks at in one text.
type HeadSummary struct {
	Patterns []PatternMass // one for each of Patterns
	// Entropy is the mean entropy of a query's weights, UniformEntropy that of
	// weights equal over the keys seen: the mean of ln(i + 1). In nats.
	Entropy, UniformEntropy float64
	// Standout is the pattern of the greatest Gain, where one is at least
	// StandoutGain; else empty.
	Standout Pattern
}

// StandoutGain is the least gain, in nats, that makes a pattern stand out: about
// that of half the mass where equal weights give 0.19.
const StandoutGain = 0.25

// SummariseHead tells what a head looks at: weights (n, n) are its causal
// attention weights, row = query, column = key; texts (n) the tokens' symbols.
func SummariseHead(weights Matrix, texts []string) (HeadSummary, error) {
	n := len(texts)
	if n == 0 || weights.Rows != n || weights.Cols != n {
		return HeadSummary{}, fmt.Errorf("summarise head: weights (%d, %d) of %d tokens", weights.Rows, weights.Cols, n)
	}
	places := versePlaces(texts)
	var h HeadSummary
	for i := range n {
		h.Entropy += Entropy(weights.Row(i)[:i+1]) / float64(n)
		h.UniformEntropy += math.Log(float64(i+1)) / float64(n)
	}
	best := StandoutGain
	for _, p := range Patterns {
		m := massOf(p, weights, places)
		h.Patterns = append(h.Patterns, m)
		if m.Queries > 0 && m.Gain >= best {
			best, h.Standout = m.Gain, p
		}
	}
	return h, nil
}

// HeadSummaries returns SummariseHead of each layer's heads over the trace's
// text, by layer and head. TraceOptions.Symbol says what the tokens are.
func (t *ModelTrace) HeadSummaries() ([][]HeadSummary, error) {
	texts := make([]string, len(t.Tokens))
	for i, token := range t.Tokens {
		texts[i] = t.symbol(token)
	}
	out := make([][]HeadSummary, t.Config.Layers)
	for layer := range out {
		for head := range t.Config.Heads {
			h, err := SummariseHead(t.byName[HeadName(layer, head, "weights")].Matrix, texts)
			if err != nil {
				return nil, err
			}
			out[layer] = append(out[layer], h)
		}
	}
	return out, nil
}

// versePlace is where a token stands in verse.
type versePlace struct {
	line, place int  // of a character; place is −1 for all else
	punctuation bool // a mark of punctuation or a line break
	end         bool // of punctuation: it ends the line
}

// versePlaces finds the lines of a text.
func versePlaces(texts []string) []versePlace {
	out := make([]versePlace, len(texts))
	line, place := 0, 0
	for i, text := range texts {
		r, size := utf8.DecodeRuneInString(text)
		out[i] = versePlace{line: line, place: -1}
		switch {
		case size != len(text) || size == 0: // a mark: <bos>
		case strings.ContainsRune("，。！？；：,.!?;:\n", r):
			out[i].punctuation, out[i].end = true, true
			if place > 0 {
				line, place = line+1, 0
			} else {
				out[i].line-- // a second mark at the end of the same line
			}
		case unicode.IsPunct(r):
			out[i].punctuation = true
		case !unicode.IsSpace(r):
			out[i].place = place
			place++
		}
	}
	return out
}

// matches reports whether key j stands in pattern p as seen from query i.
func (p Pattern) matches(places []versePlace, i, j int) bool {
	query, key := places[i], places[j]
	switch p {
	case PatternSelf:
		return j == i
	case PatternPrevious:
		return j == i-1
	case PatternAbove:
		return key.place >= 0 && query.place >= 0 && key.line == query.line-1 && key.place == query.place
	case PatternAboveNext:
		if query.end {
			return key.place == 0 && key.line == query.line
		}
		return key.place >= 0 && query.place >= 0 && key.line == query.line-1 && key.place == query.place+1
	case PatternFirst:
		return j == 0
	case PatternLineEnd:
		return key.place >= 0 && j+1 < len(places) && places[j+1].end
	}
	return key.punctuation // PatternPunctuation
}

// massOf measures one pattern.
func massOf(p Pattern, weights Matrix, places []versePlace) PatternMass {
	out := PatternMass{Pattern: p}
	for i := range places {
		var mass float64
		keys := 0
		for j := range i + 1 {
			if p.matches(places, i, j) {
				mass += float64(weights.At(i, j))
				keys++
			}
		}
		if keys == 0 || keys == i+1 {
			continue
		}
		out.Queries++
		out.Mean += mass
		out.Uniform += float64(keys) / float64(i+1)
	}
	if out.Queries == 0 {
		return out
	}
	out.Mean = min(out.Mean/float64(out.Queries), 1) // the weights of a row may add up to a little more
	out.Uniform /= float64(out.Queries)
	out.Gain = relative(out.Mean, out.Uniform) + relative(1-out.Mean, 1-out.Uniform)
	if out.Mean < out.Uniform {
		out.Gain = -out.Gain
	}
	return out
}

// relative returns p·ln(p/q), and 0 for p = 0.
func relative(p, q float64) float64 {
	if p <= 0 {
		return 0
	}
	return p * math.Log(p/q)
}
