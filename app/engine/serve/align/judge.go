package align

import (
	"slices"

	"courselab/attention/verse"
)

// part is one rule of the reward.
type part struct {
	value, name string
	of          func(j judged) float64
}

// parts are the rules in the order in which they are shown.
var parts = []part{
	{"form", "形式", func(j judged) float64 { return j.Form }},
	{"heads", "首字", func(j judged) float64 { return j.Heads }},
	{"rhyme", "押韵", func(j judged) float64 { return j.Rhyme }},
	{"tone", "平仄", func(j judged) float64 { return j.Tone }},
}

// judged are a poem's scores, 0 … 1 each.
type judged struct {
	Form  float64 `json:"form"`  // as verse.Form; half of it where the poem has no end
	Heads float64 `json:"heads"` // share of lines that begin as asked
	Rhyme float64 `json:"rhyme"`
	Tone  float64 `json:"tone"`
}

// judge scores a poem by the rules. With repeats, a character rhymes with itself.
func judge(text, heads string, ended, repeats bool) judged {
	j := judged{Form: verse.Form(text).Value, Heads: verse.Acrostic(text, heads).Value, Rhyme: verse.Rhyme(text).Value, Tone: verse.Tone(text).Value}
	if repeats {
		j.Rhyme = verse.RhymeOrRepeat(text).Value
	}
	if !ended {
		j.Form /= 2
	}
	return j
}

// reward is the sum of those scores that are rewarded.
func (j judged) reward(rewarded []string) float64 {
	var sum float64
	for _, p := range parts {
		if slices.Contains(rewarded, p.value) {
			sum += p.of(j)
		}
	}
	return sum
}

// plus adds share times the scores of other.
func (j judged) plus(other judged, share float64) judged {
	return judged{j.Form + share*other.Form, j.Heads + share*other.Heads, j.Rhyme + share*other.Rhyme, j.Tone + share*other.Tone}
}
