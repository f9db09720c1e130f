//go:build js && wasm

package progress

import (
	"fmt"

	"github.com/hack-pad/safejs"
)

// Local is the browser's localStorage. Where the browser denies it, boot.js has
// put a stand-in in memory in its place; VolatileReason then says why.
type Local struct {
	storage safejs.Value
	reason  string
}

// OpenLocal returns localStorage. Its error means that there is none at all,
// not even the stand-in: use Memory.
func OpenLocal() (*Local, error) {
	// The getter throws where storage is denied, and a throwing getter cannot be
	// caught; a throwing call can.
	reflect, err := safejs.Global().Get("Reflect")
	if err != nil {
		return nil, fmt.Errorf("open local storage: %w", err)
	}
	storage, err := reflect.Call("get", safejs.Global(), "localStorage")
	if err != nil {
		return nil, fmt.Errorf("open local storage: %w", err)
	}
	if storage.IsNull() || storage.IsUndefined() {
		return nil, fmt.Errorf("open local storage: none")
	}
	return &Local{storage: storage, reason: standInReason()}, nil
}

// standInReason asks boot.js whether localStorage is its stand-in.
func standInReason() string {
	lab, err := safejs.Global().Get("courselab")
	if err != nil || lab.Type() != safejs.TypeObject {
		return ""
	}
	info, err := lab.Get("storage")
	if err != nil || info.Type() != safejs.TypeObject {
		return ""
	}
	if text(info, "kind") != "memory" {
		return ""
	}
	if reason := text(info, "reason"); reason != "" {
		return reason
	}
	return "浏览器没有开放存储"
}

// text returns a property that is a string, or "".
func text(object safejs.Value, property string) string {
	v, err := object.Get(property)
	if err != nil || v.Type() != safejs.TypeString {
		return ""
	}
	s, _ := v.String()
	return s
}

// VolatileReason implements Volatile.
func (l *Local) VolatileReason() string { return l.reason }

// Get implements Storage.
func (l *Local) Get(key string) (string, bool, error) {
	v, err := l.storage.Call("getItem", key)
	if err != nil {
		return "", false, fmt.Errorf("get %s: %w", key, err)
	}
	if v.Type() != safejs.TypeString {
		return "", false, nil
	}
	s, err := v.String()
	if err != nil {
		return "", false, fmt.Errorf("get %s: %w", key, err)
	}
	return s, true, nil
}

// Set implements Storage. Browsers report a full storage by throwing, under
// names that differ; whatever stops a write is taken as a lack of room.
func (l *Local) Set(key, value string) error {
	if _, err := l.storage.Call("setItem", key, value); err != nil {
		return fmt.Errorf("set %s: %w: %w", key, ErrFull, err)
	}
	return nil
}

// Delete implements Storage.
func (l *Local) Delete(key string) error {
	if _, err := l.storage.Call("removeItem", key); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// Keys implements Storage.
func (l *Local) Keys() ([]string, error) {
	n, err := l.storage.Get("length")
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	count, err := n.Int()
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	keys := make([]string, 0, count)
	for i := range count {
		k, err := l.storage.Call("key", i)
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		// Another tab may have removed some meanwhile: key() is null then.
		if k.Type() != safejs.TypeString {
			continue
		}
		s, err := k.String()
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		keys = append(keys, s)
	}
	return keys, nil
}

// Watch tells the store of every change that another tab makes. stop ends it.
func (l *Local) Watch(s *Store) (stop func(), err error) {
	on, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		if len(args) > 0 {
			// The key is null when the other tab cleared everything.
			s.Changed(text(args[0], "key"))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("watch local storage: %w", err)
	}
	if _, err := safejs.Global().Call("addEventListener", "storage", on); err != nil {
		on.Release()
		return nil, fmt.Errorf("watch local storage: %w", err)
	}
	return func() {
		// A failed removal leaves a listener that calls a released function,
		// which only logs.
		_, _ = safejs.Global().Call("removeEventListener", "storage", on)
		on.Release()
	}, nil
}
