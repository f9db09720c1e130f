package shrink

import (
	"sync"

	"courselab/attention"
)

// Lab answers the labs "prune" and "distil" and makes their runs. It keeps what
// its requests would compute again and again of one model.
type Lab struct {
	mu    sync.Mutex
	model *attention.Model // that all of kept is of
	kept  map[string]any
}

// mostKept bounds what is kept: each is a number, or some poems.
const mostKept = 200

// keep returns what compute makes of m under a key, from an earlier request where
// there was one. Two requests at once may both compute it.
func keep[T any](l *Lab, m *attention.Model, key string, compute func() (T, error)) (T, error) {
	l.mu.Lock()
	if l.model != m || len(l.kept) > mostKept {
		l.model, l.kept = m, map[string]any{}
	}
	known, ok := l.kept[key].(T)
	l.mu.Unlock()
	if ok {
		return known, nil
	}
	made, err := compute()
	if err != nil {
		return made, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.model == m {
		l.kept[key] = made
	}
	return made, nil
}
