package labs

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A permalink may hold two pairs that are no part of the state: a note from
// whoever gives it away, and the lab of a lesson that it is meant for, where it
// leads to a lesson. What is wrong with them costs nothing of the state.
const (
	noteKey  = "note"
	placeKey = "lesson-lab"
)

// maxNote is how many characters a note has, written or read.
const maxNote = 200

// linkTo adds a note and a place to a fragment; empty ones are left out.
func linkTo(fragment, place, note string) string {
	if place != "" {
		fragment += "&" + placeKey + "=" + escapeLink(place)
	}
	if note = cleanNote(note); note != "" {
		fragment += "&" + noteKey + "=" + escapeLink(packText(note))
	}
	return fragment
}

// linkPair returns the raw value of a pair of a lab's fragment.
func linkPair(fragment, key string) (raw string, ok bool) {
	if !strings.HasPrefix(fragment, "lab=") || len(fragment) > maxPermalink {
		return "", false
	}
	for pair := range strings.SplitSeq(fragment, "&") {
		if v, is := strings.CutPrefix(pair, key+"="); is {
			return v, true
		}
	}
	return "", false
}

// linkNote returns the note of a fragment, "" where it has none. damaged: there is
// one that cannot be read.
func linkNote(fragment string) (note string, damaged bool) {
	raw, ok := linkPair(fragment, noteKey)
	if !ok {
		return "", false
	}
	if note, ok = unescapeLink(raw); ok {
		note, ok = unpackText(note)
	}
	if !ok || !utf8.ValidString(note) {
		return "", true
	}
	return cleanNote(note), false
}

// LinkTarget returns the key of the lab of a lesson that a fragment is meant for:
// the first of its name where it says nothing else; "" where it is no lab's.
func LinkTarget(fragment string) string {
	raw, ok := linkPair(fragment, placeKey)
	if place, whole := unescapeLink(raw); ok && whole {
		return place
	}
	name, _, is := strings.Cut(strings.TrimPrefix(fragment, "lab="), ".")
	if !is || !strings.HasPrefix(fragment, "lab=") {
		return ""
	}
	return name + "-1"
}

// linked returns the page's fragment and whether it is this lab's to read: on its
// own page always, in a lesson where it is meant for it.
func (p Props) linked() (fragment string, ok bool) {
	fragment = readFragment()
	return fragment, p.Page || strings.HasPrefix(fragment, "lab="+p.Name+".") && LinkTarget(fragment) == p.Key
}

// cleanNote makes a text one line of at most maxNote characters, without what
// would turn the direction of the text around it.
func cleanNote(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == utf8.RuneError:
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	n := 0
	for i := range text {
		if n == maxNote {
			return strings.TrimSpace(text[:i])
		}
		n++
	}
	return text
}
