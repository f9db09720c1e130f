package progress

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// load returns the document under a key, from memory where it was read before.
func (s *Store) load(key string) document {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.cache[key]; ok {
		return d
	}
	d, _ := s.read(key)
	s.cache[key] = d
	return d
}

// update reads what is stored, changes it by f, and writes it. What could not
// be written earlier is tried again first.
func (s *Store) update(key string, f func(document) document) {
	s.mu.Lock()
	s.retry(key)
	d, writable := s.read(key)
	d = f(d)
	s.cache[key] = d
	s.write(key, d, writable)
	s.mu.Unlock()
	s.notify()
}

// Retry tries to store what could not be stored, and reports whether nothing is
// left that is in memory only.
func (s *Store) Retry() bool {
	s.mu.Lock()
	s.retry("")
	done := len(s.pending) == 0
	s.mu.Unlock()
	s.notify()
	return done
}

// retry writes pending documents, except that under one key.
func (s *Store) retry(except string) {
	for _, key := range slices.Sorted(maps.Keys(s.pending)) {
		if key == except {
			continue
		}
		d, writable := s.read(key)
		s.cache[key] = d
		s.write(key, d, writable)
	}
}

// read returns what is stored under a key merged with what is pending. A
// damaged value is moved aside. writable is false where the stored value must
// stay as it is: it comes from a later version, or could not be moved aside.
func (s *Store) read(key string) (d document, writable bool) {
	d, writable = empty(key), true
	raw, ok, err := s.storage.Get(s.prefix + key)
	switch {
	case err != nil:
		// Unreachable: what was read before is the best there is.
		s.report(deniedProblem(err))
		if c, cached := s.cache[key]; cached {
			d = c
		}
		writable = false
	case ok:
		if d, err = s.migrate.decode(key, raw); err != nil {
			writable = s.damaged(key, raw, d, err)
		}
	case s.lost(key):
		s.restore()
		d = s.cache[key]
	}
	if p, waiting := s.pending[key]; waiting {
		d = d.merge(p)
	}
	return d, writable
}

// lost reports whether something that was stored is not any more, although
// neither this store nor another has erased it: an erased key is in no cache.
func (s *Store) lost(key string) bool {
	d, known := s.cache[key]
	_, waiting := s.pending[key]
	if !known || waiting {
		return false
	}
	was, err := encode(d)
	none, _ := encode(empty(key)) // cannot fail
	return err == nil && was != none
}

// restore puts back what this page has read or written and the storage has lost,
// as when the site's data is cleared while the page is open.
func (s *Store) restore() {
	found := false
	for _, key := range slices.Sorted(maps.Keys(s.cache)) {
		if !s.lost(key) {
			continue
		}
		if _, ok, err := s.storage.Get(s.prefix + key); ok || err != nil {
			continue
		}
		found = true
		s.write(key, s.cache[key], true)
	}
	if found {
		s.report(clearedProblem())
	}
}

// damaged reports a value that could not be read whole, and moves it aside
// unless it is from a later version. rest is what could be read of it.
func (s *Store) damaged(key, raw string, rest document, cause error) (writable bool) {
	if errors.Is(cause, errVersion) {
		s.report(futureProblem(key))
		return false
	}
	aside, err := s.putAside(key, raw)
	if err != nil {
		s.report(damagedProblem(key, "", rest))
		return false
	}
	s.report(damagedProblem(key, s.prefix+aside, rest))
	// The readable rest goes back at once, or the value would be found damaged
	// again at every start. Nothing readable: the key is freed.
	if l, isLesson := rest.(Lesson); isLesson && len(l.Questions) > 0 {
		s.write(key, rest, true)
	} else if err := s.storage.Delete(s.prefix + key); err != nil {
		s.report(deniedProblem(err))
	}
	return true
}

// copiesAside is how many damaged values of one key are kept.
const copiesAside = 3

// putAside copies a damaged value to a free key, and returns that. The same
// value is not kept twice.
func (s *Store) putAside(key, raw string) (string, error) {
	for n := 1; n <= copiesAside; n++ {
		aside := fmt.Sprintf("%s%s/%d", damagedSpace, key, n)
		old, taken, err := s.storage.Get(s.prefix + aside)
		if err != nil {
			return "", fmt.Errorf("put aside %s: %w", key, err)
		}
		if taken && old == raw {
			return aside, nil
		}
		if taken {
			continue
		}
		if err := s.storage.Set(s.prefix+aside, raw); err != nil {
			return "", fmt.Errorf("put aside %s: %w", key, err)
		}
		return aside, nil
	}
	return "", fmt.Errorf("put aside %s: %d copies already", key, copiesAside)
}

// write stores a document, or keeps it pending.
func (s *Store) write(key string, d document, writable bool) {
	if !writable {
		s.pending[key] = d
		return
	}
	raw, err := encode(d)
	if err == nil {
		err = s.storage.Set(s.prefix+key, raw)
	}
	if err != nil {
		s.pending[key] = d
		if errors.Is(err, ErrFull) {
			s.report(fullProblem())
		} else {
			s.report(deniedProblem(err))
		}
		return
	}
	delete(s.pending, key)
	if len(s.pending) == 0 {
		s.resolve(Full)
		s.resolve(Denied)
	}
}

// keys lists our keys, without prefix, stored and pending.
func (s *Store) keys() []string {
	var ours []string
	all, err := s.storage.Keys()
	if err != nil {
		s.report(deniedProblem(err))
		ours = slices.AppendSeq(ours, maps.Keys(s.cache))
	}
	for _, k := range all {
		if key, ok := strings.CutPrefix(k, s.prefix); ok {
			ours = append(ours, key)
		}
	}
	return slices.AppendSeq(ours, maps.Keys(s.pending))
}

// erase removes every key of ours that match selects.
func (s *Store) erase(match func(key string) bool) {
	s.mu.Lock()
	for _, key := range s.keys() {
		if !match(key) {
			continue
		}
		delete(s.pending, key)
		delete(s.cache, key)
		if err := s.storage.Delete(s.prefix + key); err != nil {
			s.report(deniedProblem(err))
		}
		s.forget(key)
	}
	// Room may have been made for what was waiting.
	s.retry("")
	s.mu.Unlock()
	s.notify()
}
