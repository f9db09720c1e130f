package progress

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// ErrFull is wrapped by Storage.Set when there is no room for the value.
var ErrFull = errors.New("storage full")

// Storage holds text by key. An error of Get, Delete and Keys means that the
// storage cannot be reached; a missing key is no error.
type Storage interface {
	Get(key string) (value string, ok bool, err error)
	// Set stores a value whole or not at all.
	Set(key, value string) error
	Delete(key string) error
	// Keys lists all keys in any order, also those of others.
	Keys() ([]string, error)
}

// Volatile is implemented by a Storage that forgets when the page is closed.
// The reason is Chinese, for the learner; empty where it does keep.
type Volatile interface{ VolatileReason() string }

// Memory is a Storage in memory. The zero value is ready for use.
type Memory struct {
	// Limit bounds the bytes of all keys and values; 0 is no limit.
	Limit int

	mu     sync.Mutex
	values map[string]string
}

// Get implements Storage.
func (m *Memory) Get(key string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.values[key]
	return v, ok, nil
}

// Set implements Storage; its error wraps ErrFull.
func (m *Memory) Set(key, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Limit > 0 {
		size := len(key) + len(value)
		for k, v := range m.values {
			if k != key {
				size += len(k) + len(v)
			}
		}
		if size > m.Limit {
			return fmt.Errorf("set %s: %d of %d bytes: %w", key, size, m.Limit, ErrFull)
		}
	}
	if m.values == nil {
		m.values = map[string]string{}
	}
	m.values[key] = value
	return nil
}

// Delete implements Storage.
func (m *Memory) Delete(key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return nil
}

// Keys implements Storage; they come sorted.
func (m *Memory) Keys() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.values)), nil
}
