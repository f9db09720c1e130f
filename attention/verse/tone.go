package verse

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Tones says which of the two classes of tones a character counts as: 平 (level)
// is tone 1 or 2, 仄 (oblique) 3 or 4. The neutral tone belongs to no class and
// counts as either; a character without a known reading counts as neither.
type Tones struct{ Level, Oblique bool }

// TonesOf returns the class of a character's commonest reading. Were any reading
// to count, as it does for a rhyme, most characters could be either: the
// dictionary knows 光 as guàng too.
func TonesOf(r rune) Tones {
	all := Readings(r)
	if len(all) == 0 {
		return Tones{}
	}
	tone := all[0].Tone
	return Tones{Level: tone <= 2, Oblique: tone == 0 || tone >= 3}
}

// same and other report whether two characters can be of one class, of two.
func (t Tones) same(u Tones) bool  { return t.Level && u.Level || t.Oblique && u.Oblique }
func (t Tones) other(u Tones) bool { return t.Level && u.Oblique || t.Oblique && u.Level }

// String returns 平, 仄, 中 for either, or ？.
func (t Tones) String() string {
	switch {
	case t.Level && t.Oblique:
		return "中"
	case t.Level:
		return "平"
	case t.Oblique:
		return "仄"
	}
	return "？"
}

// Tone scores how many of the rules of regulated verse (近体诗) about level and
// oblique tones a text keeps, each rule being judged by itself:
//
//	within a line     the 2nd and 4th characters differ, in lines of seven the 4th and 6th too
//	within a couplet  the 2nd characters of its lines differ (对)
//	between couplets  the 2nd characters of the lines that meet agree (粘)
//	at the end        even lines end level; odd lines, but for the first, oblique
//
// Other places are free: 一三五不论，二四六分明. A line that is too short for a
// rule breaks it.
func Tone(text string) Score {
	lines := Lines(text)
	if len(lines) < 2 {
		return Score{0, "不到两行，谈不上平仄"}
	}
	rules, kept := 0, 0
	rule := func(holds bool) {
		rules++
		if holds {
			kept++
		}
	}
	tones := make([][]Tones, len(lines))
	for i, line := range lines {
		for _, r := range line {
			tones[i] = append(tones[i], TonesOf(r))
		}
	}
	at := func(line, place int) Tones { // place from 1
		if place > len(tones[line]) {
			return Tones{}
		}
		return tones[line][place-1]
	}
	for i, line := range lines {
		rule(at(i, 2).other(at(i, 4)))
		if utf8.RuneCountInString(line) > 5 {
			rule(at(i, 4).other(at(i, 6)))
		}
		last := at(i, len(tones[i]))
		switch {
		case i%2 == 1:
			rule(last.Level)
			rule(at(i-1, 2).other(at(i, 2)))
		case i > 0:
			rule(last.Oblique)
			rule(at(i-1, 2).same(at(i, 2)))
		}
	}
	return Score{float64(kept) / float64(rules), fmt.Sprintf("%d 条平仄规则合 %d 条：%s", rules, kept, Pattern(text))}
}

// Pattern writes a text's tones line by line, as 仄平平仄仄 with spaces between.
func Pattern(text string) string {
	var out []string
	for _, line := range Lines(text) {
		var b strings.Builder
		for _, r := range line {
			b.WriteString(TonesOf(r).String())
		}
		out = append(out, b.String())
	}
	return strings.Join(out, " ")
}
