package verse

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Group is a rhyme group of 中华新韵（十四韵）, made public by 中华诗词学会 in 2005,
// which divides the finals of Hanyu Pinyin. 1 … 14.
type Group int

// groupNames are the groups' names in order.
var groupNames = []string{"麻", "波", "皆", "开", "微", "豪", "尤", "寒", "文", "唐", "庚", "齐", "支", "姑"}

// String returns the group's name.
func (g Group) String() string {
	if g < 1 || int(g) > len(groupNames) {
		return "?"
	}
	return groupNames[g-1]
}

// finals maps a final as it is spelled to its group, where the initial does not
// matter; v is ü.
var finals = map[string]Group{
	"a": 1, "ia": 1, "ua": 1,
	"o": 2, "uo": 2,
	"ie": 3, "ue": 3, "ve": 3,
	"ai": 4, "uai": 4,
	"ei": 5, "ui": 5,
	"ao": 6, "iao": 6,
	"ou": 7, "iu": 7,
	"an": 8, "ian": 8, "uan": 8,
	"en": 9, "in": 9, "un": 9, "vn": 9,
	"ang": 10, "iang": 10, "uang": 10,
	"eng": 11, "ing": 11, "ong": 11, "iong": 11,
	"er": 12, "v": 12,
}

// groupOf returns the group of a syllable without its tone.
func groupOf(syllable string) (Group, bool) {
	initial, final := split(syllable)
	switch final {
	case "e":
		if initial == "y" { // ye is ie
			return 3, true
		}
		return 2, true
	case "i":
		if slices.Contains([]string{"zh", "ch", "sh", "r", "z", "c", "s"}, initial) {
			return 13, true
		}
		return 12, true
	case "u":
		if slices.Contains([]string{"j", "q", "x", "y"}, initial) { // ju is jü
			return 12, true
		}
		return 14, true
	}
	g, ok := finals[final]
	return g, ok
}

// Groups returns the groups of a character's readings, each once.
func Groups(r rune) []Group {
	var out []Group
	for _, reading := range Readings(r) {
		if g, ok := groupOf(reading.Syllable); ok && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

// Rhyme scores whether the even lines of a text rhyme: with k even lines, of
// which m different characters share one group, it is (m − 1)/(k − 1). The tone
// is left to Tone. A character that comes again counts once: a word does not
// rhyme with itself.
func Rhyme(text string) Score { return rhyme(text, false) }

// RhymeOrRepeat is Rhyme, but a character that comes again counts each time. It
// is what a rule looks like that nobody tried to get around.
func RhymeOrRepeat(text string) Score { return rhyme(text, true) }

func rhyme(text string, repeats bool) Score {
	lines := Lines(text)
	var ends []rune
	for i := 1; i < len(lines); i += 2 {
		last, _ := utf8.DecodeLastRuneInString(lines[i])
		ends = append(ends, last)
	}
	if len(ends) < 2 {
		return Score{0, "双数行不到两行，谈不上押韵"}
	}
	var members [15][]rune // by group
	best := Group(0)
	for _, r := range ends {
		for _, g := range Groups(r) {
			if repeats || !slices.Contains(members[g], r) {
				members[g] = append(members[g], r)
			}
			if len(members[g]) > len(members[best]) {
				best = g
			}
		}
	}
	m := len(members[best])
	value := float64(max(m-1, 0)) / float64(len(ends)-1)
	all := strings.Join(strings.Split(string(ends), ""), "、")
	if m < 2 {
		return Score{value, fmt.Sprintf("双数行末字 %s：没有两个不同的字同韵", all)}
	}
	return Score{value, fmt.Sprintf("双数行末字 %s：%d 个中 %d 个同在“%s”韵", all, len(ends), m, best)}
}
