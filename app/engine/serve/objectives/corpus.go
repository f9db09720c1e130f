package objectives

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"courselab/attention"
	"courselab/attention/train"
)

// Tokens of the lab's vocabulary: train.Marks, then the mask, then characters.
const (
	maskToken  = train.Unknown + 1
	firstToken = maskToken + 1
)

// Bounds of a text.
const (
	leastText  = 1000 // characters, so that there is something to hold out
	leastKinds = 5    // different characters, so that there is something to predict
	// A piece is at most this long, and at least so many make a text.
	longestPiece  = 300
	shortestPiece = 40
	pieces        = 20
	// One piece of heldEvery is held out: the heldAt-th.
	heldEvery = 10
	heldAt    = 5
)

// corpus is a text made ready for training.
type corpus struct {
	learnt, held []string // pieces
	// Characters of the whole text, of what is learnt and of what is held out;
	// kinds of the first.
	all, learntSize, heldSize, kinds int
	composed                         int // marks and joiners, which make one sign of several characters
	vocabulary                       []string
	tokenizer                        *attention.Tokenizer
	// Share of characters without a token of their own.
	unknownLearnt, unknownHeld float64
}

// cut makes pieces of texts: paragraphs, and where one is longer than limit, up
// to the last end of a sentence within it.
func cut(texts []string, limit int) []string {
	var out []string
	for _, text := range texts {
		for line := range strings.Lines(text) {
			rest := []rune(strings.TrimSpace(line))
			for len(rest) > limit {
				at := limit
				for i := limit; i > limit/2; i-- {
					if strings.ContainsRune("。！？；.!?;", rest[i-1]) {
						at = i
						break
					}
				}
				out = append(out, string(rest[:at]))
				rest = rest[at:]
			}
			if len(rest) > 0 {
				out = append(out, string(rest))
			}
		}
	}
	return out
}

// size counts the characters of pieces.
func size(all []string) int {
	n := 0
	for _, s := range all {
		n += utf8.RuneCountInString(s)
	}
	return n
}

// limited returns the first pieces, up to n characters; the last is cut.
func limited(all []string, n int) []string {
	for i, s := range all {
		r := []rune(s)
		if len(r) >= n {
			return append(slices.Clone(all[:i]), string(r[:n]))
		}
		n -= len(r)
	}
	return all
}

// newCorpus splits texts and counts characters. Every tenth piece is held out; of
// the others the first most characters are learnt. The vocabulary is of all that
// may be learnt, so that it does not change with most: up to limit symbols. fault
// says in Chinese why a text cannot be used.
func newCorpus(texts []string, most, limit int) (c *corpus, fault string, err error) {
	c = &corpus{}
	seen := map[rune]bool{}
	for _, text := range texts {
		for _, r := range text {
			if unicode.IsSpace(r) {
				continue
			}
			c.all++
			seen[r] = true
			if unicode.Is(unicode.M, r) || r == '\u200d' {
				c.composed++
			}
		}
	}
	c.kinds = len(seen)
	switch {
	case c.all < leastText:
		return nil, tooShort(c.all), nil
	case c.kinds < leastKinds:
		return nil, tooPlain(c.kinds), nil
	}
	var may []string
	for i, piece := range cut(texts, max(shortestPiece, min(c.all/pieces, longestPiece))) {
		if i%heldEvery == heldAt {
			c.held = append(c.held, piece)
		} else {
			may = append(may, piece)
		}
	}
	characters, err := train.Vocabulary(may, limit-1)
	if err != nil {
		return nil, "", err
	}
	c.vocabulary = slices.Insert(characters, maskToken, "<mask>")
	if c.tokenizer, err = attention.NewTokenizer(c.vocabulary, firstToken); err != nil {
		return nil, "", err
	}
	c.learnt = limited(may, most)
	c.learntSize, c.heldSize = size(c.learnt), size(c.held)
	c.unknownLearnt, c.unknownHeld = c.unknown(c.learnt), c.unknown(c.held)
	return c, "", nil
}

// unknown returns the share of characters that the vocabulary lacks.
func (c *corpus) unknown(all []string) float64 {
	n, lacking := 0, 0
	for _, s := range all {
		for _, r := range s {
			n++
			if _, ok := c.tokenizer.ID(string(r)); !ok {
				lacking++
			}
		}
	}
	return float64(lacking) / float64(max(n, 1))
}

// sign writes one token for the learner, where a space can be seen.
func (c *corpus) sign(token int) string {
	if s := c.signs([]int{token}); strings.TrimSpace(s) != "" {
		return s
	}
	return "␣"
}

// encode returns the tokens of a text, with unknown ones as such.
func (c *corpus) encode(text string) []int {
	var out []int
	for _, r := range text {
		id, ok := c.tokenizer.ID(string(r))
		if !ok || id < firstToken {
			id = train.Unknown
		}
		out = append(out, id)
	}
	return out
}

// signs writes tokens for the learner: an end of a text, an unknown character and
// a hidden one as signs.
func (c *corpus) signs(tokens []int) string {
	var b strings.Builder
	for _, t := range tokens {
		switch t {
		case train.BOS, train.EOS:
			b.WriteString("¶")
		case train.Unknown:
			b.WriteString("□")
		case maskToken:
			b.WriteString("▢")
		default:
			s, _ := c.tokenizer.Symbol(t)
			b.WriteString(s)
		}
	}
	return b.String()
}
