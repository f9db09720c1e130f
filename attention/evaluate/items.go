package evaluate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"courselab/attention"
	"courselab/attention/verse"
)

// Kind is what an item asks for.
type Kind string

const (
	// Line: which line follows, four of one length.
	Line Kind = "line"
	// End: which character ends the line, four single ones.
	End Kind = "end"
	// Span: which continuation goes on, two of one line and two of a couplet; the
	// right one is short in every other poem.
	Span Kind = "span"
)

// Kinds lists those that Items makes.
func Kinds() []Kind { return []Kind{Line, End, Span} }

// Set is one of the two sets of questions. The poems are dealt to them in turn,
// so that forms and lengths are alike.
type Set int

const (
	Public Set = iota // what will be given away
	Fresh             // what stays unseen
)

// Choices is how many choices an item has: chance gets one in Choices right.
const Choices = 4

// itemSeed draws wrong choices and their order, the same ones in every run.
const itemSeed = 0x6974656d

// Poems returns the indices, in verse.HeldOut, of the poems of a set: those
// that the tokenizer can read whole.
func Poems(set Set, t *attention.Tokenizer) []int {
	var out []int
	n := 0
	for i, poem := range verse.HeldOut() {
		if _, err := t.Encode(poem); err != nil {
			continue
		}
		if n%2 == int(set) {
			out = append(out, i)
		}
		n++
	}
	return out
}

// Items returns the questions of a set, those of a poem together. They depend on
// nothing but the poems and what the tokenizer can read.
func Items(set Set, t *attention.Tokenizer) []Item {
	all := verse.HeldOut()
	m := maker{random: rand.New(rand.NewPCG(itemSeed, uint64(set)))}
	poems := Poems(set, t)
	for _, i := range poems {
		m.poems = append(m.poems, verse.Lines(all[i]))
	}
	var out []Item
	for n, i := range poems {
		out = append(out, m.of(i, m.poems[n], n%2 == 0)...)
	}
	return out
}

// maker makes items from the poems of a set, each as its lines.
type maker struct {
	random *rand.Rand
	poems  [][]string
}

// of returns the items of one poem. short says that the right choice of its Span
// is one line.
func (m maker) of(poem int, lines []string, short bool) []Item {
	third := join(lines[:2]) + lines[2] + "，" // to the comma after the third line
	fourth := lines[3]
	last := lastOf(fourth)

	// What rhymes with the right choice comes first among the wrong ones: they can
	// then not be told by their sound.
	var even, ends, single, couplets []string
	for _, o := range m.poems {
		if o[0] == lines[0] {
			continue
		}
		same := utf8.RuneCountInString(o[0]) == utf8.RuneCountInString(lines[0])
		for i := 1; i < len(o); i += 2 {
			ends = append(ends, lastOf(o[i]))
			if same {
				even = append(even, o[i])
			}
		}
		if same {
			single, couplets = append(single, o[2]+"，"), append(couplets, join(o[2:4]))
		}
	}
	line := Item{Kind: Line, Poem: poem, Prompt: third}
	m.fill(&line, fourth+"。", m.draw(m.rhyming(even, fourth), 3, nil, "。"))
	end := Item{Kind: End, Poem: poem, Prompt: third + strings.TrimSuffix(fourth, last)}
	m.fill(&end, last, m.draw(m.rhyming(ends, last), 3, []string{last}, ""))

	right, shorts := join(lines[2:4]), 2
	if short {
		right, shorts = lines[2]+"，", 1
	}
	span := Item{Kind: Span, Poem: poem, Prompt: join(lines[:2])}
	wrong := m.draw(m.shuffled(single), shorts, nil, "")
	for _, c := range m.shuffled(couplets) {
		if len(wrong) < Choices-1 && !slices.ContainsFunc(wrong, func(o string) bool { return strings.HasPrefix(c, o) }) {
			wrong = append(wrong, c)
		}
	}
	m.fill(&span, right, wrong)
	return []Item{line, end, span}
}

// shuffled returns texts in an order that is drawn.
func (m maker) shuffled(texts []string) []string {
	out := slices.Clone(texts)
	m.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// rhyming returns texts in an order that is drawn, those that rhyme with one
// first.
func (m maker) rhyming(texts []string, with string) []string {
	out := m.shuffled(texts)
	last, _ := utf8.DecodeLastRuneInString(with)
	groups := verse.Groups(last)
	slices.SortStableFunc(out, func(a, b string) int { return rhymes(b, groups) - rhymes(a, groups) })
	return out
}

// rhymes is 1 where a text ends in one of the groups, else 0.
func rhymes(text string, groups []verse.Group) int {
	last, _ := utf8.DecodeLastRuneInString(text)
	for _, g := range verse.Groups(last) {
		if slices.Contains(groups, g) {
			return 1
		}
	}
	return 0
}

// draw returns the first count of texts that differ from each other and from
// but, each with a mark after it.
func (m maker) draw(texts []string, count int, but []string, mark string) []string {
	var out []string
	for _, c := range texts {
		if c += mark; len(out) < count && !slices.Contains(out, c) && !slices.Contains(but, c) {
			out = append(out, c)
		}
	}
	return out
}

// fill gives an item its choices in an order that is drawn.
func (m maker) fill(item *Item, right string, wrong []string) {
	item.Choices = m.shuffled(append([]string{right}, wrong...))
	item.Answer = slices.Index(item.Choices, right)
}

// lastOf returns the last character of a line.
func lastOf(line string) string {
	last, _ := utf8.DecodeLastRuneInString(line)
	return string(last)
}

// join puts lines together with the marks of verse.
func join(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		b.WriteString(line)
		b.WriteString([]string{"，", "。"}[i%2])
	}
	return b.String()
}
