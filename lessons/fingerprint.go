package lessons

import (
	"hash/fnv"
	"maps"
	"slices"
	"sort"
	"strings"
)

// fingerprint is what a stored answer depends on: the kind, and the keys of the
// correct options, the order of the steps, the accepted answers, or the function
// with its ranges and unit.
func fingerprint(q *Question) string {
	parts := []string{string(q.Kind)}
	switch q.Kind {
	case Single, Multiple:
		var keys []string
		for _, o := range q.Options {
			if o.Correct {
				keys = append(keys, o.Key)
			}
		}
		slices.Sort(keys)
		parts = append(parts, keys...)
	case Order:
		parts = append(parts, orderParts(q.Options)...)
	case Fill:
		for _, b := range q.Blanks {
			var accepted []string
			for _, a := range b.Accepted {
				accepted = append(accepted, normalise(a))
			}
			slices.Sort(accepted)
			parts = append(parts, strings.Join(slices.Compact(accepted), "|"))
		}
	case Compute:
		if c := q.Compute; c != nil {
			parts = append(parts, c.Function, c.Unit)
			for _, name := range slices.Sorted(maps.Keys(c.Ranges)) {
				parts = append(parts, name+"="+c.Ranges[name])
			}
		}
	}
	h := fnv.New64a()
	h.Write([]byte(strings.Join(parts, "\x00")))
	const digits = "0123456789abcdef"
	var text []byte
	for _, b := range h.Sum(nil) {
		text = append(text, digits[b>>4], digits[b&15])
	}
	return string(text)
}

// orderParts describes the order of steps. Keys that only count places would
// stay the same when two steps change places; so a step without a key of its own
// is known by its place among the steps in the order of their text, which
// mending a typo hardly ever changes.
func orderParts(options []Option) []string {
	byText := make([]int, len(options))
	for i := range byText {
		byText[i] = i
	}
	sort.SliceStable(byText, func(i, j int) bool { return options[byText[i]].HTML < options[byText[j]].HTML })
	parts := make([]string, len(options))
	for rank, i := range byText {
		parts[i] = itoa(rank)
		if options[i].Key != itoa(i+1) {
			parts[i] = options[i].Key
		}
	}
	return parts
}
