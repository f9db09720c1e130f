package verse

import (
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

// Reading is one way of pronouncing a character.
type Reading struct {
	Syllable string // pinyin without its tone, v for ü: "guang"
	Tone     int    // 1 … 4; 0: neutral
}

// readings keeps what has been looked up: []Reading by rune.
var readings sync.Map

// Readings returns the readings of a character, the commonest first; none for
// what is no Chinese character.
func Readings(r rune) []Reading {
	if known, ok := readings.Load(r); ok {
		return known.([]Reading)
	}
	var out []Reading
	for _, spelled := range pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Tone3, Heteronym: true}) {
		reading := Reading{Syllable: spelled}
		if last := len(spelled) - 1; last > 0 && spelled[last] >= '1' && spelled[last] <= '4' {
			reading = Reading{spelled[:last], int(spelled[last] - '0')}
		}
		if _, ok := groupOf(reading.Syllable); ok {
			out = append(out, reading)
		}
	}
	if len(out) > 0 { // what is no character is not kept: anything may be asked for
		readings.Store(r, out)
	}
	return out
}

// initials are the consonants with which a syllable may begin, the longer first.
var initials = []string{
	"zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s", "y", "w",
}

// split parts a syllable into its initial and its final, as spelled.
func split(syllable string) (initial, final string) {
	for _, initial := range initials {
		if final, ok := strings.CutPrefix(syllable, initial); ok {
			return initial, final
		}
	}
	return "", syllable
}
