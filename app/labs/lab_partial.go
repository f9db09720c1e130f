package labs

import (
	"slices"

	"courselab/app/engine"
)

// over lays a partial sheet over the one that stands: what it brings takes the
// place of what it replaces, and the parts that are still being computed stay
// where they were, marked stale. So nothing jumps while a slider is dragged, and
// nothing old passes for new.
func over(standing, partial engine.Sheet) (s engine.Sheet, stale []bool) {
	s = partial
	if s.Presets == nil {
		s.Presets = standing.Presets
	}
	if s.Files == nil {
		s.Files = standing.Files
	}
	s.Parts = slices.Clone(standing.Parts)
	stale = make([]bool, len(s.Parts))
	for i := range stale {
		stale[i] = true
	}
	next := 0 // where a part goes that has no predecessor
	for _, part := range partial.Parts {
		at := slices.IndexFunc(s.Parts, func(p engine.Part) bool { return p.Title == part.Title })
		if at < 0 || !stale[at] {
			at = next
			s.Parts = slices.Insert(s.Parts, at, engine.Part{})
			stale = slices.Insert(stale, at, true)
		}
		s.Parts[at], stale[at] = part, false
		next = at + 1
	}
	return s, stale
}
