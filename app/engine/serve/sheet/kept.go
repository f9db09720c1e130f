package sheet

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Kept keeps the newest results of a function of its key alone, for what costs more
// than the move of a slider may and depends on few of the inputs: a file that is
// parsed, candidates that stay while weights move. The zero value keeps one.
type Kept[K comparable, V any] struct {
	Most int // how many results are kept; 0: one

	mu  sync.Mutex
	all []kept[K, V] // the newest last
}

type kept[K comparable, V any] struct {
	key   K
	value V
}

// Mark tells the values of an input apart but for those of some parameters: a key
// of what does not depend on these.
func (in *Input) Mark(except ...string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(in.values)) {
		if !slices.Contains(except, name) {
			b.WriteString(name + "\x00" + in.values[name] + "\x00")
		}
	}
	return b.String()
}

// Get returns what make gave for key, calling it where that is not kept. What is
// returned is shared and must not be changed. An error is not kept.
func (k *Kept[K, V]) Get(key K, make func() (V, error)) (V, error) {
	k.mu.Lock()
	for i, one := range k.all {
		if one.key == key {
			copy(k.all[i:], k.all[i+1:])
			k.all[len(k.all)-1] = one
			k.mu.Unlock()
			return one.value, nil
		}
	}
	k.mu.Unlock()
	// Not under the lock: it may pause, and another request come meanwhile.
	value, err := make()
	if err != nil {
		return value, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, kept[K, V]{key, value})
	if over := len(k.all) - max(1, k.Most); over > 0 {
		k.all = append(k.all[:0:0], k.all[over:]...)
	}
	return value, nil
}
